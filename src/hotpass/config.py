"""Settings: defaults < ``hotpass.toml`` (or ``[tool.hotpass]`` in ``pyproject.toml``) < environment < flags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotpass.errors import UsageError, nearest
from hotpass.files import read_small

_LIMIT = 1 << 20
_PREFIX = "HOTPASS_"
# Every way to write the table [tool.hotpass]; a file without it is not parsed.
_MAYBE_OURS = re.compile(rb"""tool["']?\s*\.\s*["']?hotpass|^\s*["']?hotpass["']?\s*[.=]""", re.MULTILINE)
# Variables of that prefix that are not settings: what ops/uv_sync_extras.sh installs.
_NOT_SETTINGS = frozenset(["HOTPASS_UV_EXTRAS"])


class SettingsError(UsageError):
    """A setting is unknown or has a value that it cannot have."""

    source: str
    line: int
    name: str
    reason: str
    near: str = ""

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return f"{place}: {self.name}: {self.reason}"

    @property
    def hint(self) -> str:
        """The nearest name, or where the names are."""
        return f"did you mean {self.near}?" if self.near else "hotpass doctor lists every setting"


@dataclass(frozen=True)
class Key:
    """One setting: its name, default, what it means, and how a value is checked.

    ``kind`` is the JSON Schema type; ``parse`` turns a text (from the environment) or a TOML value into the
    value and raises ValueError, whose text says what was expected.
    """

    name: str
    default: Any
    kind: str
    meaning: str
    parse: Callable[[Any], Any]


def _seconds(value: Any) -> float:
    try:
        seconds = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        seconds = float("nan")
    if not 0 <= seconds <= 86_400:
        raise ValueError("expected a number of seconds from 0 to 86400")
    return seconds


def _name(value: Any) -> str:
    if not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", value) is None:
        raise ValueError("expected a name of letters, digits, _, . and -")
    return value


def _count(value: Any) -> int:
    text = str(value).replace("_", "")
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,15}", text) or not int(text):
        raise ValueError("expected a whole number above 0")
    return int(text)


KEYS = (
    Key("lock_timeout", 30.0, "number", "Seconds to wait for another writer.", _seconds),
    Key("default_dataset", "refined_data", "string", "The dataset meant where none is named.", _name),
    Key(
        "limit_bytes", 4 << 30, "integer", "Bytes that one compressed file or workbook may unpack to.", _count
    ),
    Key("limit_cells", 100_000_000, "integer", "Cells that one workbook may have.", _count),
    Key("limit_columns", 16_384, "integer", "Columns that one table may have.", _count),
    Key(
        "limit_memory",
        6 << 30,
        "integer",
        "Bytes of memory for comparing, and for reading each workbook.",
        _count,
    ),
    Key("limit_ratio", 200, "integer", "How much bigger than itself a file may unpack to be.", _count),
    Key("limit_seconds", 300, "integer", "Seconds that reading one workbook may take.", _count),
    Key("limit_sheets", 1_000, "integer", "Sheets that one workbook may have.", _count),
    Key("remote_name", "storage", "string", "The name that version --init gives a remote.", _name),
)
"""Every setting there is."""

_BY_NAME = {key.name: key for key in KEYS}


@dataclass(frozen=True)
class Setting:
    """A setting's value and where it came from: ``default``, a file with its line, a variable, or a flag."""

    name: str
    value: Any
    origin: str


@dataclass(frozen=True)
class Settings:
    """The settings that apply, by name."""

    entries: tuple[Setting, ...]

    def __getitem__(self, name: str) -> Any:
        """The value of a setting."""
        return next(entry.value for entry in self.entries if entry.name == name)


def load_settings(root: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """Read the settings for a repository's root (None: no repository); ``flags`` with None values do not count.

    Raises SettingsError with file, line and the nearest name for what is unknown, and for a value of a wrong
    kind; ReadError for a file that cannot be read.
    """
    found = {key.name: Setting(key.name, key.default, "default") for key in KEYS}
    if root is not None:
        found |= {entry.name: entry for entry in _from_files(root)}
    for variable, text in sorted(environment.items()):
        if variable.startswith(_PREFIX) and variable not in _NOT_SETTINGS:
            name = variable.removeprefix(_PREFIX).lower()
            found[name] = _setting(name, text, variable, 0, f"the environment, {variable}")
    for name, value in flags.items():
        if value is not None:
            found[name] = Setting(name, value, "--" + name.replace("_", "-"))
    return Settings(tuple(found[key.name] for key in KEYS))


def schema() -> dict[str, Any]:
    """The JSON Schema of ``hotpass.toml``, for editors."""
    properties = {
        key.name: {"type": key.kind, "description": key.meaning, "default": key.default} for key in KEYS
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hotpass.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _from_files(root: Path) -> list[Setting]:
    own = read_small(root / "hotpass.toml", _LIMIT)
    if own is not None:
        return _from_table(_parsed(own, "hotpass.toml"), own, "hotpass.toml", "")
    shared = read_small(root / "pyproject.toml", _LIMIT)
    if shared is None or _MAYBE_OURS.search(shared) is None:
        return []
    table: Any = _parsed(shared, "pyproject.toml")
    for name in ("tool", "hotpass"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise SettingsError("pyproject.toml", 0, name, f"expected a table, not {table!r}")
    return _from_table(table, shared, "pyproject.toml", "tool.hotpass")


def _parsed(data: bytes, source: str) -> dict[str, Any]:
    # Loaded here alone: most repositories have no settings file, and tomllib costs as much as a git question.
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise SettingsError(source, int(line[1]) if line else 0, "the file", str(error)) from error


def _from_table(table: Mapping[str, Any], data: bytes, source: str, header: str) -> list[Setting]:
    settings = []
    for name, value in table.items():
        line = _line_of(name, data.decode("utf-8"), header)
        settings.append(_setting(name, value, source, line, f"{source}:{line}" if line else source))
    return settings


def _setting(name: str, value: Any, source: str, line: int, origin: str) -> Setting:
    key = _BY_NAME.get(name)
    if key is None:
        near = nearest(name, _BY_NAME)
        raise SettingsError(source, line, name, "no such setting", near[0] if near else "")
    try:
        return Setting(name, key.parse(value), origin)
    except ValueError as error:
        raise SettingsError(source, line, name, f"{error}, not {value!r}") from error


def _line_of(name: str, text: str, header: str) -> int:
    """The line on which a key or a table of that name stands: tomllib does not tell."""
    inside = not header
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            section = re.sub(r"""[\s\[\]"']|#.*""", "", stripped)
            inside = section == header
            if section in (name, f"{header}.{name}") or section.startswith((f"{name}.", f"{header}.{name}.")):
                return number
        elif inside and re.match(rf"[\"']?{re.escape(name)}[\"']?\s*[.=]", stripped):
            return number
    return 0
