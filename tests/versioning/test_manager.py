"""DVCManager: the documented names, and that each only hands on."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, FOLDER, Repo, revised

from hotpass.errors import HotpassError
from hotpass.versioning import DatasetVersion, DVCManager, Outcome, manager
from hotpass.versioning.errors import (
    BadVersionError,
    NoRepositoryError,
    UnknownDatasetError,
    VersionTakenError,
)


def test_the_guides_snippet_runs_also_the_first_time_and_from_elsewhere(
    tracked: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotpass.versioning import record_version_metadata

    monkeypatch.chdir(tmp_path)
    repo_root = tracked.root
    made = DVCManager(repo_root)
    current_version = made.get_version("refined_data")
    new_version = current_version.bump("patch")
    made.set_version(new_version, "refined_data")
    record_version_metadata(
        output_path=Path(FILE),
        version=new_version,
        metadata={"records": 1000, "pipeline_run_id": "abc123"},
    )
    assert str(made.get_version("refined_data")) == "0.0.1"


@pytest.mark.parametrize("kind", [str, Path])
def test_a_manager_opens_the_repository_around_any_folder_of_it(tracked: Repo, kind: type) -> None:
    assert DVCManager(kind(tracked.root / "dist")).root == tracked.root


def test_a_folder_without_a_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoRepositoryError):
        DVCManager(tmp_path)


def test_a_tracked_dataset_without_a_version_is_0_0_0(tracked: Repo) -> None:
    assert DVCManager(tracked.root).get_version("refined_data") == DatasetVersion(0, 0, 0)


def test_an_unknown_dataset_is_an_error_with_the_nearest_name(tracked: Repo) -> None:
    """Case 40."""
    with pytest.raises(UnknownDatasetError) as caught:
        DVCManager(tracked.root).get_version("refined_dat")
    assert caught.value.near == ("refined_data",)


def test_the_story_of_a_dataset_by_the_library(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.root)
    made = DVCManager()
    assert made.initialise().created
    assert made.initialise().created == ()
    repo.write(FILE, FILE_BYTES["1.0.0"])
    assert made.add(FILE).dataset == "refined_data"
    told: list[Outcome] = []
    first = made.set_version("1.0.0", description="first", tag=True, announce=told.append)
    assert told == [first]
    assert (first.tag, first.version) == ("refined_data-v1.0.0", "1.0.0")
    repo.write(FILE, FILE_BYTES["1.1.0"])
    assert made.status().differs
    draft = made.bump("minor")
    assert (draft.tag, draft.version, made.get_version()) == (None, "1.1.0", DatasetVersion(1, 1, 0))
    assert made.tag().tag == "refined_data-v1.1.0"
    assert not made.status("refined_data").differs
    assert [entry.version for entry in made.history("refined_data").releases] == ["1.1.0", "1.0.0"]
    assert made.restore("refined_data", DatasetVersion(1, 0, 0)).md5 == first.md5
    assert repo.read(FILE) == FILE_BYTES["1.0.0"]
    made.restore("refined_data", "latest")
    assert repo.read(FILE) == FILE_BYTES["1.1.0"]


def test_two_managers_side_by_side_see_each_others_work(tracked: Repo) -> None:
    one, other = DVCManager(tracked.root), DVCManager(tracked.root)
    tracked.write(FILE, revised("first"))
    one.set_version("1.0.0", "refined_data", tag=True)
    assert other.get_version("refined_data") == DatasetVersion(1, 0, 0)
    tracked.write(FILE, revised("new"))
    assert other.bump("patch", "refined_data", tag=True).version == "1.0.1"
    tracked.write(FILE, revised("newer"))
    assert one.bump("patch", "refined_data", tag=True).version == "1.0.2"


def test_a_manager_reads_settings_anew_for_each_act(tracked: Repo) -> None:
    made = DVCManager(tracked.root)
    made.set_version("1.0.0", "refined_data")
    tracked.dvc("cache", "dir", "--local", str(tracked.root / "elsewhere"))
    tracked.write(FILE, revised("new"))
    outcome = made.bump("patch", "refined_data")
    assert (tracked.root / "elsewhere" / "files" / "md5" / outcome.md5[:2] / outcome.md5[2:]).is_file()


def test_errors_are_those_of_the_tree(released: Repo) -> None:
    made = DVCManager(released.root)
    released.write(FILE, revised("new"))
    with pytest.raises(VersionTakenError):
        made.set_version("1.0.0", "refined_data", force=True)
    with pytest.raises(BadVersionError):
        made.set_version("1.0", "refined_data")
    with pytest.raises(BadVersionError):
        made.set_version(DatasetVersion(2, 0, 0, "rc.1"), "refined_data")
    with pytest.raises(HotpassError):
        made.restore("refined_data", "nonsense")
    with pytest.raises(ValueError, match="not a valid Bump"):
        made.bump("huge", "refined_data")
    assert released.read(FILE) == revised("new")


def test_the_library_prints_nothing(tracked: Repo, capfd: pytest.CaptureFixture[str]) -> None:
    """CONVENTIONS 4."""
    made = DVCManager(tracked.root)
    made.set_version("1.0.0", "refined_data", tag=True)
    made.status()
    made.restore("refined_data", "1.0.0")
    made.add(tracked.path(FOLDER))
    assert tuple(capfd.readouterr()) == ("", "")


def test_every_method_is_a_few_lines_that_hand_on() -> None:
    """ARCHITECTURE: ``manager.py`` only delegates."""
    tree = ast.parse(inspect.getsource(manager))
    (kind,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for method in kind.body:
        if isinstance(method, ast.FunctionDef):
            statements = [
                node
                for node in method.body
                if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call)
            ]
            assert len(statements) <= 2, method.name
            assert not any(
                isinstance(node, ast.If | ast.For | ast.While | ast.Try) for node in ast.walk(method)
            )
