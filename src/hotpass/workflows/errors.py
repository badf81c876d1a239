"""What can go wrong in the acts that join capabilities, each with its sentence, its hint and its exit code."""

from __future__ import annotations

from hotpass.errors import NotFoundError, NotReadyError, RefusedError, UsageError


class NoSuchSideError(NotFoundError):
    """A text names neither a dataset nor a file."""

    text: str
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.text!r} is no dataset here, and there is no file or folder of that name"

    @property
    def hint(self) -> str:
        if self.near:
            return f"did you mean {self.near[0]}?"
        return "name DATASET@X.Y.Z, DATASET, or the path of a file or folder"


class NeedsRepositoryError(NotReadyError):
    """A text names a release or a dataset, and there is no repository that could have it."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.text!r} is no file or folder here, and for a dataset of that name: {self.reason}"

    @property
    def hint(self) -> str:
        return "run it inside the repository, or name it with --repo-root DIR"


class NothingToCompareError(UsageError):
    """One side alone was named, and the other does not follow from it."""

    text: str
    is_dataset: bool

    def __str__(self) -> str:
        return f"compare {self.text} with what?"

    @property
    def hint(self) -> str:
        if self.is_dataset:
            return f"hotpass compare {self.text}@latest compares its newest release with the work tree"
        return "name a second file, folder or release"


class NoReleaseError(NotFoundError):
    """A dataset has no release yet."""

    dataset: str

    def __str__(self) -> str:
        return f"{self.dataset} has no release yet"

    @property
    def hint(self) -> str:
        return f"make one: hotpass version --set 1.0.0 --tag --dataset {self.dataset}"


class BadKeyError(UsageError):
    """The columns or values of a key do not fit."""

    reason: str

    def __str__(self) -> str:
        return self.reason

    @property
    def hint(self) -> str:
        return "name the key's columns with --key COL,COL and give a value for each: VALUE,VALUE"


class NoKeyError(UsageError):
    """No column of a dataset tells its rows apart by itself."""

    name: str

    def __str__(self) -> str:
        return f"no column of {self.name} is unique and without blanks"

    @property
    def hint(self) -> str:
        return "say which columns tell its rows apart: --key COL,COL"


class NoSuchRecordError(NotFoundError):
    """No release has a record with a key."""

    dataset: str
    columns: tuple[str, ...]
    values: tuple[str, ...]
    origin: str

    def __str__(self) -> str:
        pairs = zip(self.columns, self.values, strict=True)
        named = ", ".join(f"{column} = {value!r}" for column, value in pairs)
        return f"no release of {self.dataset} has a record with {named}"

    @property
    def hint(self) -> str:
        if self.origin == "given":
            return "check columns and value; a value is written as compare shows it"
        return f"the key is {', '.join(self.columns)} ({self.origin}); name other columns with --key COL,COL"


class NoSuchColumnError(NotFoundError):
    """A record has no such column."""

    name: str
    near: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"no column {self.name!r}" + (f", did you mean {self.near[0]!r}?" if self.near else "")

    @property
    def hint(self) -> str:
        return f"columns: {', '.join(self.known[:20])}"


class BadQueryError(UsageError):
    """A query cannot be read or run; ``line`` is 0 where it is the whole."""

    reason: str
    line: int

    def __str__(self) -> str:
        return f"query, line {self.line}: {self.reason}" if self.line else f"query: {self.reason}"

    @property
    def hint(self) -> str:
        return "it is one SELECT in DuckDB's SQL; a release is a table: FROM 'refined_data@1.0.0'"


class ForbiddenQueryError(RefusedError):
    """A query wants more than to read the tables that it names."""

    what: str

    def __str__(self) -> str:
        return f"a query only reads releases: {self.what} is refused"

    @property
    def hint(self) -> str:
        return "select from releases alone: FROM 'refined_data@1.0.0'; for a list of rows there are VALUES and range()"


class NotAReleaseError(RefusedError):
    """A query names a file."""

    text: str

    def __str__(self) -> str:
        return f"a query reads releases and datasets, no files: {self.text!r}"

    @property
    def hint(self) -> str:
        return "track it first: hotpass version --add PATH"


class WhichTableError(UsageError):
    """A dataset has several tables, or none, and one is needed."""

    text: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"which table of {self.text}? there are {len(self.known)}"

    @property
    def hint(self) -> str:
        if not self.known:
            return "it holds nothing that can be read as a table"
        return "name one: " + ", ".join(f"'{self.text}!{name}'" for name in self.known[:20])


class NoSuchTableError(NotFoundError):
    """A dataset has no table of a name."""

    text: str
    name: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.text} has no table {self.name!r}"

    @property
    def hint(self) -> str:
        named = [name for name in self.known if name]
        if named:
            return f"tables: {', '.join(named[:20])}"
        return f"it has one table, so name {self.text} alone" if self.known else "it holds no table"


class TargetIsDataError(RefusedError):
    """A report would be written over data."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"will not write {self.path}: {self.reason}"

    @property
    def hint(self) -> str:
        return "name another file"
