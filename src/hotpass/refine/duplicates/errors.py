"""What can be wrong with decisions about pairs of records."""

from __future__ import annotations

from hotpass.errors import ConflictError, NotReadyError


class DecisionsDamagedError(NotReadyError):
    """The file of decisions cannot be read as one."""

    line: int
    problem: str
    columns: str

    def __str__(self) -> str:
        return f"the file of decisions, line {self.line}: {self.problem}"

    @property
    def hint(self) -> str:
        return f"mend the line; the columns are {self.columns}"


class DecisionsContradictError(ConflictError):
    """Two records are said to be different, and others say that they are the same."""

    left: str
    right: str

    def __str__(self) -> str:
        return f"records {self.left} and {self.right} are said to be different, and the same by way of other decisions"

    @property
    def hint(self) -> str:
        return "take one of the decisions about these records out of the file of decisions"
