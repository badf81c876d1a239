"""backfill: the past replayed oldest first, one release each; what is done is skipped, what fails is told."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from harness.killing import Runner
from harness.repository import Repo, Result, Templates

NAMES = ("Heron House", "Finch Row", "Wren Hall", "Swift Barn", "Tern Cottage")
DAYS = ("2024-01-31", "2024-02-29", "2024-03-31")
OUTPUT = "dist/refined_data.csv"
TO = ("--output-path", OUTPUT)


def _csv(count: int) -> str:
    lines = [f"{name},0191 498 000{n},{name.split()[0].lower()}@{n}.example" for n, name in enumerate(NAMES)]
    return "\n".join(["Name,Phone,Email", *lines[:count]]) + "\n"


def _zip(path: Path, name: str, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(name, text)


@pytest.fixture
def archived(initialised: Repo) -> Repo:
    """Three dated archives, outside of what git keeps: a folder and two zips, each with one row more."""
    place = initialised.root.parent / "archives"
    (place / DAYS[1]).mkdir(parents=True)
    (place / DAYS[1] / "list.csv").write_text(_csv(3))
    _zip(place / f"{DAYS[0]}.zip", "list.csv", _csv(2))
    _zip(place / f"{DAYS[2]}.zip", "list.csv", _csv(4))
    (place / "read me.txt").write_text("no archive")
    return initialised


def _backfill(repo: Repo, *args: str, check: bool = True) -> Result:
    return repo.hotpass("backfill", "--from", "../archives", *TO, "--json", *args, check=check)


def _states(result: Result) -> list[tuple[str, str, str]]:
    return [(point["point"], point["state"], point["version"]) for point in result.json["points"]]


def _lineage(repo: Repo, version: str) -> dict[str, Any]:
    shown = repo.git("show", f"refined_data-v{version}:{OUTPUT}.version.json").stdout
    lineage: dict[str, Any] = json.loads(shown)["metadata"]["lineage"]
    return lineage


def test_every_archive_becomes_a_release_oldest_first_and_once(archived: Repo) -> None:
    points = [f"{DAYS[0]}.zip", DAYS[1], f"{DAYS[2]}.zip"]
    waiting = _backfill(archived, "--dry-run")
    assert _states(waiting) == [(point, "waiting", "") for point in points]
    assert archived.tags() == []
    assert not archived.path("dist").exists()

    versions = ["1.0.0", "1.1.0", "1.2.0"]
    done = _backfill(archived)
    assert _states(done) == [(p, "released", v) for p, v in zip(points, versions, strict=True)]
    assert archived.tags() == [f"refined_data-v{version}" for version in versions]
    for point, version, rows in zip(points, versions, (2, 3, 4), strict=True):
        lineage = _lineage(archived, version)
        assert (lineage["point"], lineage["input_dataset"]) == (point, None)
        assert lineage["rows"]["out"] == rows
        assert [file["path"] for file in lineage["inputs"]] == ["list.csv"]
    # Whoever stays keeps their id.
    ids = [{line.split(",")[0] for line in _released(archived, v).splitlines()[1:]} for v in versions]
    assert ids[0] < ids[1] < ids[2]

    before = archived.rev("HEAD"), archived.status(), archived.read(OUTPUT)
    again = _backfill(archived)
    assert _states(again) == [(p, "done", v) for p, v in zip(points, versions, strict=True)]
    assert (archived.rev("HEAD"), archived.status(), archived.read(OUTPUT)) == before


def _released(repo: Repo, version: str) -> str:
    repo.hotpass("restore", f"refined_data@{version}", "--to", f"{version}.csv", "-q")
    text = repo.path(f"{version}.csv").read_text()
    repo.path(f"{version}.csv").unlink()
    return text


def test_only_the_days_that_were_asked_for(archived: Repo) -> None:
    chosen = _backfill(archived, "--dry-run", "--since", "2024-02-01", "--until", "2024-02-29")
    assert _states(chosen) == [(DAYS[1], "waiting", "")]
    late = _backfill(archived, "--since", "2024-03-01")
    assert _states(late) == [(f"{DAYS[2]}.zip", "released", "1.0.0")]
    # What is older than a release can have no number before it, and is not refined in vain.
    assert _states(_backfill(archived)) == [
        (f"{DAYS[0]}.zip", "passed", ""),
        (DAYS[1], "passed", ""),
        (f"{DAYS[2]}.zip", "done", "1.0.0"),
    ]
    nothing = _backfill(archived, "--since", "2025-01-01", check=False)
    assert nothing.code == 3
    assert "none of it lies between the days" in nothing.json["error"]["message"]
    wrong = archived.hotpass("backfill", "--since", "May", check=False)
    assert wrong.code == 2
    assert "2024-01-31" in wrong.stderr


def test_a_point_that_fails_is_told_and_the_rest_goes_on(archived: Repo) -> None:
    place = archived.root.parent / "archives"
    shutil.rmtree(place / DAYS[1])
    (place / DAYS[1]).mkdir()
    _zip(place / "2024-03-01.zip", "../list.csv", _csv(5))
    stopped = _backfill(archived, "--stop-on-error", check=False)
    assert stopped.code == 9
    assert [state for _, state, _ in _states(stopped)] == ["released", "failed", "waiting", "waiting"]
    rest = _backfill(archived, check=False)
    assert rest.code == 9
    assert _states(rest) == [
        (f"{DAYS[0]}.zip", "done", "1.0.0"),
        (DAYS[1], "failed", ""),
        ("2024-03-01.zip", "failed", ""),
        (f"{DAYS[2]}.zip", "released", "1.1.0"),
    ]
    reasons = [point["reason"] for point in rest.json["points"]]
    assert reasons[1] == f"{DAYS[1]} cannot be unpacked: it is empty"
    assert "lies outside of it" in reasons[2]
    shown = archived.hotpass("backfill", "--from", "../archives", *TO)
    assert "a later point is released already" in shown.stdout
    assert not list(archived.root.parent.glob("list.csv"))


def test_the_releases_of_the_input_dataset_are_replayed_by_range(initialised: Repo) -> None:
    repo = initialised
    for number, version in enumerate(("1.0.0", "1.1.0", "1.2.0"), 2):
        repo.write("data/list.csv", _csv(number))
        if number == 2:
            repo.hotpass("version", "--add", "data")
        repo.hotpass("version", "--set", version, "--dataset", "data", "--tag")
    some = repo.hotpass("backfill", "--from", "data@^1.1", *TO, "--json", "--dry-run")
    assert [point for point, _, _ in _states(some)] == ["data@1.1.0", "data@1.2.0"]
    done = repo.hotpass("backfill", *TO, "--json")
    assert _states(done) == [
        ("data@1.0.0", "released", "1.0.0"),
        ("data@1.1.0", "released", "1.1.0"),
        ("data@1.2.0", "released", "1.2.0"),
    ]
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        known = _lineage(repo, version)["input_dataset"]
        assert (known["name"], known["version"]) == ("data", version)
    assert repo.tags() == sorted(
        f"{name}-v{v}" for name in ("data", "refined_data") for v in ("1.0.0", "1.1.0", "1.2.0")
    )
    # A run of refine on the same inputs finds that all is said.
    again = repo.hotpass("refine", "--bump", "auto", "--tag", *TO, "--json").json
    assert again["outcome"]["already"] is True


def test_without_anything_to_replay_it_says_so(archived: Repo) -> None:
    for words, said in (
        (("--from", "../nowhere"), "there is no such file or folder"),
        (("--from", "README.md"), "it is neither a folder nor an archive"),
        ((), "it is no dataset"),
    ):
        refused = archived.hotpass("backfill", *words, *TO, check=False)
        assert refused.code == 3, refused
        assert said in refused.stderr
    assert archived.tags() == []


def test_two_at_once_do_not_mix(archived: Repo) -> None:
    place = archived.path(".git/hotpass")
    place.mkdir(exist_ok=True)
    held = os.open(place, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        locked = _backfill(archived, "--lock-timeout", "0.1", check=False)
        assert locked.code == 8
        assert "another backfill" in locked.json["error"]["message"]
        assert _backfill(archived, "--lock-timeout", "0.1", "--dry-run").code == 0
    finally:
        os.close(held)
    assert archived.tags() == []


@pytest.mark.slow
def test_killed_at_any_moment_the_same_command_goes_on(
    runner: Runner, templates: Templates, tmp_path: Path
) -> None:
    """A few moments of the second point, spread over all that it changes."""
    args = ["backfill", "--from", "../archives", *TO]
    begun = templates.copy("initialised", tmp_path / "begun")
    for number, day in enumerate(DAYS[:2], 2):
        _zip(begun.root.parent / "archives" / f"{day}.zip", "list.csv", _csv(number))
    begun.hotpass(*args, "--until", DAYS[0], "-q")

    def copied(name: str) -> Repo:
        place = shutil.copytree(begun.root.parent, tmp_path / name, symlinks=True)
        return Repo(place / "repo", place / "remote")

    whole = copied("whole")
    events = len(runner.run(whole, args, at=10**6).events)
    assert events > 20
    expected = whole.read(OUTPUT)
    for at in range(events // 6, events, events // 3):
        repo = copied(f"at{at}")
        assert runner.run(repo, args, at=at).killed
        assert repo.hotpass(*args, "-q").code == 0
        assert repo.tags() == ["refined_data-v1.0.0", "refined_data-v1.1.0"], at
        assert repo.read(OUTPUT) == expected, at
        assert repo.status() == whole.status(), at
        done = repo.hotpass(*args, "--dry-run", "--json")
        assert [point["state"] for point in done.json["points"]] == ["done", "done"], at
