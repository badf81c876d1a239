"""What could look green and is not: releases without their tags here, an empty mount point, a damaged side."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, Repo
from publishing.conftest import Server

from hotpass.errors import without_secrets
from hotpass.versioning.dvcconfig import has_password
from hotpass.versioning.git import Git
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.pushing import Push, ask_server, push_refs
from hotpass.versioning.record import check_metadata


def overwrite(place: Path, data: bytes) -> None:
    place.chmod(0o644)
    place.write_bytes(data)
    place.chmod(0o444)


def test_releases_whose_tags_are_not_here_are_not_green(published: Repo, server: Server) -> None:
    place = published.root.parent / "bare"
    subprocess.run(["git", "clone", "-q", "--no-tags", str(server.path), str(place)], check=True)
    clone = Repo(place, published.remote)
    for verb in (("verify",), ("verify", "--remote"), ("publish",)):
        done = clone.hotpass(*verb, check=False)
        assert done.code == 6, str(done)
        assert "git fetch --tags" in done.stderr
    tag = "refs/tags/refined_data-v1.0.0"
    clone.git("fetch", "-q", "origin", f"{tag}:{tag}")
    done = clone.hotpass("verify", "--remote", check=False)
    assert done.code == 7, str(done)
    assert "data-v1.0.0 and 2 more, of which no tag is here: git fetch --tags origin" in done.stderr
    assert clone.hotpass("verify", "refined_data@1.0.0", "--remote").code == 0
    assert clone.hotpass("verify", "refined_data@^1", "--remote", check=False).code == 7
    clone.git("fetch", "-q", "--tags")
    assert clone.hotpass("verify", "--remote").code == 0


def test_a_fresh_clone_does_not_publish_into_an_empty_mount_point(published: Repo, server: Server) -> None:
    clone = server.clone(published.root.parent / "clone", published.remote)
    clone.write(FILE, FILE_BYTES["1.1.0"] + b"4,Wren End,014\n")
    clone.hotpass("version", "--bump", "minor", "--tag", "--dataset", "refined_data")
    published.remote.rename(published.remote.with_name("unmounted"))
    published.remote.mkdir()
    before = server.refs()
    done = clone.hotpass("publish", check=False)
    assert done.code == 7, str(done)
    assert "--create-remote" in done.stderr
    assert not list(published.remote.iterdir())
    assert server.refs() == before


def test_a_short_object_of_the_store_is_no_loss_where_the_remote_is_whole(
    published: Repo, server: Server
) -> None:
    overwrite(published.object(published.digest(FILE)), b"id")
    done = published.hotpass("publish", "--all", "--json")
    assert {version["sent"] for version in done.json["versions"]} == {0}
    assert server.tags()


def test_what_is_pushed_is_what_was_proved(published: Repo, server: Server) -> None:
    git = Git.find(published.root)
    proved = published.rev("refs/tags/refined_data-v1.0.0")
    published.git("tag", "-f", "proved-v1.0.0", proved)
    asked = ask_server(git, "origin", 30.0)
    push = Push(None, {"refs/tags/proved-v1.0.0": Oid(published.rev("refs/tags/proved-v1.0.0"))})
    published.git("tag", "-f", "proved-v1.0.0", "HEAD")
    push_refs(asked, push, 30.0)
    assert server.refs()["refs/tags/proved-v1.0.0"] == proved


def test_what_a_killed_repair_left_is_removed(published: Repo) -> None:
    folder = published.path(".git/hotpass")
    for name in ("repair-0123456789ab", "verify-0123456789ab", "verify-ba9876543210"):
        (folder / name / "files").mkdir(parents=True)
    os.utime(folder / "verify-0123456789ab", (1, 1))
    published.hotpass("verify", "--repair")
    # A look that may be going on keeps its folder.
    assert [path.name for path in folder.glob("*-*")] == ["verify-ba9876543210"]


@pytest.mark.parametrize(
    "address",
    [
        "https://user:hidden@host.example/x",
        "https://user:p@hidden@host.example/x",
        "https://user:p/hidden@host.example/x",
        "https://user:hidden@host.example:8080/x",
        "https://:hidden@host.example/x",
    ],
)
def test_a_password_is_masked_however_it_is_written(address: str) -> None:
    assert has_password(address)
    told = without_secrets(f"fatal: cannot open '{address}': refused")
    assert "hidden" not in told
    assert "host.example" in told


@pytest.mark.parametrize(
    "address", ["https://host.example:8080/a@b", "s3://bucket/a:b@c", "/srv/a:b@c", "https://host.example/a"]
)
def test_what_is_no_password_stays(address: str) -> None:
    assert not has_password(address)
    assert without_secrets(address) == address


def test_no_secret_gets_into_tag_or_record(released: Repo) -> None:
    """Case 43: a description with a password is refused, in metadata secrets are masked, on screen at every verbosity."""
    secret = "https://user:hidden@host.example/list"
    before = released.git("for-each-ref").stdout
    for flags in ((), ("-v",), ("--json",)):
        words = ("--bump", "patch", "--tag", "--dataset", "refined_data", "--description", f"from {secret}")
        done = released.hotpass("version", *words, *flags, check=False)
        assert done.code == 2, str(done)
        assert "hidden" not in done.stdout + done.stderr
    done = released.hotpass("withdraw", "refined_data@1.0.0", "--reason", f"see {secret}", check=False)
    assert done.code == 2
    assert released.git("for-each-ref").stdout == before
    metadata = {"from": [secret], "api_token": "hidden", "tokens": 3, "run": {"db-password": "hidden"}}
    assert check_metadata(metadata) == {
        "from": ["https://***@host.example/list"],
        "api_token": "***",
        "tokens": 3,
        "run": {"db-password": "***"},
    }
