"""Run a command and end it at its N-th change of the file system."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.kill.sitecustomize import Failure
from harness.repository import Repo, Result

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """A run that ended: its exit code (negative: the signal), what it said, and the events it went through."""

    code: int
    stdout: str
    stderr: str
    events: tuple[str, ...]

    @property
    def killed(self) -> bool:
        """Whether it was ended by SIGKILL."""
        return self.code == -signal.SIGKILL

    @property
    def result(self) -> Result:
        """The same as a Result."""
        return Result(self.code, self.stdout, self.stderr)

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.stdout}\n{self.stderr}\nlast events:\n" + "\n".join(self.events[-5:])


class Runner:
    """Starts runs of Hotpass as processes, quickly; use as a context manager."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Runner:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "harness.server"],
            env=os.environ | {"PYTHONPATH": str(_HERE.parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.server.communicate(timeout=60)

    def run(
        self,
        repo: Repo,
        args: Sequence[str],
        at: int = 0,
        *,
        number: int = signal.SIGKILL,
        env: dict[str, str] | None = None,
        under: Path | None = None,
        with_git: bool = False,
        failure: Failure | None = None,
    ) -> Run:
        """Run Hotpass in a repository; it sends itself signal ``number`` at event ``at`` (0: never).

        Events are changes below ``under``, by default the folder that holds the repository and its remote.
        ``with_git``: it also dies when one of its git programs is killed.
        ``failure``: no signal, but an error of the operating system.
        """
        out, err, log = (self.scratch / name for name in ("out", "err", "log"))
        log.unlink(missing_ok=True)
        request = {
            "args": list(args),
            "cwd": str(repo.root),
            "env": env or {},
            "under": str(under or repo.root.parent),
            "at": at,
            "signal": int(number),
            "with_git": with_git,
            "failure": asdict(failure) if failure else None,
            "out": str(out),
            "err": str(err),
            "log": str(log),
        }
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        status = int(self.server.stdout.readline())
        events = tuple(log.read_text().splitlines()) if log.exists() else ()
        return Run(
            os.waitstatus_to_exitcode(status), out.read_text(), err.read_text(errors="replace"), events
        )


def lock_is_free(repo: Repo, patience: float = 0.0) -> bool:
    """Whether nobody holds the repository's lock, git programs of a killed run included."""
    path = repo.root / ".git" / "hotpass" / "lock"
    if not path.exists():
        return True
    deadline = time.monotonic() + patience
    with open(path, "rb+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.005)
