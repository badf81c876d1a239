"""The only starter of programs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hotpass.errors import ReadError, ToolFailedError, ToolMissingError, ToolTimeoutError
from hotpass.values import frozen

_GRACE_SECONDS = 5.0

listeners: list[Callable[[str], object]] = []
"""Told of every program that is started, as one line: for ``--verbose``."""


@frozen
class Finished:
    """What a program left behind: exit code, standard output as bytes, standard error as text."""

    argv: tuple[str, ...]
    code: int
    out: bytes
    err: str

    @property
    def command(self) -> str:
        """The program and its first words, short enough for a message."""
        return " ".join(self.argv[:4])


def run(  # noqa: PLR0913  # one call with named options is the whole interface
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    timeout: float = 60.0,
    keep: Sequence[int] = (),
    terminal: bool = False,
) -> Finished:
    """Run a program to its end and return what it said.

    The child gets a process group of its own, so that an interrupt at the terminal reaches Hotpass alone,
    which then ends the child in good order; with ``terminal`` it stays in ours where there is a terminal (a
    passphrase prompt needs that). ``keep`` names file descriptors the child inherits: it holds the lock for as long as it lives, even
    when its parent was killed. Raises ToolError, and ReadError where ``cwd`` is no folder.
    """
    for listener in listeners:
        listener(" ".join(argv))
    terminal = terminal and _has_terminal()
    try:
        child = _Child(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=tuple(keep),
            process_group=None if terminal else 0,
        )
    except OSError as error:
        if str(error.filename) == str(cwd):
            raise ReadError(str(cwd), error.strerror or str(error)) from error
        if isinstance(error, FileNotFoundError | PermissionError):
            raise ToolMissingError(argv[0]) from error
        raise ToolFailedError(argv[0], 126, error.strerror or str(error)) from error
    try:
        out, err = child.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        _end(child, group=not terminal)
        raise ToolTimeoutError(" ".join(argv[:4]), timeout) from error
    except BaseException:
        _end(child, group=not terminal)
        raise
    return Finished(tuple(argv), child.returncode, out, err.decode("utf-8", "replace"))


class Running:
    """A program at work beside us: made by :func:`start`, ended with the ``with`` block if it has not ended by itself."""

    def __init__(self, child: subprocess.Popen[bytes], command: str) -> None:
        self._child, self._command = child, command

    def wait(self, timeout: float) -> int:
        """Wait for its end and return its exit code, negative for a signal. Raises ToolTimeoutError, and ends it."""
        try:
            return self._child.wait(timeout)
        except subprocess.TimeoutExpired as error:
            _end(self._child, group=True)
            raise ToolTimeoutError(self._command, timeout) from error

    def has_ended(self) -> bool:
        """Whether it has ended, without waiting."""
        return self._child.poll() is not None

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            _end(self._child, group=True)


def start(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], err: Path) -> Running:
    """Start a program that asks nothing and leaves its results in files; standard error goes to ``err``.

    It has a process group of its own, as with :func:`run`. Raises ToolError.
    """
    for listener in listeners:
        listener(" ".join(argv))
    with err.open("xb") as sink:
        try:
            child = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=sink,
                process_group=0,
            )
        except OSError as error:
            raise ToolFailedError(argv[0], 126, error.strerror or str(error)) from error
    return Running(child, " ".join(argv[:4]))


class _Child(subprocess.Popen[bytes]):
    """A program whose end is noticed at once: Popen looks for it in naps of up to 50 ms where there is a time limit."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; raises TimeoutExpired."""
        if timeout is not None and self.returncode is None and hasattr(os, "pidfd_open"):
            with suppress(OSError):
                descriptor = os.pidfd_open(self.pid)
                try:
                    poll = select.poll()
                    poll.register(descriptor, select.POLLIN)
                    begun = time.monotonic()
                    poll.poll(max(0.0, timeout) * 1000)
                    timeout = max(0.0, timeout - (time.monotonic() - begun))
                finally:
                    os.close(descriptor)
        return super().wait(timeout)


def _has_terminal() -> bool:
    """Whether anybody could be asked; otherwise a child and what it started can be ended as a group."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _end(child: subprocess.Popen[bytes], *, group: bool) -> None:
    """Ask the child to stop, then make it stop, and reap it."""
    for number, patience in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, None)):
        try:
            if group:
                os.killpg(child.pid, number)
            else:
                child.send_signal(number)
        except ProcessLookupError:
            pass
        try:
            child.communicate(timeout=patience)
            return
        except subprocess.TimeoutExpired:
            continue
