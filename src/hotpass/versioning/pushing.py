"""The git server: what it has, and moving branch and tags there together or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotpass.errors import ToolTimeoutError, without_secrets
from hotpass.process import Finished
from hotpass.versioning.git import Git
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.remotes.errors import (
    GitServerError,
    NoGitRemoteError,
    PushRefusedError,
    RaceLostError,
)

_PUSH_SECONDS = 3600.0
_TAGS = "refs/tags/"


@dataclass(frozen=True)
class Server:
    """A git remote as it was when it was asked: tags and branches with their objects."""

    git: Git
    name: str
    refs: Mapping[str, Oid]

    def tag(self, name: str) -> Oid | None:
        """The object of a tag, None where the server has none."""
        return self.refs.get(_TAGS + name)


@dataclass(frozen=True)
class Push:
    """What is to be moved: full ref names, tags and at most one branch, and their new objects."""

    branch: str | None
    tags: Mapping[str, Oid]


def server_name(git: Git, branch: str | None) -> str:
    """The git remote that a plain ``git push`` would take; raises NoGitRemoteError where there is none."""
    names = git.remotes()
    if not names:
        raise NoGitRemoteError
    short = (branch or "").removeprefix("refs/heads/")
    own = (f"branch.{short}.pushRemote", "remote.pushDefault", f"branch.{short}.remote")
    for key in own if short else ("remote.pushDefault",):
        found = git.setting(key)
        if found in names:
            return found
    return "origin" if "origin" in names else names[0]


def ask_server(git: Git, name: str, patience: float) -> Server:
    """Ask a git remote for its refs; raises GitServerError where it cannot be asked."""
    done = _talk(git, name, patience, "ls-remote", "--refs", "--", name, "refs/tags/*", "refs/heads/*")
    if done.code != 0:
        raise GitServerError(name, _reason(done))
    lines = done.out.decode("utf-8", "surrogateescape").splitlines()
    pairs = (line.partition("\t") for line in lines)
    return Server(git, name, {ref: Oid(oid) for oid, tab, ref in pairs if tab})


def check_race(server: Server, push: Push) -> None:
    """Raise RaceLostError where the server holds other objects under these names, or a branch with more commits."""
    for ref, oid in push.tags.items():
        there = server.refs.get(ref)
        if there is not None and there != oid:
            raise RaceLostError(server.name, ref.removeprefix(_TAGS), "the tag there is of another release")
    if push.branch is not None:
        there = server.refs.get(push.branch)
        if there is not None and not server.git.contains(push.branch, there):
            short = push.branch.removeprefix("refs/heads/")
            raise RaceLostError(server.name, short, "the branch there has commits that are not here")


def push_refs(server: Server, push: Push, patience: float) -> None:
    """Move branch and tags with ``git push --atomic``, and look whether they are there.

    Raises RaceLostError where somebody was faster, PushRefusedError, GitServerError.
    """
    moves = [f"{push.branch}:{push.branch}"] if push.branch else []
    # By their objects: a tag that is made anew in this moment is of data that nobody has proved.
    moves += [f"{oid}:{ref}" for ref, oid in push.tags.items()]
    options = ("--porcelain", "--atomic", "--no-follow-tags", "--recurse-submodules=no")
    done = _talk(server.git, server.name, _PUSH_SECONDS, "push", *options, "--", server.name, *moves)
    rejected = _rejected(done)
    if rejected:
        ref, why = rejected[0]
        short = ref.removeprefix(_TAGS).removeprefix("refs/heads/")
        if any(
            word in why
            for word in ("already exists", "fetch first", "non-fast-forward", "stale", "cannot lock")
        ):
            raise RaceLostError(server.name, short, why)
        raise PushRefusedError(server.name, short, without_secrets(why))
    if done.code != 0:
        raise GitServerError(server.name, _reason(done))
    # An exit code is no proof.
    now = ask_server(server.git, server.name, patience)
    lost = [ref for ref, oid in push.tags.items() if now.refs.get(ref) != oid]
    if lost:
        raise GitServerError(server.name, f"it took {lost[0]} and does not show it")


def _rejected(done: Finished) -> list[tuple[str, str]]:
    """The refs that were refused for a reason of their own; with --atomic the others are refused for it."""
    found = []
    for line in done.out.decode("utf-8", "replace").splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[0].strip() == "!":
            why = parts[2]
            if "atomic" not in why:
                found.append((parts[1].partition(":")[2], why))
    return found


def _talk(git: Git, name: str, patience: float, *args: str) -> Finished:
    try:
        return git.talk(*args, timeout=patience)
    except ToolTimeoutError as error:
        raise GitServerError(name, f"it did not answer within {patience:g} s") from error


def _reason(done: Finished) -> str:
    lines: Sequence[str] = [line for line in done.err.strip().splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    return without_secrets(told.removeprefix("fatal: ").removeprefix("error: ")) or f"exit code {done.code}"
