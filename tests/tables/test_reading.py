"""Books: single files, folders, members that lie elsewhere, and many at once."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import pytest
from harness.books import number, opened, row, text, xlsx

from hotpass.tables import BookSource, Type, open_engine, read_book, read_books
from hotpass.tables.errors import NothingThereError, UnreadableTableError

SHEET = row(1, {"A": text("a")}) + row(2, {"A": number(1)})


def test_a_folder_is_its_tables_by_path(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.csv").write_text("a\n1\n")
    xlsx(folder / "sub" / "a.xlsx", {"One": SHEET, "Two": SHEET})
    (folder / "notes.md").write_bytes(b"hello")
    for junk in (".DS_Store", "sub/~$a.xlsx", "Thumbs.db"):
        (folder / junk).write_bytes(b"x")
    with opened(folder) as look:
        assert look.book.format == "folder"
        assert [(table.name, table.source) for table in look.book.tables] == [
            ("b.csv", "b.csv"),
            ("sub/a.xlsx!One", "sub/a.xlsx!One"),
            ("sub/a.xlsx!Two", "sub/a.xlsx!Two"),
        ]
        assert look.book.files == {"notes.md": md5(b"hello").hexdigest()}
        assert look.book.notes == ("data: left out: .DS_Store, Thumbs.db, sub/~$a.xlsx",)
        assert look.rows("sub/a.xlsx!Two") == [("1",)]


def test_members_may_lie_anywhere_under_any_name(tmp_path: Path) -> None:
    xlsx(tmp_path / "0123", {"One": SHEET})
    (tmp_path / "4567").write_text("a\n1\n")
    members = (("x/list.xlsx", tmp_path / "0123"), ("list.csv", tmp_path / "4567"))
    with open_engine() as engine:
        book = read_book(engine, BookSource("data", None, members))
        assert [table.name for table in book.tables] == ["list.csv", "x/list.xlsx!One"]


def test_what_cannot_be_read_in_a_folder_is_compared_by_its_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(b"no workbook")
    (folder / "b.csv").write_bytes(b'a,b\n"x')
    (folder / "c.parquet").write_bytes(b"PAR1")
    with opened(folder) as look:
        assert look.book.tables == ()
        assert sorted(look.book.files) == ["a.xlsx", "b.csv", "c.parquet"]
        assert [note.rpartition("; ")[2] for note in look.book.notes] == ["compared by its bytes"] * 3
        assert "b.csv, line 2: a quote opens here and never closes" in look.book.notes[1]


def test_a_file_that_is_no_table_is_a_book_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"x")
    with opened(tmp_path / "x.bin") as look:
        assert (look.book.format, look.book.tables) == ("file", ())
        assert look.book.files == {"": md5(b"x").hexdigest()}


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError), opened(tmp_path / "x.csv"):
        pass


def test_several_books_at_once_keep_their_order(tmp_path: Path) -> None:
    sources = []
    for n in range(5):
        path = xlsx(tmp_path / f"{n}.xlsx", row(1, {"A": text("a")}) + row(2, {"A": number(n)}))
        sources.append(BookSource(path.name, path))
    (tmp_path / "x.csv").write_text("a\n9\n")
    sources.insert(2, BookSource("x.csv", tmp_path / "x.csv"))
    with open_engine() as engine:
        books = read_books(engine, sources)
        values = [engine.execute(f"SELECT c1 FROM {book.tables[0].relation}") for book in books]
        assert values == [[("0",)], [("1",)], [("9",)], [("2",)], [("3",)], [("4",)]]


def test_one_bad_book_ends_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"PK")
    good = xlsx(tmp_path / "x.xlsx", SHEET)
    with open_engine() as engine:
        with pytest.raises(UnreadableTableError):
            read_books(engine, [BookSource("x.xlsx", good), BookSource("bad.xlsx", tmp_path / "bad.xlsx")])
        folder = engine.folder
    assert not folder.exists()


def test_parquet_has_its_own_types_and_names(tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    with open_engine() as engine:
        engine.execute(
            'COPY (SELECT 1::UTINYINT AS "A", 1.50::DECIMAL(9,2) AS "B.c", [1,2] AS l, \'x\'::BLOB AS z, '
            "TIMESTAMPTZ '2024-01-31 10:30:00+02' AS tz, {'a': 1} AS s, 'x' AS \"file_row_number\", '5'::JSON AS j, "
            "TIME '10:30:00.5' AS t, 0.1::FLOAT AS f, uuid() AS u) TO '" + str(path).replace("'", "''") + "'"
        )
    with opened(path) as look:
        assert look.names() == ["A", "B.c", "l", "z", "tz", "s", "file_row_number", "j", "t", "f", "u"]
        kinds = [Type.INTEGER, Type.NUMBER, Type.OTHER, Type.OTHER, Type.DATETIME, Type.OTHER, Type.TEXT, Type.TEXT,
                 Type.TIME, Type.NUMBER, Type.TEXT]  # fmt: skip
        assert look.types() == [kind.value for kind in kinds]
        assert look.table().columns[1].native == "DECIMAL(9,2)"
        assert look.texts()[0][:10] == (
            "1", "1.5", "[1, 2]", "x", "2024-01-31 08:30:00Z", "{'a': 1}", "x", "5", "10:30:00.5", "0.1",
        )  # fmt: skip
        assert look.table().address(0, look.table().columns[2]) == "it's.parquet!C2"


def test_parquet_rows_are_numbered_in_the_files_order(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with open_engine() as engine:
        engine.execute(f"COPY (SELECT range AS a FROM range(300000)) TO '{path}' (ROW_GROUP_SIZE 10000)")
    with opened(path) as look:
        numbered = look.engine.numbered(look.table())
        assert look.engine.execute(f"SELECT count(*) FROM {numbered} WHERE c1 <> r") == [(0,)]
