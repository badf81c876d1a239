"""What lies at a dataset's path: regular files by name, and nothing that could hang or lead outside."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hotpass.errors import ReadError
from hotpass.versioning.errors import UnsafeFileError
from hotpass.versioning.scan import scan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository's root ``repo`` with a dataset ``data`` of three files, and a file outside."""
    data = tmp_path / "repo" / "data"
    (data / "sub").mkdir(parents=True)
    (data / "b.csv").write_bytes(b"22")
    (data / "sub" / "c.csv").write_bytes(b"333")
    (data / "a.csv").write_bytes(b"1")
    (tmp_path / "outside.csv").write_bytes(b"secret")
    return data


def names(path: Path, **options: tuple[str, ...]) -> list[str]:
    found = scan(path, [path.parent], **options)
    assert found is not None
    return [file.relpath for file in found.files]


def test_a_directory_is_all_its_files_sorted_by_path(folder: Path) -> None:
    found = scan(folder, [folder.parent])
    assert found is not None
    assert [file.relpath for file in found.files] == ["a.csv", "b.csv", "sub/c.csv"]
    assert (found.is_directory, found.size) == (True, 6)
    assert found.locate("sub/c.csv") == folder / "sub" / "c.csv"


def test_a_file_is_one_file_without_a_name(folder: Path) -> None:
    found = scan(folder / "a.csv", [folder.parent])
    assert found is not None
    assert [file.relpath for file in found.files] == [""]
    assert (found.is_directory, found.size) == (False, 1)
    assert found.locate("") == folder / "a.csv"


def test_nothing_is_nothing(folder: Path) -> None:
    assert scan(folder / "none", [folder]) is None
    assert scan(folder / "a.csv" / "below a file", [folder]) is None


def test_an_empty_directory_has_no_files(folder: Path) -> None:
    (folder / "empty" / "deeper").mkdir(parents=True)
    assert names(folder) == ["a.csv", "b.csv", "sub/c.csv"]
    assert names(folder / "empty") == []


def test_paths_are_sorted_as_dvc_sorts_them(folder: Path) -> None:
    """By the text of the whole path, so that ``a-b`` comes before ``a/b``."""
    (folder / "sub-x").write_bytes(b"")
    (folder / "sub0").write_bytes(b"")
    assert names(folder) == ["a.csv", "b.csv", "sub-x", "sub/c.csv", "sub0"]


def test_names_are_kept_letter_by_letter(folder: Path) -> None:
    odd = [
        "caf\u00e9",
        "cafe\u0301",
        " a",
        "a\\b",
        'q"',
        "-d",
        "*",
        "[1]",
        ":x",
        "#",
        "~$x",
        "\U0001f600",
        "a\x1bb",
    ]
    for name in odd:
        (folder / name).write_bytes(b"")
    assert set(odd) <= set(names(folder))


def test_what_dvcignore_leaves_out_is_left_out(folder: Path) -> None:
    assert names(folder, ignored=("b.csv", "sub/c.csv")) == ["a.csv"]
    # A path is meant as a whole.
    assert names(folder, ignored=("c.csv", "sub")) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", [".git", ".hg", ".dvc"])
def test_what_dvc_never_takes_is_left_out(folder: Path, name: str) -> None:
    (folder / "sub" / name).mkdir()
    (folder / "sub" / name / "config").write_bytes(b"x")
    assert names(folder) == ["a.csv", "b.csv", "sub/c.csv"]


def test_a_dvcignore_inside_is_refused(folder: Path) -> None:
    (folder / "sub" / ".dvcignore").write_text("*.csv\n")
    with pytest.raises(UnsafeFileError, match=r"sub/\.dvcignore"):
        scan(folder, [folder.parent])


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        before = os.open(".", os.O_RDONLY)
        try:
            # A socket's address must be short.
            os.chdir(path.parent)
            server.bind(path.name)
        finally:
            os.fchdir(before)
            os.close(before)


@pytest.mark.parametrize(("make", "kind"), [(fifo, "a FIFO"), (unix_socket, "a socket")])
@pytest.mark.parametrize("place", ["inside", "itself"])
def test_what_is_no_file_is_refused_by_name_and_hangs_nobody(
    folder: Path, make: Callable[[Path], None], kind: str, place: str
) -> None:
    """Case 38."""
    path = folder / "odd"
    make(path)
    result: list[BaseException | None] = []

    def look() -> None:
        try:
            scan(folder if place == "inside" else path, [folder.parent])
            result.append(None)
        except UnsafeFileError as error:
            result.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(1.0)
    assert result, "it hangs"
    assert isinstance(result[0], UnsafeFileError)
    assert result[0].path == str(path)
    assert kind in str(result[0])
    assert result[0].exit_code == 10


def test_a_device_is_refused() -> None:
    with pytest.raises(UnsafeFileError, match="a device"):
        scan(Path(os.devnull), [Path("/")])


def test_a_name_that_is_not_utf_8_is_refused(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/\xff.csv", "wb"):
        pass
    with pytest.raises(UnsafeFileError) as caught:
        scan(folder, [folder.parent])
    str(caught.value).encode("utf-8")
    assert "UTF-8" in str(caught.value)


# --- links ---------------------------------------------------------------------------------------------------


def test_a_link_to_a_file_in_the_repository_is_that_file(folder: Path) -> None:
    (folder.parent / "shared.csv").write_bytes(b"55555")
    (folder / "link.csv").symlink_to("../shared.csv")
    found = scan(folder, [folder.parent])
    assert found is not None
    assert {file.relpath: file.signature.size for file in found.files}["link.csv"] == 5


@pytest.mark.parametrize("target", ["../../outside.csv", "absolute"])
def test_a_link_that_leads_out_is_refused_by_name(folder: Path, target: str) -> None:
    """Promise 6."""
    outside = folder.parent.parent / "outside.csv"
    (folder / "link.csv").symlink_to(outside if target == "absolute" else target)
    for path in (folder, folder / "link.csv"):
        with pytest.raises(UnsafeFileError, match="leads out") as caught:
            scan(path, [folder.parent])
        assert caught.value.path == str(folder / "link.csv")


def test_a_link_by_way_of_another_that_leads_out_is_refused(folder: Path) -> None:
    (folder.parent / "hop").symlink_to("../outside.csv")
    (folder / "link.csv").symlink_to("../hop")
    with pytest.raises(UnsafeFileError, match="leads out"):
        scan(folder, [folder.parent])


def test_a_folder_whose_name_begins_like_the_root_is_outside(folder: Path) -> None:
    beside = folder.parent.parent / "repo-2"
    beside.mkdir()
    (beside / "x.csv").write_bytes(b"x")
    (folder / "link.csv").symlink_to(beside / "x.csv")
    with pytest.raises(UnsafeFileError, match="leads out"):
        scan(folder, [folder.parent])


def test_a_link_to_nothing_or_to_itself_is_refused(folder: Path) -> None:
    (folder / "link.csv").symlink_to("none")
    with pytest.raises(UnsafeFileError, match="leads nowhere"):
        scan(folder, [folder.parent])
    (folder / "link.csv").unlink()
    (folder / "link.csv").symlink_to("link.csv")
    with pytest.raises(UnsafeFileError):
        scan(folder, [folder.parent])


def test_a_link_to_a_directory_is_refused_and_not_walked(folder: Path) -> None:
    (folder / "again").symlink_to(".")
    with pytest.raises(UnsafeFileError, match="link to a directory"):
        scan(folder, [folder.parent])


def test_a_dataset_that_is_itself_a_link_to_a_directory_is_refused(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to("data")
    with pytest.raises(UnsafeFileError, match="link to a directory"):
        scan(link, [folder.parent])


def test_a_link_into_the_store_is_its_object(folder: Path) -> None:
    """``cache.type = symlink``: the store may be outside the repository."""
    store = folder.parent.parent / "cache"
    store.mkdir()
    (store / "object").write_bytes(b"4444")
    (folder / "link.csv").symlink_to(store / "object")
    found = scan(folder, [folder.parent, store])
    assert found is not None
    assert "link.csv" in [file.relpath for file in found.files]


# --- what cannot be looked at ----------------------------------------------------------------------------------


def test_a_folder_that_is_gone_while_it_is_walked_is_an_error_with_its_name(folder: Path) -> None:
    loop = folder / "sub"
    os.rename(loop, folder.parent / "away")
    loop.symlink_to("sub")
    with pytest.raises((ReadError, UnsafeFileError)) as caught:
        scan(folder, [folder.parent])
    assert str(loop) in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_an_error_with_its_name(folder: Path) -> None:
    (folder / "sub").chmod(0)
    try:
        with pytest.raises(ReadError, match="sub"):
            scan(folder, [folder.parent])
    finally:
        (folder / "sub").chmod(0o755)


def test_a_path_longer_than_the_system_allows_is_an_error(folder: Path) -> None:
    with pytest.raises(ReadError):
        scan(folder / ("x" * 300), [folder.parent])


def test_folders_as_deep_as_the_system_allows_are_walked(folder: Path) -> None:
    deep = folder
    for _ in range(150):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "x").write_bytes(b"")
    assert len(names(folder)) == 4
