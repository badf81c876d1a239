"""Remotes: the same promises whatever a remote is made of, each kind on a real server."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.repository import Repo, Templates
from harness.servers import S3, azure_server, gcs_server, ssh_server

from hotpass.versioning.errors import ProgramSettingsError, RemoteUnusableError
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.remotes import NoRemoteError, Remote, UnknownRemoteError, open_remote
from hotpass.versioning.store import ObjectState

ABSENT = Md5("0" * 32)
SERVERS = {"ssh": (ssh_server, "sshfs"), "azure": (azure_server, "adlfs"), "gcs": (gcs_server, "gcsfs")}
KINDS = ("folder", "s3", *SERVERS)


def write_remote(root: Path, **options: str) -> None:
    """Make a remote of these options the default one."""
    lines = ["[core]", "remote = storage", "['remote \"storage\"']"]
    (root / ".dvc" / "config.local").write_text(
        "\n".join([*lines, *(f"{k} = {v}" for k, v in options.items())])
    )


@dataclass
class Place:
    """A project with a remote of some kind, nothing in it."""

    project: Project
    kind: str

    def open(self) -> Remote:
        remote = open_remote(Project.find(self.project.root))
        if not remote.exists():
            remote.create()
        return remote

    def fill(self, count: int = 40, large: bool = True) -> list[Md5]:
        """Objects in the store: small ones, listings, an empty one, one larger than is held in memory."""
        put = self.project.store.put_bytes
        drawn = random.Random(self.kind)

        # Letters: the stand-in for GCS cuts line ends off uploads, which a look at the sizes finds out.
        def words(size: int) -> bytes:
            return drawn.randbytes(size).hex().encode()

        made = [put(words(10), ".dir" if n % 7 == 3 else "", durable=False) for n in range(count)]
        return [*made, put(b""), *([put(words((4 << 20) + 1))] if large else [])]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, guard: Path) -> Iterator[dict[str, dict[str, str]]]:
    """The options of a remote on each server that starts, and why the others do not."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        # Otherwise gcsfs asks Google's other interface first, by gRPC, of which the stand-in knows nothing.
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        yield _Servers(stack, tmp_path_factory.mktemp("servers"))


class _Servers(dict[str, dict[str, str]]):
    def __init__(self, stack: ExitStack, folder: Path) -> None:
        super().__init__()
        self.stack, self.folder = stack, folder
        self.reasons: dict[str, str] = {}

    def __missing__(self, kind: str) -> dict[str, str]:
        start, module = SERVERS[kind]
        if kind in self.reasons:
            pytest.skip(self.reasons[kind])
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"the extra of {kind} is not installed")
        try:
            self[kind] = self.stack.enter_context(start(self.folder / kind)).options
        except RuntimeError as error:
            self.reasons[kind] = str(error)
            pytest.skip(str(error))
        return self[kind]


@pytest.fixture(params=KINDS)
def place(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path, servers: dict[str, dict[str, str]]
) -> Place:
    """An empty remote of each kind."""
    repo: Repo = templates.copy("initialised", tmp_path)
    kind = request.param
    if kind == "s3":
        s3: S3 = request.getfixturevalue("s3")
        name = f"made-up-{os.urandom(4).hex()}"
        write_remote(repo.root, url=s3.bucket(name) + "/place", endpointurl=s3.url, **KEYS)
    elif kind != "folder":
        options = dict(servers[kind])
        options["url"] += "-" + os.urandom(4).hex()
        write_remote(repo.root, **options)
    return Place(Project.find(repo.root), kind)


KEYS = {"access_key_id": "made-up-key", "secret_access_key": "made-up-secret"}


def test_what_is_sent_is_there_and_comes_back(place: Place) -> None:
    remote, store = place.open(), place.project.store
    md5s = place.fill()
    assert remote.list_objects() == {}
    assert remote.ask(md5s[:2]) == {}
    transfer = remote.send(store, md5s)
    assert sorted(transfer.done) == sorted(md5s)
    assert (transfer.missing, transfer.damaged) == ([], [])
    held = remote.list_objects()
    assert {md5: each.size for md5, each in held.items()} == {
        md5: store.locate(md5).stat().st_size for md5 in md5s
    }
    assert all(each.md5 in (None, md5.removesuffix(".dir")) for md5, each in held.items())
    asked = remote.ask([*md5s[:3], ABSENT])
    assert {md5: each.size for md5, each in asked.items()} == {md5: held[md5].size for md5 in md5s[:3]}
    assert remote.digests(held) == {md5: md5.removesuffix(".dir") for md5 in md5s}
    for md5 in md5s:
        store.locate(md5).unlink()
    transfer = remote.fetch(store, [*md5s, ABSENT])
    assert sorted(transfer.done) == sorted(md5s)
    assert transfer.missing == [ABSENT]
    assert {store.check(md5) for md5 in md5s} == {ObjectState.PRESENT}
    assert not list(store.temp_directory().glob("*"))
    remote.remove([*md5s[:5], ABSENT])
    assert set(remote.list_objects()) == set(md5s[5:])


def test_dvc_reads_what_was_sent(place: Place) -> None:
    """DVC's own object database of that remote has them, under its own names."""
    import dvc.repo

    remote = place.open()
    md5s = place.fill(5, large=False)
    remote.send(place.project.store, md5s)
    with dvc.repo.Repo(str(place.project.root)) as repo:
        odb = repo.cloud.get_remote_odb()
        assert set(odb.oids_exist(md5s)) == set(md5s)


def test_rotten_bytes_are_neither_sent_nor_fetched(place: Place) -> None:
    remote, store = place.open(), place.project.store
    md5s = place.fill(4)
    remote.send(store, md5s)
    for number, md5 in enumerate((md5s[0], md5s[-1])):
        path = store.locate(md5)
        path.chmod(0o644)
        path.write_bytes(bytes([number]) * path.stat().st_size)
        path.chmod(0o444)
        remote.remove([md5])
    transfer = remote.send(store, [*md5s, ABSENT])
    assert sorted(transfer.damaged) == sorted([md5s[0], md5s[-1]])
    assert transfer.missing == [ABSENT]
    assert not {md5s[0], md5s[-1]} & set(remote.list_objects())


def test_a_small_file_lies_beside_the_objects(place: Place) -> None:
    remote = place.open()
    assert remote.read_note("hotpass-remote.json") is None
    remote.write_note("hotpass-remote.json", b"{}")
    remote.write_note("hotpass-remote.json", b'{"a": 1}')
    assert remote.read_note("hotpass-remote.json") == b'{"a": 1}'
    assert remote.list_objects() == {}


def test_evidence_is_copied_whatever_it_is(place: Place, tmp_path: Path) -> None:
    remote = place.open()
    md5s = place.fill(2, large=False)
    remote.send(place.project.store, md5s)
    remote.copy_out(md5s[0], tmp_path / "evidence")
    assert hashlib.md5((tmp_path / "evidence").read_bytes()).hexdigest() == md5s[0]


@pytest.mark.slow
def test_one_listing_finds_any_number_of_objects(s3: S3, initialised: Repo) -> None:
    write_remote(initialised.root, url=s3.bucket("counted") + "/place", endpointurl=s3.url, **KEYS)
    place = Place(Project.find(initialised.root), "s3")
    md5s = place.fill(300, large=False)
    remote = place.open()
    remote.send(place.project.store, md5s)
    before = len(s3.requests())
    assert len(remote.look(md5s)) == len(set(md5s))
    asked = s3.requests()[before:]
    assert [request.split("?")[0] for request in asked] == ["GET /counted"], asked


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_no_empty_remote(s3: S3, initialised: Repo) -> None:
    write_remote(initialised.root, url="s3://nobody-made-this/place", endpointurl=s3.url, **KEYS)
    remote = open_remote(Project.find(initialised.root))
    assert not remote.exists()
    with pytest.raises(RemoteUnusableError):
        remote.list_objects()
    with pytest.raises(RemoteUnusableError):
        remote.ask([ABSENT])


def test_a_relative_folder_is_where_dvc_puts_it(initialised: Repo) -> None:
    remote = open_remote(Project.find(initialised.root))
    assert Path(remote.address).resolve() == initialised.remote.resolve()


def test_settings_decide_which_remote_is_meant(initialised: Repo) -> None:
    project = Project.find(initialised.root)
    with pytest.raises(UnknownRemoteError):
        open_remote(project, "prod")
    write_remote(initialised.root, url="s3://made-up/place", credential_process="touch /tmp/never")
    with pytest.raises(ProgramSettingsError):
        open_remote(Project.find(initialised.root))
    (initialised.root / ".dvc" / "config.local").unlink()
    initialised.write(".dvc/config", "")
    with pytest.raises(NoRemoteError):
        open_remote(Project.find(initialised.root))
