"""Data of another repository, by its address: fetched into a folder that is gone afterwards, then put where it is wanted.

The scratch repository lies beside the target, for its owner alone. It holds the tags of one dataset, two small files of
the newest commit (DVC's settings, for the remote; Hotpass's, for what is withdrawn), and the bytes. Nothing of the
other repository is checked out, so that no hook, filter or attribute of it is ever looked at, and its remote is used
only where its settings run no program.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hotpass.config import load_settings
from hotpass.errors import (
    RefusedError,
    RemoteError,
    ToolFailedError,
    ToolTimeoutError,
    UsageError,
    nearest,
    without_secrets,
)
from hotpass.files import make_directories, write_whole, writing
from hotpass.process import Finished, run
from hotpass.versioning.dvcconfig import read_settings
from hotpass.versioning.errors import (
    BadTargetError,
    LostError,
    ProgramSettingsError,
    RemoteUnusableError,
    UnknownDatasetError,
)
from hotpass.versioning.git import clean_environment
from hotpass.versioning.lock import folder_lock
from hotpass.versioning.project import Project
from hotpass.versioning.remotes import UnknownRemoteError
from hotpass.versioning.restoring import Restored, restore_to
from hotpass.versioning.version import ZERO, DatasetVersion, parse_any_tag
from hotpass.versioning.wanted import Wanted

_SECONDS = 600.0
_LIMIT = 1 << 20
_PROTOCOLS = "file:git:http:https:ssh"
_HEAD = "refs/hotpass/head"

Announce = Callable[[Restored], None]


class SourceUnusableError(RemoteError):
    """A git repository could not be read from its address."""

    source: str
    reason: str

    def __str__(self) -> str:
        return f"cannot read the git repository {self.source}: {self.reason}"

    @property
    def hint(self) -> str:
        """What to look at."""
        return "check the address, the network and your access: git ls-remote ADDRESS"


class BadSourceError(UsageError):
    """An address could not be that of a git repository."""

    source: str

    def __str__(self) -> str:
        return f"no address of a git repository: {self.source!r}"

    @property
    def hint(self) -> str:
        """What could be."""
        return "give a folder, https://…, ssh://… or user@host:path"


class ForeignProgramsError(RefusedError):
    """The data of another repository lies on a remote whose settings can run programs."""

    source: str
    remote: str
    options: tuple[str, ...]

    def __str__(self) -> str:
        return f"the remote {self.remote!r} of {self.source} can run programs by {', '.join(self.options)}"

    @property
    def hint(self) -> str:
        """The way with a look at the settings first."""
        return "git clone it, look at its .dvc/config, and there: hotpass trust, then hotpass fetch"


@dataclass(frozen=True)
class ForeignSource:
    """Another repository: its address (what git understands, or a folder), and a remote other than its own default."""

    address: str
    remote: str | None = None
    lock_timeout: float | None = None


def fetch_from(
    source: ForeignSource, name: str, wanted: Wanted, target: Path, announce: Announce
) -> Restored:
    """Write the data of a release of another repository to a path, whole or not at all, every byte proved.

    Raises SourceUnusableError, UnknownDatasetError, UnknownVersionError, ForeignProgramsError, LostError and
    RemoteUnusableError where the bytes cannot be had, TargetExistsError, WriteError.
    """
    place = _address(source.address)
    target = Path(os.path.abspath(target))
    if {".git", ".dvc"} & set(target.parts) or not target.name:
        raise BadTargetError(str(target))
    with _scratch(target, source.lock_timeout) as scratch:
        _bring_refs(scratch, place, name)
        reasons: list[Exception] = []
        for storage in _storages(scratch, place, source.remote):
            _write_settings(scratch, *storage)
            project = Project.find(scratch, source.lock_timeout)
            try:
                return restore_to(project, name, wanted, target, announce)
            except ProgramSettingsError as error:
                raise ForeignProgramsError(masked(place), error.remote, error.options) from error
            except (LostError, RemoteUnusableError) as error:
                # The repository's own store may have what its remote lacks; the remote's word is the one to report.
                reasons.append(error)
        raise reasons[0]


def masked(address: str) -> str:
    """An address without user, password and query."""
    return without_secrets(re.sub(r"\?.*", "?***", address))


def _address(source: str) -> str:
    """The address as git is told: a folder absolutely."""
    text = source.strip()
    if not text or text.startswith("-") or any(ord(char) < 32 for char in text) or re.match(r"\w+::", text):
        raise BadSourceError(masked(source))
    folder = Path(text.removeprefix("file://")).expanduser()
    return os.path.realpath(folder) if folder.exists() else text


@contextmanager
def _scratch(target: Path, lock_timeout: float | None) -> Iterator[Path]:
    """A private repository beside the target, removed at the end; one that a killed run left is taken over."""
    make_directories(target.parent)
    scratch = target.parent / f".{target.name}.hotpass-fetch"
    with writing(scratch):
        with suppress(FileExistsError):
            scratch.mkdir(mode=0o700)
        status = os.lstat(scratch)
    if (
        not stat.S_ISDIR(status.st_mode)
        or status.st_uid != os.geteuid()
        or stat.S_IMODE(status.st_mode) & 0o077
    ):
        raise BadTargetError(str(scratch))
    with folder_lock(scratch, "fetch", 30.0 if lock_timeout is None else lock_timeout):
        try:
            _clear(scratch)
            _git(scratch, "init", "-q", "--template=", ".")
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _clear(scratch: Path) -> None:
    """Remove what a killed run left, but for its journal, which names what lies elsewhere, and proved bytes."""
    for path in (*scratch.glob(".git/*"), *scratch.glob(".dvc/*"), *scratch.glob("*.toml")):
        if path.name in ("hotpass", "cache"):
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _bring_refs(scratch: Path, place: str, name: str) -> None:
    """Fetch a dataset's tags and the newest commit, without files and history."""
    # The first question shows whether anybody is there; the second may take as long as it needs.
    patience = load_settings(None, os.environ, {})["remote_timeout"]
    asked = ("ls-remote", "-q", "--", place, "HEAD", "refs/tags/*")
    listed = _git(scratch, *asked, said=place, seconds=patience)
    names = [line.partition("\t")[2] for line in os.fsdecode(listed.out).splitlines()]
    tags = [ref.removeprefix("refs/tags/") for ref in names if not ref.endswith("^{}")]
    known = sorted({found[0] for tag in tags if (found := parse_any_tag(tag)) is not None})
    if name not in known:
        raise UnknownDatasetError(name, nearest(name, known), tuple(known))
    _git(scratch, "config", "remote.origin.url", place)
    refs = [
        *([f"+HEAD:{_HEAD}"] if "HEAD" in names else []),
        *(f"+refs/tags/{name}{mark}:refs/tags/{name}{mark}" for mark in ("-v*", "@v*")),
    ]
    # A server that cannot leave out files sends them: only slower.
    options = ("-q", "--no-tags", "--depth=1", "--filter=blob:none", "--no-write-fetch-head")
    _git(scratch, "fetch", *options, "origin", *refs, said=place)
    if "HEAD" not in names:
        # A server whose HEAD names a branch that nobody pushed: the newest release knows the settings too.
        newest = max((tag for tag in tags if (parse_any_tag(tag) or ("",))[0] == name), key=_version)
        _git(scratch, "update-ref", _HEAD, f"refs/tags/{newest}^{{commit}}")


def _version(tag: str) -> DatasetVersion:
    found = parse_any_tag(tag)
    return found[1] if found else ZERO


def _storages(scratch: Path, place: str, remote: str | None) -> Iterator[tuple[bytes, str, dict[str, str]]]:
    """Where the bytes may be: DVC's settings, the remote's name, and the addresses of folders made absolute."""
    text = _blob(scratch, ".dvc/config")
    (scratch / ".dvc").mkdir(exist_ok=True)
    write_whole(scratch / ".dvc" / "config", text, "0" * 12, mode=0o600)
    settings = read_settings(scratch)
    own = os.path.isdir(place)
    addresses = {
        name: os.path.normpath(os.path.join(place, ".dvc", url))
        for name, options in settings.remotes.items()
        if own and (url := options.get("url", "")) and "://" not in url and not os.path.isabs(url)
    }
    name = (remote or settings.default_remote).lower()
    if name and name not in settings.remotes:
        raise UnknownRemoteError(name, tuple(sorted(settings.remotes)))
    if name:
        yield text, name, addresses
    if own and remote is None and os.path.isdir(os.path.join(place, ".dvc")):
        cache = str(read_settings(Path(place)).cache)
        yield b"", "store", {"store": cache}
    elif not name:
        raise SourceUnusableError(masked(place), "its settings name no remote for its data")


def _write_settings(scratch: Path, text: bytes, name: str, addresses: dict[str, str]) -> None:
    """Write the settings under which DVC and Hotpass work here: the remote's, and a store of our own."""
    write_whole(scratch / ".dvc" / "config", text, "0" * 12, mode=0o600)
    lines = ["[core]", f"    remote = {name}", "[cache]", "    dir = cache", "    type = copy"]
    for other, address in addresses.items():
        lines += [f"['remote \"{other}\"']", f'    url = "{address}"']
    write_whole(scratch / ".dvc" / "config.local", ("\n".join(lines) + "\n").encode(), "0" * 12, mode=0o600)
    ours = _blob(scratch, "hotpass.toml")
    if ours:
        write_whole(scratch / "hotpass.toml", ours, "0" * 12, mode=0o600)
    shared = _blob(scratch, "pyproject.toml")
    if shared and not ours:
        write_whole(scratch / "pyproject.toml", shared, "0" * 12, mode=0o600)


def _blob(scratch: Path, path: str) -> bytes:
    """A file of the other repository's newest commit, empty where it has none."""
    done = _git(scratch, "cat-file", "blob", f"{_HEAD}:{path}", ok=(0, 128))
    if done.code == 0 and len(done.out) > _LIMIT:
        raise SourceUnusableError(path, "it is too large for a file of settings")
    return done.out if done.code == 0 else b""


def _git(
    scratch: Path, *args: str, said: str = "", ok: tuple[int, ...] = (0,), seconds: float = _SECONDS
) -> Finished:
    """Run git in the scratch repository; ``said`` is the address to name where it fails."""
    environment = clean_environment(os.environ) | {"GIT_ALLOW_PROTOCOL": _PROTOCOLS}
    environment |= {"GIT_DIR": str(scratch / ".git")} if args[0] != "init" else {}
    argv = ["git", "-c", "core.hooksPath=/dev/null", "-c", "fetch.fsckObjects=true", *args]
    try:
        done = run(argv, cwd=scratch, env=environment, timeout=seconds)
    except ToolTimeoutError as error:
        if not said:
            raise
        raise SourceUnusableError(masked(said), f"no answer within {seconds:g} s") from error
    if done.code not in ok:
        if said:
            lines = [line for line in done.err.strip().splitlines() if line.strip()] or ["no message"]
            raise SourceUnusableError(masked(said), masked(lines[0]))
        raise ToolFailedError("git " + args[0], done.code, done.err)
    return done
