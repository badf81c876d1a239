"""Promise 1: killed at any change, nothing is lost, and the same command again ends as a clean run does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness.killing import Runner, lock_is_free
from harness.picture import damaged_objects, leftovers, picture
from harness.repository import Templates
from harness.scenarios import (
    SCENARIOS,
    Scenario,
    check_nothing_lost,
    clean_run,
    prepared,
    scenario_named,
    source_files,
    version_number,
)
from harness.tracing import git_under_strace, need_strace

CHUNKS = 2


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_killed_at_every_change_the_same_command_again_ends_as_a_clean_run(
    scenario: Scenario, chunk: int, runner: Runner, templates: Templates, tmp_path: Path
) -> None:
    """Promise 1, and cases 4 and 8: kill at every mutation, then the same command again."""
    before = clean_run(runner, templates, scenario, tmp_path / "clean")
    events = len(before.run.events)
    assert events > 3
    for at in range(1 + chunk * scenario.every, events + 1, CHUNKS * scenario.every):
        place = tmp_path / "killed"
        repo = prepared(templates, scenario, place)
        run = runner.run(repo, scenario.args, at)
        assert run.killed, run
        assert lock_is_free(repo, patience=10), f"a git of the killed run lives on: {run}"
        check_nothing_lost(repo, scenario, before, run)
        again = runner.run(repo, scenario.args)
        where = f"after a kill at event {at} of {events}: {run}\n\nagain: {again}"
        assert again.code == 0, where
        assert version_number(again) == version_number(before.run), where
        assert not leftovers(repo), where
        assert not damaged_objects(repo), where
        assert picture(repo, before.tags) == before.clean, where
        assert source_files(repo, scenario) == before.clean_source, where
        shutil.rmtree(place)


# Every call by which update-ref changes files; at each the git program is killed.
_GIT_CALLS = {
    "names": "rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat",
    "bytes": "write,fsync,fdatasync",
    "files": "openat",
}


@pytest.mark.slow
@pytest.mark.parametrize("with_git", [True, False], ids=["with-hotpass", "alone"])
@pytest.mark.parametrize("calls", ["names", "bytes", "files"])
def test_git_killed_while_it_moves_branch_and_tag_leaves_nothing_that_blocks(
    calls: str, with_git: bool, runner: Runner, templates: Templates, tmp_path: Path
) -> None:
    """Promise 1: "a kill between two renames leaves the branch moved without its tag and a .lock behind"."""
    need_strace()
    scenario = scenario_named("bump-tag")
    before = clean_run(runner, templates, scenario, tmp_path / "clean")
    # A sample: opens are many and mostly reads.
    step = {"names": 1, "bytes": 2, "files": 6}[calls]
    for at in range(1, 200, step):
        place = tmp_path / "killed"
        repo = prepared(templates, scenario, place)
        inject = f"-e inject={_GIT_CALLS[calls]}:signal=KILL:when={at}"
        env = git_under_strace(tmp_path / "bin", "update-ref", inject)
        run = runner.run(repo, scenario.args, env=env, with_git=with_git)
        if run.code == 0:
            break
        where = f"git killed at {calls} {at}: {run}"
        assert run.killed is with_git, where
        assert lock_is_free(repo, patience=10), where
        check_nothing_lost(repo, scenario, before, run)
        again = runner.run(repo, scenario.args)
        assert again.code == 0, f"{where}\n\nagain: {again}"
        assert version_number(again) == version_number(before.run), f"{where}\n\nagain: {again}"
        assert not leftovers(repo), f"{where}\n\nagain: {again}"
        assert picture(repo, before.tags) == before.clean, where
        shutil.rmtree(place)
    assert at > 2 * step, "git was killed at several calls"


@pytest.mark.slow
def test_any_other_git_killed_leaves_nothing_that_blocks(
    runner: Runner, templates: Templates, tmp_path: Path
) -> None:
    """Promise 1: each git program that writes is killed once, at its first new name."""
    need_strace()
    scenario = scenario_named("bump-tag")
    before = clean_run(runner, templates, scenario, tmp_path / "clean")
    verbs = {word for event in before.run.events if event.startswith("git ") for word in event.split()[6:7]}
    assert verbs >= {"unpack-objects", "update-index", "update-ref"}
    for verb in sorted(verbs - {"update-ref"}):
        place = tmp_path / verb
        repo = prepared(templates, scenario, place)
        env = git_under_strace(
            tmp_path / "bin" / verb, verb, "-e inject=rename,link,linkat,unlink,exit_group:signal=KILL:when=1"
        )
        run = runner.run(repo, scenario.args, env=env)
        assert run.code > 0, f"{verb}: {run}"
        assert "traceback" not in run.stderr, f"{verb}: {run}"
        check_nothing_lost(repo, scenario, before, run)
        again = runner.run(repo, scenario.args)
        assert again.code == 0, f"{verb}: {run}\n\nagain: {again}"
        assert version_number(again) == version_number(before.run), f"{verb}: {run}\n\nagain: {again}"
        assert not leftovers(repo), f"{verb}: {run}\n\nagain: {again}"
        assert picture(repo, before.tags) == before.clean, f"{verb}: {run}"
