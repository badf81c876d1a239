"""Which bump the data asks for: the question to a judge, its answer, and what follows for the number.

Versions know nothing of tables. Whoever does is asked here, under the lock, before anything is written: a
:class:`Judge` reads the bytes that are about to get a number beside those of the release they follow. The judge that
Hotpass itself brings is ``hotpass.workflows.judge``; the package ``hotpass`` puts it into ``versioning.judges``.
"""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import Any, Protocol

from hotpass.config import DatasetSettings
from hotpass.values import frozen
from hotpass.versioning.catalogue import Catalogue, Release
from hotpass.versioning.content import Content
from hotpass.versioning.errors import DamagedRecordError, TagDisagreesError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.reading import released_md5
from hotpass.versioning.record import RECORD_LIMIT, Facts, VersionRecord, parse_record
from hotpass.versioning.version import Bump, DatasetVersion

DESCRIPTION_CHANGED = "description_changed"
"""The one kind of change that is seen without looking into the data."""


@frozen
class Question:
    """What is to be judged: ``content`` at ``files`` (path in the dataset, "" for a single file → where it lies).

    ``path`` is the dataset's, relative to the root. ``since`` is the release that the version follows, None for the
    first one; ``record`` is that release's record, None where it cannot be read.
    """

    dataset: str
    path: str
    content: Content
    files: tuple[tuple[str, Path], ...]
    since: Release | None
    record: VersionRecord | None
    settings: DatasetSettings


@frozen
class Verdict:
    """What the data says.

    ``asked`` is the bump that it asks for, None where nothing changed or nothing could be ``compared``. ``reasons`` say
    why in a line each, the highest bump first; ``changes`` is all of them in one line. Neither they nor ``facts`` hold
    a cell's value: they go into git. ``notes`` are for the user's eyes.
    """

    asked: Bump | None = None
    compared: bool = True
    reasons: tuple[str, ...] = ()
    changes: str = ""
    facts: Facts = field(default_factory=Facts)
    notes: tuple[str, ...] = ()


class Judge(Protocol):
    """Compares data with the release that it follows."""

    def __call__(self, project: Project, question: Question) -> Verdict:
        """The verdict. Data that cannot be read as tables is judged as a file: a release never fails of it."""


def release_before(catalogue: Catalogue, version: DatasetVersion | None) -> Release | None:
    """The release that a version follows: the newest one, or for an older line the greatest below it."""
    newest = catalogue.newest
    if version is None or newest is None or version > newest.version:
        return newest
    return next((one for one in reversed(catalogue.releases) if one.version < version), None)


def part_risen(old: DatasetVersion, new: DatasetVersion) -> Bump:
    """Which part of a version is higher than before."""
    if new.major != old.major:
        return Bump.MAJOR
    return Bump.MINOR if new.minor != old.minor else Bump.PATCH


def is_enough(given: Bump, asked: Bump | None) -> bool:
    """Whether a bump is at least the one asked for."""
    order = list(Bump)
    return asked is None or order.index(given) >= order.index(asked)


def enough(catalogue: Catalogue, current: DatasetVersion | None, asked: Bump) -> DatasetVersion:
    """The number that the data asks for after the newest release; a draft that is high enough keeps its own."""
    newest = catalogue.newest
    wanted = newest.version.bump(asked) if newest else DatasetVersion(1, 0, 0)
    is_draft = current is not None and catalogue.find(current) is None
    return current if current is not None and is_draft and current >= wanted else wanted


def read_record(project: Project, release: Release, path: str) -> VersionRecord | None:
    """The record of a release as its commit holds it, None where there is none that can be read."""
    where = f"{release.path or path}.version.json"
    data = project.git.blob(release.commit, where)
    try:
        return None if data is None or len(data) > RECORD_LIMIT else parse_record(data, where)
    except DamagedRecordError:
        return None


def md5_of(project: Project, release: Release) -> Md5 | None:
    """The name of a release's bytes; None where neither its tag nor its commit tells (others can make tags, too)."""
    try:
        return released_md5(project, release)
    except TagDisagreesError:
        return None


def ask(project: Project, question: Question, judge: Judge | None) -> Verdict:
    """The verdict on a version's data; the same bytes as before need no judge, their facts are in the record."""
    since = question.since
    if since is not None and md5_of(project, since) == question.content.md5:
        known = question.record.facts if question.record else Facts()
        changes = _no_changes(since) if known.known else None
        return Verdict(facts=replace(known, changes=changes))
    if judge is None:
        return Verdict(compared=False)
    return judge(project, question)


def with_description(
    verdict: Verdict, question: Question, description: str, here: VersionRecord | None
) -> Verdict:
    """The verdict where nothing but the words about the data changed, its description or metadata: they ask, too."""
    since = question.since
    if since is None or not verdict.compared or verdict.asked is not None:
        return verdict
    described = bool(description) and description != since.description
    before = question.record.metadata if question.record else {}
    annotated = here is not None and bool(here.metadata) and here.metadata != before
    if not described and not annotated:
        return verdict
    what = " and ".join([*["description"] * described, *["metadata"] * annotated])
    asked = Bump(question.settings.rules.get(DESCRIPTION_CHANGED, Bump.PATCH.value))
    changes: dict[str, Any] | None = None
    if verdict.facts.known:
        kind = {"kind": DESCRIPTION_CHANGED, "bump": asked.value, "count": 1, "detail": what}
        changes = {**_no_changes(since), "bump": asked.value, "kinds": [kind]}
    line = f"{what} changed"
    return replace(
        verdict,
        asked=asked,
        reasons=(f"{asked.value}: {line}",),
        changes=line,
        facts=replace(verdict.facts, changes=changes),
    )


def _no_changes(since: Release) -> dict[str, Any]:
    return {"since": str(since.version), "bump": None, "kinds": []}


def trailers(verdict: Verdict, given: Bump | None, allowed: str) -> dict[str, str | int | None]:
    """What a tag says of the data, by trailer; ``allowed`` is why a lower bump than asked for was right."""
    lower = given is not None and not is_enough(given, verdict.asked)
    return {
        "Rows": verdict.facts.rows,
        "Content": verdict.facts.content or None,
        "Bump": given.value if given else None,
        "Asked": verdict.asked.value if verdict.asked and lower else None,
        "Allow-Lower": " ".join(allowed.split()) if lower and allowed else None,
        "Changes": verdict.changes or None,
        "Reasons": "; ".join(verdict.reasons) or None,
    }


def is_numbered(dataset: Dataset, content: Content, record: VersionRecord | None) -> bool:
    """Whether pointer and record already give these very bytes the pointer's number."""
    pointer = dataset.whole
    of = pointer.stamp.of if pointer.stamp else None
    numbered = pointer.version is not None and content.md5 == pointer.md5 == of
    return numbered and record is not None and (record.version, record.md5) == (pointer.version, content.md5)
