"""Everything that can refuse a version, looked at before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from hotpass.errors import hide_passwords
from hotpass.values import frozen
from hotpass.versioning.catalogue import Catalogue, Release, catalogue_of
from hotpass.versioning.committing import DVC_FILES, CommitBase, read_base
from hotpass.versioning.content import Content, identify, listing, look
from hotpass.versioning.dvcconfig import secrets_in
from hotpass.versioning.errors import (
    AllowLowerError,
    BadDescriptionError,
    BranchNamedLikeTagError,
    BumpTooLowError,
    DataChangedError,
    DataMissingError,
    DetachedHeadError,
    IndexLockedError,
    NotAboveError,
    NotComparedError,
    SecretInConfigError,
    TagExistsError,
    TagsMissingError,
    UnversionedError,
    VersionTakenError,
)
from hotpass.versioning.git import NO_OBJECT, Head
from hotpass.versioning.judging import (
    Judge,
    Question,
    Verdict,
    ask,
    enough,
    is_enough,
    is_numbered,
    md5_of,
    part_risen,
    read_record,
    release_before,
    with_description,
)
from hotpass.versioning.pointer import Pointer
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.record import VersionRecord
from hotpass.versioning.recording import load_record
from hotpass.versioning.scan import Scan
from hotpass.versioning.store import ObjectState
from hotpass.versioning.version import ZERO, Bump, DatasetVersion, check_name, tag_name

Action = Literal["set", "bump", "tag"]

AUTO = "auto"
"""The part to bump, where the data decides."""

DESCRIPTION_LIMIT = 10_000
"""Characters a description may have."""


@frozen
class VersionRequest:
    """What was asked for: ``set`` a version, ``bump`` a part, or ``tag`` the current one.

    ``value`` is the version, the part's name, or ``auto`` for the part that the data asks for; ``tag`` asks for a
    release in the same act; ``force`` allows a version that is not above the current one; ``allow_lower`` one that
    rises less than the data asks for, with the reason in ``description``.
    """

    action: Action
    value: str = ""
    dataset: str | None = None
    description: str | None = None
    tag: bool = False
    force: bool = False
    allow_lower: bool = False

    @property
    def is_auto(self) -> bool:
        """Whether the number follows from the data."""
        return self.action == "bump" and self.value == AUTO

    @property
    def releases(self) -> bool:
        """Whether a tag is to be made."""
        return self.tag or self.action == "tag"


def named_part(part: Bump | str) -> str:
    """The name of a part to bump, or ``auto``; raises ValueError for any other word."""
    return AUTO if part == AUTO else Bump(part).value


@frozen
class Plan:
    """A version that may be made. ``found`` is the data on disk, None where only the store has it.

    ``content`` is what the data was when the plan was made, and what must be stored. ``metadata`` goes into the record
    beside what is there. ``since`` is the release that
    the version follows, and ``verdict`` what the data says of it. ``released`` is the release that already is what
    was asked for, and then nothing is to be done; neither is where a draft is ``settled``.
    """

    request: VersionRequest
    dataset: Dataset
    record: VersionRecord | None
    record_text: str
    version: DatasetVersion
    catalogue: Catalogue
    head: Head
    base: CommitBase
    found: Scan | None
    content: Content
    description: str
    since: Release | None
    verdict: Verdict
    released: Release | None = None
    settled: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> Bump | None:
        """The bump that the number is, None for a first version."""
        return part_risen(self.since.version, self.version) if self.since else None

    @property
    def tag(self) -> str:
        """The tag's name, whether or not one is made."""
        return tag_name(self.dataset.name, self.version)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders in which files of the act are written."""
        places = {
            str(PurePosixPath(self.dataset.pointer_path).parent),
            str(PurePosixPath(self.dataset.path).parent),
        }
        return tuple(sorted(places))


def plan_version(project: Project, request: VersionRequest, judge: Judge | None = None) -> Plan:
    """Check a request against the repository and the data, and decide the number.

    Raises UsageError, NotFoundError, NotReadyError, ConflictError, IntegrityError and RefusedError of the
    classes imported above, each before anything is written.
    """
    _check_request(request)
    dataset = project.dataset(request.dataset)
    head = project.git.head()
    base = read_base(project, head.commit, dataset)
    if dataset.pointer_path in base.unmerged and (conflict := project.unmerged(dataset.pointer_path)):
        raise conflict
    pointer = dataset.whole
    check_name(dataset.name)
    record, record_text = load_record(project, dataset)
    catalogue = catalogue_of(dataset.name, project.git.tags(dataset.name))
    check_tags_present(project, catalogue, record)
    version = None if request.is_auto else _number(request, dataset, pointer, catalogue)
    found = look(project, dataset.path)
    content = identify(project, found) if found else _stored(project, request, dataset)
    if request.action == "tag":
        _check_agrees(dataset, pointer, content)
    released = catalogue.find(version) if version else None
    if released is not None and not _is_that(project, dataset, released, content):
        raise VersionTakenError(dataset.name, str(version), released.tag)
    if request.releases and released is None:
        _check_can_commit(project, base)
        if request.action != "tag":
            check_can_move(head, tag_name(dataset.name, version) if version else dataset.name)
        if version is not None:
            _check_tag_free(project, catalogue, version)
    plan = Plan(
        request=request,
        dataset=dataset,
        record=record,
        record_text=record_text,
        version=version or ZERO,
        catalogue=catalogue,
        head=head,
        base=base,
        found=found,
        content=content,
        description=_description(request, pointer),
        since=release_before(catalogue, version),
        verdict=Verdict(),
        released=released,
    )
    return plan if released else _judged(project, plan, judge)


def _judged(project: Project, plan: Plan, judge: Judge | None) -> Plan:
    """The plan with what the data says; raises BumpTooLowError where that is more than a release's number."""
    request, since, dataset = plan.request, plan.since, plan.dataset
    question = Question(
        dataset=dataset.name,
        path=dataset.path,
        content=plan.content,
        files=_places(project, plan),
        since=since,
        record=read_record(project, since, dataset.path) if since else None,
        settings=project.preferences.dataset(dataset.name),
    )
    verdict = ask(project, question, judge)
    if request.is_auto:
        return _numbered(project, plan, verdict)
    verdict = with_description(verdict, question, plan.description, plan.record)
    plan = replace(plan, verdict=verdict)
    if request.releases and not request.allow_lower:
        check_high_enough(plan)
    return plan


def _numbered(project: Project, plan: Plan, verdict: Verdict) -> Plan:
    """The plan with the number that the data asks for; nothing to be done where it says nothing new."""
    since, pointer, catalogue = plan.since, plan.dataset.whole, plan.catalogue
    if since is not None and not verdict.compared:
        why = verdict.notes[-1] if verdict.notes else "nobody was asked to"
        raise NotComparedError(plan.dataset.name, str(since.version), why)
    if since is not None and verdict.asked is None:
        return replace(plan, version=since.version, verdict=verdict, released=since)
    version = enough(catalogue, pointer.version, verdict.asked or Bump.MAJOR)
    plan = replace(plan, version=version, verdict=verdict)
    if plan.request.releases:
        _check_tag_free(project, catalogue, version)
        return plan
    settled = pointer.version == version and is_numbered(plan.dataset, plan.content, plan.record)
    return replace(plan, settled=settled and plan.request.description in (None, pointer.description))


def check_high_enough(plan: Plan) -> None:
    """Raise BumpTooLowError where a version rises less over the release before it than the data asks for."""
    since, given, asked = plan.since, plan.given, plan.verdict.asked
    if since is None or given is None or asked is None or is_enough(given, asked):
        return
    name = plan.dataset.name
    command = f"hotpass version --bump {asked.value} --tag --dataset {name}"
    wanted = since.version.bump(asked)
    if since is not plan.catalogue.newest and wanted not in plan.catalogue.taken:
        command = f"hotpass version --set {wanted} --force --tag --dataset {name}"
    raise BumpTooLowError(
        name,
        str(plan.version),
        given.value,
        str(since.version),
        asked.value,
        plan.verdict.reasons,
        command,
    )


def _places(project: Project, plan: Plan) -> tuple[tuple[str, Path], ...]:
    """Where each file of the data lies: in the work tree, else in the store."""
    if plan.found is not None:
        return tuple((file.relpath, plan.found.locate(file.relpath)) for file in plan.found.files)
    md5 = plan.content.md5
    if not md5.endswith(".dir"):
        return (("", project.store.locate(md5)),)
    return tuple((file.relpath, project.store.locate(file.md5)) for file in listing(project, md5))


def _check_request(request: VersionRequest) -> None:
    check_description(request.description)
    if request.allow_lower and not request.releases:
        raise AllowLowerError("is for a release: a draft may have any number")
    if request.allow_lower and request.description is None:
        raise AllowLowerError("needs a reason")
    if request.action == "tag" and request.description is not None and not request.allow_lower:
        raise BadDescriptionError("a version that is there already has its own")


def check_description(description: str | None) -> None:
    """Raise BadDescriptionError for a description that is empty, huge, unprintable or holds a password."""
    if description is None:
        return
    if not description.strip():
        raise BadDescriptionError("it is empty")
    if len(description) > DESCRIPTION_LIMIT:
        raise BadDescriptionError(f"it has more than {DESCRIPTION_LIMIT} characters")
    if any((ord(char) < 32 and char not in "\n\t") or 0x7F <= ord(char) < 0xA0 for char in description):
        raise BadDescriptionError("it holds control characters")
    if hide_passwords(description) != description:
        # A tag is for ever, and goes to everybody who has the repository.
        raise BadDescriptionError("it holds an address with a password")
    try:
        description.encode("utf-8")
    except UnicodeEncodeError:
        raise BadDescriptionError("it is not UTF-8") from None


def check_tags_present(project: Project, catalogue: Catalogue, record: VersionRecord | None) -> None:
    """Raise TagsMissingError in a clone that lacks the tags from which numbers follow."""
    numbers = {str(version) for version in catalogue.taken}
    present = {tag.name for tag in catalogue.taken.values()}
    lacking = record is not None and (
        bool(record.tag and record.tag not in present)
        or bool(record.previous and str(record.previous) not in numbers)
    )
    if project.git.is_shallow() or lacking:
        raise TagsMissingError(catalogue.dataset)


def _number(
    request: VersionRequest, dataset: Dataset, pointer: Pointer, catalogue: Catalogue
) -> DatasetVersion:
    current = pointer.version
    if request.action == "bump":
        return catalogue.next(current, Bump(request.value))
    if request.action == "tag":
        if current is None:
            raise UnversionedError(dataset.name)
        return current
    version = DatasetVersion.parse(request.value)
    if current is not None and version <= current and not request.force and catalogue.find(version) is None:
        raise NotAboveError(dataset.name, str(version), str(current))
    return version


def _stored(project: Project, request: VersionRequest, dataset: Dataset) -> Content:
    """The pointer's content where the data is absent: enough for ``tag`` alone, if the store really has it."""
    pointer = dataset.whole
    if request.action != "tag":
        raise DataMissingError(dataset.name, dataset.path)
    names = [pointer.md5]
    if pointer.is_directory and project.store.check(pointer.md5) is ObjectState.PRESENT:
        names += [file.md5 for file in listing(project, pointer.md5)]
    if any(project.store.check(md5) is not ObjectState.PRESENT for md5 in names):
        raise DataMissingError(dataset.name, dataset.path)
    return Content(pointer.md5, pointer.size or 0, pointer.files)


def _is_that(project: Project, dataset: Dataset, release: Release, content: Content) -> bool:
    """Whether the work tree stands at a release, bytes and number: then asking for it again is no error."""
    pointer = dataset.whole
    if pointer.version != release.version or pointer.md5 != content.md5:
        return False
    return md5_of(project, release) == content.md5


def _check_agrees(dataset: Dataset, pointer: Pointer, content: Content) -> None:
    of = pointer.stamp.of if pointer.stamp else None
    if content.md5 != pointer.md5 or of != pointer.md5:
        raise DataChangedError(dataset.name, str(pointer.version), dataset.path)


def _check_tag_free(project: Project, catalogue: Catalogue, version: DatasetVersion) -> None:
    tag = tag_name(catalogue.dataset, version)
    if version in catalogue.taken:
        kind = "an annotated" if catalogue.taken[version].annotated else "a lightweight"
        raise TagExistsError(tag, f"{kind} tag that is no release")
    if project.git.ref(f"refs/heads/{tag}") != NO_OBJECT:
        raise BranchNamedLikeTagError(tag)


def _check_can_commit(project: Project, base: CommitBase) -> None:
    project.git.check_identity()
    project.git.check_signing(project.git.common / "hotpass" / f"sign-{project.token}")
    lock = project.git.index_path().with_name("index.lock")
    if lock.exists():
        raise IndexLockedError(str(lock))
    if DVC_FILES[0] not in base.committed and (names := secrets_in(project.root / DVC_FILES[0])):
        raise SecretInConfigError(names)


def check_can_move(head: Head, tag: str) -> None:
    """Raise DetachedHeadError where a release needs a commit and there is no branch to carry it."""
    if head.branch is None:
        raise DetachedHeadError(tag)


def _description(request: VersionRequest, pointer: Pointer) -> str:
    if request.description is not None and request.action != "tag":
        return request.description.strip()
    # A description belongs to its version; before the first one it is what the user gave the dataset.
    return pointer.description if request.action == "tag" or pointer.version is None else ""
