"""Case 6: an interrupt in any phase leaves the repository as before or as after a clean run, and no program behind."""

from __future__ import annotations

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from harness.killing import Runner, lock_is_free
from harness.picture import Picture, leftovers, picture
from harness.repository import FILE, Repo, Templates
from harness.scenarios import NEW, check_nothing_lost, clean_run, prepared, scenario_named, version_number

EXIT = {signal.SIGINT: 130, signal.SIGTERM: 143}


def _seen_by_the_user(repo: Repo, known: list[str]) -> Picture:
    """A picture without objects nobody names yet and Hotpass's own notes."""
    return replace(picture(repo, known), objects=frozenset(), git_files=frozenset())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["add-file", "set", "bump-tag", "restore-folder"])
def test_an_interrupt_at_any_change_ends_before_or_after_the_act(
    name: str, runner: Runner, templates: Templates, tmp_path: Path
) -> None:
    scenario = scenario_named(name)
    before = clean_run(runner, templates, scenario, tmp_path / "clean")
    known = list(before.tags)
    old = _seen_by_the_user(prepared(templates, scenario, tmp_path / "old"), known)
    new = replace(before.clean, objects=frozenset(), git_files=frozenset())
    ends = set()
    # A sample, with both signals in turn; the events between are the kill tests'.
    for turn, at in enumerate(range(1, len(before.run.events) + 1, 3)):
        number = list(EXIT)[turn % 2]
        repo = prepared(templates, scenario, tmp_path / "run")
        run = runner.run(repo, scenario.args, at, number=number)
        where = f"signal {number} at event {at}: {run}"
        if run.code != 0:  # at the very end, the run may be over first
            assert run.code == EXIT[number], where
            assert "interrupted" in run.stderr or "terminated" in run.stderr, where
        assert lock_is_free(repo), f"a program outlives it: {where}"
        check_nothing_lost(repo, scenario, before, run)
        now = _seen_by_the_user(repo, known)
        assert now in (old, new), where
        if version_number(run):
            assert now == new, f"a number was reported and taken back: {where}"
        ends.add("new" if now == new else "old")
        # A signal between the journal's last look and its removal is as late as one after the run's end.
        over = version_number(run) and not repo.path(".git/hotpass/pending.json").exists()
        if run.code != 0 and not (over and "pending.json" in run.events[at - 1]):
            again = runner.run(repo, scenario.args)
            assert again.code == 0, f"{where}\n\nagain: {again}"
            assert version_number(again) == version_number(before.run), f"{where}\n\nagain: {again}"
        assert _seen_by_the_user(repo, known) == new, where
        assert not leftovers(repo), where
        shutil.rmtree(tmp_path / "run")
    assert ends == {"old", "new"}


@pytest.mark.parametrize("number", list(EXIT))
def test_a_git_program_does_not_outlive_an_interrupted_hotpass(
    released: Repo, number: signal.Signals, tmp_path: Path
) -> None:
    """The child is ended in good order, and reaped: here a signing program that would take a minute."""
    signer = tmp_path / "signer"
    started = tmp_path / "started"
    signer.write_text(f"#!/bin/sh\necho $$ > {started}\nexec sleep 60\n")
    signer.chmod(0o755)
    released.git("config", "gpg.program", str(signer))
    released.git("config", "tag.gpgSign", "true")
    released.write(FILE, NEW)
    pointer, tags = released.read(f"{FILE}.dvc"), released.tags()
    run = released.start("version", "--bump", "minor", "--tag", "--dataset", "refined_data")
    while not started.exists() or not started.read_text().strip():
        assert run.poll() is None, run.communicate()
    run.send_signal(number)
    _, said = run.communicate(timeout=30)
    assert run.returncode == EXIT[number], said
    assert "Traceback" not in said
    assert lock_is_free(released)
    assert released.read(f"{FILE}.dvc") == pointer
    assert released.tags() == tags
    assert not leftovers(released)
    assert not _runs(int(started.read_text())), "the signing program is gone too"
    released.git("config", "tag.gpgSign", "false")
    again = released.hotpass("version", "--bump", "minor", "--tag", "--dataset", "refined_data", "--json")
    assert json.loads(again.stdout)["version"] == "1.2.0"


def _runs(pid: int) -> bool:
    """Whether a process is there and not just waiting to be reaped by a parent that is not ours."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
