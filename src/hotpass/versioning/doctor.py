"""What stands in the way: tools, repository, locks and half-done work, each finding with its cure."""

from __future__ import annotations

import fcntl
import importlib.metadata
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import HotpassError, nearest
from hotpass.files import TEMP_PREFIX, is_temp_name, remove_quietly
from hotpass.versioning.catalogue import catalogue_of
from hotpass.versioning.dvc import DVC_NEEDED
from hotpass.versioning.dvcconfig import secrets_in
from hotpass.versioning.dvclock import read_claims, rwlock_path
from hotpass.versioning.errors import DvcLockDamagedError, OpenStoreError
from hotpass.versioning.git import GIT_NEEDED, git_version
from hotpass.versioning.history import dataset_names
from hotpass.versioning.journal import pending
from hotpass.versioning.lock import dvc_lock, holder_of, repository_lock
from hotpass.versioning.project import Project
from hotpass.versioning.recovery import forget, recover


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``state`` is ``good``, ``note`` or ``problem``; ``cure`` the next step, or empty."""

    subject: str
    state: str
    detail: str
    cure: str = ""


@dataclass(frozen=True)
class SettingShown:
    """A setting, its value, and where that came from."""

    name: str
    value: object
    origin: str


@dataclass(frozen=True)
class Examination:
    """All findings, every setting, and what was mended."""

    findings: tuple[Finding, ...]
    settings: tuple[SettingShown, ...]
    mended: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether no problem was found."""
        return all(finding.state != "problem" for finding in self.findings)


def examine(project: Project, *, fix: bool = False) -> Examination:
    """Look at everything that versions rest on; ``fix`` finishes or clears what an interrupted run left.

    Nothing that a living program holds is touched.
    """
    mended = tuple(_mend(project)) if fix else ()
    looks: tuple[Callable[[Project], Iterator[Finding]], ...] = (
        _tools,
        _repository,
        _dvc_project,
        _store,
        _locks,
        _interrupted,
        _datasets,
    )
    findings: list[Finding] = []
    for look in looks:
        try:
            findings += look(project)
        except HotpassError as error:
            findings.append(
                Finding(look.__name__.strip("_").replace("_", " "), "problem", str(error), error.hint)
            )
    preferences = project.preferences
    entries = [*preferences.entries, *(entry for one in preferences.datasets for entry in one.entries)]
    settings = tuple(SettingShown(entry.name, entry.value, entry.origin) for entry in entries)
    return Examination(tuple(findings), settings, mended)


def _tools(_project: Project) -> Iterator[Finding]:
    yield Finding("python", "good", platform.python_version())
    version = git_version()
    old = _numbers(version) < GIT_NEEDED
    needed = ".".join(map(str, GIT_NEEDED))
    yield Finding(
        "git", "problem" if old else "good", version, f"install git {needed} or newer" if old else ""
    )
    try:
        dvc = importlib.metadata.version("dvc")
    except importlib.metadata.PackageNotFoundError:
        yield Finding("dvc", "note", "not installed; local work needs none", "uv sync --extra versioning")
        return
    old = _numbers(dvc) < DVC_NEEDED
    yield Finding("dvc", "problem" if old else "good", dvc, "uv sync --extra versioning" if old else "")


def _repository(project: Project) -> Iterator[Finding]:
    head = project.git.head()
    if head.branch is None:
        yield Finding("branch", "note", "HEAD is detached: a release needs a branch", "git switch -c NAME")
    else:
        branch = head.branch.removeprefix("refs/heads/")
        yield Finding("branch", "good", branch if head.commit else f"{branch}, no commit yet")
    try:
        project.git.check_identity()
        yield Finding("identity", "good", project.git.committer.rpartition(" <")[0])
    except HotpassError as error:
        yield Finding("identity", "problem", str(error), error.hint)
    if project.git.is_shallow():
        cure = "git fetch --tags --unshallow"
        yield Finding("history", "problem", "a shallow clone: versions cannot be counted on", cure)
    lock = project.git.index_path().with_name("index.lock")
    if lock.exists():
        yield Finding("git index", "problem", f"locked: {lock}", "if no git is running, remove that file")


def _dvc_project(project: Project) -> Iterator[Finding]:
    project.require_dvc()
    settings = project.settings
    remotes = ", ".join(sorted(settings.remotes)) or "none"
    cure = "" if settings.default_remote else "dvc remote add -d storage <remote-url>"
    yield Finding("remotes", "good" if settings.default_remote else "note", remotes, cure)
    if settings.programs and not settings.trusted:
        which = ", ".join(sorted({one.name for one in settings.programs}))
        detail = f"settings of this clone can run programs ({which}); what needs them is refused"
        yield Finding("trust", "note", detail, "hotpass trust")
    if names := secrets_in(project.root / ".dvc" / "config"):
        cure = "dvc remote modify --local NAME OPTION VALUE, then take it out of .dvc/config"
        yield Finding("secrets", "problem", f".dvc/config holds {', '.join(names)}", cure)


def _store(project: Project) -> Iterator[Finding]:
    cache = project.settings.cache
    place = cache
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        yield Finding(
            "store", "problem", f"{cache} cannot be written", "mend the permissions, or set cache.dir"
        )
        return
    try:
        project.store.check_private()
    except OpenStoreError as error:
        yield Finding("store", "problem", str(error), error.hint)
        return
    free = shutil.disk_usage(place).free
    yield Finding("store", "good", f"{cache}, {free // 1_000_000} MB free")


def _locks(project: Project) -> Iterator[Finding]:
    for subject, path in (
        ("hotpass lock", project.git.common / "hotpass" / "lock"),
        ("dvc lock", project.root / ".dvc" / "tmp" / "lock"),
    ):
        holder = _held(path)
        yield Finding(subject, "note" if holder else "good", f"held by {holder}" if holder else "free")
    try:
        claims = read_claims(project.root)
    except DvcLockDamagedError as error:
        yield Finding("dvc claims", "problem", str(error), error.hint)
        return
    living = [claim for claim in claims if claim.is_live]
    dead = len(claims) - len(living)
    if living:
        yield Finding("dvc claims", "note", f"{living[0].command} (process {living[0].pid}) is at work")
    if dead:
        yield Finding("dvc claims", "problem", f"{dead} of processes that are gone", "hotpass doctor --fix")


def _interrupted(project: Project) -> Iterator[Finding]:
    if pending(project.git.common):
        detail = "a run was interrupted; the next writing command finishes it"
        yield Finding("half-done work", "problem", detail, "hotpass doctor --fix")
    left = [project.relative(path) for path in _leftovers(project) if project.root in path.parents]
    if left:
        yield Finding("leftovers", "problem", ", ".join(left[:5]), "hotpass doctor --fix")


def _datasets(project: Project) -> Iterator[Finding]:
    datasets = project.datasets()
    for dataset in datasets:
        if dataset.damage is not None:
            yield Finding(dataset.name, "problem", str(dataset.damage), dataset.damage.hint)
    names = [dataset.name for dataset in datasets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        cure = "hotpass version --add PATH --dataset OTHER-NAME"
        yield Finding(name, "problem", "two datasets have this name", cure)
    for named in project.preferences.datasets:
        if named.name not in names and named.name not in dataset_names(project):
            near = nearest(named.name, names)
            cure = f"did you mean {near[0]}?" if near else ""
            yield Finding(named.name, "note", "has settings, and no dataset has this name", cure)
            continue
        taken = {str(version) for version in catalogue_of(named.name, project.git.tags(named.name)).taken}
        for version in sorted(named.withdrawn.keys() - taken):
            detail = f"{version} is withdrawn, and there is no such release"
            yield Finding(named.name, "note", detail, f"hotpass history {named.name}")
    yield Finding("datasets", "good", str(len(datasets)))


def _mend(project: Project) -> Iterator[str]:
    with repository_lock(project.git.common, "doctor", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        unfinished = pending(project.git.common)
        recovered = recover(project, {"action": "doctor"})
        if recovered is not None:
            forget(project)
            yield f"finished the interrupted run: {recovered.outcome.get('dataset')} {recovered.outcome.get('version') or ''}"
        elif unfinished:
            yield "undid an interrupted run that had changed nothing yet"
        for path in _leftovers(project):
            remove_quietly(path)
            yield f"removed {path}"
        if (project.root / ".dvc" / "tmp").is_dir():
            yield from _mend_claims(project)


def _mend_claims(project: Project) -> Iterator[str]:
    path = rwlock_path(project.root)
    with dvc_lock(project.root, project.lock_timeout):
        try:
            claims = read_claims(project.root)
            stale = bool(claims) and not any(claim.is_live for claim in claims)
        except DvcLockDamagedError:
            stale = True
        if stale:
            path.unlink(missing_ok=True)
            yield f"removed {path}"


def _leftovers(project: Project) -> list[Path]:
    """Temporary files of runs that are over, where a run can have made them; call with the lock, or only to tell."""
    folders = {(project.root / dataset.path).parent for dataset in project.datasets()}
    folders |= {project.root / dataset.path for dataset in project.datasets()}
    folders.add(project.store.temp_directory())
    found = {path for folder in folders if folder.is_dir() for path in folder.glob(f"{TEMP_PREFIX}*.tmp")}
    return sorted(path for path in found if is_temp_name(path.name) and not path.is_dir())


def _held(path: Path) -> str:
    """Who holds a kernel lock, empty where nobody does; takes it for no longer than the look."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return holder_of(descriptor)
    finally:
        os.close(descriptor)
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
