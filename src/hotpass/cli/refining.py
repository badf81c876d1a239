"""The verbs that make data: ``refine``, ``review``, ``backfill``. One short function each."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path

from hotpass import report, workflows
from hotpass.cli.keys import single_keys
from hotpass.cli.screen import Screen
from hotpass.cli.surroundings import listen
from hotpass.errors import ConflictError, UsageError
from hotpass.report import document

AddVerb = Callable[[str, str, str], argparse.ArgumentParser]
"""Makes the parser of a verb from its name, what it does, and examples."""

_REFINE_EXAMPLES = """examples:
  hotpass refine --dry-run --report refined.html
  hotpass refine --input-dir data --output-path dist/refined_data.xlsx --profile generic
  hotpass refine --bump auto --tag --description "The lists of May"
  hotpass refine --explain org-4f7k2m9xw1zt
"""
_REVIEW_EXAMPLES = """examples:
  hotpass review
  hotpass review --json
"""
_BACKFILL_EXAMPLES = """examples:
  hotpass backfill --dry-run
  hotpass backfill --from data@^1
  hotpass backfill --from archives/ --since 2024-01-01 --until 2024-12-31
"""
_NOT_WITH_EXPLAIN = {
    "bump": "--bump",
    "tag": "--tag",
    "description": "--description",
    "report": "--report",
}
_KEYS = "[s]ame  [d]ifferent  [u]nsure  [z] undo  [q]uit"
_ANSWERS = {"s": "same", "d": "different", "u": "unsure"}


def add_verbs(add: AddVerb) -> None:
    """Add the verbs to the command line."""
    parser = add("refine", "make one dataset of a folder of spreadsheets, and release it", _REFINE_EXAMPLES)
    _add_places(parser)
    parser.add_argument(
        "--bump",
        choices=("auto", "major", "minor", "patch"),
        help="give the output the next version; auto: the one that follows from what changed",
    )
    parser.add_argument("--tag", action="store_true", help="release that version in the same act")
    parser.add_argument("--description", metavar="TEXT", help="what changed, kept with the version")
    parser.add_argument("--report", metavar="FILE", help="write a page that shows what was decided")
    parser.add_argument(
        "--explain", metavar="ID", help="say why an organisation is what it is; write nothing"
    )
    parser.add_argument("--dry-run", action="store_true", help="refine, show and write nothing but --report")
    parser.set_defaults(run=refine)
    parser = add("review", "decide uncertain pairs of records, one key each", _REVIEW_EXAMPLES)
    _add_places(parser)
    parser.set_defaults(run=review)
    parser = add("backfill", "replay past inputs, oldest first, one release each", _BACKFILL_EXAMPLES)
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FROM",
        help="DATASET@RANGE, or a folder of folders and archives named by date (default: the input dataset)",
    )
    parser.add_argument(
        "--since", metavar="DAY", type=_day, default="0001-01-01", help="from this day on (2024-01-31)"
    )
    parser.add_argument(
        "--until", metavar="DAY", type=_day, default="9999-12-31", help="up to and with this day"
    )
    parser.add_argument("--output-path", metavar="FILE", help="as for refine")
    parser.add_argument("--profile", metavar="NAME", help="as for refine")
    parser.add_argument("--config", metavar="FILE", help="settings in place of the repository's hotpass.toml")
    parser.add_argument("--dry-run", action="store_true", help="list the points and write nothing")
    parser.add_argument("--stop-on-error", action="store_true", help="end with the first point that fails")
    parser.set_defaults(run=backfill)


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--input-dir", metavar="DIR", help="the folder with the lists (default: data)")
    parser.add_argument(
        "--output-path",
        metavar="FILE",
        help="the .xlsx, .parquet or .csv to write (default: dist/refined_data.xlsx)",
    )
    parser.add_argument("--profile", metavar="NAME", help="a profile's name or YAML file (default: generic)")
    parser.add_argument("--config", metavar="FILE", help="settings in place of the repository's hotpass.toml")


def refine(options: Namespace, screen: Screen) -> int:
    """``hotpass refine``."""
    listen(options)
    workplace = workflows.open_workplace(options.repo_root, options.lock_timeout, options.config)
    looking = options.explain is not None
    _check_options(options, versioned=bool(workplace.settings["versioning.enabled"]))
    request = workflows.RefineRequest(
        input_dir=options.input_dir,
        output_path=options.output_path,
        profile=options.profile,
        bump=options.bump,
        tag=options.tag,
        description=options.description,
        dry_run=options.dry_run or looking,
    )
    with workflows.prepare_run(workplace, request) as prepared:
        if looking:
            return _explain(options.explain, prepared, screen)
        if options.report is not None:
            page = Path(options.report)
            workflows.check_report(prepared, page)
            with workflows.open_changes(prepared.unwritten) as changes:
                part = report.comparison_part(*changes) if changes is not None else ()
                report.write_refinement_html(prepared.refined.findings, page, part)
            screen.talk(f"wrote {options.report}")
        result = workflows.complete_run(prepared, options.report or "")
    if screen.json:
        screen.data(report.refine_document(result))
        return 0
    screen.lines(report.result_lines(result, screen.paint))
    for note in report.result_notes(result):
        screen.talk(f"note: {note}")
    return 0


def _check_options(options: Namespace, *, versioned: bool) -> None:
    """Refuse what would do nothing; ``versioned``: every run makes a version."""
    if options.explain is not None:
        for name, option in _NOT_WITH_EXPLAIN.items():
            if getattr(options, name):
                raise WithoutEffectError(option, "--explain writes nothing", "hotpass refine --explain ID")
    elif options.description is not None and not (options.bump or options.tag or versioned):
        command = "hotpass refine --bump auto --description TEXT"
        raise WithoutEffectError("--description", "no version was asked for", command)


class WithoutEffectError(UsageError):
    """An option was given that would do nothing."""

    option: str
    reason: str
    command: str

    def __str__(self) -> str:
        return f"{self.option} would have no effect: {self.reason}"

    @property
    def hint(self) -> str:
        """The command that makes sense."""
        return self.command


def _explain(name: str, prepared: workflows.PreparedRun, screen: Screen) -> int:
    refined, number, explanation = workflows.explained(prepared, name)
    if screen.json:
        fields = report.explanation_document(refined, number, explanation)
        screen.data(document.value_document("refine", **fields))
    else:
        screen.lines(report.explanation_lines(refined, number, explanation, screen.paint))
    return 0


def review(options: Namespace, screen: Screen) -> int:
    """``hotpass review``."""
    listen(options)
    workplace = workflows.open_workplace(options.repo_root, options.lock_timeout, options.config)
    request = workflows.RefineRequest(options.input_dir, options.output_path, options.profile, dry_run=True)
    if not screen.json and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise workflows.NeedsTerminalError(workplace.shown(workplace.decisions_path))
    with workflows.open_review(workplace, request) as found:
        if screen.json:
            path = workplace.shown(found.path)
            pairs = [report.pair_document(pair) for pair in found.pairs]
            screen.data(document.value_document("review", decisions=path, pairs=pairs))
            return 0
        if not found.pairs:
            screen.data("no pair is uncertain")
            return 0
        _decide(found, screen)
        shown = workplace.shown(found.path)
    left = len(found.pairs) - found.at
    screen.data(f"{found.answered:,} decided, {left:,} left; kept in {shown}")
    if found.answered:
        screen.talk(f"next: hotpass refine; commit {shown}, so that everybody's runs obey it")
    return 0


def _decide(found: workflows.Review, screen: Screen) -> None:
    with single_keys() as next_key:
        shown = -1
        while (pair := found.current) is not None:
            if shown != found.at:
                lines = report.pair_lines(pair, found.at + 1, len(found.pairs), screen.paint)
                screen.data("\n".join([*lines, _KEYS]))
                shown = found.at
            key = next_key()
            if key in _ANSWERS:
                _answer(found, _ANSWERS[key], screen)
            elif key == "z":
                screen.data("  taken back" if found.undo() else "  nothing to undo")
            elif key in ("q", ""):
                return


def _answer(found: workflows.Review, answer: str, screen: Screen) -> None:
    try:
        found.answer(answer)
    except ConflictError as error:
        screen.error(error)
    else:
        screen.data(f"  {answer}")


def backfill(options: Namespace, screen: Screen) -> int:
    """``hotpass backfill``."""
    listen(options)
    workplace = workflows.open_workplace(options.repo_root, options.lock_timeout, options.config)
    request = workflows.BackfillRequest(
        options.source,
        options.since,
        options.until,
        options.output_path,
        options.profile,
        options.dry_run,
        options.stop_on_error,
    )

    def announce(result: workflows.PointResult) -> None:
        if not screen.json:
            screen.lines([report.point_line(result, screen.paint)])

    results = workflows.backfill(workplace, request, announce)
    if screen.json:
        points = [report.point_document(result) for result in results]
        screen.data(document.value_document("backfill", points=points))
    failed = [result.error for result in results if result.error is not None]
    if failed:
        screen.talk(
            f"{len(failed)} of {len(results)} points failed; once a later point is released, a failed one"
        )
        screen.talk("is passed over: --stop-on-error ends at the first, to be mended before going on")
        return failed[0].exit_code
    return 0


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a day such as 2024-01-31: {text!r}") from None
