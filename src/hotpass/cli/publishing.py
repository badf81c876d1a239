"""The verbs that reach a remote: ``publish`` and ``verify``. One short function each."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable

from hotpass import report, versioning, workflows
from hotpass.cli.screen import Screen
from hotpass.cli.surroundings import listen, project_of
from hotpass.report import document

AddVerb = Callable[[str, str, str], argparse.ArgumentParser]
"""Makes the parser of a verb from its name, what it does, and examples."""

_PUBLISH_EXAMPLES = """examples:
  hotpass publish
  hotpass publish refined_data --dry-run
  hotpass publish --all --remote-name prod
  hotpass publish --tag-only
"""
_VERIFY_EXAMPLES = """examples:
  hotpass verify
  hotpass verify refined_data@^1 --remote
  hotpass verify --remote --deep --json
  hotpass verify --repair
"""


def add_verbs(add: AddVerb) -> None:
    """Add the verbs to the command line."""
    parser = add("publish", "send releases to the remote, prove them there, push the tags", _PUBLISH_EXAMPLES)
    parser.add_argument("dataset", metavar="DATASET", nargs="?", help="which dataset (default: all)")
    parser.add_argument(
        "--all", action="store_true", help="look at every release again, not at the unpublished ones alone"
    )
    parser.add_argument("--remote-name", metavar="R", help="the DVC remote (default: DVC's default)")
    parser.add_argument("--tag-only", action="store_true", help="push tags and leave the branch alone")
    parser.add_argument(
        "--create-remote", action="store_true", help="let the remote begin anew where another one was"
    )
    parser.add_argument("--deep", action="store_true", help="read every byte back as proof")
    parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    parser.set_defaults(run=publish)
    parser = add("verify", "look whether every release can be brought back", _VERIFY_EXAMPLES)
    parser.add_argument(
        "release",
        metavar="DATASET[@RANGE]",
        nargs="?",
        help="which releases: of DATASET, or those that fit X.Y.Z, 1, 1.2, ^1.2, ~1.2.3, latest (default: all)",
    )
    parser.add_argument(
        "--remote", action="store_true", help="each must be on the remote, and not in the store alone"
    )
    parser.add_argument("--remote-name", metavar="R", help="look at this DVC remote (default: DVC's default)")
    parser.add_argument("--deep", action="store_true", help="read every byte")
    parser.add_argument(
        "--repair", action="store_true", help="copy the good side over the bad one; what was there is kept"
    )
    parser.set_defaults(run=verify)


def publish(options: Namespace, screen: Screen) -> int:
    """``hotpass publish``."""
    listen(options)
    dataset = versioning.check_name(options.dataset) if options.dataset is not None else None
    request = workflows.PublishRequest(
        dataset=dataset,
        everything=options.all,
        remote=options.remote_name,
        tag_only=options.tag_only,
        create=options.create_remote,
        dry_run=options.dry_run,
        deep=options.deep,
    )
    result = workflows.publish(project_of(options), request)
    if screen.json:
        screen.data(document.result_document("publish", result))
        return 0
    screen.lines(report.published_lines(result, screen.paint))
    for note in report.published_notes(result):
        screen.talk(note)
    return 0


def verify(options: Namespace, screen: Screen) -> int:
    """``hotpass verify``."""
    listen(options)
    name, wanted = versioning.parse_release_name(options.release) if options.release else (None, None)
    request = workflows.VerifyRequest(name, wanted, options.remote, options.deep, options.remote_name)
    look = workflows.repair if options.repair else workflows.verify
    result = look(project_of(options), request)
    if screen.json:
        screen.data(document.result_document("verify", result))
        return result.exit_code
    screen.lines(report.verified_lines(result, screen.paint))
    for problem in report.verified_problems(result):
        screen.problem(problem)
    for note in result.notes:
        screen.talk(f"note: {note}")
    return result.exit_code
