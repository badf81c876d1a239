"""The journal: read back as it was written, or named as damaged; never half."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotpass.errors import ReadError, WriteError
from hotpass.versioning.errors import DamagedJournalError
from hotpass.versioning.git import NO_OBJECT, RefChange
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.journal import (
    FileChange,
    Journal,
    clear_journal,
    journal_path,
    read_journal,
    write_journal,
)

JOURNAL = Journal(
    token="0123456789ab",
    worktree="/somewhere/repo",
    request={"action": "bump", "value": "patch", "dataset": None, "tag": True},
    folders=(".", "dist"),
    ready=True,
    outcome={"dataset": "x", "version": "1.0.1", "notes": []},
    refs=(RefChange("refs/tags/x-v1.0.1", NO_OBJECT, Oid("b" * 40)),),
    index={"dist/x.csv.dvc": Oid("c" * 40)},
    files=(FileChange("dist/x.csv.dvc", None, "new\n"), FileChange("caf\u00e9", "old\n", "new\n")),
)
# Texts of files are kept byte for byte: what is no UTF-8 comes as surrogates (PEP 383).
TEXTS = st.binary(max_size=30).map(lambda data: data.decode("utf-8", "surrogateescape"))
JSON = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS
JOURNALS = st.builds(
    Journal,
    st.text("0123456789abcdef", min_size=12, max_size=12),
    TEXTS,
    st.dictionaries(TEXTS, JSON, max_size=3),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.booleans(),
    st.dictionaries(TEXTS, JSON, max_size=3),
    st.lists(st.builds(RefChange, TEXTS, TEXTS.map(Oid), TEXTS.map(Oid)), max_size=2).map(tuple),
    st.dictionaries(TEXTS, TEXTS.map(Oid), max_size=2),
    st.lists(st.builds(FileChange, TEXTS, st.none() | TEXTS, TEXTS), max_size=2).map(tuple),
)


@given(JOURNALS)
def test_a_journal_is_read_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, journal: Journal
) -> None:
    common = tmp_path_factory.getbasetemp() / "journals"
    write_journal(common, journal)
    assert read_journal(common) == journal


def test_without_a_journal_there_is_none(tmp_path: Path) -> None:
    assert read_journal(tmp_path) is None
    assert not (tmp_path / "hotpass").exists()


def test_the_newer_journal_replaces_the_older_whole(tmp_path: Path) -> None:
    write_journal(tmp_path, JOURNAL)
    write_journal(tmp_path, replace(JOURNAL, files=(), outcome={}))
    assert read_journal(tmp_path) == replace(JOURNAL, files=(), outcome={})
    assert [file.name for file in journal_path(tmp_path).parent.iterdir()] == ["pending.json"]


def test_what_a_killed_run_left_half_written_is_nothing(tmp_path: Path) -> None:
    write_journal(tmp_path, JOURNAL)
    (tmp_path / "hotpass" / "pending.json.tmp").write_text('{"half')
    assert read_journal(tmp_path) == JOURNAL
    write_journal(tmp_path, replace(JOURNAL, ready=False))
    assert read_journal(tmp_path) == replace(JOURNAL, ready=False)


def test_clearing_leaves_nothing_and_twice_is_once(tmp_path: Path) -> None:
    write_journal(tmp_path, JOURNAL)
    (tmp_path / "hotpass" / "pending.json.tmp").write_text("")
    clear_journal(tmp_path)
    clear_journal(tmp_path)
    assert list((tmp_path / "hotpass").iterdir()) == []
    assert read_journal(tmp_path) is None


def test_a_journal_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds the texts of files."""
    write_journal(tmp_path, JOURNAL)
    assert stat.S_IMODE(journal_path(tmp_path).stat().st_mode) == 0o600


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "hotpass").mkdir()
    (tmp_path / "hotpass" / "pending.json.tmp").symlink_to(victim)
    with pytest.raises(WriteError):
        write_journal(tmp_path, JOURNAL)
    assert victim.read_text() == "precious"
    journal_path(tmp_path).symlink_to(victim)
    with pytest.raises(ReadError):
        read_journal(tmp_path)


def changed(**fields: Any) -> bytes:
    content = {
        "format": 1,
        "token": "a",
        "worktree": "b",
        "request": {},
        "folders": [],
        "refs": [],
        "files": [],
    }
    return json.dumps({k: v for k, v in {**content, **fields}.items() if v is not ...}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b"\xff\xfe",
        b"\0" * 100,
        b"{}",
        changed(format=2),
        changed(format=...),
        changed(token=...),
        changed(folders=...),
        changed(folders=5),
        changed(refs=[{}]),
        changed(refs=[5]),
        changed(files=[{"path": "x"}]),
        changed(surprise=1),
        b"[" * 100_000,
    ],
)
def test_what_is_no_journal_is_damaged_and_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hotpass").mkdir()
    journal_path(tmp_path).write_bytes(data)
    with pytest.raises(DamagedJournalError) as caught:
        read_journal(tmp_path)
    assert caught.value.exit_code == 9
    assert caught.value.path == str(journal_path(tmp_path))
    assert journal_path(tmp_path).read_bytes() == data
