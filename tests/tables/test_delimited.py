"""FAULTS 48 for delimited text: every value is read as it stands, or it is said what could not be decided."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harness.books import opened

from hotpass.tables import BookSource, ReadOptions, open_engine, read_book
from hotpass.tables.errors import LimitError, UndecidedTextError, UnevenLinesError, UnreadableTableError
from hotpass.tables.limits import Limits

PLAIN = [("1", "2"), ("3", "4")]


@dataclass(frozen=True)
class Case:
    """A text, and the columns, rows and notes it is read as."""

    name: str
    data: bytes
    columns: list[str]
    rows: Sequence[tuple[str | None, ...]]
    notes: list[str] = field(default_factory=list)
    first_row: int = 2
    suffix: str = "csv"


CASES = [
    Case("plain", b"a,b\n1,2\n3,4\n", ["a", "b"], PLAIN),
    Case("no line end at the end", b"a,b\n1,2\n3,4", ["a", "b"], PLAIN),
    Case("CRLF", b"a,b\r\n1,2\r\n3,4\r\n", ["a", "b"], PLAIN),
    Case("CR", b"a,b\r1,2\r3,4\r", ["a", "b"], PLAIN),
    Case("mixed line ends", b"a,b\r\n1,2\n3,4\r", ["a", "b"], PLAIN),
    Case("a mark before UTF-8", b"\xef\xbb\xbfa,b\n1,2\n3,4\n", ["a", "b"], PLAIN),
    Case(
        "UTF-16 with a mark",
        "\ufeffa,b\n1,é\n".encode("utf-16-le"),
        ["a", "b"],
        [("1", "é")],
        ["x.csv: the encoding is utf-16-le"],
    ),
    Case(
        "UTF-16 without a mark",
        "name,b\n1,é\nabc,def\n".encode("utf-16-be"),
        ["name", "b"],
        [("1", "é"), ("abc", "def")],
        ["x.csv: the encoding is utf-16-be"],
    ),
    Case(
        "Windows-1252, a guess that is said",
        b"a,b\n1,2\n3,caf\xe9 \x80 \x81\n",
        ["a", "b"],
        [("1", "2"), ("3", "café € \x81")],
        ["x.csv: the encoding is not UTF-8; taken to be Windows-1252 (first at line 3)"],
    ),
    Case(
        "mixed encodings, with the line",
        "a,b\n1,café\n".encode() + b"2,caf\xe9\n",
        ["a", "b"],
        [("1", "café"), ("2", "café")],
        ["x.csv: mixed encodings: line 3 is not UTF-8 as others are; taken to be Windows-1252"],
    ),
    Case("semicolons", b"a;b\n1;2\n3;4\n", ["a", "b"], PLAIN, ["x.csv: the delimiter is a semicolon"]),
    Case("bars", b"a|b\n1|2\n3|4\n", ["a", "b"], PLAIN, ["x.csv: the delimiter is a bar"]),
    Case("tabs in a csv", b"a\tb\n1\t2\n3\t4\n", ["a", "b"], PLAIN, ["x.csv: the delimiter is a tab"]),
    Case("tabs in a tsv", b"a\tb\n1\t2\n3\t4\n", ["a", "b"], PLAIN, suffix="tsv"),
    Case(
        "decimal commas",
        b"a;b\nx;1,50\ny;1.234,50\n",
        ["a", "b"],
        [("x", "1,50"), ("y", "1.234,50")],
        ["x.csv: the delimiter is a semicolon", "x.csv: numbers with a decimal comma stay text: 'b'"],
    ),
    Case(
        "either delimiter would do",
        b"a,b;c,d\n1,2;3,4\n",
        ["a", "b;c", "d"],
        [("1", "2;3", "4")],
        ["x.csv: the delimiter may be comma or semicolon; read with the first"],
    ),
    Case("quotes", b'a,b\n"x ""y"" z","1,x"\n', ["a", "b"], [('x "y" z', "1,x")]),
    Case("quotes inside", b'a,b\nx"y",5" pipe\n', ["a", "b"], [('x"y"', '5" pipe')]),
    Case("line ends in cells", b'a,b\n"x\n\ny","p\r\nq"\n', ["a", "b"], [("x\n\ny", "p\r\nq")]),
    Case("a line end in the header", b'"a\nb",c\n1,2\n', ["a\nb", "c"], [("1", "2")]),
    Case("blank is not empty text", b'a,b\n"",\n,""\n', ["a", "b"], [("", None), (None, "")]),
    Case(
        "too few cells",
        b"a,b\n1\n3,4\n",
        ["a", "b"],
        [("1", None), ("3", "4")],
        ["x.csv: line 2 has fewer cells than the header; the missing ones are blank"],
    ),
    Case(
        "too many cells",
        b"a,b\n1,2,x,y\n3,4\n",
        ["a", "b", "column C", "column D"],
        [("1", "2", "x", "y"), ("3", "4", None, None)],
        [
            "x.csv: line 2 has more cells than the header; they stand in columns C to D",
            "x.csv: columns without a header are named by their letter: column C, column D",
        ],
    ),
    Case(
        "one too many and one too few make no even file",
        b"a,b\n1,2,x\n3\n",
        ["a", "b", "column C"],
        [("1", "2", "x"), ("3", None, None)],
        [
            "x.csv: line 3 has fewer cells than the header; the missing ones are blank",
            "x.csv: line 2 has more cells than the header; they stand in column C",
            "x.csv: columns without a header are named by their letter: column C",
        ],
    ),
    Case("blank cells at the end", b"a,b,\n1,2,\n3,4,\n", ["a", "b"], PLAIN),
    Case("a blank cell too many", b"a,b\n1,2,\n3,4\n", ["a", "b"], PLAIN),
    Case(
        "spaces around quotes",
        b'a,b\n1, "x,y" \n',
        ["a", "b"],
        [("1", "x,y")],
        ["x.csv: 1 line has spaces around quotes; they are no part of the values"],
    ),
    Case("spaces elsewhere", b"a,b\n 1 , 2\n", ["a", "b"], [(" 1 ", " 2")]),
    Case(
        "a blank line",
        b"a,b\n1,2\n\n3,4\n\n\n",
        ["a", "b"],
        PLAIN,
        ["x.csv: 1 blank line between rows left out"],
    ),
    Case("blank lines before the header", b"\n\na,b\n1,2\n3,4\n", ["a", "b"], PLAIN, first_row=4),
    Case("one column", b"a\n1\n\n3\n", ["a"], [("1",), (None,), ("3",)]),
    Case(
        "headers twice and blank",
        b"a,a,,a (2)\n1,2,3,4\n",
        ["a", "a (3)", "column C", "a (2)"],
        [("1", "2", "3", "4")],
        [
            "x.csv: headers that stand there twice are told apart: 'a (3)'",
            "x.csv: columns without a header are named by their letter: column C",
        ],
    ),
    Case("control characters", b"a,b\nx\0y,\x01\x1b\x7f\n", ["a", "b"], [("x\0y", "\x01\x1b\x7f")]),
    Case(
        "invisible characters",
        "a,b\n\xa0x\u200b,e\u0301 \u00e9\n".encode(),
        ["a", "b"],
        [("\xa0x\u200b", "e\u0301 \u00e9")],
    ),
    Case("a cell of three million letters", b"a,b\n1," + b"x" * 3_000_000 + b"\n", ["a", "b"], [("1", "x" * 3_000_000)]),
    Case("a header alone", b"a,b\n", ["a", "b"], []),
    Case("a header alone, without a line end", b"a,b", ["a", "b"], []),
    Case("nothing", b"", [], [], ["x.csv: it is empty"], first_row=1),
    Case("comments are data", b"a,b\n#1,2\n", ["a", "b"], [("#1", "2")]),
    Case("backslashes are data", b"a,b\n\\,\\n\n", ["a", "b"], [("\\", "\\n")]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_text_is_read_as_it_stands(tmp_path: Path, case: Case) -> None:
    path = tmp_path / f"x.{case.suffix}"
    path.write_bytes(case.data)
    with opened(path) as look:
        assert look.names() == case.columns
        assert (look.rows() if case.columns else []) == list(case.rows)
        assert list(look.book.notes) == case.notes
        assert look.table().first_row == case.first_row


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "0"], "integer"),
        (["12345678901234567890123"], "integer"),
        (["007", "1"], "text"),
        (["+1"], "text"),
        (["1E5"], "text"),
        (["1_000"], "text"),
        (["1.50", "2"], "number"),
        (["1e+20", "-2.5E-07"], "number"),
        ([".5"], "text"),
        (["NaN"], "text"),
        (["NA", "1"], "text"),
        (["null"], "text"),
        (["None"], "text"),
        (["#N/A"], "text"),
        (["true", "False"], "boolean"),
        (["true", "1"], "text"),
        (["2024-02-29"], "date"),
        (["2023-02-29"], "text"),
        (["2024-02-29", "1"], "text"),
        (["2024-02-29T10:30", "2024-02-29 10:30:00.25Z"], "datetime"),
        (["2023-02-29 10:30"], "text"),
        (["2024-02-29", "2024-02-29 10:30"], "text"),
        (["10:30", "23:59:59.5"], "time"),
        (["24:00"], "text"),
        (["26:30:00"], "text"),
        (["+49 30 123"], "text"),
        ([" 1"], "text"),
        ([], "empty"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", [0, 5000])
def test_a_type_is_the_narrowest_that_all_values_fit(
    tmp_path: Path, values: list[str], kind: str, before: int
) -> None:
    """Blank and empty text fit every type, wherever the values stand."""
    path = tmp_path / "x.csv"
    lines = ["a,b", *["x,"] * before, *(f'"{n}","{value}"' for n, value in enumerate(values)), 'y,""', "z,"]
    path.write_text("\n".join(lines) + "\n")
    with opened(path) as look:
        assert look.types()[1] == kind
        assert [row[1] for row in look.rows()][before:] == [*values, "", None]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b'a,b\n1,2\n"x,3\n4,5\n', 3, "a quote opens here and never closes"),
        (b'a,b\n1,"x"y\n', 2, "cell 2: text follows the closing quote"),
    ],
)
def test_what_cannot_be_decided_is_said_with_its_line(
    tmp_path: Path, data: bytes, line: int, reason: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(UndecidedTextError) as caught, opened(path):
        pass
    assert (caught.value.line, caught.value.reason) == (line, reason)


def test_given_encoding_and_delimiter_are_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("a:b\n1:Ж\n".encode("cp1251"))
    with opened(path, encoding="cp1251", delimiter=":") as look:
        assert look.rows() == [("1", "Ж")]
    with (
        pytest.raises(UndecidedTextError, match="there is no encoding 'klingon'"),
        opened(path, encoding="klingon"),
    ):
        pass
    path.write_bytes(b"a,b\n1,2\n3,\xff\n")
    with (
        pytest.raises(UndecidedTextError, match="line 3: it is not utf-8-sig"),
        opened(path, encoding="utf-8-sig"),
    ):
        pass


def test_prose_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("Dear reader,\nthis is a letter. It has commas, some of them.\nYours\n")
    with opened(path) as look:
        assert (look.book.format, look.book.tables, list(look.book.files)) == ("file", (), [""])
    path.write_text("a\tb\n1\t2\n")
    with opened(path) as look:
        assert look.rows() == [("1", "2")]


def test_compressed_text_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    with opened(path) as look:
        assert look.rows() == PLAIN
        assert look.book.format == "csv"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n" * 1000)[:-20])
    with pytest.raises(UnreadableTableError), opened(path):
        pass


def test_compressed_text_has_limits(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"0," * (40 << 20)))
    with pytest.raises(LimitError) as caught, opened(path):
        pass
    assert caught.value.limit == "ratio"
    with pytest.raises(LimitError) as caught, opened(path, limits=Limits(bytes=1 << 20)):
        pass
    assert caught.value.limit == "bytes"


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(",".join(f"c{n}" for n in range(101)) + "\n")
    with pytest.raises(LimitError, match="limit columns = 100"), opened(path, limits=Limits(columns=100)):
        pass
    path.write_text("a,b\n1,2" + ",3" * 200 + "\n")
    with pytest.raises(LimitError, match="limit columns = 100"), opened(path, limits=Limits(columns=100)):
        pass


def test_large_text_is_not_read_twice_unless_carefully(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "1,2\n" * 300_000 + "3\n")
    with opened(path) as look:
        assert look.book.notes == (
            "x.csv: line 300002 has fewer cells than the header; the missing ones are blank",
        )
    with open_engine() as engine:
        book = read_book(engine, BookSource("x.csv", path), ReadOptions(careful=False))
        assert [column.type.value for column in book.tables[0].columns] == ["undecided"] * 2
        with pytest.raises(UnevenLinesError, match="line 300002 has 1 cells where the header has 2"):
            engine.decide_types(book.tables[0])


def test_names_of_files_may_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "it's [1] *?.csv"
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    with opened(path) as look:
        assert look.rows() == PLAIN
