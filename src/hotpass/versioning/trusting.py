"""Accept a clone's program-running settings, or take that back: outside the repository, bound to what was looked at."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hotpass.errors import ConflictError, NotFoundError, without_secrets
from hotpass.files import make_directories
from hotpass.versioning.dvcconfig import clone_files, read_config
from hotpass.versioning.lock import folder_lock
from hotpass.versioning.programs import ProgramSetting, programs_digest, programs_in
from hotpass.versioning.project import Project
from hotpass.versioning.trust import TrustedClone, is_trusted, read_trust, trust_path, write_trust


class TrustChangedError(ConflictError):
    """Settings changed between being shown and being trusted."""

    root: str

    def __str__(self) -> str:
        return f"the settings of {self.root} changed while you looked at them"

    @property
    def hint(self) -> str:
        """To look again."""
        return "look again: hotpass trust"


class NothingToTrustError(NotFoundError):
    """A clone has no settings that can run programs."""

    root: str

    def __str__(self) -> str:
        return f"no setting of {self.root} can run a program"

    @property
    def hint(self) -> str:
        """What there is to see instead."""
        return "there is nothing to accept; hotpass trust --list shows what you accepted elsewhere"


@dataclass(frozen=True)
class Trust:
    """How a clone stands: the settings that can run programs, their digest, and whether exactly these are trusted.

    Of what stands beside a setting only the address is told; secrets in it and in a command's addresses are masked.
    """

    root: str
    settings: tuple[ProgramSetting, ...]
    digest: str
    trusted: bool


def examine_trust(project: Project) -> Trust:
    """The settings of a clone that can run programs; raises DamagedConfigError, TrustFileError."""
    project.require_dvc()
    files = clone_files(project.root)
    programs = programs_in(project.root, [read_config(file) for file in files])
    digest = programs_digest(programs, files)
    root = os.path.realpath(project.root)
    trusted = bool(programs) and is_trusted(project.root, digest)
    return Trust(root, tuple(_told(one) for one in programs), digest, trusted)


def _told(setting: ProgramSetting) -> ProgramSetting:
    """A setting as it is shown and written out."""
    url = tuple((key, without_secrets(value)) for key, value in setting.beside if key == "url")
    return replace(setting, value=without_secrets(setting.value), beside=url)


def accept_trust(project: Project, shown: Trust) -> Trust:
    """Trust the settings that were shown.

    Raises NothingToTrustError where there are none, TrustChangedError where they have changed since they were shown.
    """
    if not shown.settings:
        raise NothingToTrustError(shown.root)
    make_directories(trust_path().parent, mode=0o700)
    with folder_lock(trust_path().parent, "trust", project.lock_timeout):
        now = examine_trust(project)
        if now.digest != shown.digest:
            raise TrustChangedError(now.root)
        others = [clone for clone in read_trust(project.root) if clone.root != now.root]
        date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        write_trust((*others, TrustedClone(now.root, now.digest, date)))
        return examine_trust(project)


def revoke_trust(project: Project) -> Trust:
    """Take back what was accepted for this clone, if anything was."""
    if trust_path().parent.is_dir():
        with folder_lock(trust_path().parent, "trust", project.lock_timeout):
            clones = read_trust(project.root)
            kept = tuple(clone for clone in clones if clone.root != os.path.realpath(project.root))
            if kept != clones:
                write_trust(kept)
    return examine_trust(project)


def list_trusted() -> tuple[TrustedClone, ...]:
    """Every clone whose settings were accepted, by its root; raises TrustFileError."""
    return read_trust()
