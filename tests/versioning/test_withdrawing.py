"""A withdrawn release is kept and exact, and no longer chosen; the settings file says so and stays a person's."""

from __future__ import annotations

import tomllib

import pytest
from harness.repository import FILE, FILE_BYTES, Repo
from hypothesis import given
from hypothesis import strategies as st

from hotpass.versioning.withdrawing import _added

WITHDRAW = ("withdraw", "refined_data@1.1.0", "--reason", "Finch Row never existed")


def test_ranges_and_latest_pass_it_by_and_the_exact_number_does_not(released: Repo) -> None:
    tags = released.git("for-each-ref", "refs/tags").stdout
    done = released.hotpass(*WITHDRAW)
    assert "refined_data 1.1.0  withdrawn: Finch Row never existed" in done.stdout
    assert "git add hotpass.toml" in done.stdout
    assert released.read("hotpass.toml").decode() == (
        '[datasets.refined_data.withdrawn]\n"1.1.0" = "Finch Row never existed"\n'
    )
    assert released.git("for-each-ref", "refs/tags").stdout == tags
    for wanted in ("latest", "1", "^1.0"):
        restored = released.hotpass("restore", f"refined_data@{wanted}", "--force", "--json").json
        assert restored["version"] == "1.0.0"
    exact = released.hotpass("restore", "refined_data@1.1.0")
    assert "note: refined_data 1.1.0 is withdrawn: Finch Row never existed" in exact.stderr
    assert released.read(FILE) == FILE_BYTES["1.1.0"]


def test_history_show_and_status_say_so(released: Repo) -> None:
    released.hotpass(*WITHDRAW)
    assert "withdrawn: Finch Row never existed" in released.hotpass("history", "refined_data").stdout
    entries = released.hotpass("history", "refined_data", "--json").json["releases"]
    assert [entry["withdrawn"] for entry in entries] == ["Finch Row never existed", None]
    assert (
        released.hotpass("show", "refined_data@1.1.0", "--json").json["withdrawn"]
        == "Finch Row never existed"
    )
    assert "1.1.0 is withdrawn: Finch Row never existed" in released.hotpass("version", "--status").stdout
    assert "withdrawn" not in released.hotpass("history", "data").stdout


def test_deleting_the_line_undoes_it(released: Repo) -> None:
    released.hotpass(*WITHDRAW)
    released.write("hotpass.toml", "".join(released.read("hotpass.toml").decode().splitlines(True)[:-1]))
    assert released.hotpass("restore", "refined_data@latest", "--json").json["version"] == "1.1.0"


def test_numbers_go_on_above_a_withdrawn_release(released: Repo) -> None:
    released.hotpass(*WITHDRAW)
    released.write(FILE, FILE_BYTES["1.1.0"].replace(b"Finch Row", b"Finch Lane"))
    done = released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--json")
    assert done.json["version"] == "1.1.1"
    assert released.hotpass("restore", "refined_data@latest", "--json").json["version"] == "1.1.1"


def test_where_all_are_withdrawn_that_is_said(released: Repo) -> None:
    released.hotpass(*WITHDRAW)
    released.hotpass("withdraw", "refined_data@1.0.0", "--reason", "too old")
    done = released.hotpass("restore", "refined_data@^1", check=False)
    assert done.code == 3
    assert "is withdrawn" in done.stderr
    assert "refined_data@1.1.0" in done.stderr


def test_doing_it_again_changes_nothing_and_another_reason_is_a_conflict(released: Repo) -> None:
    released.hotpass(*WITHDRAW)
    text = released.read("hotpass.toml")
    assert "withdrawn already" in released.hotpass(*WITHDRAW).stdout
    done = released.hotpass("withdraw", "refined_data@1.1.0", "--reason", "another", check=False)
    assert done.code == 8
    assert released.read("hotpass.toml") == text


@pytest.mark.parametrize(
    ("release", "reason", "code"),
    [
        ("refined_data@9.9.9", "x", 3),
        ("refined_dta@1.0.0", "x", 3),
        ("refined_data@^1", "x", 2),
        ("refined_data", "x", 2),
        ("refined_data@1.0.0", " ", 2),
        ("refined_data@1.0.0", "a\x1bb", 2),
    ],
)
def test_what_cannot_be_withdrawn(released: Repo, release: str, reason: str, code: int) -> None:
    done = released.hotpass("withdraw", release, "--reason", reason, check=False)
    assert done.code == code, str(done)
    assert not released.path("hotpass.toml").exists()


FILES = {
    "comments and other tables": (
        (
            "# ours\nlock_timeout = 5 # seconds\n\n[datasets.refined_data]\n# the key\nkey = ['id']\n\n"
            "[datasets.refined_data.withdrawn] # bad ones\n'1.0.0' = 'old'\n# end of it\n\n[refine]\ncountry = 'ZA'\n"
        ),
        "'1.0.0' = 'old'\n\"1.1.0\" = \"why\"\n# end of it\n\n[refine]\n",
    ),
    "no newline at the end": (
        "lock_timeout = 5",
        'lock_timeout = 5\n\n[datasets.refined_data.withdrawn]\n"1.1.0"',
    ),
    "windows line ends": (
        "lock_timeout = 5\r\n",
        '5\r\n\r\n[datasets.refined_data.withdrawn]\r\n"1.1.0" = "why"\r\n',
    ),
    "text over several lines": (
        '[datasets.refined_data.withdrawn]\n"1.0.0" = """\n[datasets.refined_data.withdrawn]\nold"""\n',
        '[datasets.refined_data.withdrawn]\n"1.1.0" = "why"\n"1.0.0"',
    ),
}


@pytest.mark.parametrize(("text", "expected"), FILES.values(), ids=FILES.keys())
def test_the_file_stays_a_persons(released: Repo, text: str, expected: str) -> None:
    released.write("hotpass.toml", text)
    released.hotpass("withdraw", "refined_data@1.1.0", "--reason", "why")
    new = released.read("hotpass.toml").decode()
    assert expected in new
    kept = [line for line in new.splitlines() if '"1.1.0"' not in line]
    assert [line for line in text.splitlines() if line.strip()] == [
        line for line in kept if line.strip() and (line in text.splitlines())
    ]


def test_settings_in_pyproject_stay_there(released: Repo) -> None:
    released.write("pyproject.toml", "[tool.hotpass]\nlock_timeout = 5\n")
    assert released.hotpass(*WITHDRAW, "--json").json["file"] == "pyproject.toml"
    assert "[tool.hotpass.datasets.refined_data.withdrawn]" in released.read("pyproject.toml").decode()
    assert not released.path("hotpass.toml").exists()


@pytest.mark.parametrize(
    "text",
    [
        "datasets = { refined_data = { key = ['id'] } }\n",
        "[datasets]\nrefined_data = { withdrawn = { '1.0.0' = 'x' } }\n",
        "[datasets]\nrefined_data.withdrawn.'1.0.0' = 'x'\n",
    ],
)
def test_a_form_that_cannot_be_added_to_is_left_as_it_is(released: Repo, text: str) -> None:
    released.write("hotpass.toml", text)
    done = released.hotpass(*WITHDRAW, check=False)
    assert done.code == 10
    assert '"1.1.0" = "Finch Row never existed"' in done.stderr
    assert released.read("hotpass.toml").decode() == text


WORDS = st.text(st.sampled_from("ab=#[]\"'\\é. \t"), max_size=12)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["x", "y", "z"]), WORDS), max_size=4, unique_by=lambda row: row[0]
    ),
    there=st.booleans(),
    reason=WORDS,
)
def test_whatever_stands_there_means_the_same_afterwards(
    rows: list[tuple[str, str]], there: bool, reason: str
) -> None:
    import json

    body = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)} # {key}\n" for key, value in rows)
    head = "[datasets.a.withdrawn]\n" if there else ""
    text = head + body + ("[other]\nb = 1\n" if there else "")
    new = _added(text, ("datasets", "a", "withdrawn"), "1.0.0", reason)
    assert new is not None
    before, after = tomllib.loads(text), tomllib.loads(new)
    assert after["datasets"]["a"]["withdrawn"].pop("1.0.0") == reason
    if not there:
        assert after.pop("datasets") == {"a": {"withdrawn": {}}}
    assert before == after
    assert all(line in new.splitlines() for line in text.splitlines())


def test_a_withdrawn_entry_that_is_none_is_an_error_with_its_line(released: Repo) -> None:
    released.write("hotpass.toml", "[datasets.refined_data.withdrawn]\n\"1.0\" = 'x'\n")
    done = released.hotpass("version", "--status", check=False)
    assert done.code == 2
    assert "hotpass.toml:2" in done.stderr


def test_doctor_names_a_withdrawn_version_that_does_not_exist(released: Repo) -> None:
    released.write("hotpass.toml", "[datasets.refined_data.withdrawn]\n'1.9.0' = 'typo'\n'1.0.0' = 'old'\n")
    said = released.hotpass("doctor", check=False).stdout
    assert "1.9.0 is withdrawn, and there is no such release" in said
    assert "1.0.0 is withdrawn" not in said
