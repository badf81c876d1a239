"""Can every release be brought back? Each version against each place that could have its bytes.

What could not be looked at is never called missing, and never whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hotpass.errors import HotpassError, IntegrityError, RemoteError
from hotpass.files import make_directories
from hotpass.versioning.catalogue import Release
from hotpass.versioning.errors import TagMovedError, UnknownVersionError
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.known import Known, Sighting, changing_known, now, read_known
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.proofs import Proofs
from hotpass.versioning.pushing import Server, ask_server, server_name
from hotpass.versioning.released import Contents, Members, every_release, read_contents
from hotpass.versioning.remotes import NoRemoteError, Remote, UnknownRemoteError, open_remote
from hotpass.versioning.remotes.errors import NoGitRemoteError
from hotpass.versioning.store import ObjectState, Store
from hotpass.versioning.version import parse_any_tag
from hotpass.workflows.publishing.identity import note_id
from hotpass.workflows.publishing.looking import SMALL, misread
from hotpass.workflows.publishing.verified import Place, Verified, VerifiedVersion, VerifyRequest


@dataclass
class Survey:
    """What was found, object by object. ``bad`` and ``held`` are of the remote; ``unreachable`` is empty if it answered."""

    project: Project
    releases: Sequence[Release]
    contents: Sequence[Contents] = ()
    members: Members | None = None
    needed: dict[str, tuple[Md5, ...] | None] = field(default_factory=dict)
    stored: dict[Md5, ObjectState] = field(default_factory=dict)
    remote: Remote | None = None
    asked: bool = False
    there: dict[Md5, ObjectState] = field(default_factory=dict)
    proof: str = ""
    unreachable: str = ""
    server: Mapping[str, str] = field(default_factory=dict)
    remote_id: str = ""

    @property
    def every(self) -> list[Md5]:
        """Every object of every release, once."""
        return list(dict.fromkeys(md5 for objects in self.needed.values() for md5 in objects or ()))


def verify(project: Project, request: VerifyRequest) -> Verified:
    """Look for every byte of releases in the store, and on the remote where asked or where the store lacks something.

    Raises UnknownDatasetError, UnknownVersionError, TagsMissingError and NotReadyError; what is lost, damaged or could
    not be looked at is in the result.
    """
    survey = survey_of(project, request)
    result = judge(survey, request, read_known(project.git.common))
    remember(survey, result)
    return result


def survey_of(project: Project, request: VerifyRequest) -> Survey:
    """Find out what is where."""
    project.require_dvc()
    survey = Survey(project, _releases(project, request))
    survey.contents = read_contents(project, survey.releases)
    survey.members = Members(project)
    _need(survey)
    _check_store(survey, deep=request.deep)
    wanting = any(state is not ObjectState.PRESENT for state in survey.stored.values())
    if request.demand_remote or request.remote is not None or wanting or None in survey.needed.values():
        _ask_remote(survey, request)
    if request.demand_remote:
        _ask_server(survey, request)
    return survey


def _releases(project: Project, request: VerifyRequest) -> list[Release]:
    if request.dataset is not None:
        catalogue = open_catalogue(project, request.dataset)
        wanted = request.wanted
        if wanted is None:
            return list(catalogue.releases)
        found = [release for release in catalogue.releases if wanted.matches(release.version)]
        if not found:
            known = tuple(str(release.version) for release in catalogue.releases)
            raise UnknownVersionError(request.dataset, str(wanted), known)
        return found[-1:] if wanted.text == "latest" else found
    return every_release(project)


def _need(survey: Survey) -> None:
    members = survey.members or Members(survey.project)
    for content in survey.contents:
        pointer = content.pointer
        survey.needed[content.release.tag] = members.of(pointer.md5) if pointer is not None else None


def _check_store(survey: Survey, *, deep: bool) -> None:
    """Prove what the store has: bytes that were proved before and lie untouched since need not be read, but ``deep``."""
    store = survey.project.store
    wanted = [*survey.every, *(c.pointer.md5 for c in survey.contents if c.pointer is not None)]
    if deep:
        survey.stored = {md5: store.check(md5) for md5 in dict.fromkeys(wanted)}
    else:
        survey.stored = Proofs.load(survey.project.git.common / "hotpass", store).prove(wanted)


def _ask_remote(survey: Survey, request: VerifyRequest) -> None:
    try:
        remote = open_remote(survey.project, request.remote)
    except (NoRemoteError, UnknownRemoteError):
        if request.demand_remote or request.remote is not None:
            raise
        return
    except RemoteError as error:
        survey.asked, survey.unreachable = True, str(error)
        return
    survey.remote, survey.asked = remote, True
    try:
        _learn_listings(survey, remote)
        _look(survey, remote, deep=request.deep)
        survey.remote_id = note_id(remote) or ""
    except RemoteError as error:
        survey.there, survey.unreachable = {}, str(error)


def _learn_listings(survey: Survey, remote: Remote) -> None:
    """Read from the remote the listings that the store lacks, without putting anything into the store."""
    wanted = {
        content.pointer.md5
        for content in survey.contents
        if content.pointer is not None and survey.needed[content.release.tag] is None
    }
    if not wanted or survey.members is None:
        return
    folder = survey.project.git.common / "hotpass" / f"verify-{survey.project.token}"
    make_directories(folder)
    try:
        scratch = Store(folder, survey.project.token)
        for md5 in remote.fetch(scratch, sorted(wanted)).done:
            try:
                survey.members.learn(md5, scratch.read(md5))
            except IntegrityError:
                # Bytes of that name which are no listing: no copy elsewhere can be any better.
                survey.members.forget([md5])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _need(survey)
    new = [md5 for md5 in survey.every if md5 not in survey.stored]
    proofs = Proofs.load(survey.project.git.common / "hotpass", survey.project.store)
    survey.stored |= proofs.prove(new)


def _look(survey: Survey, remote: Remote, *, deep: bool) -> None:
    """See what the remote has, by one listing; what is read are all bytes with ``deep``, in a folder the small files."""
    every = list(dict.fromkeys([*survey.every, *survey.stored]))
    held = remote.look(every)
    sizes = {
        c.pointer.md5: c.pointer.size for c in survey.contents if c.pointer and not c.pointer.is_directory
    }
    for md5 in every:
        if md5 not in held:
            survey.there[md5] = ObjectState.MISSING
            continue
        signature = survey.project.store.signature(md5)
        good = survey.stored.get(md5) is ObjectState.PRESENT and signature is not None
        size = signature.size if good and signature is not None else sizes.get(md5)
        fits = size is None or held[md5].size == size
        survey.there[md5] = ObjectState.PRESENT if fits else ObjectState.DAMAGED
    right = {md5: each for md5, each in held.items() if survey.there[md5] is ObjectState.PRESENT}
    # A digest of encrypted bytes proves no more than a size does.
    told = all(each.md5 == md5.removesuffix(".dir") for md5, each in right.items())
    if deep:
        wrong = misread(remote, right, deep=True)
    elif remote.reads_are_cheap:
        small = {md5: each for md5, each in right.items() if each.size <= SMALL}
        wrong = misread(remote, small)
    else:
        # A digest that the remote tells and that is not the name's may be of encrypted bytes: it is read.
        wrong = misread(remote, {md5: each for md5, each in right.items() if each.md5 is not None})
    survey.there |= dict.fromkeys(wrong, ObjectState.DAMAGED)
    large = any(each.size > SMALL for each in held.values())
    cheap = remote.reads_are_cheap and not large
    survey.proof = "bytes" if deep or cheap else "digests" if told and right else "sizes"


def _ask_server(survey: Survey, request: VerifyRequest) -> None:
    git = survey.project.git
    try:
        server = ask_server(
            git, server_name(git, git.head().branch), survey.project.preferences["remote_timeout"]
        )
    except NoGitRemoteError:
        return
    except RemoteError as error:
        survey.unreachable = "; ".join(filter(None, (survey.unreachable, str(error))))
        return
    found = {}
    for release in survey.releases:
        there = server.tag(release.tag)
        same = there == release.object
        found[release.tag] = "missing" if there is None else "there" if same else f"moved to {there[:12]}"
    survey.server = found
    unseen = _unseen(survey, request, server)
    if unseen:
        more = f" and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        reason = f"{server.name} has the release {unseen[0]}{more}, of which no tag is here: git fetch --tags {server.name}"
        survey.unreachable = "; ".join(filter(None, (survey.unreachable, reason)))


def _unseen(survey: Survey, request: VerifyRequest, server: Server) -> list[str]:
    """The tags of releases that were asked for, that the server has, and that are not here to be looked at."""
    here = {parse_any_tag(tag.name) for tag in survey.project.git.tags()}
    found = {}
    for ref in server.refs:
        parsed = parse_any_tag(ref.removeprefix("refs/tags/")) if ref.startswith("refs/tags/") else None
        if parsed is None or parsed in here or request.dataset not in (None, parsed[0]):
            continue
        if request.wanted is None or request.wanted.matches(parsed[1]):
            found[parsed] = ref.removeprefix("refs/tags/")
    return [found[parsed] for parsed in sorted(found)]


def judge(survey: Survey, request: VerifyRequest, known: Known) -> Verified:
    """What follows from what was found."""
    versions = tuple(_version(survey, request, known, content) for content in survey.contents)
    verdicts = {version.verdict for version in versions}
    code = 0
    if verdicts & {"lost", "damaged", "not on the remote"}:
        code = IntegrityError.exit_code
    elif survey.unreachable or "unknown" in verdicts:
        code = RemoteError.exit_code
    notes = tuple(
        f"the tag {tag} was here before and is gone: git fetch --tags" for tag in _gone(survey, known)
    )
    remote = survey.remote
    return Verified(
        versions,
        remote.name if remote else None,
        remote.address if remote else "",
        survey.unreachable,
        code,
        notes=notes if request.dataset is None else (),
    )


def _version(survey: Survey, request: VerifyRequest, known: Known, content: Contents) -> VerifiedVersion:
    release = content.release
    objects = survey.needed[release.tag]
    # Without its listing a directory is one object, and that one is what matters.
    looked = objects or ((content.pointer.md5,) if content.pointer else ())
    store = _place(looked, survey.stored, "bytes")
    remote = _remote_place(survey, request, looked)
    lost = tuple(md5 for md5 in looked if not _is_anywhere(survey, md5))
    server = survey.server.get(release.tag, "not asked")
    fault = "; ".join(filter(None, (_moved(known, release), content.fault)))
    if not fault and objects is None and not lost:
        fault = f"the listing of its files, {looked[0]}, is none"
    if not fault and server.startswith("moved"):
        fault = f"tag moved on the server: {release.tag} was {release.object[:12]} now {server.removeprefix('moved to ')}"
    damaged = fault or store.damaged or remote.damaged
    unsure = (survey.unreachable != "" and survey.remote is None) or remote.state == "unreachable"
    if lost and not (unsure and all(survey.stored.get(md5) is ObjectState.MISSING for md5 in lost)):
        verdict = "lost" if not unsure else "damaged"
    elif damaged:
        verdict = "damaged"
    elif unsure and (lost or request.demand_remote):
        verdict = "unknown"
    elif request.demand_remote and remote.state != "whole":
        verdict = "not on the remote"
    else:
        verdict = "whole"
    return VerifiedVersion(
        release.dataset,
        str(release.version),
        release.tag,
        len(objects or ()),
        verdict,
        store,
        remote,
        server.partition(" ")[0] if server.startswith("moved") else server,
        fault,
        lost if verdict == "lost" else (),
    )


def _place(objects: Sequence[Md5], states: Mapping[Md5, ObjectState], proof: str) -> Place:
    missing = [md5 for md5 in objects if states.get(md5, ObjectState.MISSING) is ObjectState.MISSING]
    damaged = [md5 for md5 in objects if states.get(md5) is ObjectState.DAMAGED]
    first = next(iter(damaged or missing), "")
    if damaged:
        state = "damaged"
    elif missing:
        state = "missing" if len(missing) == len(objects) else "partial"
    else:
        state = "whole" if objects else "missing"
    return Place(state, len(missing), len(damaged), first, proof)


def _remote_place(survey: Survey, request: VerifyRequest, objects: Sequence[Md5]) -> Place:
    if not survey.asked:
        needed = request.demand_remote or any(
            survey.stored.get(md5) is not ObjectState.PRESENT for md5 in objects
        )
        return Place("none" if needed else "not asked")
    if survey.unreachable and not survey.there:
        return Place("unreachable")
    return _place(objects, survey.there, survey.proof)


def _is_anywhere(survey: Survey, md5: Md5) -> bool:
    return ObjectState.PRESENT in (survey.stored.get(md5), survey.there.get(md5))


def _moved(known: Known, release: Release) -> str:
    seen = known.tags.get(release.tag)
    if seen is None or seen == release.object:
        return ""
    return str(TagMovedError(release.tag, seen, release.object))


def _gone(survey: Survey, known: Known) -> list[str]:
    """Tags that were seen before and are no longer here."""
    missing = known.tags.keys() - {release.tag for release in survey.releases}
    refs = survey.project.git.refs([f"refs/tags/{tag}" for tag in sorted(missing)]) if missing else {}
    return [tag for tag in sorted(missing) if f"refs/tags/{tag}" not in refs]


def remember(survey: Survey, result: Verified) -> None:
    """Keep which tags were seen, as they were first seen, and what the remote had of each; forget those that are gone."""
    if not result.versions:
        return
    try:
        with changing_known(survey.project) as known:
            for tag in _gone(survey, known):
                known.tags.pop(tag, None)
                known.sightings.pop(tag, None)
            for version, release in zip(result.versions, survey.releases, strict=True):
                known.tags.setdefault(version.tag, Oid(release.object))
                if survey.remote is None or not survey.there:
                    continue
                old = known.sightings.get(version.tag)
                if old is None or old.remote == survey.remote_id:
                    pushed = version.server == "there" or (old is not None and old.pushed)
                    whole = version.remote.state == "whole" and not version.fault
                    known.sightings[version.tag] = Sighting(
                        survey.remote_id, survey.remote.name, now(), whole, pushed
                    )
    except HotpassError:
        # A clone that cannot be written to is looked at all the same.
        return
