"""What can go wrong while reading tables."""

from __future__ import annotations

from hotpass.errors import HotpassError, IntegrityError, NotFoundError, RefusedError


class NothingThereError(NotFoundError):
    """There is no file or folder of that name."""

    name: str

    def __str__(self) -> str:
        return f"there is no file or folder {self.name}"

    @property
    def hint(self) -> str:
        return "look at the spelling, and at the folder you are in"


class UnreadableTableError(IntegrityError):
    """A file is not what its suffix says, or is damaged: a truncated workbook, a Parquet file without its end."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"cannot read {self.name}: {self.reason}"

    @property
    def hint(self) -> str:
        return "open it in the program that made it and save it again, or restore an older version"


class EncryptedBookError(IntegrityError):
    """A workbook is protected by a password."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} is encrypted"

    @property
    def hint(self) -> str:
        return "save a copy without the password"


class UndecidedTextError(IntegrityError):
    """Delimited text cannot be read without a guess: the sentence says what could not be decided, and where."""

    name: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.name}, line {self.line}" if self.line else self.name
        return f"{where}: {self.reason}"

    @property
    def hint(self) -> str:
        return "mend the file at that place"


class UnevenLinesError(IntegrityError):
    """Lines of a delimited text do not fit its header, which was met in the middle of a query."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"

    @property
    def hint(self) -> str:
        return "read it carefully (ReadOptions.careful), which mends and reports such lines"


class LimitError(RefusedError):
    """A file asks for more than it may."""

    name: str
    limit: str
    allowed: int
    found: str

    def __str__(self) -> str:
        return f"{self.name}: {self.found}, more than the limit {self.limit} = {self.allowed:,} allows"

    @property
    def hint(self) -> str:
        return f"if the file is trusted, raise limit_{self.limit} in hotpass.toml"


class QueryError(HotpassError):
    """The table engine refused a statement."""

    message: str

    def __str__(self) -> str:
        return (self.message.strip().splitlines() or ["the statement failed"])[0]

    @property
    def hint(self) -> str:
        return "mend the statement"
