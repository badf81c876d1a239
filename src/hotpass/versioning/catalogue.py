"""Tags ↔ releases: what was released, what the next number is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from hotpass.errors import NotFoundError
from hotpass.values import frozen
from hotpass.versioning.errors import UnknownVersionError
from hotpass.versioning.git import TagRef
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.pointer import Md5, parse_md5
from hotpass.versioning.version import ZERO, Bump, DatasetVersion, parse_any_tag, parse_tag
from hotpass.versioning.wanted import Wanted

_PREFIX = "Hotpass-"
_SIGNATURES = ("-----BEGIN PGP ", "-----BEGIN SSH ", "-----BEGIN SIGNED ")


class AllWithdrawnError(NotFoundError):
    """All releases that a range could choose are withdrawn."""

    dataset: str
    wanted: str
    versions: tuple[str, ...]

    def __str__(self) -> str:
        return f"every version of {self.dataset!r} that {self.wanted} could choose is withdrawn"

    @property
    def hint(self) -> str:
        """How to have one all the same."""
        return (
            f"name one exactly: {self.dataset}@{self.versions[-1]}; hotpass history {self.dataset} says why"
        )


@frozen
class Release:
    """An annotated tag on a commit. ``facts`` are the tag's trailers, empty for tags that others made."""

    dataset: str
    version: DatasetVersion
    tag: str
    object: Oid
    commit: Oid
    date: str
    author: str
    description: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def md5(self) -> Md5 | None:
        """The md5 the tag names."""
        return parse_md5(self.facts.get("Md5"))

    @property
    def path(self) -> str | None:
        """Where the data was, relative to the root."""
        return self.facts.get("Path")


@frozen
class Catalogue:
    """One dataset's tags: ``releases`` oldest version first, ``taken`` every tag of its name by version.

    ``withdrawn`` are the versions that only their exact number chooses, each with the reason.
    """

    dataset: str
    releases: tuple[Release, ...]
    taken: Mapping[DatasetVersion, TagRef]
    withdrawn: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest(self) -> Release | None:
        """The release with the highest version."""
        return self.releases[-1] if self.releases else None

    def find(self, version: DatasetVersion) -> Release | None:
        """The release of a version, or None."""
        return next((release for release in self.releases if release.version == version), None)

    def get(self, version: DatasetVersion) -> Release:
        """The release of a version; raises UnknownVersionError naming those there are."""
        found = self.find(version)
        if found is None:
            known = tuple(str(release.version) for release in self.releases)
            raise UnknownVersionError(self.dataset, str(version), known)
        return found

    def pick(self, wanted: Wanted) -> Release:
        """The newest release that fits; a withdrawn one only where it is named exactly.

        Raises UnknownVersionError naming those there are, AllWithdrawnError where those that fit are withdrawn.
        """
        return self.pick_all(wanted)[-1]

    def pick_all(self, wanted: Wanted) -> tuple[Release, ...]:
        """Every release that fits, oldest version first; raises as :meth:`pick` does."""
        found = tuple(release for release in self.releases if wanted.matches(release.version))
        if not found:
            known = tuple(str(release.version) for release in self.releases)
            raise UnknownVersionError(self.dataset, str(wanted), known)
        kept = found if wanted.is_exact else tuple(one for one in found if not self.why_withdrawn(one))
        if not kept:
            raise AllWithdrawnError(self.dataset, str(wanted), tuple(str(one.version) for one in found))
        return kept

    def why_withdrawn(self, release: Release) -> str:
        """The reason for which a release is withdrawn, empty where it is not."""
        return self.withdrawn.get(str(release.version), "")

    def next(self, current: DatasetVersion | None, part: Bump) -> DatasetVersion:
        """The bump of the greater of the newest release and the current version, where that is a draft."""
        base = self.newest.version if self.newest else ZERO
        if current is not None and self.find(current) is None:
            base = max(base, current)
        return base.bump(part)


def catalogue_of(
    dataset: str, tags: Iterable[TagRef], withdrawn: Mapping[str, str] | None = None
) -> Catalogue:
    """Read a dataset's releases from tags (of any datasets), and which of them the settings say are withdrawn.

    Tags of GTO (``refined_data@v1.0.0``) are read like ours. Lightweight tags and tags that lead to no commit are no releases; their numbers are taken all the same.
    """
    taken: dict[DatasetVersion, TagRef] = {}
    releases: dict[DatasetVersion, Release] = {}
    # Ours last: where GTO, too, has a tag of a version, ours is the release.
    for tag in sorted(tags, key=lambda one: parse_tag(one.name) is not None):
        parsed = parse_any_tag(tag.name)
        if parsed is None or parsed[0] != dataset:
            continue
        version = parsed[1]
        taken[version] = tag
        if tag.annotated and tag.commit is not None and version.is_release:
            description, facts = parse_message(tag.message)
            releases[version] = Release(
                dataset, version, tag.name, tag.object, tag.commit, tag.date, tag.author, description, facts
            )
    ordered = tuple(releases[version] for version in sorted(releases))
    return Catalogue(dataset, ordered, taken, withdrawn or {})


def catalogues_of(tags: Iterable[TagRef]) -> list[Catalogue]:
    """The catalogue of every dataset that has a tag, by name."""
    groups: dict[str, list[TagRef]] = {}
    for tag in tags:
        if (parsed := parse_any_tag(tag.name)) is not None:
            groups.setdefault(parsed[0], []).append(tag)
    return [catalogue_of(name, groups[name]) for name in sorted(groups)]


def render_message(
    dataset: str, version: DatasetVersion, description: str, facts: Mapping[str, str | int | None]
) -> str:
    """A tag's message: a subject, the description, and the facts as trailers (git-interpret-trailers)."""
    trailers = {"Dataset": dataset, "Version": str(version), **facts}
    body = f"\n{description.strip()}\n" if description.strip() else ""
    lines = "".join(f"{_PREFIX}{key}: {value}\n" for key, value in trailers.items() if value is not None)
    return f"{dataset} {version}\n{body}\n{lines}"


def parse_message(message: str) -> tuple[str, dict[str, str]]:
    """Description and facts of a tag's message; a message of somebody else is all description."""
    body, facts = _facts(message)
    # A description may hold such a mark, too: the signature's is the last, and the facts stand above it.
    at = max(message.rfind(f"\n{mark}") for mark in _SIGNATURES)
    if not facts and at >= 0:
        body, facts = _facts(message[: at + 1])
    return (body.partition("\n\n")[2] if facts else body).strip(), facts


def _facts(message: str) -> tuple[str, dict[str, str]]:
    """What stands above the last paragraph, and its trailers; all of the message where it has none of ours."""
    body, _, last = message.strip("\n").rpartition("\n\n")
    pairs = [line.partition(": ") for line in last.split("\n")]
    if not all(colon and key.startswith(_PREFIX) for key, colon, _ in pairs):
        return message, {}
    return body, {key.removeprefix(_PREFIX): value for key, _, value in pairs}
