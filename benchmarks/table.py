"""Results as a Markdown table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.cases import PEAK_MB, Case
from benchmarks.measure import Series

FORMAT = 1
_OURS = "hotpass"
_LIMITS = ("md5sum", "cp + sync", "empty python")
_HEADER = (
    "case",
    "size",
    "hotpass s",
    "others s",
    "hotpass against them",
    "target",
    "met",
    "peak MB",
    "growth",
)


@dataclass(frozen=True)
class Run:
    """What all cases share: when, where, with what, and how small memory can be measured."""

    made: str
    quick: bool
    machine: Mapping[str, str]
    tools: Mapping[str, str]
    floor_mb: float


@dataclass(frozen=True)
class Outcome:
    """One case measured: its series by size, smallest size first, or why there are none."""

    case: Case
    sizes: tuple[int, ...]
    series: Mapping[int, Sequence[Series]] = field(default_factory=dict)
    failed: str = ""
    skipped: str = ""

    @property
    def judged(self) -> bool:
        """Whether the target speaks of this run: it was made at full size and both sides were measured."""
        return self.case.judged(self.sizes) and self.theirs is not None

    @property
    def largest(self) -> Sequence[Series]:
        """The series at the largest size."""
        return self.series[self.sizes[-1]] if self.series else ()

    @property
    def ours(self) -> Series | None:
        """The series of hotpass at the largest size."""
        return _named(self.largest, _OURS)

    @property
    def theirs(self) -> Series | None:
        """The series that the target names, at the largest size; of several ("… by hand") the fastest."""
        if self.case.target is None:
            return None
        against = self.case.target.against
        found = [one for one in self.largest if one.name == against or one.name.endswith(f" {against}")]
        return min(found, key=lambda one: one.median, default=None)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where it does not speak of this run."""
        ours, theirs, target = self.ours, self.theirs, self.case.target
        if not self.judged or ours is None or theirs is None or target is None:
            return None
        return target.met(ours.median, theirs.median)


def as_markdown(run: Run, outcomes: Sequence[Outcome]) -> str:
    """The table, with what a reader needs to know about the run above it."""
    machine = ", ".join(f"{name} {value}" for name, value in run.machine.items())
    tools = ", ".join(f"{name} {value}" for name, value in run.tools.items())
    lines = [
        f"Measured {run.made}{' (quick: smaller data, fewer rounds)' if run.quick else ''}: {machine}; {tools}.",
        "Seconds are medians of whole processes, with the fastest and slowest run; a ratio above 1x is hotpass faster,",
        f"`of` is its time as a multiple of the other's. Memory below {run.floor_mb:.0f} MB cannot be seen.",
        "",
        _line(_HEADER),
        _line(["---"] * len(_HEADER)),
        *(_line(_cells(outcome)) for outcome in outcomes),
    ]
    judged = [outcome for outcome in outcomes if outcome.met is not None]
    reached = sum(1 for outcome in judged if outcome.met)
    lines += ["", f"Targets met: {reached} of {len(judged)} judged."]
    lines += [f"Failed: {outcome.case.name}: {outcome.failed}" for outcome in outcomes if outcome.failed]
    lines += [f"Skipped: {outcome.case.name}: {outcome.skipped}" for outcome in outcomes if outcome.skipped]
    return "\n".join(lines) + "\n"


def as_json(run: Run, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The same with every sample, as plain values."""
    return {
        "format": FORMAT,
        "made": run.made,
        "quick": run.quick,
        "machine": dict(run.machine),
        "tools": dict(run.tools),
        "floor_mb": round(run.floor_mb, 1),
        "cases": [_case_as_json(outcome) for outcome in outcomes],
    }


def _case_as_json(outcome: Outcome) -> dict[str, object]:
    target = outcome.case.target
    return {
        "name": outcome.case.name,
        "unit": outcome.case.unit,
        "target": str(target) if target else None,
        "met": outcome.met,
        "failed": outcome.failed or None,
        "skipped": outcome.skipped or None,
        "sizes": [
            {"size": size, "series": [_series_as_json(one) for one in series]}
            for size, series in outcome.series.items()
        ],
    }


def _series_as_json(series: Series) -> dict[str, object]:
    return {
        "name": series.name,
        "median": round(series.median, 4),
        "seconds": [round(sample.seconds, 4) for sample in series.samples],
        "peak_mb": [round(sample.peak_mb, 1) for sample in series.samples],
    }


def _cells(outcome: Outcome) -> list[str]:
    case, ours = outcome.case, outcome.ours
    size = f"{outcome.sizes[-1]} {case.unit}"
    target = str(case.target) if case.target else ""
    if ours is None:
        return [case.name, size, "failed" if outcome.failed else "skipped", "", "", target, "", "", ""]
    others = [series for series in outcome.largest if series is not ours]
    return [
        case.name,
        size,
        _seconds(ours),
        "; ".join(f"{series.name} {_seconds(series)}" for series in others),
        "; ".join(_ratio(ours, series) for series in others),
        target,
        _verdict(outcome),
        _peaks(ours, others),
        _growth(outcome),
    ]


def _seconds(series: Series) -> str:
    return f"{series.median:.3f} ({series.fastest:.3f}-{series.slowest:.3f})"


def _ratio(ours: Series, other: Series) -> str:
    if other.name in _LIMITS:
        return f"{ours.median / other.median:.2f} of {other.name}"
    return f"{other.median / ours.median:.1f}x {other.name}"


def _verdict(outcome: Outcome) -> str:
    if outcome.case.target is None:
        return ""
    if outcome.met is None:
        return "not judged"
    return "yes" if outcome.met else "**no**"


def _peaks(ours: Series, others: Sequence[Series]) -> str:
    peak = f"{ours.peak_mb:.0f}" if ours.peak_mb < PEAK_MB else f"**{ours.peak_mb:.0f}**"
    return "; ".join(
        [peak, *(f"{series.name} {series.peak_mb:.0f}" for series in others if series.name not in _LIMITS)]
    )


def _growth(outcome: Outcome) -> str:
    """How the time of hotpass grows with the size; equal factors mean it grows in step."""
    if len(outcome.sizes) < 2:
        return ""
    medians = [series.median for size in outcome.sizes if (series := _named(outcome.series[size], _OURS))]
    steps = ", ".join(f"{size}: {median:.3f}" for size, median in zip(outcome.sizes, medians, strict=True))
    return f"{steps} ({medians[-1] / medians[0]:.1f}x for {outcome.sizes[-1] / outcome.sizes[0]:.1f}x)"


def _named(series: Sequence[Series], name: str) -> Series | None:
    return next((one for one in series if one.name == name), None)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
