"""Promise 1 for ``hotpass refine``: killed at any change, the old output stands whole, and a rerun ends as a clean run."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.killing import Runner, lock_is_free
from harness.lists import delimited
from harness.picture import broken_releases, damaged_objects, leftovers, tag_ids
from harness.repository import Repo, Templates

from hotpass.versioning.lock import folder_lock

BOOK = "dist/refined_data.xlsx"
RELEASE = ("refine", "--bump", "auto", "--tag")
ROWS = [
    ["Name", "Phone", "Address"],
    ["Sparrow House", "011 555 0101", "1 Oak Lane"],
    ["Heron Place", "011 555 0102", "2 Oak Lane"],
]


@pytest.fixture(scope="module")
def once(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list, released with what was refined of it, and a second list that came since; to be copied."""
    place = tmp_path_factory.mktemp("once")
    repo = templates.copy("initialised", place)
    repo.write("hotpass.toml", '[refine]\ncountry = "ZA"\n')
    repo.commit("settings")
    repo.write("data/north.csv", delimited(ROWS))
    repo.hotpass(*RELEASE)
    repo.write("data/south.csv", delimited([ROWS[0], ["Finch Row", "021 555 0103", "3 Oak Lane"]]))
    return place


def copied(place: Path, target: Path) -> Repo:
    shutil.copytree(place, target, symlinks=True, dirs_exist_ok=True)
    repo = Repo(target / "repo", target / "remote")
    repo.git("update-index", "-q", "--refresh", check=False)
    return repo


@dataclass(frozen=True)
class Clean:
    """What an undisturbed run ends in, and the events it goes through."""

    events: tuple[str, ...]
    book: bytes
    before: bytes
    tags: list[str]
    commits: int
    records: tuple[object, ...]


def clean_run(runner: Runner, once: Path, place: Path) -> Clean:
    repo = copied(once, place)
    before = repo.read(BOOK)
    run = runner.run(repo, RELEASE)
    assert run.code == 0, run
    assert "refined_data 1.1.0 released" in run.stdout
    assert not leftovers(repo)
    return Clean(run.events, repo.read(BOOK), before, repo.tags(), repo.commits(), records(repo))


def records(repo: Repo) -> tuple[object, ...]:
    """Both records as a clean run determines them: without times, and what tells one run from another."""
    found = []
    for path in (BOOK, "data"):
        said = json.loads(
            re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", repo.read(f"{path}.version.json").decode())
        )
        for name in ("run", "code"):
            said.get("metadata", {}).get("lineage", {}).pop(name, None)
        found.append(said)
    return tuple(found)


def check_kill(runner: Runner, once: Path, place: Path, clean: Clean, at: int) -> None:
    """Kill a run at an event; nothing may be lost, and the same command again must end as a clean run does."""
    repo = copied(once, place)
    ids = tag_ids(repo)
    inputs = repo.files("data")
    run = runner.run(repo, RELEASE, at)
    assert run.killed, run
    assert repo.read(BOOK) in (clean.before, clean.book), run
    assert repo.files("data") == inputs, run
    assert tag_ids(repo) | ids == tag_ids(repo), run
    assert not broken_releases(repo), run
    assert not damaged_objects(repo), run
    assert lock_is_free(repo, patience=10), run
    again = runner.run(repo, RELEASE)
    where = f"after a kill at event {at} of {len(clean.events)}: {run}\n\nagain: {again}"
    assert again.code == 0, where
    assert re.search(r"refined_data (already )?1\.1\.0", again.stdout), where
    assert repo.read(BOOK) == clean.book, where
    assert (repo.tags(), repo.commits(), records(repo)) == (clean.tags, clean.commits, clean.records), where
    assert repo.status() == "", where
    assert not leftovers(repo), where
    assert not damaged_objects(repo), where
    shutil.rmtree(place)


WHERE = (
    ("the output is half written", lambda event: event.startswith("write ") and "/dist/.hotpass-" in event, 0),
    ("the output is written, its inputs have no version", lambda event: "refined_data.xlsx" in event and "rename" in event, 1),
    ("the inputs are being released", lambda event: event.startswith("spawned git") and "hotpass: data" in event, 0),
    ("the inputs are released, the output is not", lambda event: event.endswith("/repo/data.dvc") and "rename" in event, 3),
    ("the output is being released", lambda event: event.startswith("spawned git") and "hotpass: refined_data" in event, 0),
)  # fmt: skip
"""Moments of a run: the first event that is such, and how many more."""


@pytest.mark.slow
def test_killed_at_any_step_the_same_command_again_ends_as_a_clean_run(
    runner: Runner, once: Path, tmp_path: Path
) -> None:
    """Promise 1, and cases 4 and 8, at one moment of each step; :func:`check_kill` holds at every event."""
    clean = clean_run(runner, once, tmp_path / "clean")
    for name, is_it, later in WHERE:
        at = next((n for n, event in enumerate(clean.events, 1) if is_it(event)), 0)
        assert at, f"no event says that {name}"
        check_kill(runner, once, tmp_path / "killed", clean, at + later)


def test_two_runs_at_once_write_one_after_the_other(once: Path, tmp_path: Path) -> None:
    """Promise 3: the second waits, and gives up with a conflict where the first takes too long."""
    repo = copied(once, tmp_path)
    before = repo.read(BOOK)
    with folder_lock(repo.path("dist"), "refine"):
        late = repo.hotpass(*RELEASE, "--lock-timeout", "0.1", check=False)
        assert late.code == 8
        assert "another refine, which writes to dist" in late.stderr
        assert repo.read(BOOK) == before
        waiting = repo.start(*RELEASE)
        time.sleep(1.0)
        assert waiting.poll() is None
        assert repo.read(BOOK) == before
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, err
    assert "refined_data 1.1.0 released" in out


def test_two_runs_that_start_together_make_one_release(once: Path, tmp_path: Path) -> None:
    repo = copied(once, tmp_path)
    runs = [repo.start(*RELEASE) for _ in range(2)]
    said = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert repo.tags() == ["data-v1.0.0", "data-v1.1.0", "refined_data-v1.0.0", "refined_data-v1.1.0"]
    assert sorted("already 1.1.0" in out for out, _ in said) == [False, True], said
    assert repo.status() == ""
