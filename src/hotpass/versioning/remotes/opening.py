"""Open a remote of a project by the settings that DVC itself would use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hotpass.errors import without_secrets
from hotpass.versioning import dvc
from hotpass.versioning.dvcconfig import SECRETS, DvcSettings
from hotpass.versioning.errors import ProgramSettingsError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.remotes.calls import Calls, within
from hotpass.versioning.remotes.errors import NoRemoteError, UnknownRemoteError
from hotpass.versioning.remotes.folder import FolderRemote
from hotpass.versioning.remotes.remote import Remote
from hotpass.versioning.remotes.served import ServedRemote


def remote_name_of(settings: DvcSettings, name: str | None = None) -> str:
    """The remote that is meant: the named one, else DVC's default.

    Raises NoRemoteError where there is no default, UnknownRemoteError.
    """
    chosen = (name or settings.default_remote).lower()
    if not chosen:
        raise NoRemoteError
    if chosen not in settings.remotes:
        if name is None and not settings.remotes:
            raise NoRemoteError
        raise UnknownRemoteError(chosen, tuple(sorted(settings.remotes)))
    return chosen


def open_remote(project: Project, name: str | None = None) -> Remote:
    """The remote of a name, or the default one, with the settings that stand now; nothing is sent or changed.

    Raises NoRemoteError and UnknownRemoteError, DvcMissingError, ProgramSettingsError where its settings could make
    DVC run a program, and RemoteUnusableError where it cannot be reached at all.
    """
    settings = project.settings
    chosen = remote_name_of(settings, name)
    if options := settings.program_settings(chosen):
        raise ProgramSettingsError(chosen, options)
    options_of = settings.remotes[chosen]
    secrets = tuple(value for key, value in options_of.items() if key in SECRETS and value)
    patience = project.preferences["remote_timeout"]
    calls = Calls(chosen, None, project.token, patience, secrets)
    with calls.translated("connecting"):
        made, path = dvc.remote_file_system(project.root, chosen)
        if made.protocol == "local":
            return FolderRemote(chosen, Path(path), project.token, shared=options_of.get("shared") == "group")
        address = without_secrets(options_of.get("url", ""), secrets)
        within(patience, lambda: made.fs)
        calls = Calls(chosen, made, project.token, patience, secrets)
        return ServedRemote(chosen, address, (made, path), calls, project.store)


def fetch_objects(project: Project, md5s: Iterable[Md5]) -> list[Md5]:
    """Bring objects from the default remote into the store; returns those that are not to be had.

    Without a remote that is all of them. Raises RemoteUnusableError where it cannot be asked, and what
    :func:`open_remote` raises.
    """
    wanted = list(md5s)
    try:
        remote = open_remote(project)
    except (NoRemoteError, UnknownRemoteError):
        return wanted
    transfer = remote.fetch(project.store, wanted)
    return [*transfer.missing, *transfer.damaged]
