"""What can go wrong with a remote. "Could not look" is never "missing": all but the first two are the code 7."""

from __future__ import annotations

from hotpass.errors import NotFoundError, NotReadyError, RemoteError
from hotpass.versioning.errors import RemoteUnusableError


class NoRemoteError(NotReadyError):
    """DVC has no remote to send data to."""

    def __str__(self) -> str:
        return "no remote configured: dvc remote add -d storage <remote-url>"

    @property
    def hint(self) -> str:
        return "dvc remote add -d storage <remote-url>"


class UnknownRemoteError(NotFoundError):
    """DVC's settings hold no remote of a name."""

    remote: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"there is no remote {self.remote!r}"

    @property
    def hint(self) -> str:
        known = ", ".join(self.known) or "none"
        return f"known remotes: {known}; add it: dvc remote add {self.remote} <remote-url>"


class RemoteRefusedError(RemoteUnusableError):
    """A remote answered and would not do it: rights, credentials, a read-only file system."""

    def __str__(self) -> str:
        return f"the remote {self.remote!r} refused: {self.reason}"

    @property
    def hint(self) -> str:
        return "nothing is lost; check rights and credentials of the remote, then run the same command again"


class RemoteTimeoutError(RemoteUnusableError):
    """A remote did not answer in time."""

    seconds: float

    def __str__(self) -> str:
        return f"the remote {self.remote!r} did not answer within {self.seconds:g} s while {self.reason}"

    @property
    def hint(self) -> str:
        return "check the network, or give it more time: HOTPASS_REMOTE_TIMEOUT=300"


class RemoteFullError(RemoteUnusableError):
    """A remote has no room left. ``free`` is in bytes, None where the remote does not tell."""

    needed: int
    free: int | None

    def __str__(self) -> str:
        free = "" if self.free is None else f", {self.free} are free"
        return f"the remote {self.remote!r} is full: {self.needed} bytes are still to be sent{free}"

    @property
    def hint(self) -> str:
        return "free space there, then run the same command again: it goes on where it stopped"


class RemoteGoneError(RemoteError):
    """What a remote's address leads to is not there, and it was before."""

    remote: str
    place: str
    reason: str

    def __str__(self) -> str:
        return f"the remote {self.remote!r} is not where it was: {self.reason}: {self.place}"

    @property
    def hint(self) -> str:
        return "is it mounted? If it is to begin anew there: hotpass publish --create-remote"
