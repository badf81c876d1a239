"""Copy the good side of a damaged object over the bad one; what was there is kept as evidence."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hotpass.files import make_directories, writing
from hotpass.versioning.known import now, read_known
from hotpass.versioning.lock import dvc_lock, repository_lock
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.remotes import Remote
from hotpass.versioning.store import ObjectState, Store
from hotpass.workflows.publishing.verified import Verified, VerifyRequest
from hotpass.workflows.publishing.verify import Survey, judge, remember, survey_of

_DAY = 86_400.0


def repair(project: Project, request: VerifyRequest) -> Verified:
    """Verify, mend what one of two places has whole, and verify again.

    A damaged object is replaced in either place; one that the remote alone lacks is sent where the remote is demanded.
    The bytes that were replaced are kept under ``<git directory>/hotpass/evidence``. Raises WriteError,
    RemoteUnusableError and LockedError; what no place has whole stays as it is.
    """
    with repository_lock(project.git.common, "verify --repair", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        _clear_killed(project)
        asking = replace(request, demand_remote=request.demand_remote or _has_remote(project))
        before = survey_of(project, asking)
        folder = project.git.common / "hotpass" / "evidence" / now().replace(":", "")
        mended = [*_mend_store(before, folder), *_mend_remote(before, folder, send=request.demand_remote)]
        after = survey_of(project, request)
        result = judge(after, request, read_known(project.git.common))
    remember(after, result)
    return replace(result, repaired=tuple(mended))


def _clear_killed(project: Project) -> None:
    """Remove what killed runs brought and did not use: a repair's now that its lock is held, a verify's after a day."""
    folder = project.git.common / "hotpass"
    for left in folder.glob("repair-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob("verify-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left, ignore_errors=True)


def _has_remote(project: Project) -> bool:
    return project.settings.default_remote in project.settings.remotes


def _mend_store(survey: Survey, folder: Path) -> list[str]:
    """Fetch what is damaged in the store and whole on the remote."""
    remote, store = survey.remote, survey.project.store
    bad = [
        md5
        for md5, state in survey.stored.items()
        if state is ObjectState.DAMAGED and survey.there.get(md5) is ObjectState.PRESENT
    ]
    if remote is None or not bad:
        return []
    # First to a place of their own: what the remote gives is proved before anything here is touched.
    scratch = Store(
        survey.project.git.common / "hotpass" / f"repair-{survey.project.token}", survey.project.token
    )
    make_directories(scratch.cache)
    make_directories(folder)
    mended = []
    try:
        fetched = remote.fetch(scratch, bad).done
        with dvc_lock(survey.project.root, survey.project.lock_timeout):
            for md5 in fetched:
                place, kept = store.locate(md5), folder / f"{md5}-store"
                if not place.is_file():
                    # A folder, say, in an object's place: for a person to look at.
                    continue
                with writing(kept):
                    shutil.copyfile(place, kept)
                if store.bring(scratch.locate(md5), md5) is ObjectState.PRESENT:
                    mended.append(f"{md5} in the store, from {remote.name}; what was there: {kept}")
    finally:
        shutil.rmtree(scratch.cache, ignore_errors=True)
    return mended


def _mend_remote(survey: Survey, folder: Path, *, send: bool) -> list[str]:
    """Send what is damaged on the remote, or missing where it is demanded, and whole in the store."""
    remote, store = survey.remote, survey.project.store
    wanted = (ObjectState.DAMAGED, ObjectState.MISSING) if send else (ObjectState.DAMAGED,)
    bad = [
        md5
        for md5, state in survey.there.items()
        if state in wanted and store.check(md5) is ObjectState.PRESENT
    ]
    if remote is None or not bad:
        return []
    kept = _keep(remote, folder, [md5 for md5 in bad if survey.there[md5] is ObjectState.DAMAGED])
    return [
        f"{md5} on {remote.name}, from the store" + (f"; what was there: {kept[md5]}" if md5 in kept else "")
        for md5 in remote.send(store, bad).done
    ]


def _keep(remote: Remote, folder: Path, md5s: Iterable[Md5]) -> dict[Md5, Path]:
    """Bring the damaged bytes here before they are replaced."""
    kept = {}
    for md5 in md5s:
        make_directories(folder)
        place = folder / f"{md5}-{remote.name}"
        remote.copy_out(md5, place)
        kept[md5] = place
    return kept
