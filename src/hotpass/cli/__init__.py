"""The ``hotpass`` command: parse, run one verb, show its result, turn an error into a line and an exit code."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from hotpass import progress
from hotpass.cli.parser import parse
from hotpass.cli.screen import Screen
from hotpass.errors import INTERRUPTED, TERMINATED, HotpassError

__all__ = ["main"]


_GARBAGE = 100_000
"""Objects made before Python looks for cycles: loading a verb's modules makes less, and has no garbage."""


class Terminated(BaseException):
    """SIGTERM, as an exception: locks are released and children ended on the way out."""


# Whether SIGTERM came.
_ending: list[bool] = []


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (ARCHITECTURE, "Exit codes")."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    screen = Screen.plain("--json" in arguments)
    if sys.platform == "win32":
        screen.talk("Hotpass runs on Linux and macOS; on Windows, use it inside WSL.")
        return 1
    thresholds = gc.get_threshold()
    # A tenth of a small command's time would go into looking for garbage while modules are loaded.
    gc.set_threshold(_GARBAGE, *thresholds[1:])
    _ending.clear()
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        options = parse(arguments)
        screen = Screen.of(options)
        code: int = options.run(options, screen)
        return code
    except HotpassError as error:
        progress.end()
        screen.error(error)
        return error.exit_code
    except (KeyboardInterrupt, Terminated) as error:
        progress.end()
        # The table engine turns every signal that ends a query into an interrupt.
        ended = isinstance(error, Terminated) or bool(_ending)
        screen.talk(
            f"{'terminated' if ended else 'interrupted'}; "
            "nothing is half-done that the same command would not finish"
        )
        return TERMINATED if ended else INTERRUPTED
    except BrokenPipeError:
        screen.detach()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        gc.set_threshold(*thresholds)


def _terminated(_number: int, _frame: FrameType | None) -> None:
    _ending.append(True)
    raise Terminated
