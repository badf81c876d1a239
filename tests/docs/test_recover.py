"""Every accident of the page "Recover from accidents" happens here, and its commands put things right."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import FILE, Repo, TwoClones

from docs.pages import DOCS, Block, Shell, Walk

PAGE = DOCS / "how-to" / "recover.md"
NEW_DATA = b"id,name,phone\n1,Sparrow House,011\n2,Heron Place,099\n3,Finch Row,013\n"
OTHER_DATA = NEW_DATA.replace(b"099", b"098")


def _interrupted(repo: Repo, runner: Runner) -> None:
    """Killed when all was ready and nothing had been changed yet."""
    repo.write(FILE, NEW_DATA)
    bump = ["version", "--bump", "patch", "--tag", "--dataset", "refined_data"]
    trial = Repo(repo.root.parent / "trial", repo.remote)
    shutil.copytree(repo.root, trial.root, symlinks=True)
    events = runner.run(trial, bump).events
    ready = [
        number for number, event in enumerate(events, 1) if "os.rename" in event and "pending.json" in event
    ]
    assert len(ready) >= 2, "\n".join(events)
    assert runner.run(repo, bump, at=ready[-1] + 1).killed
    assert (repo.root / ".git" / "hotpass" / "pending.json").exists()


def _damaged_pointer(repo: Repo, _: Runner) -> None:
    repo.write(FILE + ".dvc", b"")


def _damaged_record(repo: Repo, _: Runner) -> None:
    record = repo.path(FILE + ".version.json")
    record.write_bytes(record.read_bytes()[:40])


def _edited(repo: Repo, _: Runner) -> None:
    repo.write(FILE, NEW_DATA)


def _absent(repo: Repo, _: Runner) -> None:
    repo.path(FILE).unlink()


def _detached(repo: Repo, _: Runner) -> None:
    repo.git("checkout", "-q", "refined_data-v1.0.0")
    repo.write(FILE, NEW_DATA)


def _without_tags(repo: Repo, _: Runner) -> None:
    repo.git("tag", "-d", *repo.tags())
    repo.write(FILE, NEW_DATA)


def _shallow(repo: Repo, _: Runner) -> None:
    origin = repo.git("remote", "get-url", "origin").stdout.strip()
    shutil.rmtree(repo.root)
    Repo(repo.root.parent, repo.remote).git("clone", "-q", "--depth", "1", f"file://{origin}", str(repo.root))
    repo.dvc("pull", "-q")
    repo.write(FILE, NEW_DATA)


def _moved_tag(repo: Repo, _: Runner) -> None:
    repo.git("tag", "-f", "-a", "-m", "moved", "refined_data-v1.0.0", "refined_data-v1.1.0^{}")


def _conflict(repo: Repo, _: Runner) -> None:
    bump = ["version", "--bump", "patch", "--dataset", "refined_data"]
    both = [FILE + ".dvc", FILE + ".version.json"]
    repo.git("switch", "-q", "-c", "theirs")
    repo.write(FILE, NEW_DATA)
    repo.hotpass(*bump)
    repo.commit("theirs", *both)
    repo.git("switch", "-q", "main")
    repo.write(FILE, OTHER_DATA)
    repo.hotpass(*bump)
    repo.commit("ours", *both)
    assert repo.git("merge", "theirs", check=False).code == 1


def _index_lock(repo: Repo, _: Runner) -> None:
    repo.write(FILE, NEW_DATA)
    repo.write(".git/index.lock", b"")


def _damaged_object(repo: Repo, _: Runner) -> None:
    repo.hotpass("restore", "refined_data@1.0.0")
    repo.hotpass("restore", "refined_data@1.1.0")
    text = repo.git("show", f"refined_data-v1.0.0:{FILE}.dvc").stdout
    place = repo.object(
        next(line.split()[-1] for line in text.splitlines() if "md5: " in line and "-" in line)
    )
    place.chmod(0o644)
    place.write_bytes(b"rotten")
    place.chmod(0o444)


def _linked(repo: Repo, _: Runner) -> None:
    place, stored = repo.path(FILE), repo.object(repo.digest(FILE))
    place.unlink()
    place.hardlink_to(stored)
    place.chmod(0o644)
    with place.open("ab") as file:
        file.write(b"4,Edited In Place,014\n")


def _taken_number(repo: Repo, _: Runner) -> None:
    bump = ["version", "--bump", "patch", "--dataset", "refined_data"]
    repo.git("switch", "-q", "-c", "mine")
    repo.write(FILE, NEW_DATA)
    repo.hotpass(*bump)
    repo.commit("a draft", FILE + ".dvc", FILE + ".version.json")
    repo.git("switch", "-q", "main")
    repo.write(FILE, OTHER_DATA)
    repo.hotpass(*bump, "--tag")
    repo.git("switch", "-q", "mine")
    repo.write(FILE, NEW_DATA)


def _damaged_claims(repo: Repo, _: Runner) -> None:
    repo.write(FILE, NEW_DATA)
    repo.write(".dvc/tmp/rwlock", '{"write": {"')


STATES: dict[str, Callable[[Repo, Runner], None]] = {
    "interrupted": _interrupted,
    "damaged pointer": _damaged_pointer,
    "damaged record": _damaged_record,
    "edited": _edited,
    "absent": _absent,
    "detached": _detached,
    "without tags": _without_tags,
    "shallow": _shallow,
    "moved tag": _moved_tag,
    "conflict": _conflict,
    "index lock": _index_lock,
    "damaged object": _damaged_object,
    "linked": _linked,
    "taken number": _taken_number,
    "damaged claims": _damaged_claims,
}


def _stories() -> Iterator[tuple[str, list[Block]]]:
    """The blocks of the page, from each ``state`` directive to the next."""
    story: list[Block] = []
    for block in Walk(PAGE).blocks:
        if (state := block.one("state")) is not None:
            story = []
            yield state, story
        if block.one("skip") is None:
            assert block.one("state") or story, f"{block}: no state to run it in"
            story.append(block)


STORIES = [pytest.param(state, blocks, id=f"{state}-{blocks[0].line}") for state, blocks in list(_stories())]


@pytest.mark.slow
@pytest.mark.parametrize(("state", "blocks"), STORIES)
def test_the_page_puts_right(
    state: str, blocks: list[Block], two_clones: TwoClones, runner: Runner, tmp_path: Path
) -> None:
    repo = two_clones.first
    STATES[state](repo, runner)
    meaning = {"dist/refined_data.xlsx": FILE, "/Users/you/project": str(repo.root)}
    shell = Shell(tmp_path, repo.root, meaning)
    for block in blocks:
        shell.try_block(block)


def test_every_state_is_on_the_page() -> None:
    assert {state for state, _ in _stories()} == set(STATES)
