"""What can go wrong with a remote. "Could not look" is never "missing": all but the first two are the code 7."""

from __future__ import annotations

from hotpass.errors import (
    ConflictError,
    IntegrityError,
    NotFoundError,
    NotReadyError,
    RefusedError,
    RemoteError,
)
from hotpass.versioning.errors import RemoteUnusableError

_SHOWN = 5


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


class NoGitRemoteError(NotReadyError):
    """There is no git server to publish to."""

    def __str__(self) -> str:
        return "no git remote: there is nowhere to publish branch and tags to"

    @property
    def hint(self) -> str:
        return "git remote add origin <git-url>"


class GitServerError(RemoteError):
    """The git server could not be asked."""

    remote: str
    reason: str

    def __str__(self) -> str:
        return f"the git remote {self.remote!r} could not be asked: {self.reason}"

    @property
    def hint(self) -> str:
        return (
            f"check the network and your rights: git ls-remote {self.remote}; then run the same command again"
        )


class PushRefusedError(RemoteError):
    """The git server does not take branch or tags: a protected branch, a hook."""

    remote: str
    ref: str
    reason: str

    def __str__(self) -> str:
        return f"the git remote {self.remote!r} refused {self.ref}: {self.reason}; nothing of it moved"

    @property
    def hint(self) -> str:
        return "is the branch protected? Merge it by a pull request, then: hotpass publish --tag-only"


class RaceLostError(ConflictError):
    """Somebody else published under this name first."""

    remote: str
    ref: str
    reason: str

    def __str__(self) -> str:
        return f"somebody was faster: {self.ref} on {self.remote!r}: {self.reason}; nothing there or here was changed"

    @property
    def hint(self) -> str:
        if "branch" in self.reason or "-v" not in self.ref:
            return f"git pull --no-rebase --tags {self.remote} {self.ref}, then run the same command again"
        dataset = self.ref.rpartition("-v")[0]
        return (
            f"your data is safe; give it the next number: git tag -d {self.ref} && git fetch --tags {self.remote} && "
            f"git reset --soft FETCH_HEAD && hotpass version --bump minor --tag --dataset {dataset}"
        )


class DetachedPublishError(RefusedError):
    """HEAD is on no branch that could be published."""

    def __str__(self) -> str:
        return "HEAD is detached: there is no branch to publish"

    @property
    def hint(self) -> str:
        return "git switch BRANCH, or publish the tags alone: hotpass publish --tag-only"


class ReleasesLostError(IntegrityError):
    """Data of releases is neither in the store nor on the remote, or damaged in both."""

    lost: tuple[str, ...]
    remote: str
    published: int = 0

    def __str__(self) -> str:
        others = (
            f"; {self.published} other version(s) were published" if self.published else "; no tag was pushed"
        )
        shown = "; ".join(self.lost[:_SHOWN])
        more = f"; and {len(self.lost) - _SHOWN} more" if len(self.lost) > _SHOWN else ""
        return f"lost: {shown}{more}: no good copy here or on {self.remote!r}{others}"

    @property
    def hint(self) -> str:
        return "look for another clone or remote that has them: hotpass verify shows each version and place"


class RemoteProofError(IntegrityError):
    """A remote does not hold what was sent to it."""

    remote: str
    objects: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.objects[:_SHOWN])
        return (
            f"the remote {self.remote!r} does not hold what was sent: {len(self.objects)} object(s), {shown};"
            " no tag was pushed"
        )

    @property
    def hint(self) -> str:
        return "run the same command again; if it fails again, do not trust that remote"


class TrackedSecretError(RefusedError):
    """A settings file that git keeps holds a secret, which would be published."""

    path: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path} is kept by git and holds a secret: {', '.join(self.names)}"

    @property
    def hint(self) -> str:
        return (
            "move it: dvc remote modify --local NAME OPTION VALUE, dvc remote modify --unset NAME OPTION,"
            " commit, and change the secret: git keeps the old one in its history"
        )
