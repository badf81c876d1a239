"""Bring the data of releases into the store, every byte proved: of all of them, of a dataset, of a version or a range."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hotpass.errors import IntegrityError
from hotpass.versioning.catalogue import Release, catalogues_of
from hotpass.versioning.content import listing
from hotpass.versioning.errors import TagMovedError
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.known import read_known
from hotpass.versioning.lock import repository_lock
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.proofs import Proofs
from hotpass.versioning.pushing import ask_server
from hotpass.versioning.reading import released_dataset
from hotpass.versioning.recovery import carrying_out, forget, recover
from hotpass.versioning.released import read_contents
from hotpass.versioning.remotes import open_remote, remote_name_of
from hotpass.versioning.remotes.errors import GitServerError
from hotpass.versioning.servertags import check_unmoved
from hotpass.versioning.store import ObjectState
from hotpass.versioning.wanted import Wanted


@dataclass(frozen=True)
class FetchedVersion:
    """One version: how many objects it has, how many were brought, how many are nowhere to be had.

    ``tag`` is None for the work tree's version where that is no release.
    """

    dataset: str
    version: str | None
    tag: str | None
    objects: int
    brought: int
    lost: int


@dataclass(frozen=True)
class Fetched:
    """What a fetch did, by dataset and version. ``remote`` is None where nothing had to be asked for."""

    versions: tuple[FetchedVersion, ...]
    remote: str | None
    size: int
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the store now has every byte of every version."""
        return not any(version.lost for version in self.versions)


Announce = Callable[[Fetched], None]


@dataclass(frozen=True)
class _Version:
    dataset: str
    version: str | None
    tag: str | None
    md5: Md5


def with_remote(project: Project, remote: str | None) -> Project:
    """The project with another remote than DVC's default one; raises UnknownRemoteError."""
    if remote is None:
        return project
    remote_name_of(project.settings, remote)
    return replace(project, remote=remote)


def fetch_versions(project: Project, name: str | None, wanted: Wanted | None, announce: Announce) -> Fetched:
    """Bring into the store what it lacks of the releases that fit and, without ``wanted``, of the work tree's versions.

    A range means every release that fits and is not withdrawn, ``latest`` the newest. What a remote does not have is
    counted as lost; one that cannot be asked raises RemoteUnusableError. Raises UnknownDatasetError,
    UnknownVersionError, TagMovedError where the server has another tag of that name, NoRemoteError.
    """
    project.require_dvc()
    project.store.check_private()
    request = {"action": "fetch", "dataset": name or "", "version": str(wanted or "")}
    with repository_lock(project.git.common, "fetch", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, request) is not None:
            forget(project)
        versions, notes = _chosen(project, name, wanted)
        with carrying_out(project, request, ()):
            fetched = _Fetching(project).run(versions, notes)
            announce(fetched)
    return fetched


def _chosen(
    project: Project, name: str | None, wanted: Wanted | None
) -> tuple[list[_Version], tuple[str, ...]]:
    """The versions that are meant, each once, and remarks about them."""
    releases: list[Release] = []
    if wanted is not None and name is not None:
        fitting = open_catalogue(project, name).pick_all(wanted)
        releases = list(fitting[-1:] if wanted.text == "latest" else fitting)
    elif name is not None:
        releases = list(open_catalogue(project, name).releases)
    else:
        releases = [release for each in catalogues_of(project.git.tags()) for release in each.releases]
    notes = _compare_with_servers(project, releases)
    versions = []
    for release, content in zip(releases, read_contents(project, releases), strict=True):
        # Where it could not be read, asking for it alone says why.
        whole = content.pointer or released_dataset(project, release).whole
        versions.append(_Version(release.dataset, str(release.version), release.tag, whole.md5))
    if wanted is None:
        known = {(version.dataset, version.md5) for version in versions}
        for dataset in project.datasets():
            pointer = dataset.pointer
            if pointer is None or name not in (None, dataset.name) or (dataset.name, pointer.md5) in known:
                continue
            number = str(pointer.version) if pointer.version else None
            versions.append(_Version(dataset.name, number, None, pointer.md5))
    return versions, notes


def _compare_with_servers(project: Project, releases: Iterable[Release]) -> tuple[str, ...]:
    """Raise TagMovedError where a tag is another than was seen before, or than a server's.

    A server that cannot be asked is only a remark.
    """
    here = {release.tag: release.object for release in releases}
    seen = read_known(project.git.common).tags
    for tag, oid in here.items():
        if seen.get(tag, oid) != oid:
            raise TagMovedError(tag, seen[tag], oid)
    notes = []
    for name in project.git.remotes() if here else ():
        try:
            check_unmoved(here, ask_server(project.git, name, project.preferences["remote_timeout"]))
        except GitServerError as error:
            notes.append(f"whether tags were moved is not known: {error}")
    return tuple(notes)


class _Fetching:
    """One fetch: first what versions name themselves, then the members of directories."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.proofs = Proofs.load(project.git.common / "hotpass", project.store)
        self.remote: str | None = None
        self.size = 0

    def run(self, versions: list[_Version], notes: tuple[str, ...]) -> Fetched:
        """Bring all of it."""
        brought, lost = self._bring(version.md5 for version in versions)
        members: dict[Md5, list[Md5]] = {}
        for md5 in {version.md5 for version in versions if version.md5.endswith(".dir")} - lost:
            try:
                members[md5] = [file.md5 for file in listing(self.project, md5)]
            except IntegrityError:
                # A listing that leads elsewhere, say: nothing of it is taken, and the others are fetched all the same.
                lost.add(md5)
        more, missing = self._bring(md5 for files in members.values() for md5 in files)
        brought, lost = brought | more, lost | missing
        found = []
        for version in versions:
            objects = {version.md5, *members.get(version.md5, [])}
            found.append(
                FetchedVersion(
                    version.dataset,
                    version.version,
                    version.tag,
                    len(objects),
                    len(objects & brought),
                    len(objects & lost),
                )
            )
        return Fetched(tuple(found), self.remote, self.size, notes)

    def _bring(self, md5s: Iterable[Md5]) -> tuple[set[Md5], set[Md5]]:
        """Fetch those objects that the store lacks or holds damaged; what was brought, what is nowhere."""
        states = self.proofs.prove(md5s)
        wanting = sorted(md5 for md5, state in states.items() if state is not ObjectState.PRESENT)
        if not wanting:
            return set(), set()
        remote = open_remote(self.project)
        self.remote = remote.name
        transfer = remote.fetch(self.project.store, wanting)
        self.size += transfer.size
        return set(transfer.done), {*transfer.missing, *transfer.damaged}
