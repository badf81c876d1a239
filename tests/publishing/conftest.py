"""`released` with a git server, and with everything published."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.repository import Repo


@dataclass(frozen=True)
class Server:
    """A bare repository that people push to."""

    path: Path

    def refs(self) -> dict[str, str]:
        """Every ref and its object."""
        done = subprocess.run(
            ["git", "-C", str(self.path), "for-each-ref", "--format=%(refname) %(objectname)"],
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(line.split(" ") for line in done.stdout.splitlines())

    def tags(self) -> list[str]:
        """The names of its tags, sorted."""
        return sorted(ref.removeprefix("refs/tags/") for ref in self.refs() if ref.startswith("refs/tags/"))

    def clone(self, place: Path, remote: Path) -> Repo:
        """A fresh clone of it."""
        subprocess.run(["git", "clone", "-q", str(self.path), str(place)], check=True)
        return Repo(place, remote)


def give_server(repo: Repo) -> Server:
    """Make an empty bare repository beside a repository its origin."""
    path = repo.root.parent / "server.git"
    subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True)
    repo.git("remote", "add", "origin", str(path))
    return Server(path)


@pytest.fixture
def server(released: Repo) -> Server:
    """`released` has an empty git server."""
    return give_server(released)


@pytest.fixture
def published(released: Repo, server: Server) -> Repo:
    """Everything of `released` is on its remote and its server."""
    released.hotpass("publish")
    return released
