"""Replay the past: past versions of the input dataset, or dated archives, oldest first, one release each.

What is done is read from the releases themselves: the record of each names the input version or the archive that it came
from. So a run that was killed goes on where it stopped, and nothing beside the releases has to be kept.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotpass import files
from hotpass.errors import HotpassError
from hotpass.versioning.catalogue import Release, catalogue_of
from hotpass.versioning.errors import NoRepositoryError
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.judging import read_record
from hotpass.versioning.lock import folder_lock
from hotpass.versioning.project import Project
from hotpass.versioning.reading import released_files, released_md5
from hotpass.versioning.version import is_dataset_name
from hotpass.versioning.wanted import parse_release_name
from hotpass.workflows.archives import Archive, find_archives, linked, unpacked
from hotpass.workflows.errors import NothingToReplayError
from hotpass.workflows.numbering import AUTO, Numbering, check_can_number
from hotpass.workflows.provenance import KEY, InputVersion
from hotpass.workflows.refining import RefineRequest, complete_run, prepare_run
from hotpass.workflows.workplace import Workplace


@dataclass(frozen=True)
class BackfillRequest:
    """What to replay. ``source`` is ``DATASET@RANGE``, ``DATASET`` or a path; None: the input dataset.

    ``since`` and ``until`` are days (ISO 8601), both included. ``stop``: a point that fails ends the run.
    """

    source: str | None = None
    since: str = ""
    until: str = "9999"
    output_path: str | None = None
    profile: str | None = None
    dry_run: bool = False
    stop: bool = False


@dataclass(frozen=True)
class PointResult:
    """What became of a point: ``state`` is released, unchanged, done, passed, waiting or failed.

    ``done``: an earlier run released it. ``passed``: later points are released already, so it can have no number before
    them. ``waiting``: it would be released, or an earlier failure ended the run. ``error`` is set for a failed one.
    """

    point: str
    date: str
    state: str
    version: str = ""
    tag: str = ""
    reason: str = ""
    error: HotpassError | None = None


@dataclass(frozen=True)
class _Point:
    name: str
    date: str
    archive: Archive | None = None
    release: Release | None = None


Announce = Callable[[PointResult], None]


def backfill(workplace: Workplace, request: BackfillRequest, announce: Announce) -> tuple[PointResult, ...]:
    """Release every point that is not released yet; ``announce`` is told each as it is known.

    A point that fails is a result, not an exception. Raises NothingToReplayError, LockedError where another backfill is
    under way, and what would keep any version from being made.
    """
    project = workplace.project
    if project is None:
        raise NoRepositoryError(str(workplace.root))
    points = _points(workplace, project, request)
    check_can_number(project, Numbering(AUTO, release=True))
    if request.dry_run:
        return _walk(workplace, project, request, points, announce)
    # Two at once would each release a point after the other's later ones.
    place = project.git.common / "hotpass"
    files.make_directories(place)
    with folder_lock(place, "backfill", workplace.settings["lock_timeout"]):
        return _walk(workplace, project, request, points, announce)


def _walk(
    workplace: Workplace,
    project: Project,
    request: BackfillRequest,
    points: Sequence[_Point],
    announce: Announce,
) -> tuple[PointResult, ...]:
    done = _done(workplace, project, request)
    last = max((number for number, point in enumerate(points) if point.name in done), default=-1)
    results: list[PointResult] = []
    ended = False
    for number, point in enumerate(points):
        if point.name in done:
            version, tag = done[point.name]
            result = PointResult(point.name, point.date, "done", version, tag)
        elif number < last:
            why = "a later point is released already"
            result = PointResult(point.name, point.date, "passed", reason=why)
        elif request.dry_run or ended:
            result = PointResult(point.name, point.date, "waiting")
        else:
            result = _replayed(workplace, project, request, point)
            ended = request.stop and result.error is not None
        announce(result)
        results.append(result)
    return tuple(results)


def _points(workplace: Workplace, project: Project, request: BackfillRequest) -> list[_Point]:
    source = request.source
    if source is None:
        dataset = workplace.dataset_at(workplace.path(None, "refine.input_dir"))
        if dataset is None:
            raise NothingToReplayError(workplace.settings["refine.input_dir"], "it is no dataset")
        source = dataset.name
    name = source.partition("@")[0]
    tracked = any(one.name == name for one in project.datasets())
    if not is_dataset_name(name) or ("@" not in source and not tracked and os.path.exists(source)):
        place = Path(source).expanduser()
        points = [_Point(each.path.name, each.date, archive=each) for each in find_archives(place, source)]
    else:
        name, wanted = parse_release_name(source)
        releases = open_catalogue(project, name).releases
        points = [
            _Point(f"{name}@{one.version}", one.date[:10], release=one)
            for one in releases
            if wanted is None or wanted.matches(one.version)
        ]
    chosen = [point for point in points if request.since <= point.date <= request.until]
    if not chosen:
        reason = "no release fits" if not points else "none of it lies between the days that were asked for"
        raise NothingToReplayError(source, reason)
    return chosen


def _done(workplace: Workplace, project: Project, request: BackfillRequest) -> dict[str, tuple[str, str]]:
    """By point, the version and tag of the release that was made of it."""
    output = workplace.path(request.output_path, "refine.output_path")
    dataset = workplace.dataset_at(output)
    if dataset is None:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for release in catalogue_of(dataset.name, project.git.tags(dataset.name)).releases:
        record = read_record(project, release, dataset.path)
        lineage: Any = record.metadata.get(KEY) if record is not None else None
        # A version that somebody made of other bytes keeps the lineage of the run before.
        if not isinstance(lineage, dict) or record is None or lineage.get("output_md5") != record.md5:
            continue
        known = lineage.get("input_dataset")
        if isinstance(known, dict):
            found.setdefault(
                f"{known.get('name')}@{known.get('version')}", (str(release.version), release.tag)
            )
        if isinstance(point := lineage.get("point"), str):
            found.setdefault(point, (str(release.version), release.tag))
    return found


def _replayed(workplace: Workplace, project: Project, request: BackfillRequest, point: _Point) -> PointResult:
    try:
        with _folder_of(workplace, project, point) as folder:
            inputs = None
            if point.release is not None:
                md5 = str(released_md5(project, point.release))
                inputs = InputVersion(point.release.dataset, str(point.release.version), md5, released=True)
            asked = RefineRequest(
                input_dir=str(folder),
                output_path=request.output_path,
                profile=request.profile,
                bump=AUTO,
                tag=True,
                description=f"Backfill of {point.name}",
                inputs=inputs,
                point="" if inputs else point.name,
            )
            with prepare_run(workplace, asked) as prepared:
                outcome = complete_run(prepared).outcome
    except HotpassError as error:
        return PointResult(point.name, point.date, "failed", reason=str(error), error=error)
    if outcome is None:
        return PointResult(point.name, point.date, "unchanged")
    state = "unchanged" if outcome.already else "released"
    return PointResult(point.name, point.date, state, outcome.version, outcome.tag or "")


@contextmanager
def _folder_of(workplace: Workplace, project: Project, point: _Point) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hotpass-") as scratch:
        if point.archive is not None:
            yield unpacked(point.archive, Path(scratch), workplace.limits)
            return
        if point.release is None:
            raise NothingToReplayError(point.name, "it is neither a release nor an archive")
        released = released_files(project, point.release)
        parts = (
            released.files if released.is_directory else ((Path(released.path).name, released.files[0][1]),)
        )
        if not parts:
            raise NothingToReplayError(point.name, "it is empty")
        yield linked(parts, Path(scratch))
