"""Killed at any step of publish: no name without its bytes, no tag without its data, and the next run completes."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import Repo, Templates
from publishing.conftest import Server, give_server

POINTS = 14


def wrong_names(remote: Path) -> list[Path]:
    """Objects whose bytes are not those of their name."""
    return [
        path
        for path in (remote / "files").rglob("*")
        if path.is_file()
        and hashlib.md5(path.read_bytes()).hexdigest() != (path.parent.name + path.name).removesuffix(".dir")
    ]


def rests(repo: Repo) -> list[str]:
    """What a run that ended well leaves nowhere."""
    state = repo.root / ".git" / "hotpass"
    places = [*repo.remote.rglob("*.tmp"), *repo.remote.glob("hotpass-tmp"), *state.rglob("*.tmp")]
    return [str(path) for path in (*places, *state.glob("publishing/run.json"), *state.glob("verify-*"))]


def prepared(templates: Templates, place: Path) -> tuple[Repo, Server]:
    repo = templates.copy("released", place)
    return repo, give_server(repo)


@pytest.mark.slow
def test_killed_anywhere_the_next_run_completes(runner: Runner, templates: Templates, tmp_path: Path) -> None:
    repo, server = prepared(templates, tmp_path / "clean")
    clean = runner.run(repo, ["publish"])
    assert clean.code == 0, clean
    assert not rests(repo)
    events = len(clean.events)
    assert events > 20, clean
    for at in sorted({1 + number * (events - 1) // (POINTS - 1) for number in range(POINTS)}):
        repo, server = prepared(templates, tmp_path / "killed")
        run = runner.run(repo, ["publish"], at)
        assert run.killed, run
        where = f"killed at event {at} of {events}: {run}"
        assert not wrong_names(repo.remote), where
        if server.tags():
            # A second machine sees all or nothing.
            clone = server.clone(tmp_path / "killed" / "second", repo.remote)
            assert clone.hotpass("verify", "--remote", "--deep").code == 0, where
        again = runner.run(repo, ["publish"])
        assert again.code == 0, f"{where}\n\nagain: {again}"
        assert server.tags() == repo.tags(), where
        assert not rests(repo), where
        assert not wrong_names(repo.remote), where
        assert repo.hotpass("verify", "--remote", "--deep").code == 0, where
        shutil.rmtree(tmp_path / "killed")


def test_a_second_machine_is_told_what_was_never_published(
    released: Repo, server: Server, tmp_path: Path
) -> None:
    """Case 3: tags that somebody pushed by hand, without their data."""
    released.git("push", "-q", "origin", "main", "--tags")
    clone = server.clone(tmp_path / "second", released.remote)
    done = clone.hotpass("verify", "refined_data@1.0.0", check=False)
    assert done.code == 9
    assert "refined_data@1.0.0" in done.stderr
    done = clone.hotpass("restore", "refined_data@1.0.0", "--force", check=False)
    assert done.code == 9
    assert not clone.path("dist/refined_data.csv").exists()
    # Whoever has the data completes it; the tags are there already.
    assert "there" in released.hotpass("publish").stdout
    clone.hotpass("restore", "refined_data@1.0.0", "--force")
