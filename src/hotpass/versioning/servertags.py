"""Tags here and on the server: a published one that is another there than here was moved by somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hotpass.versioning.errors import TagMovedError
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.project import Project
from hotpass.versioning.pushing import Server, ask_server


def ask_servers(project: Project) -> Iterator[Server]:
    """Every git remote of a repository, asked one after the other; raises GitServerError."""
    for name in project.git.remotes():
        yield ask_server(project.git, name, project.preferences["remote_timeout"])


def check_unmoved(here: Mapping[str, Oid], server: Server) -> None:
    """Raise TagMovedError for the first of these tags that a server has with another object."""
    for name, oid in sorted(here.items()):
        there = server.tag(name)
        if there not in (None, oid):
            raise TagMovedError(name, oid, str(there))
