"""Everything that can refuse a version, looked at before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from hotpass.versioning.catalogue import Catalogue, Release, catalogue_of
from hotpass.versioning.committing import DVC_FILES, CommitBase, read_base
from hotpass.versioning.content import Content, identify, listing, look
from hotpass.versioning.dvcconfig import secrets_in
from hotpass.versioning.errors import (
    BadDescriptionError,
    BranchNamedLikeTagError,
    DataChangedError,
    DataMissingError,
    DetachedHeadError,
    IndexLockedError,
    NotAboveError,
    SecretInConfigError,
    TagExistsError,
    TagsMissingError,
    UnversionedError,
    VersionTakenError,
)
from hotpass.versioning.git import NO_OBJECT, Head
from hotpass.versioning.pointer import Pointer, parse_pointer
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.record import VersionRecord
from hotpass.versioning.recording import load_record
from hotpass.versioning.scan import Scan
from hotpass.versioning.store import ObjectState
from hotpass.versioning.version import Bump, DatasetVersion, check_name, tag_name

Action = Literal["set", "bump", "tag"]

DESCRIPTION_LIMIT = 10_000
"""Characters a description may have."""


@dataclass(frozen=True)
class VersionRequest:
    """What was asked for: ``set`` a version, ``bump`` a part, or ``tag`` the current one.

    ``value`` is the version or the part's name; ``tag`` asks for a release in the same act; ``force`` allows a
    version that is not above the current one.
    """

    action: Action
    value: str = ""
    dataset: str | None = None
    description: str | None = None
    tag: bool = False
    force: bool = False

    @property
    def releases(self) -> bool:
        """Whether a tag is to be made."""
        return self.tag or self.action == "tag"


@dataclass(frozen=True)
class Plan:
    """A version that may be made. ``found`` is the data on disk, None where only the store has it.

    ``content`` is what the data was when the plan was made, None where nothing hung on it: then it is hashed
    once, when it is stored. ``released`` is the release that already is what was asked for, and then nothing is
    to be done.
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
    content: Content | None
    description: str
    released: Release | None

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


def plan_version(project: Project, request: VersionRequest) -> Plan:
    """Check a request against the repository and decide the number.

    Raises UsageError, NotFoundError, NotReadyError, ConflictError, IntegrityError and RefusedError of the
    classes imported above, each before anything is written.
    """
    check_description(request.description)
    dataset = project.dataset(request.dataset)
    head = project.git.head()
    base = read_base(project, head.commit, dataset)
    if dataset.pointer_path in base.unmerged and (conflict := project.unmerged(dataset.pointer_path)):
        raise conflict
    pointer = dataset.whole
    check_name(dataset.name)
    record, record_text = load_record(project, dataset)
    catalogue = catalogue_of(dataset.name, project.git.tags(f"{dataset.name}-v"))
    check_tags_present(project, catalogue, record)
    version = _number(request, dataset, pointer, catalogue)
    found = look(project, dataset.path)
    released = catalogue.find(version)
    content = None
    if found is None:
        content = _stored(project, request, dataset)
    elif request.action == "tag" or released is not None:
        content = identify(project, found)
    if request.action == "tag":
        _check_agrees(dataset, pointer, content)
    if released is not None and not _is_that(project, dataset, released, content):
        raise VersionTakenError(dataset.name, str(version), released.tag)
    if request.releases and released is None:
        _check_tag_free(project, catalogue, tag_name(dataset.name, version), version)
        _check_can_commit(project, base)
        if request.action != "tag":
            check_can_move(head, tag_name(dataset.name, version))
    return Plan(
        request=request,
        dataset=dataset,
        record=record,
        record_text=record_text,
        version=version,
        catalogue=catalogue,
        head=head,
        base=base,
        found=found,
        content=content,
        description=_description(request, pointer),
        released=released,
    )


def check_description(description: str | None) -> None:
    """Raise BadDescriptionError for an empty, huge or unprintable description."""
    if description is None:
        return
    if not description.strip():
        raise BadDescriptionError("it is empty")
    if len(description) > DESCRIPTION_LIMIT:
        raise BadDescriptionError(f"it has more than {DESCRIPTION_LIMIT} characters")
    if any((ord(char) < 32 and char not in "\n\t") or 0x7F <= ord(char) < 0xA0 for char in description):
        raise BadDescriptionError("it holds control characters")
    try:
        description.encode("utf-8")
    except UnicodeEncodeError:
        raise BadDescriptionError("it is not UTF-8") from None


def check_tags_present(project: Project, catalogue: Catalogue, record: VersionRecord | None) -> None:
    """Raise TagsMissingError in a clone that lacks the tags from which numbers follow."""
    named = (
        [] if record is None else [record.tag, record.previous and f"{catalogue.dataset}-v{record.previous}"]
    )
    present = {tag.name for tag in catalogue.taken.values()}
    if project.git.is_shallow() or any(tag and tag not in present for tag in named):
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


def _is_that(project: Project, dataset: Dataset, release: Release, content: Content | None) -> bool:
    """Whether the work tree stands at a release, bytes and number: then asking for it again is no error."""
    pointer = dataset.whole
    if content is None or pointer.version != release.version or pointer.md5 != content.md5:
        return False
    return (release.md5 or released_md5(project, dataset, release)) == content.md5


def released_md5(project: Project, dataset: Dataset, release: Release) -> str | None:
    """The md5 in the pointer of a release's commit, None where it holds none."""
    text = project.git.blob(release.commit, dataset.pointer_path)
    return parse_pointer(text.decode("utf-8", "replace")).md5 if text else None


def _check_agrees(dataset: Dataset, pointer: Pointer, content: Content | None) -> None:
    of = pointer.stamp.of if pointer.stamp else None
    if content is None or content.md5 != pointer.md5 or of != pointer.md5:
        raise DataChangedError(dataset.name, str(pointer.version), dataset.path)


def _check_tag_free(project: Project, catalogue: Catalogue, tag: str, version: DatasetVersion) -> None:
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
    if request.description is not None:
        return request.description.strip()
    # A description belongs to its version; before the first one it is what the user gave the dataset.
    return pointer.description if request.action == "tag" or pointer.version is None else ""
