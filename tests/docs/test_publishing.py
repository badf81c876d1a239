"""Every command of the page "Publish releases and prove them" is run, in its order."""

from __future__ import annotations

import subprocess

import pytest
from harness.repository import Repo

from docs.pages import DOCS, Shell, Walk


@pytest.mark.slow
def test_every_command_works_in_its_order(released: Repo) -> None:
    server = released.root.parent / "server.git"
    subprocess.run(["git", "init", "-q", "--bare", str(server)], check=True)
    released.git("remote", "add", "origin", str(server))
    Walk(DOCS / "how-to" / "publish-releases.md").along(Shell(released.root.parent, released.root, {}))
