"""A dataset's releases: all of them by one question to git, one with its record, and which one a file is."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from hotpass.errors import HotpassError, nearest
from hotpass.files import md5_of, read_small
from hotpass.values import frozen
from hotpass.versioning.catalogue import Catalogue, Release, catalogue_of, catalogues_of
from hotpass.versioning.content import listing, listing_md5
from hotpass.versioning.errors import (
    NoRecordError,
    NoSuchContentError,
    PathMissingError,
    TagsMissingError,
    UnknownDatasetError,
)
from hotpass.versioning.pointer import ListedFile, Md5
from hotpass.versioning.project import Project
from hotpass.versioning.record import RECORD_LIMIT, parse_record
from hotpass.versioning.scan import JUNK_PATTERNS, scan
from hotpass.versioning.version import check_name
from hotpass.versioning.wanted import Wanted


@frozen
class HistoryEntry:
    """One release as its tag tells it. ``date`` is ISO 8601; ``withdrawn`` is the reason, None where it is not."""

    version: str
    tag: str
    date: str
    author: str
    description: str
    md5: str | None
    size: int | None
    files: int | None
    rows: int | None
    changes: str | None
    commit: str
    withdrawn: str | None = None


@frozen
class History:
    """The releases of a dataset, newest version first."""

    dataset: str
    releases: tuple[HistoryEntry, ...]


@frozen
class Shown:
    """A version record, with the release it belongs to (None: the work tree's)."""

    dataset: str
    version: str | None
    record: dict[str, Any]
    tag: str | None
    commit: str | None
    date: str | None
    author: str | None
    withdrawn: str | None = None


@frozen
class Match:
    """A release that holds the bytes in question: as the whole dataset, or as one file of its directory."""

    dataset: str
    version: str
    tag: str
    path: str
    member: str | None


@frozen
class Identified:
    """A file or directory by its bytes, and the releases that hold them, by dataset and version."""

    path: str
    md5: str
    matches: tuple[Match, ...]


def open_catalogue(project: Project, name: str) -> Catalogue:
    """The releases of a dataset.

    Raises UnknownDatasetError with the nearest name for one that has no releases and is not in the work tree,
    TagsMissingError in a clone without the history.
    """
    withdrawn = project.preferences.dataset(check_name(name)).withdrawn
    catalogue = catalogue_of(name, project.git.tags(name), withdrawn)
    if catalogue.releases:
        return catalogue
    if project.git.is_shallow():
        raise TagsMissingError(name)
    known = dataset_names(project)
    if name not in known:
        raise UnknownDatasetError(name, nearest(name, known), tuple(known))
    return catalogue


def dataset_names(project: Project) -> list[str]:
    """Every dataset of the work tree and of the tags, sorted."""
    here = {dataset.name for dataset in project.datasets()}
    return sorted(here | {catalogue.dataset for catalogue in catalogues_of(project.git.tags())})


def read_history(project: Project, name: str) -> History:
    """All releases of a dataset, from the tags alone; raises what :func:`open_catalogue` raises."""
    catalogue = open_catalogue(project, name)
    return History(
        catalogue.dataset, tuple(_entry(catalogue, release) for release in reversed(catalogue.releases))
    )


def show_release(project: Project, name: str, wanted: Wanted | None) -> Shown:
    """The version record of a release, or of the work tree's version.

    Raises UnknownVersionError, NoRecordError where there is none, DamagedRecordError.
    """
    if wanted is None:
        dataset = project.dataset(check_name(name))
        data = read_small(project.root / dataset.record_path, RECORD_LIMIT)
        return _shown(name, data, dataset.record_path, None)
    catalogue = open_catalogue(project, name)
    release = catalogue.pick(wanted)
    path = f"{release.path}.version.json" if release.path else ""
    data = project.git.blob(release.commit, path) if path else None
    shown = _shown(name, data, f"{path} at {release.tag}" if path else release.tag, release)
    return replace(shown, withdrawn=catalogue.why_withdrawn(release) or None)


def identify_path(project: Project, place: Path) -> Identified:
    """Which releases are this file or directory, by bytes; a file may also be one of a released directory.

    Files in released directories are found where the store has the directory's listing. Raises
    NoSuchContentError where no release has these bytes.
    """
    md5 = md5_of_path(place)
    matches = []
    for catalogue in catalogues_of(project.git.tags()):
        for release in catalogue.releases:
            member = "" if release.md5 == md5 else _member(project, release, md5)
            if member is not None:
                version = str(release.version)
                path = release.path or ""
                matches.append(Match(release.dataset, version, release.tag, path, member or None))
    if not matches:
        raise NoSuchContentError(str(place), md5)
    return Identified(str(place), md5, tuple(matches))


def _entry(catalogue: Catalogue, release: Release) -> HistoryEntry:
    facts = release.facts
    return HistoryEntry(
        version=str(release.version),
        tag=release.tag,
        date=release.date,
        author=release.author,
        description=release.description,
        md5=release.md5,
        size=_number(facts.get("Size")),
        files=_number(facts.get("Files")),
        rows=_number(facts.get("Rows")),
        changes=facts.get("Changes"),
        commit=release.commit,
        withdrawn=catalogue.why_withdrawn(release) or None,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _shown(name: str, data: bytes | None, where: str, release: Release | None) -> Shown:
    if data is None:
        raise NoRecordError(name, where)
    record = parse_record(data, where)
    return Shown(
        dataset=name,
        version=str(record.version) if record.version else None,
        record=json.loads(data),
        tag=release.tag if release else None,
        commit=release.commit if release else None,
        date=release.date if release else None,
        author=release.author if release else None,
    )


def md5_of_path(place: Path) -> Md5:
    """The name of a file or directory anywhere, lock files left out; raises PathMissingError, ReadError."""
    found = scan(place, (place,)) if place.is_dir() else None
    if found is None:
        if not os.path.lexists(place):
            raise PathMissingError(str(place))
        return Md5(md5_of(place))
    files = [
        ListedFile(file.relpath, Md5(md5_of(found.locate(file.relpath))))
        for file in found.files
        if not any(fnmatchcase(PurePosixPath(file.relpath).name, pattern) for pattern in JUNK_PATTERNS)
    ]
    return listing_md5(files)


def _member(project: Project, release: Release, md5: Md5) -> str | None:
    """The path in a released directory of a file with these bytes, None where there is none or no listing."""
    if release.md5 is None or not release.md5.endswith(".dir") or md5.endswith(".dir"):
        return None
    try:
        return next((file.relpath for file in listing(project, release.md5) if file.md5 == md5), None)
    except HotpassError:
        return None
