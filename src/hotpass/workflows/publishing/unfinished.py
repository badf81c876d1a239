"""What a killed publish leaves on a remote: temporary files, removed by the next one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hotpass.errors import NotFoundError, NotReadyError, RefusedError
from hotpass.files import make_directories, read_small, remove_quietly, write_whole
from hotpass.versioning.known import clear_temps
from hotpass.versioning.lock import folder_lock
from hotpass.versioning.project import Project
from hotpass.versioning.remotes import Remote, open_remote


@contextmanager
def sending(project: Project, remote: Remote) -> Iterator[None]:
    """Be the only one who sends from this repository, and clean up after one who was killed.

    Raises LockedError, WriteError, and RemoteUnusableError where the remote of the killed run cannot be asked.
    """
    folder = project.git.common / "hotpass" / "publishing"
    make_directories(folder)
    with folder_lock(folder, "publish", project.lock_timeout):
        clear_temps(folder)
        place = folder / "run.json"
        for token, name in _left(place):
            _clear(project, remote, token, name)
        write_whole(
            place, json.dumps({"token": project.token, "remote": remote.name}).encode(), project.token
        )
        yield
        remove_quietly(place)


def _left(place: Path) -> Iterator[tuple[str, str]]:
    """Token and remote of the run that did not end."""
    with suppress(ValueError, KeyError, TypeError):
        content = json.loads(read_small(place, 4096) or b"{}")
        yield str(content["token"]), str(content["remote"])


def _clear(project: Project, remote: Remote, token: str, name: str) -> None:
    if name == remote.name:
        remote.clear_temps(token)
        return
    # A remote that was taken out of the settings meanwhile, or is not trusted, is nobody's to clean.
    with suppress(NotFoundError, NotReadyError, RefusedError):
        open_remote(project, name).clear_temps(token)
