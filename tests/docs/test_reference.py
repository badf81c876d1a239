"""The reference says what the code says: pages written from it, formats shown in it, examples of the library."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from harness.repository import Repo

from docs.pages import DOCS, ROOT, blocks_of
from hotpass import versioning

FORMATS = DOCS / "reference" / "pointer-and-record.md"
LIBRARY = DOCS / "reference" / "library.md"


def test_the_pages_that_follow_from_the_code_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "ops" / "write_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _shown(heading: str) -> str:
    return next(block.text for block in blocks_of(FORMATS) if block.heading == heading)


def _timeless(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)


def test_pointer_record_and_tag_look_as_shown(initialised: Repo) -> None:
    data = initialised.write("dist/refined_data.csv", "id,name\n1,Anna\n2,Ben\n")
    initialised.hotpass("version", "--add", str(data))
    initialised.hotpass("version", "--set", "1.0.0", "--tag", "--description", "Initial release")
    assert _timeless(initialised.read("dist/refined_data.csv.dvc").decode()) == _timeless(
        _shown("The pointer")
    )
    record = initialised.read("dist/refined_data.csv.version.json").decode()
    assert _timeless(record) == _timeless(_shown("The version record"))
    message = initialised.git("tag", "-l", "--format=%(contents)", "refined_data-v1.0.0").stdout
    assert message.rstrip("\n") == _shown("The tag").rstrip("\n")


def test_every_field_of_the_record_is_explained() -> None:
    table = FORMATS.read_text("utf-8").split("## The version record")[1].split("## The tag")[0]
    explained = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if line[:1] == "|"))
    )
    assert set(json.loads(_shown("The version record"))) <= explained


def test_the_examples_of_the_library_run(released: Repo, tmp_path: Path) -> None:
    blocks = [block.text for block in blocks_of(LIBRARY) if block.language == "python"]
    assert len(blocks) == 5
    script = tmp_path / "examples.py"
    script.write_text("\n".join(blocks))
    done = subprocess.run(
        [sys.executable, str(script)], cwd=released.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _rows(heading: str) -> list[tuple[str, str]]:
    section = LIBRARY.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    return [(first.strip().strip("`"), second) for first, second in rows]


@pytest.mark.parametrize(("name", "listed"), _rows("Results"))
def test_the_fields_of_results_are_listed(name: str, listed: str) -> None:
    before_properties = listed.split(";", maxsplit=1)[0]
    assert re.findall(r"`(\w+)`", before_properties) == [
        field.name for field in fields(getattr(versioning, name))
    ]


def test_every_member_of_the_manager_is_listed() -> None:
    listed = {re.split(r"\W", first)[0] for first, _ in _rows("DVCManager")}
    assert listed == {name for name in vars(versioning.DVCManager) if not name.startswith("_")}
