"""Run commands as whole processes, by turns, and keep every sample."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Commands = Sequence[Sequence[str]]
_SAID = 800


class RunFailedError(Exception):
    """A measured command, or a look at what it did, went wrong."""


def nothing(_round: int) -> None:
    """Need no preparation, or no look afterwards."""


@dataclass(frozen=True)
class Contender:
    """One way to do the work.

    ``commands`` are run one after the other and timed as one; ``reset`` brings the state back before each run and
    ``check`` raises RunFailedError if the work was not done. All three get the number of the round (0: warm-up).
    """

    name: str
    commands: Callable[[int], Commands]
    cwd: Path
    reset: Callable[[int], None] = nothing
    check: Callable[[int], None] = nothing


@dataclass(frozen=True)
class Sample:
    """One run: wall time of the whole processes in seconds, and the greatest resident memory in MB."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Series:
    """All samples of one contender, in the order they were taken."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def median(self) -> float:
        """The median wall time in seconds."""
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def fastest(self) -> float:
        """The least wall time in seconds."""
        return min(sample.seconds for sample in self.samples)

    @property
    def slowest(self) -> float:
        """The greatest wall time in seconds."""
        return max(sample.seconds for sample in self.samples)

    @property
    def peak_mb(self) -> float:
        """The greatest memory of any run, in MB."""
        return max(sample.peak_mb for sample in self.samples)


def measure(contenders: Sequence[Contender], rounds: int, environment: Mapping[str, str]) -> list[Series]:
    """Time the contenders by turns.

    A warm-up round comes first and is not counted; after it every sample counts. Who begins changes with each
    round. What earlier runs wrote is on the disk before the clock starts.
    """
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for number in range(rounds + 1):
        turn = number % len(contenders)
        for contender in [*contenders[turn:], *contenders[:turn]]:
            contender.reset(number)
            os.sync()
            sample = _timed(contender.commands(number), contender.cwd, environment)
            contender.check(number)
            if number:
                samples[contender.name].append(sample)
    return [Series(name, tuple(taken)) for name, taken in samples.items()]


def _timed(commands: Commands, cwd: Path, environment: Mapping[str, str]) -> Sample:
    seconds, peak = 0.0, 0.0
    for argv in commands:
        with tempfile.TemporaryFile() as said:
            begin = time.perf_counter()
            child = subprocess.Popen(
                argv, cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            _, status, usage = os.wait4(child.pid, 0)
            seconds += time.perf_counter() - begin
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                said.seek(0)
                words = said.read().decode("utf-8", "replace")[-_SAID:].strip()
                raise RunFailedError(f"{short(argv)} ended with {child.returncode}: {words}")
        peak = max(peak, megabytes(usage.ru_maxrss))
    return Sample(seconds, peak)


def megabytes(maxrss: int) -> float:
    """What ``ru_maxrss`` says, in MB: Linux counts KiB, macOS bytes."""
    return maxrss / 1e6 if sys.platform == "darwin" else maxrss * 1024 / 1e6


def short(argv: Sequence[str]) -> str:
    """A command without the path of the Python that runs it."""
    words = list(argv[2:]) if list(argv[1:2]) == ["-m"] else list(argv)
    return " ".join(words)
