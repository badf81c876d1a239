"""What can go wrong in the acts that join capabilities, each with its sentence, its hint and its exit code."""

from __future__ import annotations

from hotpass.errors import (
    IntegrityError,
    NotFoundError,
    NotReadyError,
    QualityError,
    RefusedError,
    ToolError,
    UsageError,
)


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


class QualityGateError(QualityError):
    """Refined data breaks rules that a release must hold to; what was there before stands."""

    rules: tuple[str, ...]
    report: str = ""

    def __str__(self) -> str:
        return f"the refined data breaks {'; '.join(self.rules)}; nothing was written"

    @property
    def hint(self) -> str:
        if self.report:
            return f"{self.report} shows the rows; mend the lists or the profile's rule, then run it again"
        return "hotpass refine --dry-run --report FILE.html shows the rows"


class NoInputsError(NotFoundError):
    """A folder holds no row that could be refined."""

    folder: str
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f": {'; '.join(self.left_out[:3])}" if self.left_out else ""
        return f"nothing to refine in {self.folder}{said}"

    @property
    def hint(self) -> str:
        return "put spreadsheets there, or name another folder: --input-dir DIR"


class BadOutputError(UsageError):
    """Refined data cannot be written to a path."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"cannot write refined data to {self.path}: {self.reason}"

    @property
    def hint(self) -> str:
        return "name a file that ends in .xlsx, .parquet or .csv: --output-path FILE"


class OutsidePlaceError(RefusedError):
    """A repository's own settings, or a link in it, name a place outside of it to read or write."""

    setting: str
    path: str
    variable: str

    def __str__(self) -> str:
        return f"{self.setting} leads out of the repository, to {self.path}"

    @property
    def hint(self) -> str:
        option = {"refine.input_dir": "--input-dir DIR", "refine.output_path": "--output-path FILE"}
        named = option.get(self.setting, f"{self.variable} in your environment")
        return f"name it yourself if you mean it: {named}"


class NotRefinedError(RefusedError):
    """The output's place is taken by a file that refine did not write and nobody keeps."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} is no refined dataset, and its bytes are kept nowhere else"

    @property
    def hint(self) -> str:
        return f"keep it first: hotpass version --add {self.path}; or write elsewhere: --output-path FILE"


class EditedOutputError(RefusedError):
    """Refined data was changed by hand, and is neither stored nor written by refine again."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} was saved by another program since it was refined, and its bytes are kept nowhere else"

    @property
    def hint(self) -> str:
        return f"keep it first: hotpass version --add {self.path}; or move it away; mend the lists, not the output"


class NotProvedError(IntegrityError):
    """What was written does not read back as what was meant."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} was not replaced: the new one does not read back ({self.reason})"

    @property
    def hint(self) -> str:
        return "the file that was there stands; please report this"


class NoSuchOrganisationError(NotFoundError):
    """No organisation has an id."""

    id: str
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"no organisation has the id {self.id!r}"

    @property
    def hint(self) -> str:
        return (
            f"did you mean {self.near[0]!r}?" if self.near else "ids stand in the first column of the output"
        )


class NeedsTerminalError(UsageError):
    """Pairs are decided one key at a time, and there is nobody at a terminal."""

    path: str

    def __str__(self) -> str:
        return "review needs a terminal"

    @property
    def hint(self) -> str:
        return (
            f"write decisions to {self.path} by hand; hotpass review --json lists the pairs with its columns"
        )


class LineageMissingError(ToolError):
    """OpenLineage events are asked for, and the extra is not installed."""

    def __str__(self) -> str:
        return "openlineage-python not installed: uv sync --extra lineage"

    @property
    def hint(self) -> str:
        return "or leave lineage.to out of the settings"


class NothingToReplayError(NotFoundError):
    """There is no point in time to replay."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"nothing to replay in {self.place}: {self.reason}"

    @property
    def hint(self) -> str:
        return "name folders, zip or tar files by date (2024-01-31.zip), or a dataset: --from DATASET@RANGE"


class BadArchiveError(IntegrityError):
    """An archive cannot be unpacked, or should not be."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} cannot be unpacked: {self.reason}"

    @property
    def hint(self) -> str:
        return "put a whole archive in its place, then run the same command again"
