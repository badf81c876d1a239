"""What can go wrong in the acts that join capabilities, each with its sentence, its hint and its exit code."""

from __future__ import annotations

from hotpass.errors import NotFoundError, NotReadyError, UsageError


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
