"""Numbers that follow from the data: what a judge's verdict leads to, whoever the judge is.

The judge here is a small one with an opinion of its own; Hotpass's own is tried in ``tests/workflows/test_judging.py``.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.picture import leftovers, picture
from harness.repository import FILE, FILE_BYTES, FOLDER, Repo

from hotpass.errors import WriteError
from hotpass.versioning import Bump, DatasetVersion, DVCManager, Outcome, Project, Question, Verdict
from hotpass.versioning.errors import (
    AllowLowerError,
    BadDescriptionError,
    BumpTooLowError,
    ChangedWhileReadingError,
    DataMissingError,
    NotComparedError,
    TagExistsError,
)
from hotpass.versioning.record import Facts

NEW = b"id,name,phone\n1,Sparrow House,099\n"
REASON = "a reason (x!B2)"


@dataclass
class Says:
    """A judge that has made up its mind, and remembers what it was asked."""

    asked: Bump | None = Bump.MINOR
    compared: bool = True
    questions: list[Question] = field(default_factory=list)

    def __call__(self, project: Project, question: Question) -> Verdict:
        """The verdict."""
        del project
        self.questions.append(question)
        since = question.since
        if since is None:
            return Verdict(facts=_facts(None))
        if not self.compared:
            return Verdict(compared=False, facts=_facts(None), notes=("it was lost",))
        kinds = [{"kind": "rows_added", "bump": self.asked.value, "count": 2}] if self.asked else []
        changes = {"since": str(since.version), "bump": self.asked and self.asked.value, "kinds": kinds}
        reasons = (f"{self.asked.value}: {REASON}",) if self.asked else ()
        return Verdict(self.asked, True, reasons, "2 rows added" if self.asked else "", _facts(changes))


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repositories that managers here open are not looked at by later tests."""
    monkeypatch.setattr("hotpass.versioning.metadata._opened", [])


def _facts(changes: dict[str, Any] | None) -> Facts:
    table = {
        "name": "",
        "rows": 2,
        "columns": [{"name": "id", "type": "integer", "blanks": 0}],
        "key": ["id"],
    }
    return Facts(2, "t1:" + "0" * 64, (table,), changes)


def _manager(repo: Repo, judge: Says) -> DVCManager:
    return DVCManager(repo.root, judge=judge)


def _trailers(repo: Repo, tag: str) -> dict[str, str]:
    text = repo.git("for-each-ref", "--format=%(contents:trailers:unfold)", f"refs/tags/{tag}").stdout
    pairs = [line.partition(": ") for line in text.splitlines() if line]
    return {key.removeprefix("Hotpass-"): value for key, _, value in pairs}


def _record(repo: Repo, name: str = "") -> dict[str, Any]:
    text = (
        repo.git("show", f"{name}:{FILE}.version.json").stdout if name else repo.read(f"{FILE}.version.json")
    )
    content: dict[str, Any] = json.loads(text)
    return content


# What auto makes of a verdict.


@pytest.mark.parametrize("tag", [False, True])
@pytest.mark.parametrize(
    ("asked", "version"), [(Bump.PATCH, "1.1.1"), (Bump.MINOR, "1.2.0"), (Bump.MAJOR, "2.0.0")]
)
def test_auto_gives_the_number_that_the_data_asks_for(
    released: Repo, asked: Bump, version: str, tag: bool
) -> None:
    released.write(FILE, NEW)
    judge = Says(asked)
    outcome = _manager(released, judge).bump("auto", "refined_data", tag=tag)
    assert (outcome.version, outcome.asked, outcome.since) == (version, asked.value, "1.1.0")
    assert outcome.reasons == (f"{asked.value}: {REASON}",)
    assert (f"refined_data-v{version}" in released.tags()) is tag
    (question,) = judge.questions
    assert question.since is not None
    assert (str(question.since.version), question.dataset, question.path) == ("1.1.0", "refined_data", FILE)
    assert [place.read_bytes() for _, place in question.files] == [NEW]
    assert question.record is not None
    assert question.record.version == DatasetVersion(1, 1, 0)


def test_auto_counts_from_the_newest_release_and_never_from_a_draft(released: Repo) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.MINOR))
    assert manager.bump("auto", "refined_data").version == "1.2.0"
    for _ in range(3):
        released.write(FILE, NEW + os.urandom(4).hex().encode())
        assert manager.bump("auto", "refined_data").version == "1.2.0"


@pytest.mark.parametrize(
    ("draft", "asked", "version"),
    [
        ("1.1.7", Bump.PATCH, "1.1.7"),
        ("1.1.7", Bump.MINOR, "1.2.0"),
        ("1.3.0", Bump.PATCH, "1.3.0"),
        ("1.3.0", Bump.MINOR, "1.3.0"),
        ("1.3.0", Bump.MAJOR, "2.0.0"),
        ("4.0.0", Bump.MAJOR, "4.0.0"),
    ],
)
@pytest.mark.parametrize("tag", [False, True])
def test_a_draft_whose_number_is_high_enough_keeps_it(
    released: Repo, draft: str, asked: Bump, version: str, tag: bool
) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(asked))
    manager.set_version(draft, "refined_data")
    released.write(FILE, NEW + b"2,Heron Place,012\n")
    assert manager.bump("auto", "refined_data", tag=tag).version == version
    assert str(manager.get_version("refined_data")) == version


def test_a_draft_of_these_very_bytes_is_left_alone(released: Repo) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.MINOR))
    assert not manager.bump("auto", "refined_data").already
    before = picture(released), released.read(f"{FILE}.dvc"), released.read(f"{FILE}.version.json")
    outcome = manager.bump("auto", "refined_data")
    assert (outcome.version, outcome.already, outcome.tag) == ("1.2.0", True, None)
    assert (picture(released), released.read(f"{FILE}.dvc"), released.read(f"{FILE}.version.json")) == before


@pytest.mark.parametrize("tag", [False, True])
def test_the_first_version_is_1_0_0(tracked: Repo, tag: bool) -> None:
    judge = Says()
    outcome = _manager(tracked, judge).bump("auto", "refined_data", tag=tag)
    assert (outcome.version, outcome.asked, outcome.since) == ("1.0.0", None, None)
    assert judge.questions[0].since is None
    assert _record(tracked)["rows"] == 2
    assert _record(tracked)["changes"] is None


@pytest.mark.parametrize("tag", [False, True])
def test_the_same_bytes_are_already_the_newest_release_and_nobody_is_asked(released: Repo, tag: bool) -> None:
    judge = Says()
    before = picture(released)
    outcome = _manager(released, judge).bump("auto", "refined_data", tag=tag, description="again")
    assert (outcome.version, outcome.already, outcome.unchanged) == ("1.1.0", True, True)
    assert (outcome.tag, outcome.commit) == ("refined_data-v1.1.0", released.rev("HEAD~1"))
    assert any("description is not kept" in note for note in outcome.notes)
    assert judge.questions == []
    assert picture(released) == before


def test_the_same_content_in_other_bytes_is_already_the_newest_release(released: Repo) -> None:
    released.write(FILE, NEW)
    before = picture(released)
    outcome = _manager(released, Says(None)).bump("auto", "refined_data", tag=True)
    assert (outcome.version, outcome.already, outcome.unchanged) == ("1.1.0", True, True)
    assert any("only the bytes differ" in note for note in outcome.notes)
    assert picture(released) == before


def test_a_draft_that_the_data_went_back_from_stays_and_is_named(released: Repo) -> None:
    manager = _manager(released, Says())
    released.write(FILE, NEW)
    manager.bump("minor", "refined_data")
    released.write(FILE, FILE_BYTES["1.1.0"])
    outcome = manager.bump("auto", "refined_data")
    assert (outcome.version, outcome.unchanged) == ("1.1.0", True)
    assert outcome.notes == ("the draft 1.2.0 stays as it is",)


def test_a_dry_run_shows_number_and_reasons_and_writes_nothing(released: Repo) -> None:
    from hotpass.versioning import VersionRequest, make_version

    released.write(FILE, NEW)
    before = picture(released), set(released.files(".dvc/cache"))
    told: list[Outcome] = []
    request = VersionRequest("bump", "auto", "refined_data", tag=True)
    make_version(Project.find(released.root), request, told.append, dry_run=True, judge=Says(Bump.MAJOR))
    (outcome,) = told
    assert (outcome.version, outcome.dry_run, outcome.tag) == ("2.0.0", True, "refined_data-v2.0.0")
    assert outcome.reasons == (f"major: {REASON}",)
    assert (picture(released), set(released.files(".dvc/cache"))) == before


def test_auto_refuses_where_it_cannot_compare(released: Repo) -> None:
    released.write(FILE, NEW)
    with pytest.raises(NotComparedError) as caught:
        _manager(released, Says(compared=False)).bump("auto", "refined_data")
    assert caught.value.reason == "it was lost"


def test_auto_needs_the_data(released: Repo) -> None:
    released.path(FILE).unlink()
    with pytest.raises(DataMissingError):
        _manager(released, Says()).bump("auto", "refined_data")


def test_a_tag_of_somebody_else_in_the_way_is_named(released: Repo) -> None:
    released.write(FILE, NEW)
    released.git("tag", "refined_data-v1.2.0")
    with pytest.raises(TagExistsError):
        _manager(released, Says()).bump("auto", "refined_data", tag=True)


def test_data_that_changes_while_it_is_judged_gets_no_number(released: Repo) -> None:
    released.write(FILE, NEW)

    class Meddles(Says):
        def __call__(self, project: Project, question: Question) -> Verdict:
            released.write(FILE, NEW + b"2,Heron Place,012\n")
            return super().__call__(project, question)

    before = picture(released)
    with pytest.raises(ChangedWhileReadingError):
        _manager(released, Meddles()).bump("auto", "refined_data", tag=True)
    assert (released.tags(), released.commits()) == (list(before.tags), before.commits)
    assert not leftovers(released)


# What is refused.


@pytest.mark.parametrize(
    ("version", "asked", "good"),
    [
        ("1.1.1", Bump.PATCH, True),
        ("1.1.1", Bump.MINOR, False),
        ("1.1.9", Bump.MAJOR, False),
        ("1.2.0", Bump.MINOR, True),
        ("1.9.3", Bump.MINOR, True),
        ("1.9.0", Bump.MAJOR, False),
        ("2.0.0", Bump.MAJOR, True),
        ("7.1.1", Bump.MAJOR, True),
    ],
)
def test_a_release_rises_as_much_as_the_data_asks_for(
    released: Repo, version: str, asked: Bump, good: bool
) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(asked))
    before = picture(released), set(released.files(".dvc/cache"))
    if good:
        assert manager.set_version(version, "refined_data", tag=True).tag == f"refined_data-v{version}"
        return
    with pytest.raises(BumpTooLowError) as caught:
        manager.set_version(version, "refined_data", tag=True)
    assert caught.value.exit_code == 10
    assert (caught.value.since, caught.value.asked, caught.value.reasons) == (
        "1.1.0",
        asked.value,
        (f"{asked.value}: {REASON}",),
    )
    assert caught.value.command == f"hotpass version --bump {asked.value} --tag --dataset refined_data"
    assert (picture(released), set(released.files(".dvc/cache"))) == before


def test_a_draft_only_warns_and_its_release_is_refused(released: Repo) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.MAJOR))
    outcome = manager.bump("patch", "refined_data")
    assert outcome.version == "1.1.1"
    assert outcome.notes == (
        f"the data asks for a major after 1.1.0 (major: {REASON}): 1.1.1 could not be released",
    )
    with pytest.raises(BumpTooLowError):
        manager.tag("refined_data")
    assert manager.bump("major", "refined_data", tag=True).version == "2.0.0"


@pytest.mark.parametrize("how", ["set", "bump", "tag"])
def test_a_lower_bump_is_allowed_with_a_reason_that_the_tag_says(released: Repo, how: str) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.MAJOR))
    why = "the rows were\nnever in the contract"
    if how == "set":
        manager.set_version("1.1.1", "refined_data", tag=True, allow_lower=True, description=why)
    elif how == "bump":
        manager.bump("patch", "refined_data", tag=True, allow_lower=True, description=why)
    else:
        manager.bump("patch", "refined_data", description="as drafted")
        manager.tag("refined_data", allow_lower=True, description=why)
    said = _trailers(released, "refined_data-v1.1.1")
    assert (said["Bump"], said["Asked"]) == ("patch", "major")
    assert said["Allow-Lower"] == "the rows were never in the contract"
    assert said["Reasons"] == f"major: {REASON}"
    (entry, *_) = manager.history("refined_data").releases
    assert entry.description == ("as drafted" if how == "tag" else why)


@pytest.mark.parametrize("tag", [False, True])
def test_allowing_a_lower_bump_needs_a_reason_and_a_release(released: Repo, tag: bool) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.MAJOR))
    with pytest.raises(AllowLowerError) as caught:
        manager.bump("patch", "refined_data", tag=tag, allow_lower=True, description=None if tag else "why")
    assert caught.value.exit_code == 2


def test_a_version_that_is_only_tagged_has_its_description_already(drafted: Repo) -> None:
    with pytest.raises(BadDescriptionError):
        _manager(drafted, Says()).tag("refined_data", description="another")


def test_allowing_more_than_needed_says_nothing_of_it(released: Repo) -> None:
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.PATCH))
    manager.bump("minor", "refined_data", tag=True, allow_lower=True, description="new sites")
    said = _trailers(released, "refined_data-v1.2.0")
    assert said["Bump"] == "minor"
    assert {"Asked", "Allow-Lower"}.isdisjoint(said)


def test_a_maintenance_release_follows_the_greatest_release_below_it(released: Repo) -> None:
    judge = Says(Bump.PATCH)
    manager = _manager(released, judge)
    released.write(FILE, NEW)
    manager.set_version("3.0.0", "refined_data", tag=True)
    released.write(FILE, NEW + b"2,Heron Place,012\n")
    outcome = manager.set_version("1.1.1", "refined_data", tag=True, force=True)
    assert outcome.since == "1.1.0"
    released.write(FILE, NEW + b"3,Finch Row,013\n")
    judge.asked = Bump.MINOR
    with pytest.raises(BumpTooLowError) as caught:
        manager.set_version("1.1.2", "refined_data", tag=True, force=True)
    assert caught.value.since == "1.1.1"
    assert caught.value.command == "hotpass version --set 1.2.0 --force --tag --dataset refined_data"
    assert manager.set_version("0.9.0", "refined_data", tag=True, force=True).since is None


def test_what_could_not_be_compared_is_let_through_with_a_note(released: Repo) -> None:
    released.write(FILE, NEW)
    outcome = _manager(released, Says(compared=False)).bump("patch", "refined_data", tag=True)
    assert (outcome.version, outcome.notes) == ("1.1.1", ("it was lost",))
    assert "Changes" not in _trailers(released, "refined_data-v1.1.1")


# Nothing, or only words, changed.


def test_an_explicit_bump_of_unchanged_data_goes_through_with_a_note(released: Repo) -> None:
    judge = Says()
    outcome = _manager(released, judge).bump("major", "refined_data", tag=True)
    assert (outcome.version, outcome.asked) == ("2.0.0", None)
    assert outcome.notes == ("the data is the same as in 1.1.0",)
    assert judge.questions == []


def test_other_bytes_of_the_same_content_go_through_with_a_note(released: Repo) -> None:
    released.write(FILE, NEW)
    outcome = _manager(released, Says(None)).bump("patch", "refined_data", tag=True)
    assert outcome.notes == ("the content is the same as in 1.1.0, only the bytes differ",)


def test_a_description_alone_is_a_patch(released: Repo) -> None:
    judge = Says()
    outcome = _manager(released, judge).bump("patch", "refined_data", tag=True, description="said better")
    assert (outcome.asked, outcome.changes) == ("patch", "description changed")
    assert judge.questions == []


def test_metadata_alone_is_a_patch(released: Repo) -> None:
    from hotpass.versioning import record_version_metadata

    record_version_metadata(released.path(FILE), "1.1.0", {"run": "abc123"})
    outcome = _manager(released, Says()).bump("patch", "refined_data", tag=True)
    assert (outcome.asked, outcome.changes) == ("patch", "metadata changed")


def test_the_rule_for_words_can_be_another(released: Repo) -> None:
    released.write("hotpass.toml", '[datasets.refined_data.rules]\ndescription_changed = "minor"\n')
    with pytest.raises(BumpTooLowError):
        _manager(released, Says()).bump("patch", "refined_data", tag=True, description="said better")


# What is kept of it.


def test_record_pointer_and_tag_say_what_was_found(released: Repo) -> None:
    released.write(FILE, NEW)
    _manager(released, Says(Bump.MINOR)).bump("auto", "refined_data", tag=True)
    digest = "t1:" + "0" * 64
    record = _record(released, "refined_data-v1.2.0")
    assert (record["rows"], record["content"]) == (2, digest)
    assert record["tables"][0]["columns"] == [{"name": "id", "type": "integer", "blanks": 0}]
    assert record["changes"] == {
        "since": "1.1.0",
        "bump": "minor",
        "kinds": [{"kind": "rows_added", "bump": "minor", "count": 2}],
    }
    assert f'content: "{digest}"' in released.git("show", f"refined_data-v1.2.0:{FILE}.dvc").stdout
    said = _trailers(released, "refined_data-v1.2.0")
    assert {name: said[name] for name in ("Rows", "Content", "Bump", "Changes", "Reasons")} == {
        "Rows": "2",
        "Content": digest,
        "Bump": "minor",
        "Changes": "2 rows added",
        "Reasons": f"minor: {REASON}",
    }
    (entry, *_) = _manager(released, Says()).history("refined_data").releases
    assert (entry.rows, entry.changes) == (2, "2 rows added")


def test_the_same_bytes_again_copy_what_is_known_of_them(released: Repo) -> None:
    judge = Says(Bump.MINOR)
    manager = _manager(released, judge)
    released.write(FILE, NEW)
    manager.bump("auto", "refined_data", tag=True)
    for tag in (False, True):
        manager.bump("patch", "refined_data", tag=tag)
        record = _record(released)
        assert (record["rows"], record["content"]) == (2, "t1:" + "0" * 64)
        assert record["changes"] == {"since": "1.2.0", "bump": None, "kinds": []}
    assert len(judge.questions) == 1


def test_a_draft_that_is_tagged_after_a_pull_request_needs_no_commit(released: Repo) -> None:
    """ARCHITECTURE: ``--tag`` alone tags HEAD where HEAD's tree holds pointer and record as the work tree does."""
    released.write(FILE, NEW)
    manager = _manager(released, Says(Bump.MINOR))
    manager.bump("minor", "refined_data")
    released.commit("draft")
    head = released.rev("HEAD")
    assert manager.tag("refined_data").commit == head == released.rev("HEAD")
    assert _record(released, "refined_data-v1.2.0")["rows"] == 2


def test_a_draft_made_without_a_look_gets_what_is_found_when_it_is_released(released: Repo) -> None:
    released.write(FILE, NEW)
    _manager(released, Says(compared=False)).set_version("1.2.0", "refined_data")
    record = json.loads(released.read(f"{FILE}.version.json"))
    plain = {
        name: value for name, value in record.items() if name not in ("rows", "content", "tables", "changes")
    }
    released.write(f"{FILE}.version.json", json.dumps(plain, indent=2) + "\n")
    released.write(
        f"{FILE}.dvc",
        "".join(
            line
            for line in released.read(f"{FILE}.dvc").decode().splitlines(keepends=True)
            if " content:" not in line
        ),
    )
    _manager(released, Says(Bump.MINOR)).tag("refined_data")
    assert _record(released, "refined_data-v1.2.0")["rows"] == 2
    assert "content:" in released.git("show", f"refined_data-v1.2.0:{FILE}.dvc").stdout
    assert released.status() == ""


def test_a_folder_is_asked_about_by_the_paths_in_it(released: Repo) -> None:
    released.write(f"{FOLDER}/north.csv", b"a,b\n9,9\n")
    judge = Says(Bump.PATCH)
    _manager(released, judge).bump("auto", "data", tag=True)
    files = {name: place.read_bytes() for name, place in judge.questions[0].files}
    assert files == released.files(FOLDER)


def test_absent_data_is_judged_where_the_store_has_it(released: Repo) -> None:
    released.write(FILE, NEW)
    judge = Says(Bump.MINOR)
    manager = _manager(released, judge)
    manager.bump("minor", "refined_data")
    released.path(FILE).unlink()
    manager.tag("refined_data")
    assert [place.read_bytes() for _, place in judge.questions[-1].files] == [NEW]


def test_a_record_that_cannot_be_read_is_no_record(released: Repo) -> None:
    released.write(f"{FILE}.version.json", "{")
    released.commit("damaged")
    released.git("tag", "-a", "refined_data-v1.1.5", "-m", "by hand")
    released.git("checkout", "-q", "HEAD~1", "--", f"{FILE}.version.json")
    released.write(FILE, NEW)
    judge = Says(Bump.MINOR)
    _manager(released, judge).bump("auto", "refined_data", tag=True)
    assert judge.questions[0].record is None
    assert str(judge.questions[0].since.version) == "1.1.5"  # type: ignore[union-attr]  # there is one


def test_a_judge_that_fails_makes_no_version(released: Repo) -> None:
    class Broken(Says):
        def __call__(self, project: Project, question: Question) -> Verdict:
            raise WriteError(f"{project.root}", question.dataset)

    released.write(FILE, NEW)
    before = picture(released)
    with pytest.raises(WriteError):
        _manager(released, Broken()).bump("auto", "refined_data", tag=True)
    assert picture(released) == before
