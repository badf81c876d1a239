"""The named states of the fixtures are what their names say."""

from __future__ import annotations

from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, TwoClones


def test_initialised_is_a_committed_dvc_project(initialised: Repo) -> None:
    assert initialised.status() == ""
    assert "remote" in initialised.git("show", "HEAD:.dvc/config").stdout


def test_tracked_hides_the_data_from_git_and_shows_the_pointers(tracked: Repo) -> None:
    assert tracked.status() == ""
    assert tracked.git("ls-files", "*.dvc").stdout.split() == ["data.dvc", f"{FILE}.dvc"]


def test_drafted_has_a_version_and_no_tag(drafted: Repo) -> None:
    assert drafted.hotpass("version", "--get", "refined_data").stdout == "1.0.0\n"
    assert drafted.tags() == []


def test_released_is_clean_and_holds_what_the_newest_tags_hold(released: Repo) -> None:
    assert released.status() == ""
    assert released.tags() == ["data-v1.0.0", "data-v1.1.0", "refined_data-v1.0.0", "refined_data-v1.1.0"]
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    assert released.files(FOLDER) == FOLDER_BYTES["1.1.0"]


def test_dirty_has_unsaved_data_and_unrelated_work(dirty: Repo) -> None:
    assert not dirty.object(dirty.digest(FILE)).exists()
    assert dirty.status() == " M notes.txt\nA  other.txt\n"


def test_two_clones_both_have_the_releases_and_the_data(two_clones: TwoClones) -> None:
    for clone in (two_clones.first, two_clones.second):
        assert len(clone.tags()) == 4
        assert clone.read(FILE) == FILE_BYTES["1.1.0"]
        assert clone.files(FOLDER) == FOLDER_BYTES["1.1.0"]
        clone.git("fetch", "-q")
