"""What a dataset's bytes are: named by content, read once, never believed without cause."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from harness.repository import FILE, FOLDER, Repo

from hotpass.versioning.content import capture, digests, identify, listing, look
from hotpass.versioning.errors import DamagedObjectError, UnsafeFileError
from hotpass.versioning.pointer import parse_pointer
from hotpass.versioning.project import Project
from hotpass.versioning.scan import Scan
from hotpass.versioning.seen import clock
from hotpass.versioning.store import ObjectState


def project_of(repo: Repo) -> Project:
    return Project.find(repo.root)


def found(project: Project, path: str) -> Scan:
    scan = look(project, path)
    assert scan is not None
    return scan


def settle(project: Project) -> None:
    """Wait until what was written just now counts as old (the index believes nothing of this very tick)."""
    project.state.mkdir(parents=True, exist_ok=True)
    begun = clock(project.state)
    while clock(project.state) <= begun + 20_000_000:
        time.sleep(0.005)


def test_a_file_is_named_by_its_md5_as_dvc_names_it(tracked: Repo) -> None:
    project = project_of(tracked)
    content = identify(project, found(project, FILE))
    assert content.md5 == tracked.digest(FILE) == parse_pointer(tracked.read(f"{FILE}.dvc").decode()).md5
    assert (content.size, content.files) == (len(tracked.read(FILE)), None)


def test_a_folder_is_named_as_dvc_names_it(initialised: Repo) -> None:
    initialised.fill(FOLDER, {"a b.csv": b"1", "caf\u00e9/x": b"22", 'q"\\.csv': b"333", "deep/er/x": b""})
    project = project_of(initialised)
    content = identify(project, found(project, FOLDER))
    initialised.dvc("add", "-q", FOLDER)
    pointer = parse_pointer(initialised.read(f"{FOLDER}.dvc").decode())
    assert (content.md5, content.size, content.files) == (pointer.md5, pointer.size, pointer.files)


def test_identifying_stores_nothing(initialised: Repo) -> None:
    initialised.write("x.csv", b"data")
    project = project_of(initialised)
    content = identify(project, found(project, "x.csv"))
    assert project.store.check(content.md5) is ObjectState.MISSING


def test_capturing_stores_every_file_and_the_listing(initialised: Repo) -> None:
    files = {"a.csv": b"1", "sub/b.csv": b"22"}
    initialised.fill(FOLDER, files)
    project = project_of(initialised)
    content = capture(project, found(project, FOLDER))
    assert {file.relpath: project.store.read(file.md5) for file in listing(project, content.md5)} == files
    assert identify(project, found(project, FOLDER)) == content


def test_a_folder_of_many_files_is_stored_whole(initialised: Repo) -> None:
    """More than are flushed one by one."""
    files = {f"{number}.csv": b"%d" % number for number in range(80)}
    initialised.fill(FOLDER, files)
    project = project_of(initialised)
    content = capture(project, found(project, FOLDER))
    assert {file.relpath: project.store.read(file.md5) for file in listing(project, content.md5)} == files


def test_what_did_not_change_is_not_read_again(initialised: Repo) -> None:
    initialised.write("x.csv", b"data")
    project = project_of(initialised)
    settle(project)
    content = identify(project, found(project, "x.csv"))
    assert _reads(project, "x.csv") == 0
    assert identify(project, found(project, "x.csv")) == content


def _reads(project: Project, path: str) -> int:
    """How many files of a dataset the next look reads."""
    from hotpass.versioning.content import _Reading

    reading = _Reading(project, found(project, path))
    reading.run(store=False)
    return reading.fresh


def test_a_change_of_the_same_size_with_its_old_time_put_back_is_noticed(initialised: Repo) -> None:
    """Promise 4."""
    file = initialised.write("x.csv", b"first")
    project = project_of(initialised)
    settle(project)
    before = identify(project, found(project, "x.csv"))
    assert _reads(project, "x.csv") == 0
    times = os.stat(file)
    file.write_bytes(b"secon")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = identify(project, found(project, "x.csv"))
    assert after.md5 == hashlib.md5(b"secon").hexdigest() != before.md5


def test_only_the_changed_file_of_a_folder_is_read(initialised: Repo) -> None:
    initialised.fill(FOLDER, {f"{number}.csv": b"%d" % number for number in range(10)})
    project = project_of(initialised)
    settle(project)
    capture(project, found(project, FOLDER))
    assert _reads(project, FOLDER) == 0
    initialised.write(f"{FOLDER}/3.csv", b"new")
    assert _reads(project, FOLDER) == 1


def test_an_object_that_is_gone_or_exchanged_is_stored_again(initialised: Repo) -> None:
    """Case 22: ``dvc gc`` took it; or it rotted, and DVC would believe it."""
    initialised.write("x.csv", b"data")
    project = project_of(initialised)
    settle(project)
    content = capture(project, found(project, "x.csv"))
    place = project.store.locate(content.md5)
    place.unlink()
    assert capture(project, found(project, "x.csv")) == content
    assert project.store.check(content.md5) is ObjectState.PRESENT
    place.chmod(0o644)
    place.write_bytes(b"rot!")
    place.chmod(0o444)
    assert capture(project, found(project, "x.csv")) == content
    assert project.store.check(content.md5) is ObjectState.PRESENT


def test_a_listing_that_is_gone_or_rotten_is_stored_again(initialised: Repo) -> None:
    initialised.fill(FOLDER, {"a": b"1"})
    project = project_of(initialised)
    settle(project)
    content = capture(project, found(project, FOLDER))
    place = project.store.locate(content.md5)
    place.chmod(0o644)
    place.write_bytes(b"[]")
    with pytest.raises(DamagedObjectError):
        listing(project, content.md5)
    assert capture(project, found(project, FOLDER)) == content
    assert [file.relpath for file in listing(project, content.md5)] == ["a"]


def test_a_damaged_index_changes_no_answer(initialised: Repo) -> None:
    initialised.fill(FOLDER, {"a": b"1", "b": b"2"})
    project = project_of(initialised)
    settle(project)
    content = capture(project, found(project, FOLDER))
    for index in (project.state / "seen").iterdir():
        index.write_bytes(index.read_bytes()[:-3])
    assert identify(project, found(project, FOLDER)) == content
    assert capture(project, found(project, FOLDER)) == content


def test_a_removed_and_a_renamed_file_change_the_name(initialised: Repo) -> None:
    project = project_of(initialised)
    seen = set()
    for files in ({"a": b"1", "b": b"1"}, {"a": b"1"}, {"b": b"1"}, {"a": b"1", "sub/b": b"1"}, {}):
        initialised.fill(FOLDER, dict(files))
        initialised.path(FOLDER).mkdir(exist_ok=True)
        seen.add(identify(project, found(project, FOLDER)).md5)
    assert len(seen) == 5


def test_what_the_store_lacks_is_told_file_by_file(initialised: Repo) -> None:
    initialised.fill(FOLDER, {"a": b"1", "b": b"2"})
    project = project_of(initialised)
    capture(project, found(project, FOLDER))
    initialised.write(f"{FOLDER}/c", b"3")
    names, loose = digests(project, found(project, FOLDER))
    assert names == {
        name: hashlib.md5(data).hexdigest() for name, data in {"a": b"1", "b": b"2", "c": b"3"}.items()
    }
    assert loose == ["c"]


def test_what_dvcignore_leaves_out_is_no_part_of_the_content(initialised: Repo) -> None:
    initialised.fill(FOLDER, {"a.csv": b"1", "~$a.csv": b"lock", "sub/.DS_Store": b"x", "sub/b.csv": b"2"})
    initialised.write(".dvcignore", "~$*\n.DS_Store\n")
    project = project_of(initialised)
    ours = identify(project, found(project, FOLDER))
    initialised.dvc("add", "-q", FOLDER)
    assert ours.md5 == parse_pointer(initialised.read(f"{FOLDER}.dvc").decode()).md5
    assert ours.files == 2


def test_a_link_among_the_folders_above_is_refused(initialised: Repo, tmp_path: Path) -> None:
    """Promise 6."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.csv").write_bytes(b"secret")
    initialised.path("dist").symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafeFileError, match="a folder above it is a link"):
        look(project_of(initialised), "dist/x.csv")


def test_adding_a_folder_again_stores_a_rotten_listing_again(tracked: Repo) -> None:
    """Promise 4: unchanged data is only called tracked while the store has all of it."""
    tracked.hotpass("version", "--add", FOLDER)
    listing_place = tracked.object(parse_pointer(tracked.read(f"{FOLDER}.dvc").decode()).md5)
    whole = listing_place.read_bytes()
    listing_place.chmod(0o644)
    listing_place.write_bytes(whole.replace(b"md5", b"mdx"))
    tracked.hotpass("version", "--add", FOLDER)
    assert listing_place.read_bytes() == whole
