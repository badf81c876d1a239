"""One act: bytes → pointer → commit → tag. Drafts are the same act without commit and tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hotpass.versioning.catalogue import render_message
from hotpass.versioning.changes import uninterrupted
from hotpass.versioning.committing import commit_content
from hotpass.versioning.content import Content, capture, identify, look
from hotpass.versioning.errors import ChangedWhileReadingError
from hotpass.versioning.git import NO_OBJECT, Oid, RefChange
from hotpass.versioning.journal import Journal
from hotpass.versioning.lock import dvc_lock, repository_lock
from hotpass.versioning.planning import Plan, VersionRequest, check_can_move, plan_version
from hotpass.versioning.pointer import Md5, Pointer, Stamp, render_pointer
from hotpass.versioning.project import Project
from hotpass.versioning.record import VersionRecord, render_record
from hotpass.versioning.recovery import carry_out, carrying_out, file_changes, forget, recover
from hotpass.versioning.version import release_ref


@dataclass(frozen=True)
class Outcome:
    """What a version act did, in plain values.

    ``tag`` and ``commit`` are None for a draft. ``already``: nothing was to be done; ``resumed``: an earlier,
    killed run of the same command was finished; ``dry_run``: nothing was written.
    """

    dataset: str
    version: str
    previous: str | None
    path: str
    md5: str
    size: int
    files: int | None
    tag: str | None = None
    commit: str | None = None
    already: bool = False
    resumed: bool = False
    dry_run: bool = False
    notes: tuple[str, ...] = ()


Announce = Callable[[Outcome], None]


def make_version(
    project: Project, request: VersionRequest, announce: Announce, *, dry_run: bool = False
) -> Outcome:
    """Set, bump or tag a dataset's version; ``announce`` is told the outcome before the journal goes.

    Killed at any point, the same request again finishes with the same number. Raises what
    :func:`plan_version` raises, ConflictError where branch or tag moved meanwhile, and WriteError.
    """
    project.require_dvc()
    project.store.check_private()
    if dry_run:
        plan = plan_version(project, request)
        content = plan.content if plan.found is None or plan.content else identify(project, plan.found)
        outcome = replace(_outcome(plan, content), dry_run=True)
        announce(outcome)
        return outcome
    facts = asdict(request)
    with repository_lock(project.git.common, request.action, project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        recovered = recover(project, facts)
        if recovered is not None:
            if recovered.same and _unchanged(project, recovered.outcome):
                outcome = _resumed(recovered.outcome, recovered.left)
                announce(outcome)
                forget(project)
                return outcome
            forget(project)
        plan = plan_version(project, request)
        if plan.released is not None:
            outcome = replace(
                _outcome(plan, plan.content), already=True, tag=plan.released.tag, commit=plan.released.commit
            )
            announce(outcome)
            return outcome
        with carrying_out(project, facts, plan.folders) as journal:
            return _carry_out(project, plan, journal, announce)


def _carry_out(project: Project, plan: Plan, journal: Journal, announce: Announce) -> Outcome:
    with dvc_lock(project.root, project.lock_timeout, plan.dataset.path):
        content = plan.content if plan.found is None else capture(project, plan.found)
        if content is None or (plan.content is not None and content != plan.content):
            raise ChangedWhileReadingError(plan.dataset.path)
        pointer, texts = _texts(plan, content)
        outcome = _outcome(plan, content)
        # The record first, the pointer last: whoever sees the new pointer finds its record.
        before = {plan.dataset.pointer_path: plan.dataset.text, plan.dataset.record_path: plan.record_text}
        changes = tuple(file_changes(project, dict(reversed(texts.items())), before))
        journal = replace(journal, files=changes)
        if plan.request.releases:
            journal, outcome = _with_commit(project, plan, journal, outcome, pointer, texts)
        with uninterrupted():
            left = carry_out(project, replace(journal, outcome=asdict(outcome)))
            outcome = replace(outcome, notes=(*outcome.notes, *_left_notes(left)))
            announce(outcome)
    return outcome


def _texts(plan: Plan, content: Content) -> tuple[Pointer, dict[str, str]]:
    """The pointer, and the texts of pointer and record by path."""
    dataset, record, old = plan.dataset, plan.record, plan.dataset.whole
    if plan.request.action == "tag":
        if record is not None and (record.version, record.md5) == (plan.version, content.md5):
            return old, {dataset.pointer_path: dataset.text, dataset.record_path: plan.record_text}
        pointer = old
    else:
        stamp = Stamp(dataset.name, plan.version, _now(), content.md5)
        pointer = Pointer(old.path, content.md5, content.size, content.files, plan.description, stamp)
    previous = plan.catalogue.newest
    new_record = VersionRecord(
        dataset=dataset.name,
        version=plan.version,
        path=dataset.path,
        md5=content.md5,
        size=content.size,
        files=content.files,
        description=plan.description,
        timestamp=pointer.stamp.timestamp if pointer.stamp else _now(),
        tag=plan.tag if plan.request.releases else None,
        previous=str(previous.version) if previous else None,
        metadata=record.metadata if record else {},
        others=record.others if record else {},
    )
    text = dataset.text if plan.request.action == "tag" else render_pointer(pointer, dataset.text)
    return pointer, {dataset.pointer_path: text, dataset.record_path: render_record(new_record)}


def _with_commit(
    project: Project,
    plan: Plan,
    journal: Journal,
    outcome: Outcome,
    pointer: Pointer,
    texts: Mapping[str, str],
) -> tuple[Journal, Outcome]:
    """Build commit and tag as objects, and plan the moves of refs and index that make them visible."""
    git, head = project.git, plan.head
    wanted = commit_content(project, plan.base, texts)
    commit = head.commit
    refs: list[RefChange] = []
    blobs: dict[str, Oid] = {}
    if wanted.commit or commit is None:
        check_can_move(head, plan.tag)
        blobs = {path: git.write_blob(data) for path, data in wanted.commit.items()}
        tree = git.write_tree(head.commit, blobs, git.common / "hotpass" / f"index-{journal.token}")
        subject = f"Release {plan.dataset.name} {plan.version}\n"
        commit = git.write_commit(
            tree, head.commit, subject + (f"\n{plan.description}\n" if plan.description else "")
        )
        git.check_commit(head.commit, commit, blobs)
        refs.append(RefChange(head.branch or "HEAD", head.commit or NO_OBJECT, commit))
    facts: dict[str, str | int | None] = {
        "Path": plan.dataset.path,
        "Md5": pointer.md5,
        "Size": pointer.size,
        "Files": pointer.files,
    }
    message = render_message(plan.dataset.name, plan.version, plan.description, facts)
    tag = git.write_tag(plan.tag, commit, message, git.common / "hotpass" / f"sign-{journal.token}")
    refs.append(RefChange(release_ref(plan.dataset.name, plan.version), NO_OBJECT, tag))
    entries: dict[str, Oid] = {
        path: blobs[path] if data == wanted.commit[path] else git.write_blob(data)
        for path, data in wanted.index.items()
    }
    notes = tuple(f"uncommitted changes to {path} are not part of the release" for path in wanted.left)
    outcome = replace(outcome, tag=plan.tag, commit=commit, notes=(*outcome.notes, *notes))
    return replace(journal, refs=tuple(refs), index=entries), outcome


def _outcome(plan: Plan, content: Content | None) -> Outcome:
    pointer = plan.dataset.whole
    if content is None:
        content = Content(pointer.md5, pointer.size or 0, pointer.files)
    notes: tuple[str, ...] = ()
    if plan.request.action != "tag" and pointer.version is not None and content.md5 == pointer.md5:
        notes = (f"the data is the same as in {pointer.version}",)
    previous = plan.catalogue.newest
    if previous is not None and previous.version == plan.version:
        previous = None
    current = pointer.version
    before = (
        str(current) if current not in (None, plan.version) else str(previous.version) if previous else None
    )
    return Outcome(
        dataset=plan.dataset.name,
        version=str(plan.version),
        previous=before,
        path=plan.dataset.path,
        md5=content.md5,
        size=content.size,
        files=content.files,
        tag=plan.tag if plan.request.releases else None,
        notes=notes,
    )


def _resumed(facts: Mapping[str, Any], left: tuple[str, ...]) -> Outcome:
    outcome = Outcome(**{**facts, "notes": tuple(facts["notes"])})
    notes = ("an earlier run of this command was interrupted; it is finished now", *_left_notes(left))
    return replace(outcome, resumed=True, notes=(*outcome.notes, *notes))


def _left_notes(left: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(f"{path} was changed meanwhile and is left as it is" for path in left)


def _unchanged(project: Project, facts: Mapping[str, Any]) -> bool:
    """Whether the data is still what the interrupted run gave a number to; absent data is no new data."""
    found = look(project, str(facts["path"]))
    return found is None or identify(project, found).md5 == Md5(facts["md5"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
