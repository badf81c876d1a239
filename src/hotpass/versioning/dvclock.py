"""DVC's read-write lock: which paths a running ``dvc`` has claimed, and claims whose process is gone.

``.dvc/tmp/rwlock`` is JSON: ``{"write": {path: {"pid", "cmd"}}, "read": {path: [{"pid", "cmd"}]}}`` (dvc/rwlock.py).
DVC gives up its main lock while a stage runs, and keeps this one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePath

from hotpass.errors import HotpassError
from hotpass.files import read_small
from hotpass.process import run
from hotpass.values import frozen
from hotpass.versioning.errors import DvcBusyError, DvcLockDamagedError

_LIMIT = 16 << 20


@frozen
class Claim:
    """One path that a process claimed, for reading or writing."""

    path: str
    writes: bool
    pid: int
    command: str

    @property
    def is_live(self) -> bool:
        """Whether that very DVC still runs: a process of that number that is no DVC does not count.

        A program that uses DVC as a library is known by the command line that it wrote into its claim.
        """
        now = command_of(self.pid)
        is_dvc = any(PurePath(word).name == "dvc" for word in now.split())
        return is_dvc or (self.command != "" and self.command in now)


def rwlock_path(root: Path) -> Path:
    """Where DVC keeps its claims."""
    return root / ".dvc" / "tmp" / "rwlock"


def read_claims(root: Path) -> list[Claim]:
    """All claims; raises DvcLockDamagedError where the file cannot be read."""
    path = rwlock_path(root)
    try:
        data = read_small(path, _LIMIT)
        if data is None:
            return []
        content = json.loads(data)
        claims = [
            Claim(str(place), True, int(info["pid"]), str(info["cmd"]))
            for place, info in content.get("write", {}).items()
        ]
        return claims + [
            Claim(str(place), False, int(info["pid"]), str(info["cmd"]))
            for place, infos in content.get("read", {}).items()
            for info in infos
        ]
    except (
        HotpassError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise DvcLockDamagedError(str(path)) from error


def check_claims(root: Path, path: str) -> None:
    """Raise DvcBusyError where a living DVC writes at, above or below a path; DvcLockDamagedError."""
    place = str(root / path)
    for claim in read_claims(root):
        near = (
            claim.path == place
            or claim.path.startswith(place + os.sep)
            or place.startswith(claim.path + os.sep)
        )
        if claim.writes and near and claim.is_live:
            raise DvcBusyError(f"{claim.command}, process {claim.pid}", 0.0)


def command_of(pid: int) -> str:
    """The command line of a process, empty where there is none of that number."""
    if pid <= 0:
        # To the system these mean groups of processes.
        return ""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError, ValueError):
        return ""
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        done = run(["ps", "-p", str(pid), "-o", "command="], cwd=Path("/"), env=dict(os.environ), timeout=5.0)
        return done.out.decode("utf-8", "replace")
