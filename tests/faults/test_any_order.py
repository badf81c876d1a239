"""Promises 1, 3, 5 and 9 in any order of acts: a state machine over one dataset against a small pure model."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest
from harness.killing import Runner, lock_is_free
from harness.picture import broken_releases, damaged_objects, leftovers
from harness.repository import FILE, FILE_BYTES, Result, Templates
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hotpass.config import RULES

EXAMPLES = int(os.environ.get("ANY_ORDER_EXAMPLES", "15"))
"""How many runs of the machine are made; more by hand, where the core has changed."""

_NAME = "refined_data"
_DATASET = ("--dataset", _NAME)
_MAIN = "main"
_DATA = [f"id,name\n{number},House {number}\n".encode() for number in range(8)]

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Pointed:
    """What a pointer says: the bytes, the number, and the bytes the number was given to."""

    data: bytes
    version: Version | None = None
    of: bytes | None = None


@dataclass(frozen=True)
class Model:
    """One dataset's whole state as values; every act makes a new one."""

    work: bytes | None
    pointer: Pointed
    main: Pointed
    at: str = _MAIN
    releases: dict[Version, Pointed] = field(default_factory=dict)
    stored: frozenset[bytes] = frozenset()

    def next(self, part: str) -> Version:
        """The bump of the greater of the newest release and the pointer, if that is a draft."""
        known = [*self.releases, self.pointer.version or (0, 0, 0)]
        major, minor, patch = max(known, default=(0, 0, 0))
        return {
            "major": (major + 1, 0, 0),
            "minor": (major, minor + 1, 0),
            "patch": (major, minor, patch + 1),
        }[part]

    def numbered(self, version: Version, *, tag: bool) -> Model:
        """The work tree's data has that number now."""
        assert self.work is not None
        pointer = Pointed(self.work, version, self.work)
        new = replace(self, pointer=pointer, stored=self.stored | {self.work})
        return new.released() if tag else new

    def released(self) -> Model:
        """The pointer's version is a release."""
        assert self.pointer.version is not None
        main = self.pointer if self.at == _MAIN else self.main
        return replace(self, main=main, releases={**self.releases, self.pointer.version: self.pointer})

    def is_at(self, version: Version) -> bool:
        """Whether data and pointer are exactly those of a release."""
        release = self.releases.get(version)
        return release is not None and self.pointer.version == version and (
            self.work == self.pointer.data == release.data
        )  # fmt: skip


def _text(version: Version) -> str:
    return ".".join(map(str, version))


class AnyOrder(RuleBasedStateMachine):
    """Acts of Hotpass, git, DVC and a killer on one dataset of the state `tracked` or `released`."""

    templates: ClassVar[Templates]
    runner: ClassVar[Runner]
    base: ClassVar[Path]
    numbers: ClassVar[count[int]]

    @initialize(state=st.sampled_from(["released", "tracked"]))
    def begin(self, state: str) -> None:
        self.place = self.base / str(next(self.numbers))
        self.repo = self.templates.copy(state, self.place)
        # Which bump the data asks for is not tried here: any is enough.
        rules = "".join(f'{kind} = "patch"\n' for kind in RULES)
        self.repo.write("hotpass.toml", f"[datasets.{_NAME}.rules]\n{rules}")
        self.repo.write(".git/info/exclude", "hotpass.toml\n")
        first = Pointed(FILE_BYTES["1.0.0"])
        self.model = Model(first.data, first, first, stored=frozenset([first.data]))
        if state == "released":
            for version, data in (((1, 0, 0), FILE_BYTES["1.0.0"]), ((1, 1, 0), FILE_BYTES["1.1.0"])):
                self.model = replace(self.model, work=data).numbered(version, tag=True)
        self.ids: dict[str, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.everything_comes_back()
            shutil.rmtree(self.place)

    def hotpass(self, *args: str) -> Result:
        done = self.repo.hotpass(*args, "--json", check=False)
        note(f"{args}: exit {done.code}: {done.stdout.strip()}")
        if done.code:
            error = done.json["error"]
            assert error["message"]
            assert error["hint"]
        return done

    # --- the user

    @rule(data=st.sampled_from([*_DATA, None]))
    def edit(self, data: bytes | None) -> None:
        if data is None:
            self.repo.path(FILE).unlink(missing_ok=True)
        else:
            self.repo.write(FILE, data)
        self.model = replace(self.model, work=data)

    # --- hotpass

    @rule()
    def add(self) -> None:
        done = self.hotpass("version", "--add", FILE)
        if self.model.work is None:
            assert done.code == 3
            return
        assert done.code == 0
        self.taken_in()

    def taken_in(self) -> None:
        """The pointer names the data, and keeps its number, which was given to other bytes perhaps."""
        assert self.model.work is not None
        pointer = replace(self.model.pointer, data=self.model.work)
        self.model = replace(self.model, pointer=pointer, stored=self.model.stored | {self.model.work})

    @rule(
        version=st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
        tag=st.booleans(),
        force=st.booleans(),
    )
    def set(self, version: Version, tag: bool, force: bool) -> None:
        words = ["--tag"] * tag + ["--force"] * force
        done = self.hotpass("version", "--set", _text(version), *_DATASET, *words)
        model = self.model
        current = model.pointer.version
        if current is not None and version <= current and not force and version not in model.releases:
            assert done.code == 2
        elif model.work is None:
            assert done.code == 3
        elif version in model.releases:
            assert done.code == (0 if model.is_at(version) else 8)
        elif tag and model.at != _MAIN:
            assert done.code == 10
        else:
            assert done.code == 0
            self.model = model.numbered(version, tag=tag)

    @rule(part=st.sampled_from(["major", "minor", "patch"]), tag=st.booleans())
    def bump(self, part: str, tag: bool) -> None:
        done = self.hotpass("version", "--bump", part, *_DATASET, *(["--tag"] if tag else []))
        self.bumped(done, part, tag=tag)

    def bumped(self, done: Result, part: str, *, tag: bool) -> None:
        if self.model.work is None:
            assert done.code == 3
        elif tag and self.model.at != _MAIN:
            assert done.code == 10
        else:
            version = self.model.next(part)
            assert done.code == 0
            assert done.json["version"] == _text(version)
            self.model = self.model.numbered(version, tag=tag)

    @rule()
    def tag(self) -> None:
        done = self.hotpass("version", "--tag", *_DATASET)
        model, pointer = self.model, self.model.pointer
        if pointer.version is None or (model.work is None and pointer.data not in model.stored):
            assert done.code == 3
        elif model.work not in (None, pointer.data) or pointer.of != pointer.data:
            assert done.code == 10
        elif pointer.version in model.releases:
            assert done.code == (0 if model.releases[pointer.version].data == pointer.data else 8)
        elif model.at == _MAIN or done.code == 0:
            # On a detached HEAD it depends on whether a commit is needed, which times decide, too.
            assert done.code == 0
            self.model = model.released()
        else:
            assert done.code == 10

    @rule(data=st.data(), force=st.booleans())
    def restore(self, data: st.DataObject, force: bool) -> None:
        version = data.draw(st.sampled_from([*sorted(self.model.releases), (9, 9, 9)]))
        done = self.hotpass("restore", f"{_NAME}@{_text(version)}", *(["--force"] if force else []))
        model = self.model
        release = model.releases.get(version)
        if release is None:
            assert done.code == 3
        elif model.work is not None and model.work not in model.stored and not force:
            assert done.code == 10
        else:
            assert done.code == 0
            stored = model.stored | ({model.work} if model.work is not None else set())
            self.model = replace(model, work=release.data, pointer=release, stored=stored)

    # --- git and DVC by themselves

    @precondition(lambda self: self.model.work is not None)
    @rule()
    def dvc_add(self) -> None:
        from dvc.repo import Repo as DvcRepo  # a third of a second to load, once for all tests

        with DvcRepo(str(self.repo.root)) as opened:
            opened.add(str(self.repo.path(FILE)))
        self.taken_in()

    @rule()
    def git_commit(self) -> None:
        self.repo.git("add", "-A")
        self.repo.git("commit", "-q", "--allow-empty", "-m", "by hand")
        if self.model.at == _MAIN:
            self.model = replace(self.model, main=self.model.pointer)
        assert self.repo.status() == ""

    @rule(data=st.data())
    def git_checkout(self, data: st.DataObject) -> None:
        places = [_MAIN, *(f"{_NAME}-v{_text(version)}" for version in sorted(self.model.releases))]
        place = data.draw(st.sampled_from(places))
        self.repo.git("checkout", "-q", "-f", place)
        model = self.model
        pointer = model.main
        if place != _MAIN:
            pointer = model.releases[tuple(map(int, place.rpartition("-v")[2].split(".")))]  # type: ignore[index]
        self.model = replace(model, pointer=pointer, at=place)

    # --- a killer

    @rule(at=st.integers(1, 60), same=st.booleans())
    def kill_a_release(self, at: int, same: bool) -> None:
        bump = ["version", "--bump", "patch", "--tag", *_DATASET, "--json"]
        run = self.runner.run(self.repo, bump, at)
        note(f"killed at {at}: {run}")
        if not run.killed:
            self.bumped(run.result, "patch", tag=True)
            return
        assert lock_is_free(self.repo, patience=10)
        before, work = set(self.ids), self.model.work
        assert (self.repo.read(FILE) if work is not None else None) == work
        assert before <= set(self.repo.tags())
        assert damaged_objects(self.repo) == []
        if same:
            self.bumped(self.hotpass(*bump[:-1]), "patch", tag=True)
            return
        # Doctor ends it: exactly as before, or exactly as a clean run; stored bytes may stay either way.
        assert self.hotpass("doctor", "--fix").code == 0
        if work is None:
            return  # it was to be refused, and nothing was made of it
        version = self.model.next("patch")
        if f"{_NAME}-v{_text(version)}" in self.repo.tags():
            self.model = self.model.numbered(version, tag=True)
        elif self.repo.object(hashlib.md5(work).hexdigest()).exists():
            self.model = replace(self.model, stored=self.model.stored | {work})

    # --- what holds after every act

    @invariant()
    def the_data_is_what_it_should_be(self) -> None:
        place = self.repo.path(FILE)
        assert (place.read_bytes() if place.exists() else None) == self.model.work

    @invariant()
    def releases_are_for_ever(self) -> None:
        found = self.repo.git(
            "for-each-ref", "--format=%(refname:short) %(objectname)", f"refs/tags/{_NAME}-v*"
        ).stdout
        ids = dict([line.split(" ") for line in found.splitlines()])
        assert set(ids) == {f"{_NAME}-v{_text(version)}" for version in self.model.releases}
        assert ids.items() >= self.ids.items()
        self.ids = ids
        for release in self.model.releases.values():
            stored = self.repo.object(hashlib.md5(release.data).hexdigest())
            assert stored.read_bytes() == release.data

    @invariant()
    def nothing_is_left_or_damaged(self) -> None:
        # DVC leaves a lock file of its own.
        assert [path for path in leftovers(self.repo) if "/.dvc/tmp/" not in path] == []
        assert damaged_objects(self.repo) == []

    @invariant()
    def status_tells_the_truth(self) -> None:
        model, pointer = self.model, self.model.pointer
        done = self.repo.hotpass("version", "--status", "--json", *_DATASET)
        entry = json.loads(done.stdout)["datasets"][0]
        changed = "absent" if model.work is None else "unchanged" if model.work == pointer.data else "changed"
        version = None if pointer.version is None else _text(pointer.version)
        released = pointer.version in model.releases and (
            model.releases[pointer.version].data == pointer.data
        )
        assert entry["data"] == changed
        assert entry["version"] == version
        assert entry["fits"] is (version is None or pointer.of == pointer.data)
        assert entry["release"] == ("unversioned" if version is None else "released" if released else "draft")
        assert entry["md5"] == hashlib.md5(pointer.data).hexdigest()
        got = self.repo.hotpass("version", "--get", _NAME, check=False)
        assert (got.code, got.stdout) == ((3, "") if version is None else (0, f"{version}\n"))

    def everything_comes_back(self) -> None:
        """At the end: the history is the model's, and each release is its bytes, by us and by its commit."""
        assert broken_releases(self.repo) == []
        shown = self.repo.hotpass("history", _NAME, "--json").json["releases"]
        versions = sorted(self.model.releases, reverse=True)
        assert [entry["version"] for entry in shown] == [_text(version) for version in versions]
        for version in versions:
            target = self.place / f"back-{_text(version)}"
            self.repo.hotpass("restore", f"{_NAME}@{_text(version)}", "--to", str(target))
            assert target.read_bytes() == self.model.releases[version].data
        assert self.repo.git("fsck", "--no-dangling", check=False).code == 0


@pytest.fixture
def machine(templates: Templates, runner: Runner, tmp_path: Path) -> type[AnyOrder]:
    AnyOrder.templates, AnyOrder.runner, AnyOrder.base, AnyOrder.numbers = (
        templates, runner, tmp_path, count(),
    )  # fmt: skip
    return AnyOrder


@pytest.mark.slow
def test_in_any_order_of_acts_the_promises_hold(machine: type[AnyOrder]) -> None:
    """Issue B, "Done when"."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
