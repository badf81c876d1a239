"""One act: bytes → pointer → commit → tag. Drafts are the same act without commit and tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from hotpass import versioning
from hotpass.values import frozen
from hotpass.versioning.artifacts import DVC_YAML, artifact_text
from hotpass.versioning.catalogue import Release, render_message
from hotpass.versioning.changes import uninterrupted
from hotpass.versioning.committing import commit_content
from hotpass.versioning.content import capture, identify, look
from hotpass.versioning.errors import ChangedWhileReadingError
from hotpass.versioning.git import NO_OBJECT, Git, RefChange
from hotpass.versioning.gitobjects import GitObject, Oid, replaced
from hotpass.versioning.journal import Journal
from hotpass.versioning.judging import Judge, is_enough, trailers
from hotpass.versioning.lock import dvc_lock, repository_lock
from hotpass.versioning.planning import Plan, VersionRequest, check_can_move, plan_version
from hotpass.versioning.pointer import Md5, Pointer, Stamp, render_pointer
from hotpass.versioning.project import Project
from hotpass.versioning.record import VersionRecord, check_metadata, render_record
from hotpass.versioning.recovery import carry_out, carrying_out, file_changes, forget, recover
from hotpass.versioning.version import release_ref, twin_name


@frozen
class Outcome:
    """What a version act did, in plain values.

    ``tag`` and ``commit`` are None for a draft. ``since`` is the release that the version follows, ``asked`` the bump
    that the data asks for over it, ``reasons`` why, ``changes`` all of them in one line, ``rows`` the rows in all
    tables, ``content`` the content digest. ``already``: nothing was to be done; ``unchanged``: because ``auto`` found
    that nothing changed; ``resumed``: an earlier, killed run of the same command was finished; ``dry_run``: nothing
    was written.
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
    since: str | None = None
    asked: str | None = None
    reasons: tuple[str, ...] = ()
    changes: str = ""
    rows: int | None = None
    content: str = ""
    already: bool = False
    unchanged: bool = False
    resumed: bool = False
    dry_run: bool = False
    notes: tuple[str, ...] = ()


Announce = Callable[[Outcome], None]


def make_version(
    project: Project,
    request: VersionRequest,
    announce: Announce,
    *,
    dry_run: bool = False,
    judge: Judge | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Outcome:
    """Set, bump or tag a dataset's version; ``announce`` is told the outcome before the journal goes.

    Killed at any point, the same request again finishes with the same number. ``judge`` says which bump the data
    asks for (None: the one in ``versioning.judges``). ``metadata`` is merged into the record's, where a version is
    made, and asks for no bump. Raises what :func:`plan_version` raises, ConflictError where
    branch or tag moved meanwhile, and WriteError.
    """
    project.require_dvc()
    project.store.check_private()
    if judge is None and versioning.judges:
        judge = versioning.judges[-1]
    if dry_run:
        plan = plan_version(project, request, judge)
        outcome = replace(_outcome(plan), dry_run=True, already=_is_done(plan))
        announce(outcome)
        return outcome
    facts, more = asdict(request), check_metadata(metadata or {})
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
        plan = replace(plan_version(project, request, judge), metadata=more)
        if _is_done(plan):
            outcome = replace(_outcome(plan), already=True)
            announce(outcome)
            return outcome
        with carrying_out(project, facts, (*plan.folders, ".")) as journal:
            return _carry_out(project, plan, journal, announce)


def _is_done(plan: Plan) -> bool:
    return plan.released is not None or plan.settled


def _carry_out(project: Project, plan: Plan, journal: Journal, announce: Announce) -> Outcome:
    with dvc_lock(project.root, project.lock_timeout, plan.dataset.path):
        # What was judged is what is stored: the same digest. It is looked at anew, because mending a rotten object for
        # the judge takes a link to it apart, and that touches the work file.
        if plan.found is not None:
            found = look(project, plan.dataset.path)
            if found is None or capture(project, found) != plan.content:
                raise ChangedWhileReadingError(plan.dataset.path)
        pointer, texts = _texts(project, plan)
        outcome = _outcome(plan)
        # The record first, the pointer last: whoever sees the new pointer finds its record.
        before = {plan.dataset.pointer_path: plan.dataset.text, plan.dataset.record_path: plan.record_text}
        artifact, remark = _artifact(project, plan)
        if artifact is not None:
            texts, before = {**texts, DVC_YAML: artifact[0]}, {**before, DVC_YAML: artifact[1]}
        outcome = replace(outcome, notes=(*outcome.notes, remark)) if remark else outcome
        changes = tuple(file_changes(project, dict(reversed(texts.items())), before))
        journal = replace(journal, files=changes)
        if plan.request.releases:
            journal, outcome = _with_commit(project, plan, journal, outcome, pointer, texts)
        with uninterrupted():
            left = carry_out(project, replace(journal, outcome=asdict(outcome)))
            outcome = replace(outcome, notes=(*outcome.notes, *_left_notes(left)))
            announce(outcome)
    return outcome


def _artifact(project: Project, plan: Plan) -> tuple[tuple[str, str] | None, str]:
    """The new and the old text of ``dvc.yaml`` where it gets an entry, and a remark."""
    if plan.request.action == "tag":
        # A tag alone is to need no commit.
        return None, ""
    new, old, remark = artifact_text(project, plan.dataset, plan.base.committed, plan.base.staged)
    if new is None:
        return None, remark
    added = (
        ""
        if plan.request.releases
        else f"{DVC_YAML} has an entry for {plan.dataset.name} now: commit it, too"
    )
    return (new, old), added


def _texts(project: Project, plan: Plan) -> tuple[Pointer, dict[str, str]]:
    """The pointer, and the texts of pointer and record by path."""
    dataset, record, old, content = plan.dataset, plan.record, plan.dataset.whole, plan.content
    facts = plan.verdict.facts
    if plan.request.action == "tag":
        if record is not None and (record.version, record.md5) == (plan.version, content.md5):
            return _texts_to_tag(project, plan, record)
        stamp = replace(old.stamp, content=facts.content) if old.stamp else None
        pointer = replace(old, stamp=stamp)
    else:
        stamp = Stamp(dataset.name, plan.version, _now(), content.md5, facts.content)
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
        facts=facts,
        metadata={**(record.metadata if record else {}), **plan.metadata},
        others=record.others if record else {},
    )
    text = dataset.text if pointer == old else render_pointer(pointer, dataset.text)
    return pointer, {dataset.pointer_path: text, dataset.record_path: render_record(new_record)}


def _texts_to_tag(project: Project, plan: Plan, record: VersionRecord) -> tuple[Pointer, dict[str, str]]:
    """Pointer and record of a draft that is released: as they are, or with what was found in the data.

    Those that HEAD holds stay as they are: after a pull request no commit is to be needed.
    """
    dataset, old, facts = plan.dataset, plan.dataset.whole, plan.verdict.facts
    texts = {dataset.pointer_path: dataset.text, dataset.record_path: plan.record_text}
    held = {
        path: project.git.blob_id(text.encode("utf-8", "surrogateescape")) for path, text in texts.items()
    }
    committed = all(plan.base.committed.get(path) == oid for path, oid in held.items())
    if committed or record.facts.known or not facts.known or old.stamp is None:
        return old, texts
    pointer = replace(old, stamp=replace(old.stamp, content=facts.content))
    texts[dataset.pointer_path] = render_pointer(pointer, dataset.text)
    texts[dataset.record_path] = render_record(replace(record, facts=facts))
    return pointer, texts


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
    facts: dict[str, str | int | None] = {
        "Path": plan.dataset.path,
        "Md5": pointer.md5,
        "Size": pointer.size,
        "Files": pointer.files,
        **trailers(plan.verdict, plan.given, plan.request.description or ""),
    }
    message = render_message(plan.dataset.name, plan.version, plan.description, facts)
    made = {path: git.object("blob", data) for path, data in wanted.commit.items()}
    staged = {path: git.object("blob", data) for path, data in wanted.index.items()}
    objects = list(dict.fromkeys([*made.values(), *staged.values()]))
    refs, commit = list[RefChange](), head.commit
    if wanted.commit or commit is None:
        check_can_move(head, plan.tag)
        commit = _add_commit(git, plan, {path: each.oid for path, each in made.items()}, objects)
        refs.append(RefChange(head.branch or "HEAD", head.commit or NO_OBJECT, commit))
    tag = _add_tag(git, journal, plan.tag, commit, message, objects)
    refs.append(RefChange(release_ref(plan.dataset.name, plan.version), NO_OBJECT, tag))
    entries = {path: each.oid for path, each in staged.items()}
    if project.preferences.dataset(plan.dataset.name).gto:
        refs += _twin(git, plan, journal, commit, message, objects)
    git.write_objects(objects)
    notes = tuple(f"uncommitted changes to {path} are not part of the release" for path in wanted.left)
    outcome = replace(outcome, tag=plan.tag, commit=commit, notes=(*outcome.notes, *notes))
    return replace(journal, refs=tuple(refs), index=entries), outcome


def _add_commit(git: Git, plan: Plan, blobs: Mapping[str, Oid], objects: list[GitObject]) -> Oid:
    """The release's commit, added with its trees to the objects to store; stored with them where git must sign it."""
    parent = plan.head.commit
    trees = replaced(plan.base.trees, blobs, git.object_format)
    objects += trees
    words = f"Release {plan.dataset.name} {plan.version}\n"
    words += f"\n{plan.description}\n" if plan.description else ""
    if git.signs[0]:
        git.write_objects(objects)
        objects.clear()
        return git.sign_commit(trees[-1].oid, parent, words)
    objects.append(git.commit_object(trees[-1].oid, parent, words))
    return objects[-1].oid


def _add_tag(
    git: Git, journal: Journal, name: str, commit: Oid, message: str, objects: list[GitObject]
) -> Oid:
    """An annotated tag, added to the objects to store; stored after them where git must sign it."""
    if git.signs[1]:
        git.write_objects(objects)
        objects.clear()
        return git.sign_tag(name, commit, message, git.common / "hotpass" / f"sign-{journal.token}")
    objects.append(git.tag_object(name, commit, message))
    return objects[-1].oid


def _twin(
    git: Git, plan: Plan, journal: Journal, commit: Oid, message: str, objects: list[GitObject]
) -> list[RefChange]:
    """The move that makes GTO's tag of the same release; none where there is one by that name."""
    name = twin_name(plan.dataset.name, plan.version)
    if git.ref(f"refs/tags/{name}") != NO_OBJECT:
        return []
    tag = _add_tag(git, journal, name, commit, message, objects)
    return [RefChange(f"refs/tags/{name}", NO_OBJECT, tag)]


def _outcome(plan: Plan) -> Outcome:
    pointer, content, verdict = plan.dataset.whole, plan.content, plan.verdict
    previous = plan.catalogue.newest
    if previous is not None and previous.version == plan.version:
        previous = None
    current = pointer.version
    before = (
        str(current) if current not in (None, plan.version) else str(previous.version) if previous else None
    )
    released = plan.released
    return Outcome(
        dataset=plan.dataset.name,
        version=str(plan.version),
        previous=before,
        path=plan.dataset.path,
        md5=content.md5,
        size=content.size,
        files=content.files,
        tag=released.tag if released else plan.tag if plan.request.releases else None,
        commit=released.commit if released else None,
        since=str(plan.since.version) if plan.since else None,
        asked=verdict.asked.value if verdict.asked else None,
        reasons=verdict.reasons,
        changes=verdict.changes,
        rows=verdict.facts.rows,
        content=verdict.facts.content,
        unchanged=plan.request.is_auto and released is not None,
        notes=_notes(plan),
    )


def _notes(plan: Plan) -> tuple[str, ...]:
    """What the number alone does not say."""
    pointer, since, verdict, request = plan.dataset.whole, plan.since, plan.verdict, plan.request
    notes = list(verdict.notes)
    if request.is_auto and plan.released is not None:
        return (*notes, *_unchanged_notes(plan, plan.released))
    if request.action == "tag" or plan.released is not None:
        pass
    elif pointer.version is not None and plan.content.md5 == pointer.md5 and not plan.settled:
        notes.append(f"the data is the same as in {pointer.version}")
    elif since is not None and verdict.compared and verdict.asked is None:
        notes.append(f"the content is the same as in {since.version}, only the bytes differ")
    if since is None or plan.given is None or is_enough(plan.given, verdict.asked) or verdict.asked is None:
        return tuple(notes)
    asked = (
        f"the data asks for a {verdict.asked.value} after {since.version} ({'; '.join(verdict.reasons[:3])})"
    )
    if request.releases:
        return (*notes, f"{asked}; the tag says why it is a {plan.given.value}")
    return (*notes, f"{asked}: {plan.version} could not be released")


def _unchanged_notes(plan: Plan, released: Release) -> tuple[str, ...]:
    name, version, pointer = plan.dataset.name, released.version, plan.dataset.whole
    notes = []
    if plan.content.md5 != released.md5:
        notes.append(
            f"the content is the same as in {version}, only the bytes differ; hotpass restore {name}@{version} "
            "puts those back"
        )
    if pointer.version not in (None, version) and plan.catalogue.find(pointer.version) is None:
        notes.append(f"the draft {pointer.version} stays as it is")
    if plan.request.description is not None:
        notes.append("the description is not kept: there is no new version that it could be of")
    return tuple(notes)


def _resumed(facts: Mapping[str, Any], left: tuple[str, ...]) -> Outcome:
    lists = {name: tuple(facts.get(name, ())) for name in ("notes", "reasons")}
    outcome = Outcome(**{**facts, **lists})
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
