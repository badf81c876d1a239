"""Giving versions back: FAULTS cases 21 and 25, and folders that were replaced by links."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, revised
from harness.snapshots import snapshot, tree

from hotpass.files import Signature
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project
from hotpass.versioning.restoring import restore
from hotpass.versioning.swapping import Staged
from hotpass.versioning.wanted import Wanted

# --------------------------------------------------------------------------------- case 25: unsaved data


def test_unsaved_data_is_not_overwritten_and_nothing_changes(dirty: Repo) -> None:
    """Case 25."""
    before = snapshot(dirty)
    answer = dirty.hotpass("restore", "--json", "refined_data@1.0.0", check=False)
    assert answer.code == 10
    error = answer.json["error"]
    assert error["type"] == "UnsavedError"
    assert FILE in error["message"]
    assert "--force" in error["hint"]
    assert snapshot(dirty) == before


def test_with_force_the_unsaved_data_is_kept_first_under_the_name_that_is_printed(dirty: Repo) -> None:
    """Case 25: recoverable bit for bit."""
    unsaved = dirty.read(FILE)
    answer = dirty.hotpass("restore", "--force", "refined_data@1.0.0")
    assert dirty.read(FILE) == FILE_BYTES["1.0.0"]
    kept = re.search(rf"kept first: {FILE} was (.+)", answer.stderr)
    assert kept is not None, answer
    assert Path(kept[1]).read_bytes() == unsaved
    assert dirty.git("diff", "--cached", "--name-only").stdout == "other.txt\n"
    assert dirty.read("notes.txt") == b"first note\nand a second\n"


def test_a_refused_folder_names_each_unsaved_file(released: Repo) -> None:
    """Case 25: changed, new and moved members; a member that the store has counts as saved."""
    released.write(f"{FOLDER}/north.csv", "unsaved one\n")
    released.write(f"{FOLDER}/new/file.csv", "unsaved two\n")
    released.write(f"{FOLDER}/copy.csv", FOLDER_BYTES["1.0.0"]["north.csv"])
    before = snapshot(released)
    answer = released.hotpass("restore", "--json", "data@1.0.0", check=False)
    assert answer.code == 10
    assert sorted(answer.json["error"]["facts"]["files"]) == ["new/file.csv", "north.csv"]
    assert snapshot(released) == before


def test_with_force_every_unsaved_file_of_a_folder_is_kept_and_the_rest_is_exact(released: Repo) -> None:
    """Case 25."""
    unsaved = {"north.csv": b"unsaved one\n", "new/file.csv": b"unsaved two\n"}
    for name, data in unsaved.items():
        released.write(f"{FOLDER}/{name}", data)
    answer = released.hotpass("restore", "--json", "--force", "data@1.0.0")
    assert released.files(FOLDER) == FOLDER_BYTES["1.0.0"]
    kept = dict(line.split(" was ") for line in answer.json["kept"])
    assert {Path(name).relative_to(FOLDER).as_posix() for name in kept} == set(unsaved)
    for name, data in unsaved.items():
        assert Path(kept[f"{FOLDER}/{name}"]).read_bytes() == data


@pytest.mark.parametrize("back", ["1.0.0", "1.1.0"])
def test_saved_data_needs_no_force_and_head_and_index_stay(released: Repo, back: str) -> None:
    """Case 25, the other side: whatever the store has may be replaced."""
    head, index = released.rev("HEAD"), released.git("ls-files", "--stage").stdout
    for name, path in (("refined_data", FILE), ("data", FOLDER)):
        released.hotpass("restore", f"{name}@{back}")
        pointer = released.read(f"{path}.dvc").decode()
        assert f"version: {back}" in pointer
        assert pointer == released.git("show", f"{name}-v{back}:{path}.dvc").stdout
        record = released.read(f"{path}.version.json").decode()
        assert record == released.git("show", f"{name}-v{back}:{path}.version.json").stdout
    assert released.read(FILE) == FILE_BYTES[back]
    assert released.files(FOLDER) == FOLDER_BYTES[back]
    assert (released.rev("HEAD"), released.git("ls-files", "--stage").stdout) == (head, index)


def test_data_that_is_gone_comes_back_without_force(released: Repo) -> None:
    """Case 25: absent is not unsaved."""
    released.path(FILE).unlink()
    for path in sorted(released.path(FOLDER).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    released.path(FOLDER).rmdir()
    released.hotpass("restore", "refined_data@1.1.0")
    released.hotpass("restore", "data@1.1.0")
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    assert released.files(FOLDER) == FOLDER_BYTES["1.1.0"]
    assert released.status() == ""


def test_a_draft_that_is_replaced_is_named_and_its_bytes_stay(released: Repo) -> None:
    """A draft's number stands nowhere but in the pointer that a restore replaces."""
    released.write(FILE, b"draft\n")
    released.hotpass("version", "--bump", "minor", "--dataset", "refined_data")
    md5 = released.digest(FILE)
    answer = released.hotpass("restore", "refined_data@1.0.0")
    assert "1.2.0" in answer.stderr
    assert md5 in answer.stderr
    assert released.object(md5).read_bytes() == b"draft\n"


def test_the_mode_of_the_users_file_is_kept(released: Repo) -> None:
    """Case 46's neighbour: a private file stays private."""
    released.path(FILE).chmod(0o640)
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.path(FILE).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("unsaved", [False, True])
def test_a_file_where_the_folder_was_and_a_folder_where_the_file_was(released: Repo, unsaved: bool) -> None:
    """Case 25: whatever stands there now is treated as the user's data."""
    content = b"mine\n" if unsaved else FILE_BYTES["1.0.0"]
    for path in sorted(released.path(FOLDER).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    released.path(FOLDER).rmdir()
    released.write(FOLDER, content)
    released.path(FILE).unlink()
    released.write(f"{FILE}/inner/x.csv", b"more of it\n" if unsaved else content)
    for name in ("data", "refined_data"):
        answer = released.hotpass("restore", f"{name}@1.0.0", check=False)
        assert answer.code == (10 if unsaved else 0), answer
        if unsaved:
            released.hotpass("restore", "--force", f"{name}@1.0.0")
    assert released.files(FOLDER) == FOLDER_BYTES["1.0.0"]
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    assert released.object(hashlib.md5(content).hexdigest()).read_bytes() == content


def test_files_that_dvcignore_leaves_out_stay_where_they_are(released: Repo) -> None:
    """A restore removes only what was part of the dataset."""
    released.write(f"{FOLDER}/~$north.xlsx", "lock\n")
    released.write(f"{FOLDER}/far/.DS_Store", "junk\n")
    released.hotpass("restore", "data@1.0.0")
    assert released.files(FOLDER) == {
        **FOLDER_BYTES["1.0.0"],
        "~$north.xlsx": b"lock\n",
        "far/.DS_Store": b"junk\n",
    }


def test_a_left_out_file_in_the_way_is_an_error_before_anything_is_changed(released: Repo) -> None:
    """A folder of a system file where the release has a file: nothing is half restored."""
    released.path(f"{FOLDER}/far/coast.csv").unlink()
    released.write(f"{FOLDER}/far/coast.csv/.DS_Store", "junk\n")
    released.hotpass("restore", "data@1.0.0")
    before = snapshot(released)
    answer = released.hotpass("restore", "data@1.1.0", check=False)
    assert answer.code != 0
    assert "coast.csv" in answer.stderr
    assert snapshot(released) == before


# ----------------------------------------------------------------------------------- restore to a path


def test_restoring_to_a_path_leaves_the_work_tree_as_it_is(dirty: Repo) -> None:
    before = snapshot(dirty)
    target = dirty.root.parent / "old"
    dirty.hotpass("restore", "refined_data@1.0.0", "--to", str(target / "refined.csv"))
    dirty.hotpass("restore", "data@1.0.0", "--to", str(target / "data"))
    assert (target / "refined.csv").read_bytes() == FILE_BYTES["1.0.0"]
    assert {
        name: data for name, (kind, _, data) in tree(target / "data").items() if kind == "-"
    } == FOLDER_BYTES["1.0.0"]
    assert snapshot(dirty) == before


@pytest.mark.parametrize("force", [False, True])
def test_restoring_to_a_path_that_is_taken_is_refused_and_with_force_its_file_is_kept(
    released: Repo, force: bool
) -> None:
    """Case 25."""
    target = released.root.parent / "mine.csv"
    target.write_bytes(b"mine\n")
    args = ["restore", "--json", "refined_data@1.0.0", "--to", str(target), *(["--force"] if force else [])]
    answer = released.hotpass(*args, check=False)
    if not force:
        assert answer.code == 10
        assert target.read_bytes() == b"mine\n"
        return
    assert target.read_bytes() == FILE_BYTES["1.0.0"]
    assert Path(answer.json["kept"][0].split(" was ")[1]).read_bytes() == b"mine\n"


def test_restoring_to_a_path_never_writes_through_a_link(released: Repo) -> None:
    """Promise 6: the link's target is a file the user did not name."""
    other = released.root.parent / "other.csv"
    other.write_bytes(b"other\n")
    target = released.root.parent / "link.csv"
    target.symlink_to(other)
    answer = released.hotpass("restore", "refined_data@1.0.0", "--to", str(target), "--force", check=False)
    assert answer.code == 10
    assert other.read_bytes() == b"other\n"


@pytest.mark.parametrize("target", [".git/x", ".dvc/x", ".git/hooks/post-commit"])
def test_restoring_into_gits_or_dvcs_own_folder_is_refused(released: Repo, target: str) -> None:
    answer = released.hotpass("restore", "refined_data@1.0.0", "--to", target, check=False)
    assert answer.code == 2
    assert not released.path(target).exists()


# --------------------------------------------------------------------- case 21: links into the store


def _linked(repo: Repo, kind: str) -> Path:
    """The work file as DVC's link of this kind into its cache; returns the object it shares."""
    repo.dvc("config", "cache.type", kind)
    repo.dvc("checkout", "-q", "--relink", f"{FILE}.dvc")
    stored = repo.object(hashlib.md5(FILE_BYTES["1.1.0"]).hexdigest())
    assert os.path.samefile(repo.path(FILE), stored)
    return stored


def _edit_in_place(place: Path, data: bytes) -> None:
    """What a careless tool does: open the file for writing, whatever its mode."""
    place.chmod(0o644)
    with open(place, "r+b") as file:
        file.truncate()
        file.write(data)


LINKS = pytest.mark.parametrize("kind", ["hardlink", "symlink"])


@pytest.mark.slow
@LINKS
def test_an_edit_through_a_link_is_reported_with_the_damage_it_did(released: Repo, kind: str) -> None:
    """Case 21."""
    _linked(released, kind)
    _edit_in_place(released.path(FILE), b"edited in place\n")
    answer = released.hotpass("version", "--status", "--check", check=False)
    assert answer.code == 4
    assert "edited through a link" in answer.stdout
    assert "damaged" in answer.stdout


@pytest.mark.slow
@LINKS
def test_a_damaged_object_is_never_restored(released: Repo, kind: str) -> None:
    """Case 21: wrong bytes never reach the work tree."""
    _linked(released, kind)
    released.dvc("remote", "remove", "storage")
    _edit_in_place(released.path(FILE), b"edited in place\n")
    answer = released.hotpass("restore", "--json", "--force", "refined_data@1.1.0", check=False)
    assert answer.code == 9, answer
    assert released.read(FILE) == b"edited in place\n"
    # The other releases are what they were, and the edited bytes were kept under their own name.
    released.hotpass("restore", "--force", "refined_data@1.0.0")
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    assert released.object(hashlib.md5(b"edited in place\n").hexdigest()).read_bytes() == b"edited in place\n"


@pytest.mark.slow
@LINKS
def test_a_damaged_object_is_fetched_anew_where_the_remote_has_it(released: Repo, kind: str) -> None:
    """Case 21 and ARCHITECTURE: rotten in the store, sound on the remote."""
    stored = _linked(released, kind)
    released.dvc("push", "-q", f"{FILE}.dvc")
    _edit_in_place(released.path(FILE), b"edited in place\n")
    released.hotpass("restore", "--force", "refined_data@1.1.0")
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    assert stored.read_bytes() == FILE_BYTES["1.1.0"]


@pytest.mark.slow
@LINKS
def test_hotpass_never_writes_through_a_link(released: Repo, kind: str) -> None:
    """Case 21: restore, draft, release and record leave the linked object as it is."""
    from hotpass.versioning import DVCManager, record_version_metadata

    stored = _linked(released, kind)
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
    version = DVCManager(released.root).get_version("refined_data")
    record_version_metadata(released.path(FILE), version, {"rows": 3})
    released.hotpass("version", "--tag", "--dataset", "refined_data")
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    assert stored.read_bytes() == FILE_BYTES["1.1.0"]
    # And the data that was restored is the user's own file, not a link into the store.
    assert not released.path(FILE).is_symlink()
    assert released.path(FILE).stat().st_nlink == 1


@pytest.mark.slow
@LINKS
def test_a_bump_after_an_edit_through_a_link_stores_the_new_bytes_whole(released: Repo, kind: str) -> None:
    """Case 21: the new version is sound although the old one's object was spoiled."""
    _linked(released, kind)
    _edit_in_place(released.path(FILE), revised("Edited In Place"))
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data", "--tag")
    _edit_in_place(released.path(FILE), b"edited again\n")
    released.hotpass("restore", "--force", "refined_data@1.1.1")
    assert released.read(FILE) == revised("Edited In Place")


# -------------------------------------------------------------- folders that were replaced by a link


@pytest.mark.parametrize("where", ["outside", "inside"])
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_nothing_is_written_or_deleted_behind_a_folder_that_became_a_link(
    released: Repo, where: str, force: bool, version: str
) -> None:
    """DVC-FACTS: `dvc checkout -f` deletes and writes behind it."""
    elsewhere = released.root.parent / "elsewhere" if where == "outside" else released.path("elsewhere")
    released.path(FOLDER).rename(elsewhere)
    (elsewhere / "mine.csv").write_text("mine\n")
    released.path(FOLDER).symlink_to(elsewhere)
    before = tree(elsewhere)
    args = ["restore", f"data@{version}", *(["--force"] if force else [])]
    answer = released.hotpass(*args, check=False)
    assert tree(elsewhere) == before, answer
    assert answer.code == 10, answer


@pytest.mark.parametrize("where", ["outside", "inside"])
def test_nothing_is_written_or_deleted_behind_a_sub_folder_that_became_a_link(
    released: Repo, where: str
) -> None:
    """The same one level down; `south` is in 1.0.0 with two files and in 1.1.0 with one."""
    released.hotpass("restore", "data@1.0.0")
    elsewhere = released.root.parent / "elsewhere" if where == "outside" else released.path("elsewhere")
    released.path(f"{FOLDER}/south").rename(elsewhere)
    released.path(f"{FOLDER}/south").symlink_to(elsewhere)
    before = tree(elsewhere)
    for version in ("1.1.0", "1.0.0"):
        answer = released.hotpass("restore", "--force", f"data@{version}", check=False)
        assert tree(elsewhere) == before, answer
        assert answer.code == 10, answer


def test_nothing_is_written_behind_a_parent_folder_that_became_a_link(released: Repo) -> None:
    elsewhere = released.root.parent / "elsewhere"
    released.path("dist").rename(elsewhere)
    released.path("dist").symlink_to(elsewhere)
    before = tree(elsewhere)
    for args in (
        ["restore", "--force", "refined_data@1.0.0"],
        ["version", "--bump", "patch", "--dataset", "refined_data"],
        ["version", "--bump", "patch", "--tag", "--dataset", "refined_data"],
    ):
        answer = released.hotpass(*args, check=False)
        assert answer.code != 0, answer
    assert tree(elsewhere) == before


def test_a_link_to_the_file_is_replaced_and_its_target_is_untouched(released: Repo) -> None:
    """A work file that became a link to another file of the repository."""
    other = released.write("other.csv", FILE_BYTES["1.0.0"])
    released.path(FILE).unlink()
    released.path(FILE).symlink_to(other)
    released.hotpass("restore", "refined_data@1.1.0")
    assert not released.path(FILE).is_symlink()
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    assert other.read_bytes() == FILE_BYTES["1.0.0"]


def test_what_is_done_to_the_data_after_a_restore_does_not_make_it_a_failure(released: Repo) -> None:
    def meddle(_: object) -> None:
        released.path(f"{FOLDER}/away").symlink_to("/nowhere")

    restored = restore(Project.find(released.root), "data", Wanted.parse("1.0.0"), meddle)
    assert (restored.version, released.read(f"{FOLDER}/north.csv")) == ("1.0.0", b"a,b\n1,2\n")


@pytest.mark.parametrize(("second", "believed"), [(0, False), (1, True)])
def test_a_restored_file_is_only_believed_where_a_later_write_would_show(second: int, believed: bool) -> None:
    """A clock that counts in seconds could give a write after the restore the time of the file as it was proved."""
    mtime = 1_000_000_000_000_000_000 + second
    there = Signature(5, mtime, mtime, 7)
    staged = Staged(Path("x"), Md5("0" * 32), there, there)
    assert staged.is_at(there, mtime + 1_500_000_000) is believed
    assert not staged.is_at(there, mtime)
    assert staged.is_at(there, mtime + 2_500_000_000)
