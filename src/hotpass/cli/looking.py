"""The verbs that look into data: ``compare``, ``trace``, ``query``. One short function each."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from hotpass import report, workflows
from hotpass.cli.screen import Screen
from hotpass.cli.surroundings import listen, project_of
from hotpass.errors import DIFFERENCES_FOUND
from hotpass.files import new_token, write_whole
from hotpass.report import document

AddVerb = Callable[[str, str, str], argparse.ArgumentParser]
"""Makes the parser of a verb from its name, what it does, and examples."""

ROWS_SHOWN = 10_000

_COMPARE_EXAMPLES = """examples:
  hotpass compare refined_data@1.0.0
  hotpass compare refined_data@1.0.0 refined_data@latest --html changes.html
  hotpass compare refined_data@latest --exit-code -q
  hotpass compare old.xlsx new.csv --key site_id,contact --tolerance 0.01
"""
_TRACE_EXAMPLES = """examples:
  hotpass trace refined_data ORG-017
  hotpass trace refined_data ORG-017 --column phone
  hotpass trace visits "ORG-017,2024-05-01" --key site_id,date
"""
_QUERY_EXAMPLES = """examples:
  hotpass query "SELECT count(*) FROM 'refined_data@1.0.0'"
  hotpass query "FROM 'refined_data@latest!Sites' LIMIT 5"
  hotpass query "SELECT id FROM refined_data EXCEPT SELECT id FROM 'refined_data@1.0.0'" --csv new.csv
"""


def add_verbs(add: AddVerb) -> None:
    """Add the verbs to the command line."""
    parser = add("compare", "show what changed between two versions, cell by cell", _COMPARE_EXAMPLES)
    parser.add_argument(
        "old",
        metavar="OLD",
        help="a release DATASET@X.Y.Z or a range, DATASET (the work tree), a file or folder",
    )
    parser.add_argument(
        "new", metavar="NEW", nargs="?", help="the same (default: the work tree of OLD's dataset)"
    )
    _add_key(parser)
    parser.add_argument(
        "--tolerance", metavar="X", type=_tolerance, help="take numbers that differ by at most X for equal"
    )
    _add_hidden(parser)
    parser.add_argument("--html", metavar="FILE", help="write a page to look through")
    parser.add_argument("--csv", metavar="FILE", help="write every change")
    parser.add_argument(
        "--markdown", metavar="FILE", help="write what a pull request may hold: counts, no value"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit 4 where anything differs")
    parser.set_defaults(run=compare)
    parser = add("trace", "show every release in which a record, or one cell of it, changed", _TRACE_EXAMPLES)
    parser.add_argument("dataset", metavar="DATASET", help="which dataset")
    parser.add_argument(
        "values",
        metavar="KEY",
        nargs="+",
        help="the record's key: a value for each of its columns, or VALUE,VALUE",
    )
    parser.add_argument("--column", metavar="COL", help="follow one cell of the record")
    _add_key(parser)
    _add_hidden(parser)
    parser.set_defaults(run=trace)
    parser = add("query", "ask releases in SQL; nothing else can be read, nothing written", _QUERY_EXAMPLES)
    parser.add_argument(
        "sql",
        metavar="SQL",
        help="one SELECT of DuckDB; a table is 'DATASET@X.Y.Z', a range, or DATASET, each with !TABLE",
    )
    parser.add_argument("--csv", metavar="FILE", help="write all rows there instead of showing them")
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_count,
        default=ROWS_SHOWN,
        help=f"show at most N rows (default: {ROWS_SHOWN})",
    )
    parser.set_defaults(run=query)


def compare(options: Namespace, screen: Screen) -> int:
    """``hotpass compare``."""
    listen(options)
    key = workflows.key_columns_of(options.key) if options.key is not None else None
    old, new = workflows.find_sides(options.repo_root, (options.old, options.new), options.lock_timeout)
    for target in (options.html, options.csv, options.markdown):
        if target is not None:
            workflows.check_target(Path(target), old, new)
    request = workflows.CompareRequest(key, options.tolerance, options.hidden)
    with workflows.open_comparison(old, new, request) as comparison:
        decision = workflows.decide_bump(comparison, old, new)
        if screen.json:
            screen.data(report.comparison_document(comparison, decision))
        else:
            screen.lines(report.comparison_lines(comparison, decision, screen.paint))
        if options.csv is not None:
            written = report.write_comparison_csv(comparison, Path(options.csv))
            _say_written(screen, written.path, written.neutralised)
        if options.html is not None:
            csv_name = Path(options.csv).name if options.csv is not None else None
            report.write_comparison_html(comparison, decision, Path(options.html), csv_name)
            screen.talk(f"wrote {options.html}")
        if options.markdown is not None:
            title = old.dataset or Path(options.old).name
            page = report.comparison_markdown(title, comparison, decision)
            write_whole(Path(options.markdown), page.encode(), new_token())
            screen.talk(f"wrote {options.markdown}")
    return DIFFERENCES_FOUND if options.exit_code and not comparison.is_same else 0


def trace(options: Namespace, screen: Screen) -> int:
    """``hotpass trace``."""
    listen(options)
    key = workflows.key_columns_of(options.key) if options.key is not None else None
    request = workflows.TraceRequest(
        options.dataset, tuple(options.values), options.column, key, options.hidden
    )
    traced = workflows.trace(project_of(options), request)
    if screen.json:
        screen.data(document.result_document("trace", traced))
    else:
        screen.lines(report.traced_lines(traced, screen.paint))
    return 0


def query(options: Namespace, screen: Screen) -> int:
    """``hotpass query``."""
    listen(options)
    project = project_of(options)
    if options.csv is not None:
        workflows.check_target(Path(options.csv), workflows.Side("", project=project))
    with workflows.open_query(project, options.sql) as answer:
        if options.csv is not None:
            written = report.write_answer_csv(answer.columns, answer.rows, Path(options.csv))
            _say_written(screen, written.path, written.neutralised)
            if screen.json:
                screen.data(document.value_document("query", path=options.csv, rows=written.rows))
            return 0
        rows = list(islice(answer.rows, options.limit))
        complete = next(answer.rows, None) is None
        if screen.json:
            screen.data(report.answer_document(answer.columns, rows, answer.sources, complete=complete))
        else:
            # What was asked for is the answer itself: -q leaves the remarks out.
            screen.data("\n".join(report.answer_lines(answer.columns, rows, screen.paint)))
    if not complete:
        screen.talk(
            f"note: only the first {options.limit} rows are shown; all of them: --csv FILE, or --limit N"
        )
    return 0


def _say_written(screen: Screen, path: Path, neutralised: dict[str, int]) -> None:
    screen.talk(f"wrote {path}")
    if neutralised:
        fields = ", ".join(f"{count} in {name}" for name, count in neutralised.items())
        screen.talk(
            f"note: a spreadsheet would take these cells for formulas, so they begin with ': {fields}"
        )


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--key",
        metavar="COL,...",
        help="the columns that tell rows apart (default: as hotpass.toml says, else found)",
    )


def _add_hidden(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hidden", action="store_true", help="look at the hidden sheets of workbooks, too")


def _tolerance(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"not a number from 0 on: {text!r}")
    return number


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:20]) <= 100_000_000:
        raise argparse.ArgumentTypeError(f"not a number of rows from 1 to 100000000: {text!r}")
    return int(text)
