"""Which release is a file: by its bytes, else by its content, whatever the bytes are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import HotpassError
from hotpass.tables import open_engine, profile_book, read_book
from hotpass.versioning.catalogue import catalogues_of
from hotpass.versioning.errors import NoSuchContentError
from hotpass.versioning.history import Match, identify_path
from hotpass.versioning.project import Project
from hotpass.workflows.sides import path_source

CONTENT = "Content"


@dataclass(frozen=True)
class Found:
    """A file or folder, and the releases that it is, by dataset and version.

    ``by`` is ``bytes``, or ``content`` where a release has the same tables in other bytes; then ``content`` is the
    digest of both.
    """

    path: str
    md5: str
    matches: tuple[Match, ...]
    by: str = "bytes"
    content: str = ""


def identify(project: Project, place: Path) -> Found:
    """Which releases are this file or folder; its content is looked at where no release has its bytes.

    Raises NoSuchContentError where no release has the content either, or the file holds no table.
    """
    try:
        found = identify_path(project, place)
    except NoSuchContentError as error:
        by_content = _by_content(project, place, error.md5)
        if by_content is None:
            raise
        return by_content
    return Found(found.path, found.md5, found.matches)


def _by_content(project: Project, place: Path, md5: str) -> Found | None:
    catalogues = catalogues_of(project.git.tags())
    releases = [release for catalogue in catalogues for release in catalogue.releases]
    if not any(release.facts.get(CONTENT) for release in releases):
        return None
    digest = _content_digest(place)
    matches = tuple(
        Match(release.dataset, str(release.version), release.tag, release.path or "", None)
        for release in releases
        if digest and release.facts.get(CONTENT) == digest
    )
    return Found(str(place), md5, matches, "content", digest) if matches else None


def _content_digest(place: Path) -> str:
    """The content digest of a file or folder, empty where it cannot be read as tables."""
    try:
        with open_engine() as engine:
            return profile_book(engine, read_book(engine, path_source(place))).digest
    except HotpassError:
        return ""
