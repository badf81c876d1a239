"""Write the reference pages that follow from the code: the command line, the settings, the exit codes.

    .venv/bin/python ops/write_reference.py [--check]

With ``--check`` nothing is written; the exit code is 1 where a page is not what the code says.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import hotpass
from hotpass import errors
from hotpass.cli.parser import build_parser
from hotpass.compare.changes import Kind
from hotpass.compare.policy import BUMP_FOR
from hotpass.config import DATASET_KEYS, KEYS

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
_NOTE = "<!-- Written by `make reference` from the code: change the code, not this page. -->"


def pages() -> dict[str, str]:
    """The text of each page, by its name."""
    return {
        "command-line.md": _page(command_line()),
        "settings.md": _page(settings()),
        "exit-codes.md": _page(exit_codes()),
    }


def command_line() -> Iterator[str]:
    """Every verb with its arguments, as the parser has them."""
    yield "# The command line"
    yield (
        "`DATASET@X.Y.Z` names a release and `DATASET` alone what is in the work tree. `DATASET@latest`, `@1`, `@1.2`, "
        "`@^1.2` and `@~1.2.3` pick the newest release that fits. Results go to standard output, remarks and errors to "
        "standard error. `python -m hotpass` is the same as `hotpass`."
    )
    top = build_parser()
    common: list[str] = []
    for verb, parser in _verbs(top).items():
        yield f"## hotpass {verb}"
        yield parser.description or ""
        for group in parser._action_groups:  # noqa: SLF001  # argparse offers no public list of its arguments
            rows = [row for action in group._group_actions if (row := _row(action))]  # noqa: SLF001  # the same
            if group.title == "everywhere":
                common = rows
            elif rows:
                yield f"{_title(group.title)}:"
                yield _table(("argument", "meaning"), rows)
        if parser.epilog:
            yield "```text\n" + "\n".join(line.strip() for line in parser.epilog.splitlines()[1:]) + "\n```"
    yield "## Everywhere"
    yield "Every verb knows these. `hotpass --version` prints the version of the tool."
    yield _table(("argument", "meaning"), common)


def settings() -> Iterator[str]:
    """Every setting with its default, and the rules by which changes ask for bumps."""
    yield "# Settings"
    yield (
        "A setting stands in `hotpass.toml` at the repository's root, or in the table `[tool.hotpass]` of "
        "`pyproject.toml`. A variable of the environment overrules both, and a flag overrules the variable. "
        "`hotpass doctor` shows what applies and where each value came from. An unknown name is an error (2). "
        "[A JSON schema](hotpass.schema.json) lets editors check the file."
    )
    rows = [
        f"| `{key.name}` | {_default(key.default)} | `HOTPASS_{key.name.upper().replace('.', '_')}` | {key.meaning} |"
        for key in KEYS
    ]
    yield _table(("setting", "default", "variable", "meaning"), rows)
    yield "A name with a point stands in a table:"
    yield '```toml\n[versioning]\nenabled = true\n\n[refine]\ncountry = "ZA"\narea_code = "011"\n```'
    yield "## Of a single dataset"
    yield "In a table of its name, in files only:"
    yield (
        '```toml\n[datasets.refined_data]\nkey = ["organization_id"]\n\n'
        '[datasets.refined_data.rules]\nrows_removed = "minor"\n```'
    )
    yield _table(
        ("setting", "meaning"), [f"| `datasets.NAME.{key.name}` | {key.meaning} |" for key in DATASET_KEYS]
    )
    yield "### Rules"
    yield (
        "What a change asks for where no rule says otherwise. A version asks for the highest bump of all its changes. "
        "A rule is `patch`, `minor` or `major`."
    )
    yield _table(
        ("rule", "bump", "what changed"),
        [f"| `{kind.value}` | {bump.value} | {_cell(KIND_SAID[kind])} |" for kind, bump in BUMP_FOR.items()],
    )


def _default(value: object) -> str:
    return "" if value == "" else f"`{value}`"


KIND_SAID = {
    Kind.CELLS_CHANGED: "a value became another one, on a row that both versions have",
    Kind.CELLS_FILLED: "a blank became a value",
    Kind.CELLS_EMPTIED: "a value became blank",
    Kind.BLANKS_RESTYLED: "blank became empty text, or empty text blank",
    Kind.FORMULAS_CHANGED: "a formula became its value, a value a formula, or the text of a formula changed; the values are equal",
    Kind.DUPLICATES_REMOVED: "exact copies of rows that are still there went away",
    Kind.ROWS_ADDED: "rows were added",
    Kind.ROWS_REMOVED: "rows that were there are gone",
    Kind.COLUMN_ADDED: "a column was added",
    Kind.COLUMN_REMOVED: "a column is gone",
    Kind.COLUMN_RENAMED: "a column has another name",
    Kind.COLUMN_RETYPED: "a column holds another type of values",
    Kind.COLUMNS_REORDERED: "the columns are in another order",
    Kind.KEY_CHANGED: "other columns tell the rows apart",
    Kind.TABLE_ADDED: "a sheet or table was added",
    Kind.TABLE_REMOVED: "a sheet or table is gone",
    Kind.TABLE_RENAMED: "a sheet or table has another name",
    Kind.FORMAT_CHANGED: "the file is of another format",
    Kind.FILE_CHANGED: "a file that is no table has other bytes",
    Kind.FILE_ADDED: "a file that is no table was added",
    Kind.FILE_REMOVED: "a file that is no table is gone",
    Kind.FILE_RENAMED: "a file that is no table has another name",
    Kind.DESCRIPTION_CHANGED: "nothing but description or metadata",
}


def exit_codes() -> Iterator[str]:
    """Every exit code, and the errors that lead to it."""
    yield "# Exit codes"
    yield (
        "An error is one line that names the thing and one with the next step. With `--json` it is one document: "
        '`{"format": 1, "error": {"type", "exit_code", "message", "hint", "facts"}}`, where `type` is one of the names '
        "below. The same names are Python exceptions, most of them in `hotpass.versioning.errors`; their bases are in "
        "`hotpass.errors`."
    )
    yield _table(("code", "meaning"), [f"| {code} | {meaning} |" for code, meaning in _CODES.items()])
    for code, meaning in _CODES.items():
        found = sorted((cls for cls in _errors() if cls.exit_code == code), key=lambda cls: cls.__name__)
        if found:
            yield f"## {code}: {meaning}"
            yield _table(("error", "when"), [f"| `{cls.__name__}` | {_first(cls)} |" for cls in found])


_CODES = {
    0: "done",
    1: "other failure",
    2: "usage: the command makes no sense as it stands",
    3: "not found",
    4: "differences found, only where asked for (`--check`)",
    5: "a tool or an extra is missing",
    6: "the repository is not ready",
    7: "a remote could not be reached or refused",
    8: "conflict, or locked by somebody else",
    9: "integrity: bytes or records are damaged or gone",
    10: "refused: it could be done and would do harm",
    11: "quality gate failed: the data breaks a rule that a release must hold to",
    130: "interrupted (Ctrl-C)",
    143: "terminated (SIGTERM)",
}


def _errors() -> Iterator[type[errors.HotpassError]]:
    """Every kind of failure that is raised as it is: the classes at the ends of the tree."""
    for module in pkgutil.walk_packages(hotpass.__path__, "hotpass."):
        if module.name != "hotpass.__main__":
            importlib.import_module(module.name)
    waiting: list[type[errors.HotpassError]] = [errors.HotpassError]
    while waiting:
        cls = waiting.pop()
        below = cls.__subclasses__()
        waiting += below
        if not below and cls.__module__.startswith("hotpass."):
            yield cls


def _verbs(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in top._actions:  # noqa: SLF001  # argparse offers no public list of its sub-commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # the same
            return dict(action.choices)
    raise LookupError("no sub-commands")


def _row(action: argparse.Action) -> str:
    if isinstance(action, argparse._HelpAction) or action.help == argparse.SUPPRESS:  # noqa: SLF001  # no other name
        return ""
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else "")
    names = [f"{name} {value}".strip() for name in action.option_strings] or [str(value or action.dest)]
    shown = ", ".join(f"`{_cell(name)}`" for name in names)
    return f"| {shown} | {_cell(action.help or '')} |"


def _title(title: str | None) -> str:
    return {"positional arguments": "Arguments", "options": "Options"}.get(
        title or "", (title or "").capitalize()
    )


def _first(cls: type) -> str:
    return _cell((cls.__doc__ or "").strip().splitlines()[0]).replace("``", "`")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *rows])


def _page(parts: Iterator[str]) -> str:
    title, *rest = parts
    return "\n\n".join([title, _NOTE, *rest]) + "\n"


def main() -> int:
    """Write the pages, or with ``--check`` compare them."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, text in pages().items():
        path = REFERENCE / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, "utf-8")
    for name in stale:
        print(f"docs/reference/{name} {'is not what the code says: make reference' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
