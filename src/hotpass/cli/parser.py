"""The verbs and flags, parsed once into a namespace that names the function to run."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from hotpass import __version__
from hotpass.cli import commands, completion
from hotpass.cli.screen import Screen
from hotpass.errors import UsageError

_VERSION_EXAMPLES = """examples:
  hotpass version --init --remote s3://my-bucket/hotpass-data
  hotpass version --add dist/refined_data.xlsx
  hotpass version --set 1.0.0 --dataset refined_data --description "Initial release" --tag
  hotpass version --bump patch --tag --dataset refined_data --description "Two phones corrected"
  hotpass version --bump auto --tag --dataset refined_data --description "Ten new sites"
  hotpass version --get refined_data
  hotpass version --status --check
"""
_RESTORE_EXAMPLES = """examples:
  hotpass restore refined_data@1.0.0
  hotpass restore refined_data@1.0.0 --to old.xlsx
  hotpass restore refined_data@latest
  hotpass restore refined_data@^1.2
"""
_HISTORY_EXAMPLES = """examples:
  hotpass history refined_data
  hotpass history refined_data --json
"""
_SHOW_EXAMPLES = """examples:
  hotpass show refined_data@1.0.0
  hotpass show refined_data@latest --json
  hotpass show refined_data
"""
_IDENTIFY_EXAMPLES = """examples:
  hotpass identify ~/Downloads/refined_data.xlsx
"""
_DOCTOR_EXAMPLES = """examples:
  hotpass doctor
  hotpass doctor --fix
"""
_COMPLETION_EXAMPLES = """examples:
  source <(hotpass completion bash)
  hotpass completion fish > ~/.config/fish/completions/hotpass.fish
"""
_DEMO_EXAMPLES = """examples:
  hotpass demo
  hotpass demo ~/hotpass-demo
  hotpass demo --lists ~/hotpass-lists
"""

ACTIONS = ("init", "add", "status", "get", "set", "bump", "tag")
"""The actions of ``hotpass version``, in the order in which they are looked for."""

# Which options each action knows, besides those that all commands have.
_KNOWN = {
    "init": {"remote", "remote_name", "no_input"},
    "add": {"dataset", "repair"},
    "status": {"dataset", "check"},
    "get": set(),
    "set": {"dataset", "description", "tag", "force", "allow_lower"},
    "bump": {"dataset", "description", "tag", "dry_run", "allow_lower"},
    "tag": {"dataset", "allow_lower"},
}
_OPTIONS = {
    "remote": "--remote",
    "remote_name": "--remote-name",
    "no_input": "--no-input",
    "dataset": "--dataset",
    "repair": "--repair",
    "check": "--check",
    "description": "--description",
    "tag": "--tag",
    "force": "--force",
    "dry_run": "--dry-run",
    "allow_lower": "--allow-lower",
}


class CommandLineError(UsageError):
    """The command line makes no sense."""

    reason: str
    command: str = "hotpass"

    def __str__(self) -> str:
        return self.reason

    @property
    def hint(self) -> str:
        """The command that says what would make sense."""
        return f"{self.command} --help"


class _Once(argparse.Action):
    """Store a value; a second one would be a second wish, not a correction of the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option: str | None = None,
    ) -> None:
        """Store the value or refuse it."""
        if option and getattr(namespace, self.dest, self.default) is not self.default:
            parser.error(f"{option} is given twice")
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """argparse with our error tree, no guessing of shortened options, and no option that is given twice."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.register("action", None, _Once)

    def error(self, message: str) -> NoReturn:
        """Raise CommandLineError."""
        raise CommandLineError(message, self.prog)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; raises CommandLineError (2)."""
    # The verb that scripts call again and again pays for no other.
    quick = arguments[:1] == ["version"]
    options = build_parser(others=not quick).parse_args(list(arguments))
    if options.verb == "completion" and "--" in arguments:
        # argparse drops every further `--`, and one may well be the word that is to be completed.
        options.words = list(arguments[arguments.index("--") + 1 :])
    if options.verb == "version":
        options.action = _action(options)
    return options


# The modules with verbs of their own; loaded when these are looked at.
_ROOMS = ("looking", "refining", "publishing", "keeping")


def build_parser(*, others: bool = True) -> Parser:
    """The whole command line; without the ``others``, what ``hotpass version`` needs."""
    common = _common()
    top = Parser(
        prog="hotpass",
        description="Versions of refined datasets that can be trusted, on git and DVC.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"hotpass {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=Parser)
    _add_version(verbs, common)
    if others:
        _add_restore(verbs, common)
        _add_history(verbs, common)
        _add_show(verbs, common)
        _add_identify(verbs, common)
        for room in _ROOMS:
            import_module(f"hotpass.cli.{room}").add_verbs(
                lambda name, text, examples: _verb(verbs, common, name, text, examples)
            )
        _add_doctor(verbs, common)
        _add_demo(verbs, common)
        _add_completion(verbs, common)
    return top


def _common() -> Parser:
    common = Parser(add_help=False)
    group = common.add_argument_group("everywhere")
    group.add_argument(
        "--repo-root", metavar="DIR", default=".", help="the repository around DIR (default: here)"
    )
    group.add_argument("--json", action="store_true", help="one JSON document on standard output")
    group.add_argument("-q", "--quiet", action="store_true", help="say only what was asked for, and errors")
    group.add_argument("-v", "--verbose", action="store_true", help="show the programs that are run")
    group.add_argument(
        "--no-color", action="store_true", help="no colours (also: NO_COLOR in the environment)"
    )
    group.add_argument(
        *("--lock-timeout",),
        metavar="S",
        type=_seconds,
        help="wait S seconds for another writer (default: 30)",
    )
    return common


def _add_version(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(verbs, common, "version", "track datasets and give them versions", _VERSION_EXAMPLES)
    actions = parser.add_argument_group("actions (one a call)")
    actions.add_argument(
        "--init", action="store_true", help="make the repository a DVC project, with a remote"
    )
    actions.add_argument("--add", metavar="PATH", help="track a file or folder")
    actions.add_argument(
        "--status", action="store_true", help="show where every dataset stands; asks no remote"
    )
    actions.add_argument("--get", metavar="DATASET", help="print the current version")
    actions.add_argument("--set", metavar="X.Y.Z", help="give the data this version")
    actions.add_argument(
        "--bump",
        choices=("major", "minor", "patch", "auto"),
        help="give the data the next version; auto: the one that follows from what changed",
    )
    actions.add_argument(
        "--tag", action="store_true", help="release the current version; with --set or --bump: that one"
    )
    options = parser.add_argument_group("options")
    options.add_argument(
        "--dataset", metavar="NAME", help="which dataset (default: the only one, or refined_data)"
    )
    options.add_argument(
        "--description", metavar="TEXT", help="what changed, kept with the version (--set, --bump)"
    )
    options.add_argument(
        "--force", action="store_true", help="allow a version that is not above the current one (--set)"
    )
    options.add_argument(
        "--dry-run", action="store_true", help="say what would happen and write nothing (--bump)"
    )
    options.add_argument(
        "--allow-lower",
        action="store_true",
        help="release a lower bump than the data asks for; --description says why (--tag)",
    )
    options.add_argument(
        "--repair", action="store_true", help="make a damaged pointer or record anew (--add)"
    )
    options.add_argument(
        "--check", action="store_true", help="exit 4 where something is not committed or changed (--status)"
    )
    options.add_argument("--remote", metavar="URL", help="where DVC sends the data (--init)")
    options.add_argument("--remote-name", metavar="NAME", help="the remote's name, default storage (--init)")
    options.add_argument("--no-input", action="store_true", help="ask nothing (--init)")
    parser.set_defaults(run=commands.version)


def _add_restore(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(verbs, common, "restore", "give an old version back, every byte proved", _RESTORE_EXAMPLES)
    parser.add_argument(
        "release",
        metavar="DATASET@X.Y.Z",
        help="the release: X.Y.Z, or the newest of latest, 1, 1.2, ^1.2, ~1.2.3",
    )
    parser.add_argument("--to", metavar="PATH", help="write the data there and leave the work tree as it is")
    parser.add_argument("--force", action="store_true", help="store unsaved data first, then overwrite it")
    parser.set_defaults(run=commands.restore)


def _add_history(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(verbs, common, "history", "list a dataset's releases, newest first", _HISTORY_EXAMPLES)
    parser.add_argument("dataset", metavar="DATASET", help="which dataset")
    parser.set_defaults(run=commands.history)


def _add_show(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(verbs, common, "show", "show the record of a version", _SHOW_EXAMPLES)
    parser.add_argument(
        "release", metavar="DATASET@X.Y.Z", help="a release; DATASET alone: the work tree's version"
    )
    parser.set_defaults(run=commands.show)


def _add_identify(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(
        verbs, common, "identify", "say which release a file is, by bytes or content", _IDENTIFY_EXAMPLES
    )
    parser.add_argument("file", metavar="FILE", help="a file or folder, anywhere")
    parser.set_defaults(run=commands.identify)


def _add_doctor(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(
        verbs, common, "doctor", "look at tools, settings, locks and half-done work", _DOCTOR_EXAMPLES
    )
    parser.add_argument("--fix", action="store_true", help="finish or clear what an interrupted run left")
    parser.set_defaults(run=commands.doctor)


def _add_demo(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(
        verbs, common, "demo", "tell the story on made-up data, in a scratch repository", _DEMO_EXAMPLES
    )
    parser.add_argument(
        "directory", metavar="DIR", nargs="?", help="an empty or new folder (default: a temporary one)"
    )
    parser.add_argument("--lists", action="store_true", help="put the made-up lists there and tell no story")
    parser.set_defaults(run=commands.demo)


def _add_completion(verbs: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = _verb(
        verbs,
        common,
        "completion",
        "print the script that completes commands in a shell",
        _COMPLETION_EXAMPLES,
    )
    parser.add_argument(
        "shell", choices=(*completion.SCRIPTS, "words"), help="the shell; words is what the scripts ask"
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.set_defaults(run=_complete)


def _complete(options: argparse.Namespace, screen: Screen) -> int:
    if options.shell != "words":
        screen.data(completion.SCRIPTS[options.shell])
    elif found := completion.candidates(build_parser(), options.words):
        screen.data("\n".join(found))
    return 0


def _verb(
    verbs: argparse._SubParsersAction[Parser],
    common: Parser,
    name: str,
    text: str,
    examples: str,
) -> Parser:
    return verbs.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
        allow_abbrev=False,
    )


def _action(options: argparse.Namespace) -> str:
    """The one action of ``hotpass version``; ``--tag`` beside ``--set`` or ``--bump`` is their option."""
    given = [action for action in ACTIONS if getattr(options, action) not in (None, False)]
    if "tag" in given and len(given) > 1:
        given.remove("tag")
    if len(given) != 1:
        named = " and ".join(f"--{action}" for action in given)
        reason = f"one action a call, not {named}" if given else f"no action: give one of {_flags(ACTIONS)}"
        raise CommandLineError(reason, "hotpass version")
    action = given[0]
    known = _KNOWN[action] | ({"description"} if options.allow_lower else set())
    for name, flag in _OPTIONS.items():
        if name != action and getattr(options, name) not in (None, False) and name not in known:
            raise CommandLineError(f"--{action} does not know {flag}", "hotpass version")
    return action


def _flags(names: Sequence[str]) -> str:
    return ", ".join(f"--{name}" for name in names)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"not a number of seconds from 0 to 86400: {text!r}")
    return seconds
