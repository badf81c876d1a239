"""The verbs that make data: ``refine``, ``review``, ``backfill``. One short function each."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from hotpass import report, workflows
from hotpass.cli.screen import Screen
from hotpass.cli.surroundings import listen
from hotpass.report import document

AddVerb = Callable[[str, str, str], argparse.ArgumentParser]
"""Makes the parser of a verb from its name, what it does, and examples."""

_REFINE_EXAMPLES = """examples:
  hotpass refine --dry-run --report refined.html
  hotpass refine --input-dir data --output-path dist/refined_data.xlsx --profile generic
  hotpass refine --bump auto --tag --description "The lists of May"
  hotpass refine --explain org-4f7k2m9xw1zt
"""


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
            with workflows.open_changes(prepared) as changes:
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


def _explain(name: str, prepared: workflows.PreparedRun, screen: Screen) -> int:
    refined, number, explanation = workflows.explained(prepared, name)
    if screen.json:
        fields = report.explanation_document(refined, number, explanation)
        screen.data(document.value_document("refine", **fields))
    else:
        screen.lines(report.explanation_lines(refined, number, explanation, screen.paint))
    return 0
