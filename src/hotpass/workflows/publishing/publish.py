"""Publish releases: their data to the DVC remote, proved there by looking, then branch and tags to the git server.

Nothing is believed but what was seen: an object counts as sent when the remote shows it. Killed anywhere, the same
command run again finds what is there and sends the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from hotpass.versioning.catalogue import Release
from hotpass.versioning.dvcconfig import parse_config, secrets_in, secrets_of
from hotpass.versioning.git import Head
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.known import Known, Sighting, changing_known, check_unmoved, now, read_known
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.pushing import Push, Server, ask_server, check_race, push_refs, server_name
from hotpass.versioning.released import Members, every_release, read_contents
from hotpass.versioning.remotes import FEW, Remote, open_remote
from hotpass.versioning.remotes.errors import (
    DetachedPublishError,
    ReleasesLostError,
    RemoteGoneError,
    RemoteProofError,
    TrackedSecretError,
)
from hotpass.versioning.version import twin_name
from hotpass.workflows.publishing.identity import Identity, identify_remote, settle_identity
from hotpass.workflows.publishing.looking import Look, has_right_size, look_at, misread
from hotpass.workflows.publishing.pulling import pull_lines
from hotpass.workflows.publishing.unfinished import sending


@dataclass(frozen=True)
class PublishRequest:
    """What to publish: one dataset or all, what is not recorded as published or ``everything``.

    ``remote`` names a DVC remote other than the default; ``tag_only`` leaves the branch alone; ``create`` allows a
    remote to begin anew where another one was; ``deep`` reads every byte back as proof.
    """

    dataset: str | None = None
    everything: bool = False
    remote: str | None = None
    tag_only: bool = False
    create: bool = False
    dry_run: bool = False
    deep: bool = False


@dataclass(frozen=True)
class PublishedVersion:
    """What was done for one version. An object that several versions share counts as sent for the first.

    ``size`` and ``sent_size`` are bytes; ``tag_pushed`` is False where the server had the tag already.
    """

    dataset: str
    version: str
    tag: str
    objects: int
    sent: int
    sent_size: int
    there: int
    tag_pushed: bool


@dataclass(frozen=True)
class Published:
    """A whole run. ``before`` counts versions that were published earlier and not looked at again.

    ``pull_lines`` are the commands with which plain ``dvc pull`` finds the data at every tag.
    """

    remote: str
    address: str
    server: str
    branch: str | None
    versions: tuple[PublishedVersion, ...]
    before: int
    dry_run: bool
    pull_lines: tuple[str, ...] = ()


@dataclass
class _Run:
    """One run's surroundings."""

    project: Project
    request: PublishRequest
    remote: Remote
    server: Server
    head: Head
    identity: Identity
    members: Members


def publish(project: Project, request: PublishRequest) -> Published:
    """Send what releases need, prove it by looking, then push branch and tags together.

    Raises NoGitRemoteError, NoRemoteError and TrackedSecretError before anything is sent, RaceLostError (8) where the
    server holds other tags, RemoteGoneError and RemoteUnusableError (7), ReleasesLostError and RemoteProofError (9);
    then no tag goes out that cannot be brought back.
    """
    project.require_dvc()
    check_secrets(project)
    releases = _releases(project, request.dataset)
    head = project.git.head()
    name = server_name(project.git, head.branch)
    if head.branch is None and not request.tag_only:
        raise DetachedPublishError
    remote = open_remote(project, request.remote or remote_for(project, head.branch))
    server = ask_server(project.git, name, project.preferences["remote_timeout"])
    with nullcontext() if request.dry_run else sending(project, remote):
        known = read_known(project.git.common)
        identity = identify_remote(remote, known, server, create=request.create)
        run = _Run(project, request, remote, server, head, identity, Members(project))
        chosen = _chosen(run, known, releases)
        for release in chosen:
            check_unmoved(project, release.tag, release.object)
        check_race(server, _push(run, chosen))
        return _publish(run, releases, chosen)


def _publish(run: _Run, releases: Sequence[Release], chosen: Sequence[Release]) -> Published:
    contents = read_contents(run.project, chosen)
    looks = look_at(run.project, run.remote, contents, run.members, empty=run.identity.is_new)
    _check_lost(run, looks)
    if not run.request.dry_run:
        run.identity = settle_identity(run.project, run.remote, run.identity)
    good = [look for look in looks if not look.is_lost]
    versions = tuple(_versions(run, good))
    result = Published(
        run.remote.name,
        run.remote.address,
        run.server.name,
        None
        if run.request.tag_only or run.head.branch is None
        else run.head.branch.removeprefix("refs/heads/"),
        versions,
        len(releases) - len(chosen),
        run.request.dry_run,
        pull_lines(run.project, run.remote.name, releases),
    )
    if run.request.dry_run:
        return result
    _send(run, good)
    push = _push(run, [look.release for look in good])
    if not _is_pushed(run, push):
        push_refs(run.server, push, run.project.preferences["remote_timeout"])
    _remember(run, good)
    lost = [look.sentence for look in looks if look.is_lost]
    if lost:
        raise ReleasesLostError(tuple(lost), run.remote.name, len(good))
    return result


def remote_for(project: Project, branch: str | None) -> str | None:
    """The remote that the settings give a branch (``publish.remote``), None for DVC's default one.

    The first pattern that fits counts (``main=prod, release/*=prod, *=dev``); a detached HEAD fits ``*`` alone.
    """
    wanted: str = project.preferences["publish.remote"]
    if "=" not in wanted:
        return wanted or None
    short = (branch or "").removeprefix("refs/heads/")
    for pair in wanted.split(","):
        pattern, _, name = pair.strip().partition("=")
        if fnmatchcase(short, pattern):
            return name
    return None


def check_secrets(project: Project) -> None:
    """Raise TrackedSecretError where a settings file of DVC that git keeps holds a secret, now or in HEAD."""
    files = (".dvc/config", ".dvc/config.local")
    tracked = [file for file in files if project.git.tracked(file)]
    for file, blob in zip(tracked, project.git.blobs([f"HEAD:{file}" for file in tracked]), strict=True):
        names = secrets_in(project.root / file) or secrets_of(parse_config(blob or b"", file))
        if names:
            raise TrackedSecretError(file, names)


def _releases(project: Project, dataset: str | None) -> list[Release]:
    if dataset is not None:
        return list(open_catalogue(project, dataset).releases)
    return every_release(project)


def _chosen(run: _Run, known: Known, releases: Sequence[Release]) -> Sequence[Release]:
    """What to look at: what is not recorded as published; everything, where the newest of what is is not there."""
    fresh = [release for release in releases if not _recorded(run, known, release)]
    recorded = [release for release in reversed(releases) if release not in fresh]
    if run.request.everything or not recorded:
        return releases
    newest = [release.md5 for release in recorded if release.md5 is not None][:FEW]
    return fresh if len(run.remote.ask(newest)) == len(set(newest)) else releases


def _is_pushed(run: _Run, push: Push) -> bool:
    """Whether the server has all of it already."""
    tags = all(run.server.refs.get(ref) == oid for ref, oid in push.tags.items())
    return tags and (push.branch is None or run.server.refs.get(push.branch) == run.head.commit)


def _recorded(run: _Run, known: Known, release: Release) -> bool:
    """Whether a release was published to this very remote and the server still has its tag."""
    return (
        run.identity.id is not None
        and known.is_published(release.tag, release.object, run.identity.id)
        and run.server.tag(release.tag) == release.object
    )


def _push(run: _Run, releases: Sequence[Release]) -> Push:
    branch = None if run.request.tag_only else run.head.branch
    tags = {f"refs/tags/{release.tag}": Oid(release.object) for release in releases}
    # Tags of GTO's that were asked for go together with ours.
    asked = [release for release in releases if run.project.preferences.dataset(release.dataset).gto]
    twins = [f"refs/tags/{twin_name(release.dataset, release.version)}" for release in asked]
    return Push(branch, tags | (run.project.git.refs(twins) if twins else {}))


def _check_lost(run: _Run, looks: Sequence[Look]) -> None:
    """Refuse where a version that is not on the server yet cannot be brought back; what went out before is told later."""
    lost = [look for look in looks if look.is_lost]
    if lost and run.identity.is_bare:
        # Releases were published, their data is not here, and the remote is empty: it may be another folder's place.
        raise RemoteGoneError(run.remote.name, run.remote.address, "there is nothing in it")
    fresh = [look for look in lost if run.server.tag(look.release.tag) is None]
    if fresh or (lost and run.request.dry_run):
        raise ReleasesLostError(tuple(look.sentence for look in fresh or lost), run.remote.name)


def _versions(run: _Run, looks: Sequence[Look]) -> list[PublishedVersion]:
    counted: set[Md5] = set()
    versions = []
    for look in looks:
        mine = [md5 for md5 in look.to_send if md5 not in counted]
        counted.update(mine)
        sizes = [signature.size for md5 in mine if (signature := run.project.store.signature(md5))]
        release = look.release
        versions.append(
            PublishedVersion(
                release.dataset,
                str(release.version),
                release.tag,
                len(look.objects),
                len(mine),
                sum(sizes),
                len(look.objects) - len(mine),
                run.server.tag(release.tag) is None,
            )
        )
    return versions


def _send(run: _Run, looks: Sequence[Look]) -> None:
    """Send what the remote lacks and look whether it is there, by size and by digest."""
    wanted = list(dict.fromkeys(md5 for look in looks for md5 in look.to_send))
    if not wanted and not run.request.deep:
        return
    transfer = run.remote.send(run.project.store, wanted)
    bad = {*transfer.missing, *transfer.damaged}
    if bad:
        # They were there a moment ago.
        lost = [replace(look, lost=tuple(bad & set(look.objects))) for look in looks]
        raise ReleasesLostError(tuple(look.sentence for look in lost if look.lost), run.remote.name)
    check = wanted
    if run.request.deep:
        check = list(dict.fromkeys(md5 for look in looks for md5 in look.objects))
    held = run.remote.look(check)
    right = {md5: each for md5, each in held.items() if has_right_size(run.project, md5, each)}
    false = [md5 for md5 in check if md5 not in right]
    false += misread(run.remote, right, deep=run.request.deep)
    if false:
        raise RemoteProofError(run.remote.name, tuple(false))


def _remember(run: _Run, looks: Sequence[Look]) -> None:
    with changing_known(run.project) as known:
        for look in looks:
            tag = look.release.tag
            known.tags[tag] = look.release.object
            known.sightings[tag] = Sighting(run.identity.id or "", run.remote.name, now(), True, True)
