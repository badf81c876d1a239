"""Cases 22 and 23: what is cleaned away is needed by no release and no work tree, of anybody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, TwoClones
from hypothesis import given
from hypothesis import strategies as st

from hotpass.versioning.cleaning import sort_out
from hotpass.versioning.needs import md5s_in
from hotpass.versioning.pointer import Md5

UNSAVED = b"id,name,phone\n7,Nobody Needs This,0\n"


def stored(repo: Repo) -> set[str]:
    top = repo.path(".dvc/cache/files/md5")
    return {path.parent.name + path.name for path in top.rglob("*") if path.is_file()}


def leave(repo: Repo, data: bytes = UNSAVED) -> str:
    """Put an object into the store that nothing needs: a draft that was overwritten by the next one."""
    repo.write(FILE, data)
    repo.hotpass("version", "--bump", "major", "--dataset", "refined_data")
    md5 = repo.digest(FILE)
    repo.hotpass("restore", "refined_data@1.1.0")
    assert repo.object(md5).exists()
    return md5


def assert_restorable(repo: Repo) -> None:
    for version in ("1.0.0", "1.1.0"):
        repo.hotpass("restore", f"refined_data@{version}")
        repo.hotpass("restore", f"data@{version}")
        assert repo.read(FILE) == FILE_BYTES[version]
        assert repo.files(FOLDER) == FOLDER_BYTES[version]


def test_it_lists_and_removes_only_with_yes(released: Repo) -> None:
    before = stored(released)
    assert "0 objects" in released.hotpass("clean", "--yes").stdout
    assert stored(released) == before
    md5 = leave(released)
    done = released.hotpass("clean")
    assert md5 in done.stdout
    assert "1 object, " in done.stdout
    assert "hotpass clean --yes" in done.stderr
    assert released.object(md5).exists()
    assert "removed from" in released.hotpass("clean", "--yes").stdout
    assert stored(released) == before
    shutil.rmtree(released.remote)
    assert_restorable(released)


def _on_a_branch(repo: Repo, md5: str) -> None:
    _pointer(repo, md5)
    repo.git("switch", "-q", "-c", "theirs")
    repo.commit("theirs", FILE + ".dvc")
    repo.git("switch", "-q", "main")


def _in_the_index(repo: Repo, md5: str) -> None:
    before = repo.read(FILE + ".dvc")
    _pointer(repo, md5)
    repo.git("add", FILE + ".dvc")
    repo.write(FILE + ".dvc", before)


def _in_a_stash(repo: Repo, md5: str) -> None:
    _pointer(repo, md5)
    repo.git("stash", "-q")
    # A second one: the first is now in the reflog alone.
    repo.write("notes.txt", "changed\n")
    repo.git("stash", "-q")


def _in_another_worktree(repo: Repo, md5: str) -> None:
    repo.git("worktree", "add", "-q", "--detach", str(repo.root.parent / "beside"), "main")
    _pointer(Repo(repo.root.parent / "beside", repo.remote), md5)


def _in_an_ignored_pointer(repo: Repo, md5: str) -> None:
    repo.write(".git/info/exclude", "hidden/\n")
    repo.write("hidden/x.csv.dvc", f"outs:\n- md5: {md5}\n  hash: md5\n  path: x.csv\n")


def _in_a_pipeline(repo: Repo, md5: str) -> None:
    repo.write(
        "dvc.lock", f"schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      md5: {md5}\n"
    )


def _in_a_tag_of_somebodys(repo: Repo, md5: str) -> None:
    _pointer(repo, md5)
    repo.git("stash", "-q")
    repo.git("tag", "keep", "stash@{0}")
    repo.git("stash", "drop", "-q")


def _in_a_pointer_with_two_outs(repo: Repo, md5: str) -> None:
    repo.write("two.dvc", f"outs:\n- md5: {'0' * 32}\n  path: a\n- md5: {md5}\n  path: b\n")


def _in_a_link_without_bytes_of_its_own(repo: Repo, md5: str) -> None:
    repo.path(FILE).unlink()
    repo.path(FILE).symlink_to(repo.object(md5))


def _in_an_experiment_at_work(repo: Repo, md5: str) -> None:
    repo.write(".dvc/tmp/exps/standalone/a/dvc.lock", f"outs: [{{md5: {md5}}}]\n")


def _pointer(repo: Repo, md5: str) -> None:
    repo.write(FILE + ".dvc", f"outs:\n- md5: {md5}\n  size: 3\n  hash: md5\n  path: {Path(FILE).name}\n")


@pytest.mark.parametrize(
    "name",
    [
        _on_a_branch,
        _in_the_index,
        _in_a_stash,
        _in_another_worktree,
        _in_an_ignored_pointer,
        _in_a_pipeline,
        _in_a_tag_of_somebodys,
        _in_a_pointer_with_two_outs,
        _in_a_link_without_bytes_of_its_own,
        _in_an_experiment_at_work,
    ],
)
def test_whoever_names_an_object_keeps_it(released: Repo, name: object) -> None:
    assert callable(name)
    md5 = leave(released)
    name(released, md5)
    assert "0 objects" in released.hotpass("clean", "--yes").stdout
    assert released.object(md5).exists()


def test_a_repository_whose_git_directory_lies_elsewhere_is_cleaned_all_the_same(
    released: Repo, tmp_path: Path
) -> None:
    """A submodule, or ``git init --separate-git-dir``: git lists that directory as the work tree."""
    md5 = leave(released)
    released.git("init", "-q", "--separate-git-dir", str(tmp_path / "elsewhere.git"))
    assert md5 in released.hotpass("clean").stdout
    _pointer(released, md5)
    assert "0 objects" in released.hotpass("clean").stdout, "what lies in that work tree is seen"
    linked = Repo(tmp_path / "linked", released.remote)
    released.git("worktree", "add", "-q", "--detach", str(linked.root), "main")
    done = linked.hotpass("clean", "--yes", check=False)
    assert md5 not in done.stdout
    assert released.object(md5).exists()


def test_members_of_a_directory_whose_listing_is_on_the_remote_alone_stay(two_clones: TwoClones) -> None:
    clone = two_clones.first
    clone.hotpass("restore", "data@1.0.0")
    before = stored(clone)
    clone.hotpass("restore", "data@1.1.0")
    for md5 in stored(clone):
        if md5.endswith(".dir"):
            clone.object(md5).unlink()
    clone.hotpass("clean", "--yes")
    assert before <= stored(clone)


def test_a_listing_that_is_nowhere_stops_it(released: Repo) -> None:
    md5 = leave(released)
    for one in stored(released):
        if one.endswith(".dir"):
            released.object(one).unlink()
    done = released.hotpass("clean", "--yes", check=False)
    assert done.code == 10, str(done)
    assert released.object(md5).exists()


def test_tags_that_only_the_server_has_stop_it(two_clones: TwoClones) -> None:
    first, second = two_clones.first, two_clones.second
    md5 = leave(second)
    first.write(FILE, FILE_BYTES["1.1.0"] + b"4,New Place,014\n")
    first.hotpass("version", "--bump", "minor", "--tag", "--dataset", "refined_data")
    first.git("push", "-q", "--follow-tags")
    done = second.hotpass("clean", "--yes", check=False)
    assert done.code == 10
    assert "refined_data-v1.2.0" in done.stderr
    assert second.object(md5).exists()
    second.git("fetch", "-q", "--tags")
    # Its data was never sent, but that is another command's to say.
    second.hotpass("clean", "--yes")
    assert not second.object(md5).exists()


def test_a_tag_that_moved_on_the_server_stops_it(two_clones: TwoClones) -> None:
    """Case 34."""
    first, second = two_clones.first, two_clones.second
    first.git("tag", "-f", "-a", "-m", "moved", "refined_data-v1.0.0", "refined_data-v1.1.0^{}")
    first.git("push", "-q", "-f", "origin", "refined_data-v1.0.0")
    done = second.hotpass("clean", "--yes", check=False)
    assert done.code == 9
    assert "tag moved: refined_data-v1.0.0" in done.stderr


def _no_tags(clones: TwoClones) -> None:
    clones.first.git("tag", "-d", *clones.first.tags())


def _no_tags_no_server(clones: TwoClones) -> None:
    _no_tags(clones)
    clones.first.git("remote", "remove", "origin")


def _shallow(clones: TwoClones) -> None:
    shutil.rmtree(clones.first.root)
    clones.second.git("clone", "-q", "--depth", "1", f"file://{clones.origin}", str(clones.first.root))
    clones.first.dvc("pull", "-q")


def _no_server(clones: TwoClones) -> None:
    shutil.rmtree(clones.origin)


def _lost_worktree(clones: TwoClones) -> None:
    clones.first.git("worktree", "add", "-q", "--detach", str(clones.first.root.parent / "beside"))
    (clones.first.root.parent / "beside").rename(clones.first.root.parent / "elsewhere")


def _damaged_pointer(clones: TwoClones) -> None:
    clones.first.write(FILE + ".dvc", b"")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (_no_tags, 10),
        (_no_tags_no_server, 10),
        (_shallow, 10),
        (_no_server, 7),
        (_lost_worktree, 10),
        (_damaged_pointer, 9),
    ],
)
def test_where_needs_are_not_known_nothing_goes(two_clones: TwoClones, state: object, code: int) -> None:
    assert callable(state)
    state(two_clones)
    clone = two_clones.first
    junk = clone.write(f".dvc/cache/files/md5/ab/{'c' * 30}", "junk")
    before = stored(clone)
    done = clone.hotpass("clean", "--yes", check=False)
    assert done.code == code, str(done)
    assert stored(clone) == before
    assert junk.exists()


def test_in_a_store_of_several_projects_others_objects_stay(released: Repo) -> None:
    """Case 23, for a store: what no commit here ever named is somebody else's."""
    md5 = leave(released)
    shared = released.root.parent / "shared"
    shutil.copytree(released.path(".dvc/cache"), shared)
    released.write(".dvc/config.local", f"[cache]\n    dir = {shared}\n")
    done = released.hotpass("clean", "--yes", "--json").json
    assert (done["unneeded"], done["others"]) == ([], 1)
    assert (shared / "files" / "md5" / md5[:2] / md5[2:]).exists()


def test_a_link_to_a_store_of_several_projects_is_one(released: Repo, tmp_path: Path) -> None:
    md5 = leave(released)
    shared = tmp_path / "shared"
    released.path(".dvc/cache").rename(shared)
    released.path(".dvc/cache").symlink_to(shared)
    other = shared / "files" / "md5" / "ab" / ("c" * 30)
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(b"another project's")
    released.hotpass("clean", "--yes")
    assert other.exists()
    assert released.object(md5).exists(), "no commit of this repository named it"


def held(remote: Path) -> set[str]:
    return {path.parent.name + path.name for path in (remote / "files" / "md5").rglob("*") if path.is_file()}


def _send_draft(repo: Repo, data: bytes = UNSAVED) -> str:
    """A draft that was committed and sent, and whose branch is gone: its object is on the remote, and nobody needs it."""
    repo.write(FILE, data)
    repo.hotpass("version", "--bump", "major", "--dataset", "refined_data")
    repo.git("switch", "-q", "-c", "draft")
    repo.commit("draft", FILE + ".dvc", FILE + ".version.json")
    repo.dvc("push", "-q")
    md5 = repo.digest(FILE)
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "-s", "ours", "-m", "not like this", "draft")
    repo.git("branch", "-q", "-D", "draft")
    repo.git("push", "-q", "origin", "main")
    repo.hotpass("restore", "refined_data@1.1.0")
    return md5


@pytest.mark.slow
def test_a_remote_is_cleaned_only_when_asked_and_only_of_what_was_ours(two_clones: TwoClones) -> None:
    """Case 23: what another project put there, and what a colleague sent and never committed, stays."""
    first, second, remote = two_clones.first, two_clones.second, two_clones.remote
    before = held(remote)
    md5 = _send_draft(first)
    other = remote / "files" / "md5" / "ab" / ("c" * 30)
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(b"another project's")
    second.write(FILE, UNSAVED + b"8,A Colleague,1\n")
    second.hotpass("version", "--bump", "major", "--dataset", "refined_data")
    second.dvc("push", "-q")
    uncommitted = second.digest(FILE)
    first.hotpass("clean", "--yes")
    assert md5 in held(remote), "the store was cleaned, not the remote"
    done = first.hotpass("clean", "--remote")
    assert md5 in done.stdout
    assert "2 more are not known" in done.stdout
    assert "hotpass clean --remote --yes" in done.stderr
    assert md5 in held(remote)
    first.hotpass("clean", "--remote", "--yes")
    assert held(remote) == before | {"ab" + "c" * 30, uncommitted}
    shutil.rmtree(first.path(".dvc/cache"))
    first.hotpass("fetch")
    assert_restorable(first)


def test_news_on_the_server_stop_the_cleaning_of_a_remote(two_clones: TwoClones) -> None:
    first, second = two_clones.first, two_clones.second
    md5 = _send_draft(first)
    second.git("fetch", "-q")
    second.git("switch", "-q", "-c", "again", "origin/main^2")
    second.git("push", "-q", "origin", "again")
    done = first.hotpass("clean", "--remote", "--yes", check=False)
    assert done.code == 10
    assert "branch again" in done.stderr
    first.git("fetch", "-q")
    assert "0 objects" in first.hotpass("clean", "--remote", "--yes").stdout
    assert md5 in held(two_clones.remote)


@pytest.mark.parametrize(("args", "code"), [(("--remote",), 7), (("--remote-name", "storage"), 2)])
def test_a_remote_that_cannot_be_looked_at(two_clones: TwoClones, args: tuple[str, ...], code: int) -> None:
    shutil.rmtree(two_clones.remote)
    assert two_clones.first.hotpass("clean", *args, "--yes", check=False).code == code


def test_other_files_in_the_stores_folder_stay(released: Repo) -> None:
    mine = released.write(".dvc/cache/files/md5/notes.txt", "mine")
    link = released.path(f".dvc/cache/files/md5/ab/{'d' * 30}")
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(mine)
    released.hotpass("clean", "--yes")
    assert mine.exists()
    assert link.is_symlink()


@pytest.mark.slow
def test_killed_anywhere_no_release_is_hurt(released: Repo, runner: Runner) -> None:
    for number in range(2):
        leave(released, UNSAVED + str(number).encode())
    keep = stored(released)
    events = runner.run(released, ["clean", "--yes"]).events
    for at in [number for number, event in enumerate(events, 1) if "os.remove" in event][:2]:
        for number in range(2):
            leave(released, UNSAVED + str(number).encode())
        assert stored(released) == keep
        assert runner.run(released, ["clean", "--yes"], at=at).killed
        assert runner.run(released, ["clean", "--yes"]).code == 0
        assert len(stored(released)) == len(keep) - 2
    shutil.rmtree(released.remote)
    assert_restorable(released)


NAMES = st.sets(st.sampled_from([Md5(f"{number:032x}") for number in range(8)]))


@given(present=NAMES, needed=NAMES, known=st.none() | NAMES)
def test_nothing_goes_that_is_needed_or_that_may_be_somebody_elses(
    present: set[Md5], needed: set[Md5], known: set[Md5] | None
) -> None:
    gone, others = sort_out(present, needed, known)
    assert set(gone) <= present - needed
    assert known is None or set(gone) <= known
    assert len(gone) + others == len(present - needed)
    assert known is not None or others == 0


@given(
    text=st.text("0123456789abcdef.dir -:\n", max_size=120),
    md5=st.from_regex(r"[0-9a-f]{32}(\.dir)?", fullmatch=True),
)
def test_a_name_is_found_wherever_it_stands(text: str, md5: str) -> None:
    assert md5 in set(md5s_in(f"{text}\n- md5: {md5}\n{text}".encode()))
