"""Publish: data first, proved by looking, then branch and tags together."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness.repository import Repo

SHARED = "remote"


def objects(remote: Path) -> set[str]:
    """The names of all objects in a folder."""
    top = remote / "files" / "md5"
    return {path.parent.name + path.name for path in top.glob("??/*")} if top.is_dir() else set()


def server_tags(server: Path) -> list[str]:
    """The tags of a bare repository."""
    done = subprocess.run(["git", "-C", str(server), "tag", "-l"], capture_output=True, text=True, check=True)
    return sorted(done.stdout.split())


def give_server(repo: Repo) -> Path:
    """Make an empty bare repository the origin."""
    server = repo.root.parent / "server.git"
    subprocess.run(["git", "init", "-q", "--bare", str(server)], check=True)
    repo.git("remote", "add", "origin", str(server))
    return server


@pytest.fixture
def server(released: Repo) -> Path:
    """`released` has an empty git server."""
    return give_server(released)


def test_everything_is_sent_and_then_tagged(released: Repo, server: Path) -> None:
    done = released.hotpass("publish", "--json")
    assert server_tags(server) == released.tags()
    assert len(objects(released.remote)) == 9
    assert [entry["tag"] for entry in done.json["versions"]] == released.tags()
    assert sum(entry["sent"] for entry in done.json["versions"]) == 9
    assert released.git("ls-remote", "origin", "refs/heads/main").stdout.split()[0] == released.rev("main")
    again = released.hotpass("publish")
    assert "0 version(s) published" in again.stdout
    assert "4 published before" in again.stdout
