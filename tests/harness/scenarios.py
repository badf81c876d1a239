"""Commands in states, to be killed or failed at every step, and what must hold afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.killing import Run, Runner
from harness.picture import (
    Picture,
    broken_releases,
    damaged_objects,
    leftovers,
    object_names,
    picture,
    tag_ids,
    work_files,
)
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, Templates

NEW = b"id,name,phone\n1,Sparrow House,011\n2,Heron Place,099\n3,Finch Row,013\n"


@dataclass(frozen=True)
class Scenario:
    """A command in a state. ``source`` is the user's file or folder, which no kill may harm.

    ``every``: of how many changes one is tried, where another scenario takes the same steps and tries each.
    """

    name: str
    state: str
    args: tuple[str, ...]
    prepare: Callable[[Repo], object] = lambda _: None
    source: str = FILE
    # Restores change the data on purpose: each file is then old or new.
    restores: bool = False
    every: int = 1


def _edit(repo: Repo) -> None:
    repo.write(FILE, NEW).chmod(0o640)


def _edit_beside_other_work(repo: Repo) -> None:
    _edit(repo)
    repo.write("other.txt", "staged\n")
    repo.git("add", "other.txt")
    repo.write("notes.txt", "changed\n")


def _new_file(repo: Repo) -> None:
    repo.write(FILE, FILE_BYTES["1.0.0"]).chmod(0o600)


def _new_folder(repo: Repo) -> None:
    repo.fill(FOLDER, FOLDER_BYTES["1.0.0"])
    repo.write(f"{FOLDER}/.DS_Store", b"junk")


def _hidden_folder(repo: Repo) -> None:
    repo.write(".gitignore", "dist/\n")
    _new_file(repo)


def _unborn(repo: Repo) -> None:
    """Everything as in `tracked`, staged, but no commit yet."""
    repo.git("update-ref", "-d", "HEAD")
    _edit(repo)


def _committed(repo: Repo) -> None:
    repo.commit("draft")


def _edited_folder(repo: Repo) -> None:
    repo.write(f"{FOLDER}/north.csv", b"a,b\n9,9\n")


def _edited_draft(repo: Repo) -> None:
    _edit(repo)
    repo.hotpass("version", "--bump", "minor", "--dataset", "refined_data")
    repo.write(FILE, NEW.replace(b"099", b"098"))


_V = "version"
SCENARIOS = [
    Scenario("init", "empty", (_V, "--init"), source="notes.txt"),
    Scenario("add-file", "initialised", (_V, "--add", FILE), _new_file),
    Scenario("add-folder", "initialised", (_V, "--add", FOLDER), _new_folder, source=FOLDER),
    Scenario("add-behind-a-rule", "initialised", (_V, "--add", FILE), _hidden_folder),
    Scenario("add-changed-data", "released", (_V, "--add", FILE), _edit, every=2),
    Scenario("set", "tracked", (_V, "--set", "1.0.0", "--dataset", "refined_data"), _edit, every=2),
    Scenario(
        "set-tag",
        "tracked",
        (_V, "--set", "1.0.0", "--tag", "--dataset", "data", "--description", "d"),
        _edited_folder,
        FOLDER,
        every=3,
    ),
    Scenario(
        "set-tag-first-commit",
        "tracked",
        (_V, "--set", "1.0.0", "--tag", "--dataset", "refined_data"),
        _unborn,
        every=2,
    ),
    Scenario("bump", "released", (_V, "--bump", "patch", "--dataset", "refined_data"), _edit),
    Scenario(
        "bump-tag",
        "released",
        (_V, "--bump", "minor", "--tag", "--dataset", "refined_data"),
        _edit_beside_other_work,
    ),
    Scenario("bump-auto", "released", (_V, "--bump", "auto", "--dataset", "refined_data"), _edit, every=2),
    Scenario(
        "bump-auto-tag",
        "released",
        (_V, "--bump", "auto", "--tag", "--dataset", "refined_data", "--description", "d"),
        _edit_beside_other_work,
        every=3,
    ),
    Scenario(
        "bump-auto-folder",
        "released",
        (_V, "--bump", "auto", "--tag", "--dataset", "data"),
        _edited_folder,
        FOLDER,
        every=3,
    ),
    Scenario(
        "bump-auto-first",
        "tracked",
        (_V, "--bump", "auto", "--tag", "--dataset", "refined_data"),
        _edit,
        every=3,
    ),
    Scenario(
        "bump-auto-keeps-a-draft",
        "released",
        (_V, "--bump", "auto", "--dataset", "refined_data"),
        _edited_draft,
        every=3,
    ),
    Scenario("tag-needs-commit", "drafted", (_V, "--tag", "--dataset", "refined_data"), every=2),
    Scenario("tag-alone", "drafted", (_V, "--tag", "--dataset", "refined_data"), _committed),
    Scenario("restore-file", "released", ("restore", "refined_data@1.0.0"), restores=True),
    Scenario("restore-folder", "released", ("restore", "data@1.0.0"), source=FOLDER, restores=True),
    Scenario("restore-unsaved", "dirty", ("restore", "refined_data@1.0.0", "--force"), restores=True),
    Scenario("restore-to", "released", ("restore", "data@1.0.0", "--to", "copy"), source=FOLDER),
    Scenario("restore-to-file", "released", ("restore", "refined_data@1.0.0", "--to", "old/copy.csv")),
]


def scenario_named(name: str) -> Scenario:
    """The scenario of a name."""
    return next(scenario for scenario in SCENARIOS if scenario.name == name)


def prepared(templates: Templates, scenario: Scenario, place: Path) -> Repo:
    """A repository in which the scenario's command can be run."""
    repo = templates.copy(scenario.state, place)
    scenario.prepare(repo)
    return repo


def source_files(repo: Repo, scenario: Scenario) -> dict[str, tuple[int, bytes]]:
    """The user's files of the scenario: mode and bytes by path."""
    top = repo.path(scenario.source)
    files = [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(repo.root)): (path.stat().st_mode, path.read_bytes())
        for path in files
        if not path.name.startswith(".hotpass-")
    }


def version_number(run: Run) -> str:
    """The version a run reported."""
    found = re.search(r"\d+\.\d+\.\d+", run.stdout)
    return found[0] if found else ""


@dataclass(frozen=True)
class Before:
    """What every kill must leave as it was, and what the same command again must reach."""

    source: dict[str, tuple[int, bytes]]
    tags: dict[str, str]
    objects: frozenset[str]
    clean: Picture
    clean_source: dict[str, tuple[int, bytes]]
    run: Run


def clean_run(runner: Runner, templates: Templates, scenario: Scenario, place: Path) -> Before:
    """Run the command undisturbed, and note how it was before and is after."""
    repo = prepared(templates, scenario, place)
    source = source_files(repo, scenario)
    tags = tag_ids(repo)
    objects = frozenset(object_names(repo))
    run = runner.run(repo, scenario.args)
    assert run.code == 0, run
    assert not leftovers(repo)
    assert not broken_releases(repo)
    return Before(source, tags, objects, picture(repo, tags), source_files(repo, scenario), run)


def check_nothing_lost(repo: Repo, scenario: Scenario, before: Before, run: Run) -> None:
    """What holds at any moment, however the run ended."""
    where = f"killed at {run}"
    now = source_files(repo, scenario)
    if scenario.restores:
        for path, file in now.items():
            assert file in (before.source.get(path), before.clean_source.get(path)), f"{path} {where}"
    else:
        assert now == before.source, where
    # A tag that names the same object names the same tree and pointer, as long as git has the objects.
    assert tag_ids(repo) == {**tag_ids(repo), **before.tags}, where
    assert repo.git("rev-list", "--objects", "--all", "--quiet", check=False).code == 0, where
    assert not broken_releases(repo, before.tags), where
    assert not damaged_objects(repo), where
    assert before.objects <= set(object_names(repo)), where
    for path in work_files(repo):
        if path.endswith((".dvc", ".version.json")) and not Path(path).name.startswith(".hotpass-"):
            assert repo.read(path).endswith(b"\n"), f"{path} is cut off {where}"
