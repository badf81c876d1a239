"""Refine a folder into a file, and give both their versions: the whole of ``hotpass refine``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from hotpass import files
from hotpass.errors import nearest
from hotpass.files import read_small
from hotpass.refine.duplicates import Decision, parse_decisions
from hotpass.refine.explanation import Explanation
from hotpass.refine.findings import Findings
from hotpass.refine.inputs import Inputs, read_inputs
from hotpass.refine.pipeline import Refined, refine
from hotpass.refine.profiles import Profile
from hotpass.tables.errors import NothingThereError
from hotpass.versioning.catalogue import Release
from hotpass.versioning.errors import ChangedWhileReadingError, NoRepositoryError
from hotpass.versioning.lock import folder_lock
from hotpass.versioning.project import Project
from hotpass.versioning.release import Outcome
from hotpass.versioning.tracking import check_new
from hotpass.workflows import outputs
from hotpass.workflows.errors import (
    BadOutputError,
    NoInputsError,
    NoSuchOrganisationError,
    QualityGateError,
)
from hotpass.workflows.events import check_events, send_events
from hotpass.workflows.foreseeing import Unwritten, check_high_enough, foresee
from hotpass.workflows.numbering import (
    AUTO,
    Numbering,
    check_can_number,
    number_inputs,
    number_output,
)
from hotpass.workflows.provenance import (
    KEY,
    InputVersion,
    Run,
    code_of,
    lineage_of,
    settings_of,
)
from hotpass.workflows.sides import Side
from hotpass.workflows.targets import check_target
from hotpass.workflows.workplace import Workplace

_DECISIONS_LIMIT = 64 << 20


@dataclass(frozen=True)
class RefineRequest:
    """What to refine, and what to do with it. Paths and profile are None where the settings say them.

    ``inputs`` says which version the input folder is, where the caller knows (a backfill); it is not tracked then.
    ``point`` names the archive it was unpacked from.
    """

    input_dir: str | None = None
    output_path: str | None = None
    profile: str | None = None
    bump: str | None = None
    tag: bool = False
    description: str | None = None
    dry_run: bool = False
    inputs: InputVersion | None = None
    point: str = ""


@dataclass(frozen=True)
class RefineResult:
    """What a run came to.

    ``written``: the output has new bytes (in a dry run: would have). ``outcome`` is the version that was made (would be
    made) or was there already, None where none was asked for. ``inputs`` is the version of the inputs, None where they are no dataset. ``tracked``: the output is a
    dataset. ``versioned``: a version was asked for.
    """

    findings: Findings
    output: str
    written: bool
    tracked: bool
    versioned: bool
    dry_run: bool = False
    outcome: Outcome | None = None
    inputs: InputVersion | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A folder that was refined in memory: nothing is written yet."""

    workplace: Workplace
    request: RefineRequest
    source: Path
    output: Path
    run: Run
    release: Release | None
    refined: Refined
    data: bytes

    @property
    def unwritten(self) -> Unwritten:
        """The output alone, for what only asks about its version."""
        return Unwritten(self.workplace, self.output, self.data, self.release)

    @property
    def changed(self) -> bool:
        """Whether the output that is there has other bytes."""
        return not self.output.is_file() or files.md5_of(self.output) != outputs.md5_of(self.data)


def numbering_of(workplace: Workplace, request: RefineRequest) -> Numbering | None:
    """The number that is wanted: as asked for, else a draft where the settings say so; None for no version."""
    if request.bump is not None or request.tag:
        return Numbering(request.bump or AUTO, request.tag, request.description)
    if workplace.settings["versioning.enabled"] and workplace.project is not None:
        return Numbering(AUTO, release=False, description=request.description)
    return None


@contextmanager
def prepare_run(workplace: Workplace, request: RefineRequest) -> Iterator[Prepared]:
    """Refine in memory, and keep others from writing the output meanwhile.

    Raises NoInputsError, BadOutputError, NotRefinedError, EditedOutputError, LockedError, what reading profile, decisions and the version
    before raises, and what would keep a version from being made.
    """
    source = workplace.path(request.input_dir, "refine.input_dir")
    output = workplace.path(request.output_path, "refine.output_path")
    outputs.check_output(workplace, output, source)
    numbering = numbering_of(workplace, request)
    if numbering is not None:
        check_can_number(_repository(workplace), numbering)
        if workplace.relative(output) is None:
            raise BadOutputError(str(output), f"only a file in {workplace.root} can have a version")
        if workplace.dataset_at(output) is None:
            check_new(_repository(workplace), output)
    check_events(workplace, source, output)
    profile = workplace.profile(request.profile)
    if not source.exists():
        raise NothingThereError(str(source))
    if request.dry_run:
        yield _prepared(workplace, request, source, output, profile)
        return
    files.make_directories(output.parent)
    timeout = workplace.settings["lock_timeout"]
    with folder_lock(output.parent, "refine", timeout):
        outputs.drop_leftovers(output.parent)
        yield _prepared(workplace, request, source, output, profile)


def _repository(workplace: Workplace) -> Project:
    if workplace.project is None:
        raise NoRepositoryError(str(workplace.root))
    return workplace.project


def _prepared(
    workplace: Workplace, request: RefineRequest, source: Path, output: Path, profile: Profile
) -> Prepared:
    dataset = workplace.dataset_at(output)
    ours = tuple(
        path
        for one in (dataset, workplace.dataset_at(source))
        if one is not None
        for path in (one.pointer_path, one.record_path)
    )
    decisions, digest = read_decisions(workplace)
    settings = settings_of(profile.country, profile.area_code, profile.date_order)
    run = Run(code_of(workplace.project, ours), settings, digest, request.point)
    release = outputs.newest_release(workplace, dataset)
    previous = outputs.previous_version(workplace, output, release)
    if not request.dry_run:
        outputs.check_replaceable(workplace, output, previous)
    # A past version of the inputs lies in the store, and the folder that was made for it has nothing but links to it.
    inputs = _read(workplace, source, None if request.inputs else _within(workplace, source))
    refined = refine(inputs, profile, previous, decisions)
    data = outputs.output_bytes(refined, output)
    return Prepared(workplace, request, source, output, run, release, refined, data)


def _within(workplace: Workplace, source: Path) -> Path:
    """Where links in the inputs may lead: anywhere in their folder, or in the repository that it is in."""
    real, root = Path(os.path.realpath(source)), Path(os.path.realpath(workplace.root))
    if root in real.parents:
        return root
    return source if source.is_dir() else source.parent


def _read(workplace: Workplace, source: Path, within: Path | None) -> Inputs:
    inputs = read_inputs(source, workplace.limits, within)
    for file in inputs.files:
        if files.md5_of(file.path) != file.digest:
            raise ChangedWhileReadingError(workplace.shown(file.path))
    if not inputs.grids:
        left = tuple(f"{each.name}: {each.reason}" for each in inputs.left_out)
        raise NoInputsError(workplace.shown(source), left)
    return inputs


def read_decisions(workplace: Workplace) -> tuple[tuple[Decision, ...], str]:
    """The decisions that later runs obey, and the digest of their file; none where there is no file."""
    data = read_small(workplace.decisions_path, _DECISIONS_LIMIT)
    if data is None:
        return (), ""
    return parse_decisions(data.decode("utf-8", "replace")), hashlib.sha256(data).hexdigest()


def complete_run(prepared: Prepared, report: str = "") -> RefineResult:
    """Write what was refined, and give it its version.

    ``report`` is where its page was written, for the error. Raises QualityGateError: then the output stands as it was.
    Nothing is written either where the output has these bytes already and they have their version.
    """
    workplace, request, refined = prepared.workplace, prepared.request, prepared.refined
    shown = workplace.shown(prepared.output)
    numbering = numbering_of(workplace, request)
    result = RefineResult(
        refined.findings,
        shown,
        written=prepared.changed,
        tracked=workplace.dataset_at(prepared.output) is not None,
        versioned=numbering is not None,
        dry_run=request.dry_run,
        notes=outputs.output_notes(refined, prepared.output),
    )
    failed = tuple(each.rule.name for each in refined.validation.failed)
    if failed and not request.dry_run:
        raise QualityGateError(failed, report)
    if not refined.organisations:
        left = tuple(f"{each.path}: {each.left_out}" for each in refined.findings.inputs if each.left_out)
        raise NoInputsError(workplace.shown(prepared.source), left)
    if request.dry_run:
        return result if numbering is None else _foreseen(prepared, numbering, result)
    if numbering is not None:
        check_high_enough(_repository(workplace), prepared.unwritten, numbering)
    if result.written:
        outputs.prove(prepared.data, refined, prepared.output, workplace.limits)
        outputs.replace_output(prepared.output, prepared.data)
    if numbering is None:
        return result
    return _numbered(prepared, numbering, result)


def _foreseen(prepared: Prepared, numbering: Numbering, result: RefineResult) -> RefineResult:
    outcome = foresee(_repository(prepared.workplace), prepared.unwritten, numbering)
    return replace(result, outcome=outcome)


def _numbered(prepared: Prepared, numbering: Numbering, result: RefineResult) -> RefineResult:
    workplace, request, refined = prepared.workplace, prepared.request, prepared.refined
    project = _repository(workplace)
    known, notes = request.inputs, tuple[str, ...]()
    if known is None and not request.point:
        known, notes = number_inputs(workplace, project, prepared.source, refined.inputs, numbering)
    lineage: dict[str, Any] = {}

    def said() -> dict[str, Any]:
        lineage.update(
            lineage_of(
                refined, prepared.run, metadata.version("hotpass"), known, outputs.md5_of(prepared.data)
            )
        )
        return {KEY: lineage}

    outcome = number_output(workplace, project, prepared.output, numbering, said)
    if not outcome.already:
        notes = (*notes, *send_events(workplace, outcome, lineage))
    return replace(
        result, tracked=True, outcome=outcome, inputs=known, notes=(*result.notes, *notes, *outcome.notes)
    )


def explained(prepared: Prepared, organization_id: str) -> tuple[Refined, int, Explanation]:
    """Why an organisation is what it is; raises NoSuchOrganisationError with the nearest id."""
    refined = prepared.refined
    number = refined.number_of(organization_id)
    if number is None:
        known = [each.id for each in refined.organisations]
        raise NoSuchOrganisationError(organization_id, nearest(organization_id, known))
    return refined, number, refined.explain(number)


def check_report(prepared: Prepared, page: Path) -> None:
    """Raise TargetIsDataError where a page would be written over data, the inputs among them."""
    check_target(page, Side("", place=prepared.source, project=prepared.workplace.project))
    check_target(page, Side("", place=prepared.output))
