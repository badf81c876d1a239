"""FAULTS case 46: modes of files, the umask, a shared machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from harness.repository import FILE, FOLDER, Repo, revised
from harness.snapshots import snapshot


def _mode(place: Path) -> int:
    return stat.S_IMODE(place.lstat().st_mode)


def _below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_symlink()]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_users_file_keeps_its_mode_whatever_is_done(released: Repo, mode: int, umask: int) -> None:
    place = released.path(FILE)
    place.chmod(mode)
    before = os.umask(umask)
    try:
        for args in (
            ("version", "--add", FILE),
            ("version", "--bump", "patch", "--dataset", "refined_data"),
            ("restore", "refined_data@1.0.0"),
            ("version", "--bump", "major", "--tag", "--dataset", "refined_data"),
        ):
            released.hotpass(*args)
            assert _mode(place) == mode, args
        released.hotpass("restore", "refined_data@1.0.0", "--to", "../copy.csv")
    finally:
        os.umask(before)
    # What is new has the mode that the user's umask asks for; what is git's to clone is as it was.
    assert _mode(released.root.parent / "copy.csv") == 0o666 & ~umask
    assert _mode(released.path(f"{FILE}.dvc")) == 0o644


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nothing_can_be_written_by_others_but_what_the_umask_opens(initialised: Repo, umask: int) -> None:
    before = os.umask(umask)
    try:
        initialised.write("dist/refined_data.csv", "x\n").chmod(0o600)
        initialised.hotpass("version", "--add", "dist/refined_data.csv")
        initialised.hotpass("version", "--set", "1.0.0", "--tag")
    finally:
        os.umask(before)
    objects = [path for path in _below(initialised.path(".dvc/cache")) if path.is_file()]
    assert objects
    assert {_mode(path) for path in objects} == {0o444}
    for path in ("dist/refined_data.csv.dvc", "dist/refined_data.csv.version.json", "dist/.gitignore"):
        assert _mode(initialised.path(path)) == 0o666 & ~umask
    assert _mode(initialised.path("dist/refined_data.csv")) == 0o600


def test_nothing_is_left_where_all_users_write(released: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = released.root.parent / "tmp"
    shared.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(shared))
    released.write(FILE, revised("Swift Mews"))
    for args in (
        ("version", "--bump", "patch", "--tag", "--dataset", "refined_data"),
        ("version", "--add", FOLDER),
        ("restore", "refined_data@1.0.0"),
        ("identify", FILE),
        ("doctor",),
    ):
        released.hotpass_process(*args, env={"TMPDIR": str(shared)})
        assert list(shared.iterdir()) == []


def test_a_private_store_is_made_for_its_owner_alone(
    initialised: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTPASS_PRIVATE_STORE", "true")
    initialised.fill("raw", {f"{n}.csv": b"%d" % n for n in range(3)})
    before = os.umask(0)
    try:
        initialised.hotpass("version", "--add", "raw")
        initialised.hotpass("version", "--set", "1.0.0", "--tag")
    finally:
        os.umask(before)
    cache = initialised.path(".dvc/cache")
    assert _mode(cache) == 0o700
    assert {_mode(path) for path in _below(cache) if path.is_dir()} == {0o700}
    initialised.path("raw/0.csv").unlink()
    initialised.hotpass("restore", "raw@1.0.0")
    assert initialised.read("raw/0.csv") == b"0"


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o2770])
def test_an_open_store_is_refused_where_a_private_one_is_asked_for(released: Repo, mode: int) -> None:
    released.write("hotpass.toml", "private_store = true\n")
    cache = released.path(".dvc/cache")
    cache.chmod(mode)
    released.write(FILE, revised("Swift Mews"))
    before = snapshot(released)
    for args in (
        ("version", "--add", FILE),
        ("version", "--bump", "patch", "--tag", "--dataset", "refined_data"),
        ("restore", "refined_data@1.0.0", "--force"),
        ("restore", "refined_data@1.0.0", "--to", "../x.csv"),
    ):
        answer = released.hotpass(*args, "--json", check=False)
        assert answer.code == 10, answer
        assert answer.json["error"]["type"] == "OpenStoreError"
        assert f"chmod 700 {cache}" in answer.json["error"]["hint"]
    assert snapshot(released) == before
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.1.0\n"
    doctor = released.hotpass("doctor", "--json", check=False)
    assert any(f["subject"] == "store" and f["state"] == "problem" for f in doctor.json["findings"])
    cache.chmod(0o700)
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert _mode(cache) == 0o700
