"""Settings: defaults < ``hotpass.toml`` (or ``[tool.hotpass]`` in ``pyproject.toml``) < environment < flags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from hotpass.errors import ReadError, UsageError, nearest
from hotpass.files import read_small
from hotpass.values import frozen

_LIMIT = 1 << 20
_PREFIX = "HOTPASS_"
# Every way to write the table [tool.hotpass]; a file without it is not parsed.
_MAYBE_OURS = re.compile(rb"""tool["']?\s*\.\s*["']?hotpass|^\s*["']?hotpass["']?\s*[.=]""", re.MULTILINE)
# A row of TOML that opens a table or begins a value, and the parts of the name it gives.
_PART = r"""\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*"""
_TABLE_ROW = rf"\s*\[\[?({_PART}(?:\.{_PART})*)\]"
_KEY_ROW = rf"({_PART}(?:\.{_PART})*)="
_NAME_PART = r"""\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)"""
_DATASET_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
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


@frozen
class Key:
    """One setting: its name, default, what it means, and how a value is checked.

    ``kind`` is the JSON Schema type and ``form`` what else the schema says; ``parse`` turns a text (from the
    environment) or a TOML value into the value and raises ValueError, whose text says what was expected.
    """

    name: str
    default: Any
    kind: str
    meaning: str
    parse: Callable[[Any], Any]
    form: Mapping[str, Any] = field(default_factory=dict)


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


def _flag(value: Any) -> bool:
    flags = {"true": True, "false": False}
    found = value if isinstance(value, bool) else flags.get(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("expected true or false")
    return found


def _count(value: Any) -> int:
    text = str(value).replace("_", "")
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,15}", text) or not int(text):
        raise ValueError("expected a whole number above 0")
    return int(text)


def _matching(pattern: str, expected: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            raise ValueError(f"expected {expected}")
        return value

    return parse


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
    Key(
        "remote_timeout",
        60.0,
        "number",
        "Seconds for which a remote may say nothing before it is left.",
        _seconds,
    ),
    Key("remote_name", "storage", "string", "The name that version --init gives a remote.", _name),
    Key(
        "private_store", False, "boolean", "Store data only where its owner alone can read it (0700).", _flag
    ),
    Key(
        "publish.remote",
        "",
        "string",
        "The DVC remote that publish sends to, in place of DVC's default; by branch: main=prod, *=dev.",
        _matching(
            r"([A-Za-z0-9][\w.-]*|[^=,\s]+=[A-Za-z0-9][\w.-]*(\s*,\s*[^=,\s]+=[A-Za-z0-9][\w.-]*)*)?",
            "a remote's name, or BRANCH=NAME, BRANCH=NAME",
        ),
    ),
    Key("versioning.enabled", False, "boolean", "Every run of refine records its output as a draft.", _flag),
    Key("refine.input_dir", "data", "string", "The folder that refine reads.", _matching(".+", "a path")),
    Key(
        "refine.output_path",
        "dist/refined_data.xlsx",
        "string",
        "The file that refine writes: .xlsx, .parquet or .csv.",
        _matching(".+", "a path"),
    ),
    Key(
        "refine.profile",
        "generic",
        "string",
        "The profile: a name, or a YAML file.",
        _matching(".+", "a name"),
    ),
    Key(
        "refine.country",
        "",
        "string",
        "The country of the lists (ISO 3166-1), in place of the profile's.",
        _matching("([A-Z]{2})?", "two capital letters"),
    ),
    Key(
        "refine.area_code",
        "",
        "string",
        "The area code of local phones, in place of the profile's.",
        _matching("[0-9]{0,6}", "digits in quotes"),
    ),
    Key(
        "refine.date_order",
        "",
        "string",
        "The order of day and month, in place of the profile's.",
        _matching("(dmy|mdy)?", "dmy or mdy"),
    ),
    Key(
        "refine.decisions",
        "decisions.csv",
        "string",
        "The file in which review keeps what was decided about uncertain pairs.",
        _matching(".+", "a path"),
    ),
    Key(
        "lineage.to",
        "",
        "string",
        "Where refine sends OpenLineage events: a file, or an http(s) address.",
        _matching(".*", "a path or an address"),
    ),
)
"""Every setting there is."""

_BY_NAME = {key.name: key for key in KEYS}
# The tables of settings that belong together, each with the names in it.
_TABLES = {
    name.partition(".")[0]: {
        other.partition(".")[2]: None for other in _BY_NAME if other.startswith(name.partition(".")[0] + ".")
    }
    for name in _BY_NAME
    if "." in name
}
_BY_VARIABLE = {name.replace(".", "_"): name for name in _BY_NAME}

BUMPS = ("patch", "minor", "major")
"""What a rule may ask for."""

RULES = (
    "cells_changed",
    "cells_filled",
    "cells_emptied",
    "blanks_restyled",
    "formulas_changed",
    "duplicates_removed",
    "rows_added",
    "rows_removed",
    "column_added",
    "column_removed",
    "column_renamed",
    "column_retyped",
    "columns_reordered",
    "key_changed",
    "table_added",
    "table_removed",
    "table_renamed",
    "format_changed",
    "file_changed",
    "file_added",
    "file_removed",
    "file_renamed",
    "description_changed",
)
"""The kinds of change that have a rule. The values of ``hotpass.compare.Kind``, as a test makes sure: settings are
read where nothing of that is loaded."""


def _columns(value: Any) -> tuple[str, ...]:
    good = isinstance(value, list) and value and all(isinstance(name, str) and name for name in value)
    if not good or len(set(value)) != len(value):
        raise ValueError("expected a list of different column names")
    return tuple(value)


def _table(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise ValueError("expected a table")


def _bump(value: Any) -> str:
    if value not in BUMPS:
        raise ValueError(f"expected {', '.join(BUMPS[:-1])} or {BUMPS[-1]}")
    return str(value)


_VERSION = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"

DATASET_KEYS = (
    Key(
        "key",
        (),
        "array",
        "The columns that tell the rows of a dataset apart.",
        _columns,
        {"items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
    ),
    Key(
        "rules",
        {},
        "object",
        "Which bump a kind of change asks for, where it is another than usual.",
        _table,
        {"properties": {name: {"enum": list(BUMPS)} for name in RULES}, "additionalProperties": False},
    ),
    Key(
        "gto",
        False,
        "boolean",
        "A release gets a tag of GTO's form, too, and the dataset an entry in dvc.yaml.",
        _flag,
    ),
    Key(
        "withdrawn",
        {},
        "object",
        "Releases that are no longer chosen by ranges or latest, each with the reason.",
        _table,
        {"patternProperties": {_VERSION: {"type": "string"}}, "additionalProperties": False},
    ),
)
"""Every setting of a single dataset, in its table ``[datasets.NAME]``."""

_OF_DATASETS = {key.name: key for key in DATASET_KEYS}
_DATASETS = "datasets"


@frozen
class Setting:
    """A setting's value and where it came from: ``default``, a file with its line, a variable, or a flag."""

    name: str
    value: Any
    origin: str


@frozen
class DatasetSettings:
    """What is set for one dataset. ``entries`` are the same values one by one, each with its origin."""

    name: str
    key: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    gto: bool = False
    entries: tuple[Setting, ...] = ()


@frozen
class Settings:
    """The settings that apply, by name, and those of single datasets."""

    entries: tuple[Setting, ...]
    datasets: tuple[DatasetSettings, ...] = ()

    def dataset(self, name: str) -> DatasetSettings:
        """The settings of a dataset; all at their defaults where nothing is set for it."""
        return next((entry for entry in self.datasets if entry.name == name), DatasetSettings(name))

    def __getitem__(self, name: str) -> Any:
        """The value of a setting."""
        return next(entry.value for entry in self.entries if entry.name == name)


def load_settings(
    root: Path | None,
    environment: Mapping[str, str],
    flags: Mapping[str, Any],
    file: Path | None = None,
) -> Settings:
    """Read the settings for a repository's root (None: no repository); ``flags`` with None values do not count.

    ``file`` takes the place of the repository's own.

    Raises SettingsError with file, line and the nearest name for what is unknown, and for a value of a wrong
    kind; ReadError for a file that cannot be read.
    """
    found = {key.name: Setting(key.name, key.default, "default") for key in KEYS}
    datasets: tuple[DatasetSettings, ...] = ()
    source = _named(file) if file is not None else _file(root) if root is not None else None
    if source is not None:
        found |= {entry.name: entry for entry in _general(source)}
        datasets = tuple(_of_datasets(source))
    for variable, text in sorted(environment.items()):
        if variable.startswith(_PREFIX) and variable not in _NOT_SETTINGS:
            name = variable.removeprefix(_PREFIX).lower()
            name = _BY_VARIABLE.get(name, name)
            found[name] = _setting(name, text, variable, 0, f"the environment, {variable}")
    for name, value in flags.items():
        if value is not None:
            found[name] = Setting(name, value, "--" + name.replace("_", "-"))
    return Settings(tuple(found[key.name] for key in KEYS), datasets)


def settings_source(root: Path) -> tuple[str, tuple[str, ...], str]:
    """The file that holds a repository's settings, the table of it that they stand in, and its text.

    Where there is none, ``hotpass.toml`` with no text. Raises SettingsError, ReadError.
    """
    source = _file(root)
    return (source.name, source.header, source.text) if source else ("hotpass.toml", (), "")


def parse_name(row: str) -> tuple[str, ...] | None:
    """The parts of the name in a row of TOML that opens a table; None for any other row."""
    found = re.match(_TABLE_ROW, row)
    return tuple("".join(part) for part in re.findall(_NAME_PART, found[1])) if found else None


def schema() -> dict[str, Any]:
    """The JSON Schema of ``hotpass.toml``, for editors."""
    dataset = {"type": "object", "properties": _properties(DATASET_KEYS), "additionalProperties": False}
    datasets = {
        "type": "object",
        "description": "Settings of single datasets, by name.",
        "additionalProperties": dataset,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hotpass.toml",
        "type": "object",
        "properties": {
            **_properties([key for key in KEYS if "." not in key.name]),
            **{table: _of_table(table) for table in _TABLES},
            _DATASETS: datasets,
        },
        "additionalProperties": False,
    }


def _of_table(table: str) -> dict[str, Any]:
    keys = [replace(key, name=key.name.partition(".")[2]) for key in KEYS if key.name.startswith(f"{table}.")]
    return {"type": "object", "properties": _properties(keys), "additionalProperties": False}


def _properties(keys: Sequence[Key]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for key in keys:
        properties[key.name] = {"type": key.kind, "description": key.meaning, **key.form}
        if key.default:
            properties[key.name]["default"] = key.default
    return properties


@frozen
class _Source:
    """A file with settings: its name, its text, where in it they are, and they themselves."""

    name: str
    text: str
    header: tuple[str, ...]
    table: Mapping[str, Any]

    def line(self, path: Sequence[str]) -> int:
        """The line on which a setting stands, 0 where it cannot be told."""
        return _line_of((*self.header, *path), self.text)

    def read(self, key: Key | None, path: Sequence[str], value: Any, near: Mapping[str, Any]) -> Setting:
        """A setting, checked; ``near`` are the names that it could have meant."""
        line = self.line(path)
        name = ".".join(path)
        origin = f"{self.name}:{line}" if line else self.name
        return _checked(key, name, value, _Place(self.name, line, origin), near)


@frozen
class _Place:
    """Where a value came from: as an error names it, and as a list of settings does."""

    source: str
    line: int
    origin: str


def _file(root: Path) -> _Source | None:
    """The file that holds the settings: ``hotpass.toml``, else ``pyproject.toml``; None where neither does."""
    own = read_small(root / "hotpass.toml", _LIMIT)
    if own is not None:
        table = _parsed(own, "hotpass.toml")
        return _Source("hotpass.toml", own.decode("utf-8"), (), table)
    shared = read_small(root / "pyproject.toml", _LIMIT)
    if shared is None or _MAYBE_OURS.search(shared) is None:
        return None
    table = _parsed(shared, "pyproject.toml")
    for name in ("tool", "hotpass"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise SettingsError("pyproject.toml", 0, name, f"expected a table, not {table!r}")
    return _Source("pyproject.toml", shared.decode("utf-8"), ("tool", "hotpass"), table)


def _named(file: Path) -> _Source:
    """A file that the user names; raises ReadError where there is none."""
    data = read_small(file, _LIMIT, follow=True)
    if data is None:
        raise ReadError(str(file), "there is no such file")
    table = _parsed(data, str(file))
    return _Source(str(file), data.decode("utf-8"), (), table)


def _general(source: _Source) -> Iterator[Setting]:
    """The settings that are not of a single dataset."""
    for name, value in source.table.items():
        if name in _TABLES:
            table = source.read(Key(name, {}, "object", "", _table), (name,), value, {}).value
            for inner, entry in table.items():
                yield source.read(_BY_NAME.get(f"{name}.{inner}"), (name, inner), entry, _TABLES[name])
        elif name != _DATASETS:
            plain = _BY_NAME.get(name) if "." not in name else None
            yield source.read(plain, (name,), value, {**_BY_NAME, **_TABLES, _DATASETS: None})


def _of_datasets(source: _Source) -> Iterator[DatasetSettings]:
    """The tables ``[datasets.NAME]``."""
    by_name = Key(_DATASETS, {}, "object", "", _table)
    tables = source.read(by_name, (_DATASETS,), source.table.get(_DATASETS, {}), {}).value
    for name, table in tables.items():
        path = (_DATASETS, name)
        if re.fullmatch(_DATASET_NAME, name) is None:
            raise SettingsError(
                source.name, source.line(path), ".".join(path), "no dataset can have that name"
            )
        own = source.read(Key(name, {}, "object", "", _table), path, table, {}).value
        entries: list[Setting] = []
        values: dict[str, Any] = {}
        for field_name, value in own.items():
            found = source.read(_OF_DATASETS.get(field_name), (*path, field_name), value, _OF_DATASETS)
            if field_name in _TABLES_OF_DATASETS:
                inner = _TABLES_OF_DATASETS[field_name](source, (*path, field_name), found.value)
                rows = dict(zip(found.value, inner, strict=True))
                entries += rows.values()
                values[field_name] = {one: entry.value for one, entry in rows.items()}
            else:
                entries.append(found)
                values[field_name] = found.value
        yield DatasetSettings(name, **values, entries=tuple(entries))


def _rules(source: _Source, path: Sequence[str], table: Mapping[str, Any]) -> Iterator[Setting]:
    for kind, value in table.items():
        rule = Key(kind, "", "string", "", _bump) if kind in RULES else None
        yield source.read(rule, (*path, kind), value, dict.fromkeys(RULES))


def _withdrawn(source: _Source, path: Sequence[str], table: Mapping[str, Any]) -> Iterator[Setting]:
    for version, value in table.items():
        known = re.fullmatch(_VERSION, version) is not None
        reason = Key(version, "", "string", "", _matching("(?s).*\\S.*", "the reason")) if known else None
        yield source.read(reason, (*path, version), value, {})


_TABLES_OF_DATASETS = {"rules": _rules, "withdrawn": _withdrawn}


def _parsed(data: bytes, source: str) -> dict[str, Any]:
    # Loaded here alone: most repositories have no settings file, and tomllib costs as much as a git question.
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise SettingsError(source, int(line[1]) if line else 0, "the file", str(error)) from error


def _setting(name: str, value: Any, source: str, line: int, origin: str) -> Setting:
    return _checked(_BY_NAME.get(name), name, value, _Place(source, line, origin), _BY_NAME)


def _checked(key: Key | None, name: str, value: Any, place: _Place, near: Mapping[str, Any]) -> Setting:
    if key is None:
        found = nearest(name.rpartition(".")[2], near)
        raise SettingsError(place.source, place.line, name, "no such setting", found[0] if found else "")
    try:
        return Setting(name, key.parse(value), place.origin)
    except ValueError as error:
        raise SettingsError(place.source, place.line, name, f"{error}, not {value!r}") from error


def _line_of(path: Sequence[str], text: str) -> int:
    """The line on which a key or a table stands, or the nearest table around it: tomllib does not tell."""
    best = line = 0
    section: tuple[str, ...] = ()
    for number, row in enumerate(text.splitlines(), 1):
        opens, begins = re.match(_TABLE_ROW, row), re.match(_KEY_ROW, row)
        found = opens or begins
        if found is None:
            continue
        here = tuple("".join(part) for part in re.findall(_NAME_PART, found[1]))
        if opens:
            section = here
        else:
            here = (*section, *here)
        common = min(len(here), len(path))
        if here[:common] == tuple(path)[:common] and common > best:
            best, line = common, number
    return line
