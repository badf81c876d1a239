"""query: SQL over releases, and nothing that a query could do besides."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from harness.repository import Repo
from harness.story import BOOK


def _ask(repo: Repo, sql: str, *args: str) -> dict[str, Any]:
    answer: dict[str, Any] = repo.hotpass("query", sql, *args, "--json").json
    return answer


def _refused(repo: Repo, sql: str) -> tuple[int, str, str]:
    answer = repo.hotpass("query", sql, "--json", check=False)
    error = answer.json["error"]
    assert "Traceback" not in answer.stdout + answer.stderr
    return answer.code, error["type"], error["message"]


# ------------------------------------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT organization_id, beds FROM 'refined_data@1.0.0!Sites'", [["ORG-1", 12], ["ORG-2", 3]]),
        ('SELECT count(*) FROM "refined_data@latest!Sites"', [[2]]),
        ("SELECT count(*) FROM 'refined_data@^1.0!Sites'", [[3]]),
        ("SELECT count(*) FROM 'refined_data!Sites'", [[2]]),
        ("SELECT a FROM 'refined_data@1.0.0!Secret'", [[1]]),
        (
            "SELECT organization_id FROM 'refined_data@1.0.0!Sites' ANTI JOIN 'refined_data!Sites' USING (organization_id)",
            [["ORG-1"]],
        ),
        (
            """SELECT o.phone, n.phone FROM 'refined_data@1.0.0!Sites' o JOIN 'refined_data@1.0.1!Sites' n
            USING (organization_id) WHERE o.phone <> n.phone""",
            [["+27 1", "+27 99"]],
        ),
        ("WITH sites AS (FROM 'refined_data@1.0.0!Sites') SELECT count(*) FROM sites", [[2]]),
        ("SELECT sum(n), max(day) FROM 'refined_data@1.0.0!Visits'", [[6, "2024-05-02"]]),
        ("SELECT 'it''s'; ", [["it's"]]),
        ("VALUES (1, NULL), (2, 'x')", [[1, None], [2, "x"]]),
        ("SELECT 0.1::DECIMAL(3,2), DATE '2024-01-31', [1, 2], {'a': 'nan'::DOUBLE}, '\\x41'::BLOB", None),
    ],
)
def test_releases_are_tables(story: Repo, sql: str, rows: list[list[Any]] | None) -> None:
    answer = _ask(story, sql)
    assert answer["complete"]
    assert answer["rows"] == (rows or [["0.10", "2024-01-31", [1, 2], {"a": "nan"}, "41"]])


def test_the_answer_says_which_release_a_range_was(story: Repo) -> None:
    assert _ask(story, "SELECT 1 FROM 'refined_data@1.0!Sites'")["sources"] == {
        "refined_data@1.0!Sites": "refined_data@1.0.1"
    }


def test_lines_are_aligned_and_inert(story: Repo) -> None:
    said = story.hotpass(
        "query", "SELECT organization_id AS id, phone, beds FROM 'refined_data@1.1.0!Sites' ORDER BY 1"
    )
    assert said.stdout.splitlines() == [
        "id     phone   beds",
        "ORG-1  +27 99  12",
        "ORG-2  012     3",
        "ORG-3  =1+1    NULL",
    ]
    assert "\x1b" not in story.hotpass("query", "SELECT chr(27) || '[31mred'").stdout


def test_more_rows_than_are_shown_are_said(story: Repo) -> None:
    said = story.hotpass("query", "FROM range(100)", "--limit", "2")
    assert said.stdout.splitlines() == ["range", "0", "1"]
    assert "only the first 2 rows are shown" in said.stderr
    assert not _ask(story, "FROM range(100)", "--limit", "2")["complete"]
    assert _ask(story, "FROM range(2)", "--limit", "2")["complete"]


def test_csv_is_whole_and_no_spreadsheet_obeys_it(story: Repo, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    sql = "SELECT organization_id, phone, beds, '' AS e FROM 'refined_data@1.1.0!Sites' ORDER BY 1"
    said = story.hotpass("query", sql, "--csv", str(target))
    assert target.read_bytes().decode("utf-8-sig").splitlines() == [
        "organization_id,phone,beds,e",
        'ORG-1,+27 99,12,""',
        'ORG-2,012,3,""',
        'ORG-3,\'=1+1,,""',
    ]
    assert "1 in phone" in said.stderr
    before = target.read_bytes()
    failed = "SELECT CASE WHEN range = 50000 THEN error('late') ELSE 'x' END FROM range(60000)"
    assert story.hotpass("query", failed, "--csv", str(target), check=False).code == 2
    assert target.read_bytes() == before
    assert os.listdir(tmp_path) == ["out.csv"]


def test_csv_never_replaces_data(story: Repo) -> None:
    for target in (BOOK, f"{BOOK}.dvc", f"{BOOK}.version.json", ".git/x", "dist", ".dvc/config"):
        answer = story.hotpass("query", "SELECT 1", "--csv", str(story.path(target)), check=False)
        assert answer.code == 10, target
    assert story.status() == ""


# --------------------------------------------------------------------------------------------- no way out


def _picture(repo: Repo) -> dict[Path, tuple[int, int]]:
    """Every file of the repository but what Hotpass remembers, with inode and time."""
    files = (file for file in repo.root.rglob("*") if file.is_file() and ".git/hotpass" not in str(file))
    return {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('{object}')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'dist/refined_data.xlsx'",
        "SELECT * FROM './x.parquet'",
        "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('x')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('refined_data')",
        "SELECT * FROM json_execute_serialized_sql('x')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM pragma_database_size()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
        "SELECT 1 WHERE EXISTS (FROM read_text('/etc/passwd'))",
        "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('/etc/passwd')))",
        "SELECT getenv('HOME')",
        "SELECT current_setting('allowed_paths')",
        "COPY (SELECT 1) TO '{target}'",
        "WITH t AS (COPY (SELECT 1) TO '{target}' (USE_TMP_FILE false)) SELECT * FROM t",
        "WITH t AS (COPY (SELECT 1) TO '{object}' (USE_TMP_FILE false)) SELECT * FROM t",
        "WITH t AS (INSERT INTO x VALUES (1) RETURNING *) SELECT * FROM t",
        "WITH t AS (DELETE FROM 'refined_data@1.0.0!Sites' RETURNING *) SELECT * FROM t",
        "SELECT * FROM (WITH t AS (COPY (SELECT 1) TO '{target}') FROM t)",
        "EXPORT DATABASE '{target}'",
        "IMPORT DATABASE '/tmp'",
        "ATTACH '{target}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "EXPLAIN ANALYZE SELECT 1",
        "CREATE TABLE t (a INT)",
        "CREATE SECRET (TYPE s3)",
        "USE memory",
        "CHECKPOINT",
        "PREPARE p AS SELECT 1",
        "BEGIN",
    ],
)
def test_a_query_reads_what_it_names_and_nothing_else(story: Repo, tmp_path: Path, sql: str) -> None:
    stored = next(file for file in story.path(".dvc/cache/files/md5").rglob("*") if file.is_file())
    before = _picture(story), stored.read_bytes(), stat.S_IMODE(stored.stat().st_mode)
    target = tmp_path / "target"
    code, kind, message = _refused(story, sql.format(target=target, object=stored))
    assert (code, kind) in {(10, "ForbiddenQueryError"), (10, "NotAReleaseError")}, message
    assert not target.exists()
    assert before == (_picture(story), stored.read_bytes(), stat.S_IMODE(stored.stat().st_mode))


def test_the_second_wall_holds_by_itself(story: Repo, tmp_path: Path) -> None:
    """What the parser would let through, by mistake, reaches no file all the same."""
    from hotpass.tables import QueryError, open_engine
    from hotpass.versioning import Project
    from hotpass.workflows.parsing import ParsedQuery
    from hotpass.workflows.querying import _open_tables

    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    parsed = ParsedQuery("", ("refined_data@1.0.0!Sites",), frozenset())
    with open_engine() as engine:
        _open_tables(engine, Project.find(story.root), parsed)
        engine.lock()
        for sql in (
            f"SELECT * FROM read_csv('{secret}')",
            f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'x.db'}'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
            f"SELECT * FROM glob('{tmp_path}/*')",
        ):
            with pytest.raises(QueryError):
                engine.execute(sql)
    assert os.listdir(tmp_path) == ["secret.csv"]


# ------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("SELEC 1", 2, 'query, line 1: syntax error at or near "SELEC"'),
        ("SELECT 1\nFROM\n\nWHERE", 2, "query, line 4: syntax error"),
        ("SELECT\n  nope\nFROM 'refined_data!Sites'", 2, "query, line 2: Referenced column"),
        ("SELECT 'x'::INT", 2, "Could not convert string 'x'"),
        ("", 2, "one SELECT statement is needed, not 0"),
        ("SELECT 1; SELECT 2", 2, "one SELECT statement is needed, not 2"),
        ("SELECT ?", 2, "parameters"),
        ("SELECT 'a", 2, "unterminated"),
        ("SELECT 1 \0", 2, "NUL"),
        ("FROM 'refined_data@1.0.0'", 2, "which table of refined_data@1.0.0? there are 3"),
        ("FROM 'refined_data@1.0.0!Site'", 3, "refined_data@1.0.0 has no table 'Site'"),
        ("FROM 'refined_dat@1.0.0'", 3, "did you mean 'refined_data'?"),
        ("FROM sites", 3, "unknown dataset 'sites'"),
        ("FROM 'refined_data@3'", 3, "has no version 3"),
        ("FROM 'refined_data@x'", 2, "x"),
        (f"SELECT {'(' * 3000}1{')' * 3000}", 2, "depth"),
    ],
)
def test_errors_name_the_line(story: Repo, sql: str, code: int, words: str) -> None:
    found, _, message = _refused(story, sql)
    assert found == code
    assert words in message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "sql"),
    [
        ("SECONDS", "1", "SELECT count(*) FROM range(1000000000000) WHERE hash(range) % 7 = 3"),
        ("MEMORY", str(300 << 20), "SELECT list(range) FROM range(500000000)"),
    ],
)
def test_a_query_has_its_limits(
    story: Repo, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sql: str
) -> None:
    monkeypatch.setenv(f"HOTPASS_LIMIT_{name}", value)
    code, kind, message = _refused(story, sql)
    assert (code, kind) == (10, "LimitError")
    assert message.startswith("this query: ")
    assert f"limit {name.lower()} = " in message
