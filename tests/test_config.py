"""Settings: where each comes from, and what is no setting."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from harness.repository import Repo

from hotpass.compare.changes import Kind
from hotpass.config import (
    BUMPS,
    DATASET_KEYS,
    KEYS,
    RULES,
    DatasetSettings,
    SettingsError,
    load_settings,
    schema,
)
from hotpass.errors import ReadError
from hotpass.versioning import Bump

_SCHEMA = Path(__file__).parent.parent / "docs" / "reference" / "hotpass.schema.json"


def _load(
    root: Path | None, environment: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> dict[str, tuple[Any, str]]:
    settings = load_settings(root, environment or {}, flags or {})
    return {entry.name: (entry.value, entry.origin) for entry in settings.entries}


def test_without_files_every_setting_is_its_default(tmp_path: Path) -> None:
    assert _load(tmp_path) == _load(None) == {key.name: (key.default, "default") for key in KEYS}


def test_every_default_is_a_value_the_setting_may_have() -> None:
    for key in KEYS:
        assert key.parse(key.default) == key.default
        assert key.meaning


def test_each_place_overrides_the_one_before_it(tmp_path: Path) -> None:
    assert _load(tmp_path)["lock_timeout"] == (30.0, "default")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.hotpass]\nlock_timeout = 1\n')
    assert _load(tmp_path)["lock_timeout"] == (1.0, "pyproject.toml:5")
    (tmp_path / "hotpass.toml").write_text("# ours\nlock_timeout = 2.5\n")
    assert _load(tmp_path)["lock_timeout"] == (2.5, "hotpass.toml:2")
    environment = {"HOTPASS_LOCK_TIMEOUT": "3"}
    assert _load(tmp_path, environment)["lock_timeout"] == (3.0, "the environment, HOTPASS_LOCK_TIMEOUT")
    assert _load(tmp_path, environment, {"lock_timeout": 4.0})["lock_timeout"] == (4.0, "--lock-timeout")
    assert _load(tmp_path, environment, {"lock_timeout": None})["lock_timeout"][0] == 3.0


def test_hotpass_toml_takes_the_place_of_the_table_in_pyproject(tmp_path: Path) -> None:
    """Two files that both speak would leave a reader guessing."""
    (tmp_path / "pyproject.toml").write_text('[tool.hotpass]\nremote_name = "backup"\n')
    (tmp_path / "hotpass.toml").write_text('default_dataset = "sites"\n')
    found = _load(tmp_path)
    assert found["default_dataset"] == ("sites", "hotpass.toml:1")
    assert found["remote_name"] == ("storage", "default")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "[project]\nname = 'x'\n",
        "[tool.other]\nlock_timeout = 'x'\n",
        "[tool]\n",
        "[tool.hotpass]\n",
        "[project]\ndependencies = ['hotpass']\n[tool.x]\n",
    ],
)
def test_a_pyproject_of_others_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert _load(tmp_path) == _load(None)


def test_a_broken_pyproject_of_others_is_not_ours_to_complain_about(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert _load(tmp_path) == _load(None)


def _refusal(root: Path | None, environment: Mapping[str, str] | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        _load(root, environment)
    return caught.value


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "hotpass.toml").write_text('# settings\n\nremote_name = "storage"\nlock_timout = 5\n')
    error = _refusal(tmp_path)
    assert (error.source, error.line, error.name, error.near) == (
        "hotpass.toml",
        4,
        "lock_timout",
        "lock_timeout",
    )
    assert str(error) == "hotpass.toml:4: lock_timout: no such setting"
    assert error.hint == "did you mean lock_timeout?"
    assert error.exit_code == 2


def test_an_unknown_key_like_no_other_is_named_with_the_way_to_the_list(tmp_path: Path) -> None:
    (tmp_path / "hotpass.toml").write_text("zzz = 5\n")
    assert _refusal(tmp_path).hint == "hotpass doctor lists every setting"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[lock_timout]\nseconds = 1\n", 1),
        ("\n[lock_timout.deep]\nseconds = 1\n", 2),
        ("lock_timout.seconds = 1\n", 1),
        ('"lock_timout" = 1\n', 1),
        ("'lock_timout'=1\n", 1),
        ("  lock_timout   =   1\n", 1),
        ("[[lock_timout]]\na = 1\n", 1),
    ],
)
def test_an_unknown_key_has_its_line_however_it_is_written(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "hotpass.toml").write_text(text)
    assert (_refusal(tmp_path).name, _refusal(tmp_path).line) == ("lock_timout", line)


def test_a_key_of_another_table_of_the_same_name_is_not_taken_for_ours(tmp_path: Path) -> None:
    text = '[tool.other]\nlock_timout = 1\n\n[tool.hotpass]\nremote_name = "s"\nlock_timout = 1\n'
    (tmp_path / "pyproject.toml").write_text(text)
    assert str(_refusal(tmp_path)) == "pyproject.toml:6: lock_timout: no such setting"


@pytest.mark.parametrize(
    "form",
    [
        "[ tool . hotpass ]\nlock_timout = 1\n",
        "[tool]\nhotpass = { lock_timout = 1 }\n",
        "tool.hotpass.lock_timout = 1\n",
    ],
)
def test_the_table_in_pyproject_is_found_however_it_is_written(tmp_path: Path, form: str) -> None:
    """A setting that is overlooked without a word would be a surprise."""
    (tmp_path / "pyproject.toml").write_text(form)
    assert _refusal(tmp_path).name == "lock_timout"


@pytest.mark.parametrize("form", ["[tool]\nhotpass = 5\n", "[tool]\nhotpass = [1]\n", "tool.hotpass = 'x'\n"])
def test_what_is_no_table_in_pyproject_is_refused(tmp_path: Path, form: str) -> None:
    (tmp_path / "pyproject.toml").write_text(form)
    assert "expected a table" in str(_refusal(tmp_path))


def test_a_variable_that_is_no_setting_is_named(tmp_path: Path) -> None:
    error = _refusal(tmp_path, {"HOTPASS_LOCK_TIMEOUTS": "5"})
    assert error.source == "HOTPASS_LOCK_TIMEOUTS"
    assert error.near == "lock_timeout"


def test_settings_stand_in_tables(tmp_path: Path) -> None:
    (tmp_path / "hotpass.toml").write_text('[versioning]\nenabled = true\n[refine]\ncountry = "ZA"\n')
    found = _load(tmp_path, {"HOTPASS_REFINE_COUNTRY": "NA"})
    assert found["versioning.enabled"] == (True, "hotpass.toml:2")
    assert found["refine.country"] == ("NA", "the environment, HOTPASS_REFINE_COUNTRY")


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [("[refine]\nprofil = 'x'\n", 2, "profile"), ("[refin]\n", 1, "refine"), ("versioning = 1\n", 1, "")],
)
def test_what_is_no_table_of_settings_is_refused(tmp_path: Path, text: str, line: int, near: str) -> None:
    (tmp_path / "hotpass.toml").write_text(text)
    error = _refusal(tmp_path)
    assert (error.line, error.near) == (line, near)


def test_a_file_that_is_named_takes_the_place_of_the_repositorys(tmp_path: Path) -> None:
    (tmp_path / "hotpass.toml").write_text("lock_timeout = 2\n")
    other = tmp_path / "other.toml"
    other.write_text('[refine]\nprofile = "aviation"\n')
    settings = load_settings(tmp_path, {}, {}, other)
    assert (settings["lock_timeout"], settings["refine.profile"]) == (30.0, "aviation")
    with pytest.raises(ReadError):
        load_settings(tmp_path, {}, {}, tmp_path / "none.toml")


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    assert _load(tmp_path, {"HOTPASS_UV_EXTRAS": "dev versioning", "HOTPASSX": "1", "PATH": "x"}) == _load(
        None
    )


WRONG = {
    "lock_timeout": ['"soon"', "-1", "86401", "nan", "inf", "true", "[1]", "{ a = 1 }", '""', "1979-05-27"],
    "default_dataset": [
        "1",
        '""',
        '"a b"',
        '"../x"',
        '"-d"',
        "true",
        '["a"]',
        '"' + "n" * 101 + '"',
        '"a\\nb"',
    ],
    "remote_name": ["1", '""', '"a b"', '"it\'s"', '".x"', "[]"],
    "private_store": ["1", '"yes"', '""', "[]", "0.5"],
    **{
        f"limit_{name}": ["0", "-1", "1.5", "true", '"much"', '"1e9"', "[1]", "9999999999999999"]
        for name in ("bytes", "cells", "columns", "memory", "ratio", "seconds", "sheets")
    },
    "remote_timeout": ['"soon"', "-1", "true", "[]"],
    "versioning.enabled": ["1", '"yes"', '""', "[]"],
    **{
        f"refine.{name}": ["1", '""', "true", "[]"]
        for name in ("input_dir", "output_path", "profile", "decisions")
    },
    "refine.country": ["1", '"za"', '"ZAF"', "[]"],
    "refine.area_code": ["11", '"(011)"', '"1234567"', "true"],
    "refine.date_order": ['"ymd"', "1", "[]"],
    "publish.remote": ["1", "true", "[]", '"main="', '"=prod"', '"main=prod,dev"'],
    "lineage.to": ["1", "true", "[]"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_value_of_a_wrong_kind_is_refused_with_its_line(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "hotpass.toml").write_text(f"# one\n{name} = {value}\n")
    error = _refusal(tmp_path)
    assert str(error).startswith(f"hotpass.toml:2: {name}: expected ")
    assert "not " in str(error)


@pytest.mark.parametrize("value", ["", "soon", "-1", "nan", "1e9", "0x10"])
def test_a_variable_of_a_wrong_kind_is_refused_by_its_name(value: str) -> None:
    error = _refusal(None, {"HOTPASS_LOCK_TIMEOUT": value})
    assert str(error).startswith("HOTPASS_LOCK_TIMEOUT: lock_timeout: expected a number")


def test_every_setting_is_tried_with_wrong_values() -> None:
    assert set(WRONG) == {key.name for key in KEYS}


@pytest.mark.parametrize("text", [b"a = \n", b"= 1\n", b"a = 1\na = 2\n", b"\xff\xfe", b"x" * 10, b"[a\n"])
def test_what_is_no_toml_is_refused_by_file(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "hotpass.toml").write_bytes(text)
    assert _refusal(tmp_path).source == "hotpass.toml"


def test_a_file_that_no_editor_wrote_is_not_read(tmp_path: Path) -> None:
    """A FIFO or 50 MB in a stranger's repository hang nobody."""
    os.mkfifo(tmp_path / "hotpass.toml")
    with pytest.raises(ReadError):
        _load(tmp_path)
    (tmp_path / "hotpass.toml").unlink()
    (tmp_path / "hotpass.toml").touch()
    os.truncate(tmp_path / "hotpass.toml", 50_000_000)
    with pytest.raises(ReadError):
        _load(tmp_path)


def test_the_schema_for_editors_is_the_one_in_the_docs() -> None:
    """Written by: python -c 'import json; from hotpass.config import schema; print(json.dumps(schema(), indent=2))'."""
    assert _SCHEMA.read_text() == json.dumps(schema(), indent=2) + "\n"


def test_the_schema_knows_every_setting_and_nothing_else() -> None:
    document = schema()
    plain = {key.name for key in KEYS if "." not in key.name}
    tables = {key.name.partition(".")[0] for key in KEYS if "." in key.name}
    assert set(document["properties"]) == plain | tables | {"datasets"}
    for table in tables:
        names = {key.name.partition(".")[2] for key in KEYS if key.name.startswith(f"{table}.")}
        assert set(document["properties"][table]["properties"]) == names
    one = document["properties"]["datasets"]["additionalProperties"]
    assert set(one["properties"]) == {key.name for key in DATASET_KEYS}
    assert set(one["properties"]["rules"]["properties"]) == set(RULES)
    assert one["additionalProperties"] is one["properties"]["rules"]["additionalProperties"] is False
    assert document["additionalProperties"] is False
    assert all(key.kind in ("number", "integer", "string", "boolean") for key in KEYS)


# ------------------------------------------------------------------------------------ on the command line


def test_doctor_prints_every_setting_with_where_it_came_from(
    released: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.write("hotpass.toml", 'default_dataset = "data"\n')
    monkeypatch.setenv("HOTPASS_REMOTE_NAME", "backup")
    answer = released.hotpass("doctor", "--json", "--lock-timeout", "7", check=False)
    shown = {entry["name"]: (entry["value"], entry["origin"]) for entry in answer.json["settings"]}
    defaults = {key.name: (key.default, "default") for key in KEYS}
    assert shown == defaults | {
        "lock_timeout": (7.0, "--lock-timeout"),
        "default_dataset": ("data", "hotpass.toml:1"),
        "remote_name": ("backup", "the environment, HOTPASS_REMOTE_NAME"),
        "private_store": (False, "default"),
    }
    printed = released.hotpass("doctor", check=False).stdout
    for name, origin in (("lock_timeout", "default"), ("default_dataset", "hotpass.toml:1")):
        assert any(name in line and origin in line for line in printed.splitlines()), printed


def test_the_default_dataset_is_the_one_meant_where_none_is_named(released: Repo) -> None:
    assert (
        released.hotpass("version", "--json", "--bump", "patch", "--dry-run").json["dataset"]
        == "refined_data"
    )
    released.write("hotpass.toml", 'default_dataset = "data"\n')
    assert released.hotpass("version", "--json", "--bump", "patch", "--dry-run").json["dataset"] == "data"


def test_the_remotes_name_is_the_one_that_is_set(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTPASS_REMOTE_NAME", "backup")
    repo.hotpass("version", "--init", "--remote", str(repo.remote))
    assert "backup" in repo.read(".dvc/config").decode()


@pytest.mark.parametrize("args", [["version", "--status"], ["doctor"], ["history", "refined_data"]])
def test_a_wrong_setting_stops_every_command_before_it_does_anything(released: Repo, args: list[str]) -> None:
    released.write("hotpass.toml", "lock_timout = 5\n")
    answer = released.hotpass(*args, "--json", check=False)
    assert answer.code == 2
    error = answer.json["error"]
    assert error["type"] == "SettingsError"
    assert error["facts"] == {
        "source": "hotpass.toml",
        "line": 1,
        "name": "lock_timout",
        "reason": "no such setting",
        "near": "lock_timeout",
    }


def test_the_rules_are_the_kinds_of_change_and_the_bumps_the_parts_of_a_version() -> None:
    """Settings are read where nothing of comparing is loaded, so the names stand there once more."""
    assert tuple(kind.value for kind in Kind) == RULES
    assert tuple(bump.value for bump in Bump) == BUMPS


_OF_A_DATASET = """\
remote_name = "storage"

[datasets.refined_data]
key = ["organization_id", "site"]

[datasets.refined_data.rules]
rows_removed = "minor"
"""


@pytest.mark.parametrize("file", ["hotpass.toml", "pyproject.toml"])
def test_a_dataset_has_settings_of_its_own(tmp_path: Path, file: str) -> None:
    text = _OF_A_DATASET
    if file == "pyproject.toml":
        text = "[tool.hotpass]\n" + text.replace("[datasets", "[tool.hotpass.datasets")
    (tmp_path / file).write_text(text)
    settings = load_settings(tmp_path, {}, {})
    found = settings.dataset("refined_data")
    assert found.key == ("organization_id", "site")
    assert found.rules == {"rows_removed": "minor"}
    first = 4 if file == "hotpass.toml" else 5
    assert [(entry.name, entry.origin) for entry in found.entries] == [
        ("datasets.refined_data.key", f"{file}:{first}"),
        ("datasets.refined_data.rules.rows_removed", f"{file}:{first + 3}"),
    ]
    assert settings.dataset("data") == DatasetSettings("data")
    assert settings["remote_name"] == "storage"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("datasets = 1\n", "hotpass.toml:1: datasets: expected a table, not 1", "hotpass doctor"),
        ("[datasets]\nx = 1\n", "hotpass.toml:2: datasets.x: expected a table, not 1", ""),
        ("[datasets.'a b']\n", "hotpass.toml:1: datasets.a b: no dataset can have that name", ""),
        ("[datasets.x]\nkeys = ['a']\n", "hotpass.toml:2: datasets.x.keys: no such setting", "mean key?"),
        ("[dataset.x]\nkey = ['a']\n", "hotpass.toml:1: dataset: no such setting", "mean datasets?"),
        ("[datasets.x]\nkey = 'a'\n", "hotpass.toml:2: datasets.x.key: expected a list of", ""),
        ("[datasets.x]\nkey = []\n", "hotpass.toml:2: datasets.x.key: expected a list of", ""),
        ("[datasets.x]\nkey = ['a', 'a']\n", "hotpass.toml:2: datasets.x.key: expected a list of", ""),
        ("[datasets.x]\nkey = [1]\n", "hotpass.toml:2: datasets.x.key: expected a list of", ""),
        ("[datasets.x]\nrules = 'low'\n", "hotpass.toml:2: datasets.x.rules: expected a table", ""),
        (
            "[datasets.x.rules]\n\nrows_remove = 'minor'\n",
            "hotpass.toml:3: datasets.x.rules.rows_remove: no such setting",
            "mean rows_removed?",
        ),
        (
            "[datasets.x]\nrules.rows_removed = 'none'\n",
            "hotpass.toml:2: datasets.x.rules.rows_removed: expected patch, minor or major, not 'none'",
            "",
        ),
        (
            "[datasets]\nx.rules = { rows_removed = 1 }\n",
            "hotpass.toml:2: datasets.x.rules.rows_removed: expected patch, minor or major, not 1",
            "",
        ),
    ],
)
def test_what_is_no_setting_of_a_dataset_is_named_with_its_line(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    (tmp_path / "hotpass.toml").write_text(text)
    error = _refusal(tmp_path)
    assert str(error).startswith(message)
    assert hint in error.hint
