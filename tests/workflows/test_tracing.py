"""trace: what happened to a record, told from releases that are read once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from harness.repository import Repo
from harness.story import BOOK

from hotpass.workflows.lineage import is_lineage, origin_of


def _trace(repo: Repo, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = repo.hotpass("trace", *args, "--json").json
    return found


def _events(found: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [(event["kind"], event["version"], event["at"]) for event in found["events"]]


def _cells(event: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(cell["column"], cell["old"], cell["new"], cell["at"], cell["origin"]) for cell in event["cells"]]


def test_a_record_appears_changes_moves_unseen_and_vanishes(story: Repo) -> None:
    found = _trace(story, "refined_data", "ORG-1")
    assert _events(found) == [
        ("appeared", "1.0.0", ["refined_data.xlsx!Sites!A2"]),
        ("changed", "1.0.1", ["refined_data.xlsx!Sites!A2"]),
        ("vanished", "2.0.0", []),
    ]
    changed, vanished = found["events"][1:]
    assert _cells(changed) == [
        ("phone", "+27 1", "+27 99", "refined_data.xlsx!Sites!C2", "east.xlsx!Tel!B9"),
    ]
    assert changed["author"] == "Test Person"
    assert changed["description"] == "It is 1.0.1"
    assert changed["date"].startswith("20")
    # Re-sorted since: the last release that had the record may show it elsewhere, this one is where it was read.
    assert vanished["before"] == ["refined_data.xlsx!Sites!A2"]
    assert found["key"]["columns"] == ["organization_id"]


def test_one_cell_is_followed_alone(story: Repo) -> None:
    found = _trace(story, "refined_data", "ORG-1", "--column", "phone")
    assert [(kind, version) for kind, version, _ in _events(found)] == [
        ("appeared", "1.0.0"),
        ("changed", "1.0.1"),
        ("vanished", "2.0.0"),
    ]
    assert found["events"][0]["origin"] == "north.xlsx!List!C2"
    beds = _trace(story, "refined_data", "ORG-1", "--column", "beds")
    assert [(kind, version) for kind, version, _ in _events(beds)] == [
        ("appeared", "1.0.0"),
        ("vanished", "2.0.0"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("values", [["ORG-1,2024-05-02"], ["ORG-1", "2024-05-02"]])
def test_a_key_of_two_columns_is_given_with_a_comma_or_as_two_words(story: Repo, values: list[str]) -> None:
    found = _trace(story, "refined_data", *values, "--key", "site,day")
    assert [(e["kind"], e["version"], e["table"]) for e in found["events"]] == [
        ("appeared", "1.0.0", "Visits"),
        ("changed", "1.1.0", "Visits"),
    ]
    assert _cells(found["events"][1]) == [("n", "3", "4", "refined_data.xlsx!Visits!C3", "")]


def test_rows_that_share_a_key_are_counted_and_not_paired(story: Repo) -> None:
    found = _trace(story, "refined_data", "ORG-1", "--key", "site")
    appeared, changed = found["events"]
    assert (appeared["rows"], appeared["cells"]) == (2, [])
    assert (changed["kind"], changed["version"], changed["rows"], changed["cells"]) == (
        "changed",
        "1.1.0",
        2,
        [],
    )
    assert "2 rows have this key" in story.hotpass("trace", "refined_data", "ORG-1", "--key", "site").stdout


def test_each_release_is_read_once_and_then_remembered(story: Repo, cold: Path) -> None:
    first = _trace(story, "refined_data", "ORG-1")
    assert (first["releases"], first["same"], first["known"], first["read"]) == (5, 1, 0, 4)
    again = _trace(story, "refined_data", "ORG-2")
    assert (again["known"], again["read"]) == (4, 0)
    assert _trace(story, "refined_data", "ORG-1")["events"] == first["events"]


def test_what_is_remembered_may_be_deleted_or_damaged_at_any_time(story: Repo, cold: Path) -> None:
    first = _trace(story, "refined_data", "ORG-1")
    files = sorted(cold.iterdir())
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:-3])
    files[1].write_bytes(b"")
    files[2].unlink()
    (cold / ".hotpass-0123456789ab-0.tmp").write_bytes(b"left behind by a killed run")
    again = _trace(story, "refined_data", "ORG-1")
    assert again["events"] == first["events"]
    assert again["read"] == 3
    assert len(list(cold.iterdir())) == 4
    shutil.rmtree(cold)
    assert _trace(story, "refined_data", "ORG-1")["events"] == first["events"]


def test_a_run_that_may_not_write_its_memory_answers_all_the_same(story: Repo, cold: Path) -> None:
    shutil.rmtree(cold)
    cold.write_text("a file where the folder should be")
    try:
        assert len(_trace(story, "refined_data", "ORG-1")["events"]) == 3
    finally:
        cold.unlink()


def test_no_value_is_remembered(story: Repo, cold: Path) -> None:
    story.hotpass("trace", "refined_data", "ORG-1")
    story.hotpass("trace", "refined_data", "ORG-1,2024-05-02", "--key", "site,day")
    kept = b"".join(file.read_bytes() for file in cold.iterdir())
    for value in (b"Heron", b"+27", b"ORG-1", b"2024-05", b"Sites!"):
        assert value not in kept


def test_the_lines_say_which_key_what_and_where(story: Repo) -> None:
    said = story.hotpass("trace", "refined_data", "ORG-1", "--column", "phone").stdout
    assert said.startswith("refined_data: organization_id = ORG-1, column phone (key ")
    assert "phone: +27 1 → +27 99  at refined_data.xlsx!Sites!C2  from east.xlsx!Tel!B9" in said
    assert "5 releases: 1 with the content of an older one, " in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (
            ["refined_data", "ORG-9"],
            3,
            "no release of refined_data has a record with organization_id = 'ORG-9'",
        ),
        (["refined_data", "ORG-1", "--column", "fone"], 3, "no column 'fone', did you mean 'phone'?"),
        (["refined_data", "ORG-1", "--key", "organisation_id"], 3, "did you mean 'organization_id'?"),
        (
            ["refined_data", "a", "b"],
            2,
            "the key has 1 column(s) (organization_id), and 2 value(s) were given",
        ),
        (
            ["refined_data", "a", "--key", "site,day"],
            2,
            "the key has 2 column(s) (site, day), and 1 value(s)",
        ),
        (["refined_data", "a", "--key", "site,,day"], 2, "--key 'site,,day' does not name different columns"),
        (["refined_date", "ORG-1"], 3, "did you mean 'refined_data'?"),
        (["refined_data", ""], 3, "organization_id = ''"),
        (["refined_data", "'; DROP TABLE x; --"], 3, "DROP TABLE"),
    ],
)
def test_what_cannot_be_traced_is_said(story: Repo, args: list[str], code: int, words: str) -> None:
    answer = story.hotpass("trace", *args, "--json", check=False)
    assert answer.code == code
    assert words in answer.json["error"]["message"]
    assert answer.json["error"]["hint"]


def test_a_dataset_without_a_release_has_no_story(tracked: Repo) -> None:
    answer = tracked.hotpass("trace", "refined_data", "1", check=False)
    assert answer.code == 3
    assert "refined_data has no release yet" in answer.stderr


def test_numbers_texts_and_other_formats_are_the_same_record(initialised: Repo) -> None:
    """1.50 in a list is 1.5, 007 is no 7, and a column that is added changes what has a value in it."""
    texts = {
        "1.0.0": "id,code,amount\n1,007,1.50\n2,008,2.25\n",
        "1.0.1": "id,code,amount\n1.0,007,1.5\n2.5,008,2.25\n",
        "1.1.0": "id,code,amount,town\n1,007,1.5,Durban\n2.5,008,2.25,\n",
        "2.0.0": "town,id,code,amount\nDurban,1,7,1.5\n,2.5,008,2.25\n",
    }
    for version, text in texts.items():
        initialised.write("list.csv", text)
        if version == "1.0.0":
            initialised.hotpass("version", "--add", str(initialised.path("list.csv")), "-q")
        initialised.hotpass("version", "--set", version, "--tag", "-q", "--allow-lower", "--description", "x")
    found = _trace(initialised, "list", "1", "--key", "id")
    assert [(e["kind"], e["version"], _cells(e)) for e in found["events"][1:]] == [
        ("changed", "1.1.0", [("town", None, "Durban", "list.csv!D2", "")]),
        ("changed", "2.0.0", [("code", "007", "7", "list.csv!C2", "")]),
    ]


def test_the_configured_key_comes_before_what_is_found(story: Repo) -> None:
    settings = story.write("hotpass.toml", '[datasets.refined_data]\nkey = ["name"]\n')
    try:
        found = _trace(story, "refined_data", "Wren House")
    finally:
        settings.unlink()
    assert found["key"]["origin"] == "configured"
    assert [event["version"] for event in found["events"]] == ["1.1.0"]


def test_lost_bytes_are_named(story: Repo, tmp_path: Path) -> None:
    copy = Repo(tmp_path / "copy", story.remote)
    shutil.copytree(story.root, copy.root, symlinks=True)
    shutil.rmtree(copy.path(".git/hotpass/trace"), ignore_errors=True)
    md5 = json.loads(copy.git("show", f"refined_data-v1.0.1:{BOOK}.version.json").stdout)["md5"]
    copy.object(md5).unlink()
    (tmp_path / "remote").mkdir()
    answer = copy.hotpass("trace", "refined_data", "ORG-1", "--json", check=False)
    assert answer.code == 9
    assert answer.json["error"]["type"] == "LostError"


def test_an_address_is_lineage_only_where_it_is_one() -> None:
    values = {"phone": "1", "phone__source": "a.xlsx!S!B2", "source": "a.csv!7", "name__source": "the web"}
    assert origin_of(values, "phone") == "a.xlsx!S!B2"
    assert origin_of(values, "name") == "a.csv!7"
    assert origin_of(values, None) == "a.csv!7"
    assert origin_of({"source": "a letter"}, None) == ""
    assert is_lineage("phone__source", values)
    assert not is_lineage("fax__source", values)
