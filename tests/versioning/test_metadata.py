"""What a pipeline records beside its output: exact, merged, and only of the bytes it speaks of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.picture import leftovers
from harness.repository import FILE, FOLDER, Repo, Templates

from hotpass.versioning import DatasetVersion, DVCManager, record_version_metadata
from hotpass.versioning import metadata as module
from hotpass.versioning.errors import (
    BadMetadataError,
    BadVersionError,
    DamagedRecordError,
    NoRepositoryError,
    PathMissingError,
    RecordMismatchError,
)

RECORD = f"{FILE}.version.json"


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository was opened by another test."""
    monkeypatch.setattr(module, "_opened", [])


def record(repo: Repo, path: str = RECORD) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(repo.read(path))
    return content


def test_a_record_names_version_bytes_and_metadata(drafted: Repo) -> None:
    written = record_version_metadata(drafted.path(FILE), DatasetVersion(1, 0, 0), {"records": 2})
    assert written == drafted.path(RECORD)
    content = record(drafted)
    assert (content["version"], content["md5"], content["size"]) == (
        "1.0.0",
        drafted.digest(FILE),
        len(drafted.read(FILE)),
    )
    assert (content["dataset"], content["path"], content["metadata"]) == (
        "refined_data",
        FILE,
        {"records": 2},
    )
    assert content["description"] == "first"


def test_metadata_is_merged_and_what_is_named_again_is_replaced(drafted: Repo) -> None:
    for metadata in ({"a": 1, "b": {"x": 1}}, {"b": 2}, None, {}):
        record_version_metadata(drafted.path(FILE), "1.0.0", metadata)
    assert record(drafted)["metadata"] == {"a": 1, "b": 2}


@pytest.mark.parametrize("first", ["record", "version"])
def test_the_order_of_the_two_calls_does_not_matter(tracked: Repo, first: str) -> None:
    version = DatasetVersion(1, 0, 0)
    made = DVCManager(tracked.root)
    steps = {
        "record": lambda: record_version_metadata(tracked.path(FILE), version, {"records": 2}),
        "version": lambda: made.set_version(version, "refined_data"),
    }
    for name in sorted(steps, key=lambda name: name != first):
        steps[name]()
    content = record(tracked)
    assert (content["version"], content["metadata"]) == ("1.0.0", {"records": 2})
    assert not made.status("refined_data").datasets[0].notes


def test_a_later_release_keeps_the_metadata_and_computes_the_rest_anew(drafted: Repo) -> None:
    record_version_metadata(drafted.path(FILE), "1.0.0", {"records": 2})
    drafted.write(FILE, b"new bytes")
    DVCManager(drafted.root).bump("patch", "refined_data", tag=True)
    content = record(drafted)
    assert (content["version"], content["size"], content["metadata"]) == ("1.0.1", 9, {"records": 2})
    assert json.loads(drafted.git("show", f"refs/tags/refined_data-v1.0.1:{RECORD}").stdout) == content


def test_a_relative_path_is_taken_from_here_and_else_from_the_opened_repository(
    drafted: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(drafted.root / "dist")
    assert record_version_metadata("refined_data.csv", "1.0.0") == drafted.path(RECORD)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PathMissingError):
        record_version_metadata(FILE, "1.0.0")
    DVCManager(drafted.root)
    assert record_version_metadata(FILE, "1.0.0", {"a": 1}) == drafted.path(RECORD)
    (tmp_path / "dist").mkdir()
    (tmp_path / FILE).write_bytes(b"not in a repository")
    with pytest.raises(NoRepositoryError):
        record_version_metadata(FILE, "1.0.0")


def test_an_output_that_is_not_tracked_gets_the_record_alone(tracked: Repo) -> None:
    tracked.write("dist/other.csv", b"other")
    record_version_metadata(tracked.path("dist/other.csv"), "3.0.0", {"a": 1})
    content = record(tracked, "dist/other.csv.version.json")
    assert (content["dataset"], content["version"], content["size"]) == ("other", "3.0.0", 5)
    assert not tracked.path("dist/other.csv.dvc").exists()


def test_a_folder_is_recorded_by_its_listing(released: Repo) -> None:
    record_version_metadata(released.path(FOLDER), "1.1.0", {"records": 3})
    content = record(released, f"{FOLDER}.version.json")
    assert content["md5"].endswith(".dir")
    assert (content["files"], content["metadata"]) == (3, {"records": 3})


def test_bytes_that_are_not_those_of_the_version_are_refused(drafted: Repo) -> None:
    drafted.write(FILE, b"changed since")
    with pytest.raises(RecordMismatchError, match=r"its bytes changed since 1\.0\.0 was set") as caught:
        record_version_metadata(drafted.path(FILE), "1.0.0", {"a": 1})
    assert caught.value.exit_code == 8


@pytest.mark.parametrize("version", ["0.9.0", "1.0.0"])
def test_a_version_below_the_current_one_is_refused(released: Repo, version: str) -> None:
    before = released.read(RECORD)
    with pytest.raises(RecordMismatchError):
        record_version_metadata(released.path(FILE), version)
    assert released.read(RECORD) == before


def test_a_damaged_record_is_not_written_over(drafted: Repo) -> None:
    """Case 39."""
    drafted.write(RECORD, b'{"format": 1')
    with pytest.raises(DamagedRecordError):
        record_version_metadata(drafted.path(FILE), "1.0.0", {"a": 1})
    assert drafted.read(RECORD) == b'{"format": 1'


def test_fields_of_a_newer_hotpass_stay(drafted: Repo) -> None:
    """Case 39."""
    drafted.write(RECORD, json.dumps(record(drafted) | {"rows": 2, "format": 7}))
    record_version_metadata(drafted.path(FILE), "1.0.0", {"a": 1})
    assert record(drafted)["rows"] == 2


@pytest.mark.parametrize(
    ("version", "metadata", "error"),
    [
        ("1.0", {}, BadVersionError),
        ("1.0.0", {"x": float("nan")}, BadMetadataError),
        ("1.0.0", {1: "x"}, BadMetadataError),
        ("1.0.0", {"x": "y" * (5 << 20)}, BadMetadataError),
        ("1.0.0", {"x": "\ud800"}, BadMetadataError),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(
    drafted: Repo, version: str, metadata: dict[Any, Any], error: type[Exception]
) -> None:
    before = drafted.read(RECORD)
    with pytest.raises(error):
        record_version_metadata(drafted.path(FILE), version, metadata)
    assert drafted.read(RECORD) == before


def test_metadata_that_grows_past_the_limit_is_refused(drafted: Repo) -> None:
    half = "y" * 600_000
    record_version_metadata(drafted.path(FILE), "1.0.0", {"a": half})
    with pytest.raises(BadMetadataError):
        record_version_metadata(drafted.path(FILE), "1.0.0", {"b": half})
    assert record(drafted)["metadata"] == {"a": half}


def test_a_missing_output_is_an_error(tracked: Repo) -> None:
    with pytest.raises(PathMissingError):
        record_version_metadata(tracked.path("dist/none.csv"), "1.0.0")


def test_the_record_shows_no_values_of_cells(drafted: Repo) -> None:
    """Case 53: it is committed, and git does not forget."""
    assert b"Sparrow" in drafted.read(FILE)
    assert b"Sparrow" not in drafted.read(RECORD)


def test_of_several_repositories_the_one_opened_last_is_meant(
    templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipeline that works on two: the guide's snippet must not write into the first one's record."""
    first, second = (templates.copy("drafted", tmp_path / name) for name in ("first", "second"))
    monkeypatch.chdir(tmp_path)
    before = first.read(RECORD)
    for repo in (second, first, second):
        DVCManager(repo.root)
    assert record_version_metadata(Path(FILE), "1.0.0", {"run": "abc"}) == second.path(RECORD)
    assert record(second)["metadata"] == {"run": "abc"}
    assert first.read(RECORD) == before


@pytest.mark.slow
def test_killed_at_any_change_the_record_is_old_or_new_and_the_same_call_again_leaves_nothing(
    released: Repo,
) -> None:
    """Case 4 and promise 1, for the library's one writer that is no verb."""
    call = (
        "from hotpass.versioning import record_version_metadata\n"
        f"record_version_metadata({FILE!r}, '1.1.0', {{'run': 'abc'}})\n"
    )
    place = released.path(f"{FILE}.version.json")
    old = place.read_bytes()
    trap = "from harness.kill.sitecustomize import arm\narm({root!r}, {at})\n"
    states = set()
    for at in range(1, 100):
        place.write_bytes(old)
        killed = _python(released, trap.format(root=str(released.root), at=at) + call)
        now = place.read_bytes()
        states.add(now)
        assert json.loads(now)["md5"] == released.digest(FILE)
        assert _python(released, call) == 0
        assert json.loads(place.read_bytes())["metadata"]["run"] == "abc"
        assert not leftovers(released), f"killed at {at}"
        if killed == 0:
            break
    assert 5 < at < 99
    assert states == {old, place.read_bytes()}


def _python(repo: Repo, code: str) -> int:
    env = {"PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=repo.root, env=os.environ | env, check=False
    ).returncode
