"""Odd states of git: FAULTS cases 24, 28, 30, 31, 33, 35, 50 and 51, and pointers written by DVC alone (26, 49 in part)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, Templates, revised
from harness.snapshots import snapshot, tree

_SET = ["version", "--set", "1.0.0", "--tag", "--dataset", "refined_data"]
_BUMP = ["version", "--bump", "patch", "--tag", "--dataset", "refined_data"]


def _error(repo: Repo, *args: str, env: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    """Run a command that must fail; its exit code and the error of its JSON document."""
    if env is None:
        answer = repo.hotpass(*args, "--json", check=False)
    else:
        answer = repo.hotpass_process(*args, "--json", check=False, env=env)
    assert answer.code != 0, answer
    error: dict[str, str] = answer.json["error"]
    assert error["hint"]
    return answer.code, error


# ------------------------------------------------ case 24: the tag is on a commit that holds what it names


def _agrees(repo: Repo, name: str, version: str, path: str, md5: str) -> None:
    """The tagged tree's pointer and record name these bytes and this number, and so does the tag itself.

    The record of a draft that became a release later names no tag: a tag alone changes no file.
    """
    ref = f"refs/tags/{name}-v{version}"
    pointer = repo.git("show", f"{ref}:{path}.dvc").stdout
    record = json.loads(repo.git("show", f"{ref}:{path}.version.json").stdout)
    assert f"md5: {md5}\n" in pointer
    assert f"version: {version}\n" in pointer
    assert (record["version"], record["md5"]) == (version, md5)
    assert record["tag"] in (None, f"{name}-v{version}")
    assert f"Hotpass-Md5: {md5}\n" in repo.git("cat-file", "tag", ref).stdout
    assert repo.git("cat-file", "-t", ref).stdout == "tag\n"


def _draft_and_tag(repo: Repo, name: str) -> None:
    repo.hotpass("version", "--bump", "patch", "--dataset", name)
    repo.hotpass("version", "--tag", "--dataset", name)


WAYS: dict[str, Callable[[Repo, str], object]] = {
    "set with tag": lambda repo, name: repo.hotpass("version", "--set", "1.1.1", "--tag", "--dataset", name),
    "bump with tag": lambda repo, name: repo.hotpass(
        "version", "--bump", "patch", "--tag", "--dataset", name
    ),
    "draft, then tag": _draft_and_tag,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("path", [FILE, FOLDER])
def test_the_tagged_commit_holds_the_pointer_of_the_current_bytes(
    released: Repo, way: Callable[[Repo, str], object], path: str
) -> None:
    """Case 24: the data changed, the pointer is not committed."""
    name = Path(path).stem
    released.write(*((FILE, revised("changed")) if path == FILE else (f"{path}/north.csv", "a,b\n1,9\n")))
    way(released, name)
    md5 = released.hotpass("version", "--json", "--status", "--dataset", name).json["datasets"][0]["md5"]
    if path == FILE:
        assert md5 == released.digest(FILE)
    _agrees(released, name, "1.1.1", path, md5)
    assert released.rev("HEAD") == released.rev(f"{name}-v1.1.1^{{commit}}")
    assert released.status() == ""


def test_an_old_pointer_that_is_staged_does_not_reach_the_release(released: Repo) -> None:
    """Case 24: nor does it come back with the user's next plain commit."""
    released.write(FILE, revised("changed"))
    released.hotpass("version", "--bump", "minor", "--dataset", "refined_data")
    released.git("add", f"{FILE}.dvc")
    released.write(FILE, revised("changed again"))
    released.hotpass(*_BUMP)
    md5 = released.digest(FILE)
    _agrees(released, "refined_data", "1.2.1", FILE, md5)
    released.write("notes.txt", "more\n")
    released.git("commit", "-qam", "mine")
    assert f"md5: {md5}\n" in released.git("show", f"HEAD:{FILE}.dvc").stdout


def test_tagging_data_that_changed_since_its_number_is_refused(drafted: Repo) -> None:
    """Case 24: else refuse."""
    drafted.write(FILE, revised("changed"))
    before = snapshot(drafted)
    code, error = _error(drafted, "version", "--tag", "--dataset", "refined_data")
    assert (code, error["type"]) == (10, "DataChangedError")
    assert snapshot(drafted) == before


def test_a_tag_alone_makes_no_commit_where_head_holds_everything(drafted: Repo) -> None:
    """ARCHITECTURE: a protected branch works, the draft having come in by a pull request."""
    drafted.commit("draft")
    head = drafted.rev("HEAD")
    drafted.hotpass("version", "--tag", "--dataset", "refined_data")
    assert drafted.rev("HEAD") == head == drafted.rev("refined_data-v1.0.0^{commit}")
    assert drafted.status() == ""


def test_a_tag_alone_commits_a_record_that_somebody_damaged(drafted: Repo) -> None:
    """Case 24: the record in the tagged tree is the pointer's."""
    record = json.loads(drafted.read(f"{FILE}.version.json"))
    record["version"] = "9.9.9"
    drafted.write(f"{FILE}.version.json", json.dumps(record))
    drafted.commit("wrong record")
    drafted.hotpass("version", "--tag", "--dataset", "refined_data")
    _agrees(drafted, "refined_data", "1.0.0", FILE, drafted.digest(FILE))


# ---------------------------------------------------------------------------------- case 28: detached HEAD


def test_at_an_old_tag_the_next_number_follows_from_all_tags_and_drafts(released: Repo) -> None:
    """Case 28: reading, restoring and drafts work; numbering never goes back."""
    released.git("checkout", "-q", "refined_data-v1.0.0")
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.0.0\n"
    assert released.hotpass("version", "--status").code == 0
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    released.write(FILE, revised("fixed"))
    answer = released.hotpass("version", "--json", "--bump", "patch", "--dataset", "refined_data")
    assert answer.json["version"] == "1.1.1"
    answer = released.hotpass("version", "--json", "--bump", "minor", "--dataset", "refined_data")
    assert answer.json["version"] == "1.2.0"
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.2.0\n"


@pytest.mark.parametrize("args", [["--bump", "patch", "--tag"], ["--set", "3.0.0", "--tag"]])
def test_a_release_that_needs_a_commit_is_refused_on_a_detached_head(released: Repo, args: list[str]) -> None:
    """Case 28."""
    released.git("checkout", "-q", "--detach")
    released.write(FILE, revised("fixed"))
    before = snapshot(released)
    code, error = _error(released, "version", *args, "--dataset", "refined_data")
    assert (code, error["type"]) == (10, "DetachedHeadError")
    assert "git switch -c NAME first" in error["hint"]
    assert snapshot(released) == before
    # The cure works.
    released.git("switch", "-q", "-c", "fixes")
    released.hotpass("version", *args, "--dataset", "refined_data")


def test_a_tag_alone_works_on_a_detached_head_where_no_commit_is_needed(drafted: Repo) -> None:
    """Case 28."""
    drafted.commit("draft")
    drafted.git("checkout", "-q", "--detach")
    drafted.hotpass("version", "--tag", "--dataset", "refined_data")
    _agrees(drafted, "refined_data", "1.0.0", FILE, drafted.digest(FILE))


def test_a_tag_alone_on_a_detached_head_is_refused_where_a_commit_is_needed(drafted: Repo) -> None:
    """Case 28."""
    drafted.git("checkout", "-q", "--detach")
    before = snapshot(drafted)
    code, error = _error(drafted, "version", "--tag", "--dataset", "refined_data")
    assert (code, error["type"]) == (10, "DetachedHeadError")
    assert snapshot(drafted) == before


def test_a_maintenance_release_on_an_old_branch_needs_force_and_a_free_number(released: Repo) -> None:
    """ARCHITECTURE, "current, next"."""
    released.git("switch", "-q", "-c", "old", "refined_data-v1.1.0")
    released.write(FILE, FILE_BYTES["1.0.0"].replace(b"Heron Place", b"fixed"))
    released.hotpass("version", "--set", "1.0.1", "--tag", "--force", "--dataset", "refined_data")
    _agrees(released, "refined_data", "1.0.1", FILE, released.digest(FILE))
    released.write(FILE, revised("fixed again"))
    code, error = _error(
        released, "version", "--set", "1.0.0", "--tag", "--force", "--dataset", "refined_data"
    )
    assert (code, error["type"]) == (8, "VersionTakenError")
    answer = released.hotpass("version", "--json", "--bump", "patch", "--dataset", "refined_data")
    assert answer.json["version"] == "1.1.1"


# --------------------------------------------------------------------------------- case 30: which repository


VERBS = {
    "init": ["version", "--init", "--no-input"],
    "init with remote": ["version", "--init", "--remote", "../r"],
    "add": ["version", "--add", "table.csv"],
    "status": ["version", "--status"],
    "get": ["version", "--get", "table"],
    "set": ["version", "--set", "1.0.0", "--tag"],
    "bump": ["version", "--bump", "patch"],
    "dry run": ["version", "--bump", "patch", "--dry-run"],
    "tag": ["version", "--tag"],
    "restore": ["restore", "table@1.0.0"],
    "restore to": ["restore", "table@1.0.0", "--to", "x"],
}


def _no_repository(place: Path) -> Path:
    place.mkdir()
    return place


def _bare(place: Path) -> Path:
    _no_repository(place)
    Repo(place, place).git("init", "-q", "--bare")
    return place


def _git_folder(place: Path) -> Path:
    _no_repository(place)
    Repo(place, place).git("init", "-q")
    return place / ".git"


def _sub_project(place: Path) -> Path:
    _no_repository(place)
    repo = Repo(place, place)
    repo.git("init", "-q")
    (place / "team").mkdir()
    Repo(place / "team", place).dvc("init", "-q", "--subdir")
    (place / "team" / "table.csv").write_text("x\n")
    return place / "team"


def _somebody_elses(place: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("giving a folder to another user needs the superuser")
    _no_repository(place)
    Repo(place, place).git("init", "-q")
    for path in (place, *place.rglob("*")):
        os.chown(path, 12345, 12345)
    return place


PLACES: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "no repository": (_no_repository, "NoRepositoryError", "git init"),
    "a bare repository": (_bare, "BareRepositoryError", "git clone"),
    "inside .git": (_git_folder, "BareRepositoryError", "git clone"),
    "a --subdir DVC project": (_sub_project, "NestedProjectError", "root of a repository"),
    "somebody else's repository": (_somebody_elses, "UntrustedRepositoryError", "safe.directory"),
}


@pytest.mark.parametrize(("make", "kind", "cure"), PLACES.values(), ids=PLACES.keys())
def test_where_hotpass_cannot_work_it_says_the_cure_and_creates_nothing(
    tmp_path: Path, make: Callable[[Path], Path], kind: str, cure: str
) -> None:
    """Case 30: not ready, for every verb."""
    place = make(tmp_path / "place")
    (place / "table.csv").write_text("x\n")
    before = tree(tmp_path)
    repo = Repo(place, tmp_path)
    for args in VERBS.values():
        code, error = _error(repo, *args)
        assert (code, error["type"]) == (6, kind), (args, error)
        assert cure in error["hint"]
        assert "\n" not in error["message"] + error["hint"]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("verb", [verb for verb in VERBS if not verb.startswith("init")])
def test_a_repository_without_dvc_is_not_ready_and_nothing_is_created(repo: Repo, verb: str) -> None:
    """Case 30's neighbour."""
    args = VERBS[verb]
    repo.write("table.csv", "x\n")
    before = snapshot(repo)
    code, error = _error(repo, *args)
    assert (code, error["hint"]) == (6, "hotpass version --init") if "--get" not in args else code in (3, 6)
    assert snapshot(repo) == before
    assert not repo.path(".dvc").exists()


def test_a_sub_directory_acts_on_the_repositorys_root(initialised: Repo) -> None:
    """Case 30: paths are taken from where the user stands."""
    repo = initialised
    repo.write("deep/er/table.csv", "id,name\n1,x\n")
    here = repo.path("deep/er")
    repo.hotpass("version", "--add", "table.csv", cwd=here)
    repo.hotpass("version", "--set", "1.0.0", "--tag", cwd=here)
    repo.hotpass("version", "--init", cwd=here)
    assert repo.path("deep/er/table.csv.dvc").is_file()
    assert not (here / ".dvc").exists()
    repo.write("deep/er/table.csv", "id,name\n1,y\n")
    repo.hotpass("version", "--bump", "patch", "--tag", cwd=here)
    repo.hotpass("restore", "table@1.0.0", cwd=here)
    assert repo.read("deep/er/table.csv") == b"id,name\n1,x\n"
    repo.hotpass("restore", "table@1.0.0", "--to", "old.csv", cwd=here)
    assert (here / "old.csv").read_bytes() == b"id,name\n1,x\n"


def test_repo_root_names_the_repository_from_anywhere(initialised: Repo, tmp_path: Path) -> None:
    """Case 30: also a folder below the root, also from inside another repository."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Repo(elsewhere, elsewhere).git("init", "-q")
    initialised.write("table.csv", "x\n")
    root = str(initialised.root)
    before = tree(elsewhere)
    initialised.hotpass("version", "--repo-root", root, "--add", f"{root}/table.csv", cwd=elsewhere)
    initialised.hotpass("version", "--repo-root", root, "--set", "1.0.0", "--tag", cwd=elsewhere)
    assert initialised.tags() == ["table-v1.0.0"]
    assert tree(elsewhere) == before


def test_a_submodule_is_a_repository_of_its_own(repo: Repo, tmp_path: Path) -> None:
    """Case 30: its root is the submodule's, and the outer repository sees nothing but its changed commit."""
    inner = tmp_path / "inner"
    inner.mkdir()
    source = Repo(inner, repo.remote)
    source.git("init", "-q")
    source.write("README.md", "inner\n")
    source.commit("start")
    repo.git("submodule", "add", "-q", str(inner), "sub")
    repo.commit("submodule")
    sub = Repo(repo.path("sub"), repo.remote)
    sub.hotpass("version", "--init", "--no-input")
    sub.write("table.csv", "x\n")
    sub.hotpass("version", "--add", "table.csv")
    sub.hotpass("version", "--set", "1.0.0", "--tag")
    sub.path("table.csv").unlink()
    sub.hotpass("restore", "table@1.0.0")
    assert sub.read("table.csv") == b"x\n"
    assert (sub.tags(), repo.tags()) == (["table-v1.0.0"], [])
    assert not repo.path(".dvc").exists()
    assert repo.status() == " M sub\n"


def test_a_linked_worktree_releases_on_its_own_branch(released: Repo, tmp_path: Path) -> None:
    """Case 30: one history of versions, and the other worktree's files and index stay as they are."""
    released.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side", released.remote)
    main_before = (tree(released.root, skip=(".git", ".dvc/tmp")), released.git("ls-files", "--stage").stdout)
    head = released.rev("main")
    side.write(FILE, revised("side"))
    side.hotpass(*_BUMP)
    _agrees(side, "refined_data", "1.1.1", FILE, side.digest(FILE))
    assert side.rev("side") == side.rev("refined_data-v1.1.1^{commit}")
    assert side.status() == ""
    assert released.rev("main") == head
    assert (
        tree(released.root, skip=(".git", ".dvc/tmp")),
        released.git("ls-files", "--stage").stdout,
    ) == main_before
    released.write(FILE, revised("main"))
    answer = released.hotpass("version", "--json", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert answer.json["version"] == "1.1.2"


def test_a_path_with_odd_letters_is_a_repository_like_any_other(tmp_path: Path) -> None:
    """Case 30: a space, a quote, a newline and letters beyond ASCII in the root's own name."""
    for number, name in enumerate(["with space", "it's", "dé数", 'quo"te', "back\\slash", "[x]*"]):
        root = tmp_path / name
        root.mkdir()
        repo = Repo(root, tmp_path / "remote")
        repo.git("init", "-q")
        repo.hotpass("version", "--init", "--no-input")
        repo.write("table.csv", f"{number}\n")
        repo.hotpass("version", "--add", "table.csv")
        repo.hotpass("version", "--set", "1.0.0", "--tag")
        repo.path("table.csv").unlink()
        repo.hotpass("restore", "table@1.0.0")
        assert repo.read("table.csv") == f"{number}\n".encode()


# ------------------------------------------------------------------------------- case 31: initialising


def _empty_folder(repo: Repo) -> None:
    repo.path(".dvc").mkdir()


def _leftovers(repo: Repo) -> None:
    repo.write(".dvc/tmp/lock", "")
    repo.write(".dvc/cache/files/md5/ab/cd", "x")


def _only_ignore_file(repo: Repo) -> None:
    repo.write(".dvc/.gitignore", "/config.local\n/tmp\n/cache\n")


def _own_ignore_file(repo: Repo) -> None:
    repo.write(".dvcignore", "*.tmp\n")


BEFORE_INIT: dict[str, Callable[[Repo], object]] = {
    "nothing": lambda _: None,
    "an empty .dvc": _empty_folder,
    "a .dvc with a cache and no config": _leftovers,
    "a .dvc with an ignore file alone": _only_ignore_file,
    "a .dvcignore of the user's": _own_ignore_file,
    "dvc init": lambda repo: repo.dvc("init", "-q"),
}


@pytest.mark.slow
@pytest.mark.parametrize("make", BEFORE_INIT.values(), ids=BEFORE_INIT.keys())
def test_init_makes_a_project_that_dvc_accepts_and_doing_it_again_changes_nothing(
    repo: Repo, make: Callable[[Repo], object]
) -> None:
    """Case 31."""
    make(repo)
    kept = tree(repo.root, skip=(".git", ".dvc/tmp"))
    repo.hotpass("version", "--init", "--no-input")
    after = tree(repo.root, skip=(".git", ".dvc/tmp"))
    assert {path: after[path] for path in kept} == kept
    assert not [path for path in after if "hotpass" in path]
    before = snapshot(repo)
    assert repo.hotpass("version", "--json", "--init", "--no-input").json["created"] == []
    repo.hotpass("version", "--init", "--remote", str(repo.remote), "--no-input")
    once = snapshot(repo)
    repo.hotpass("version", "--init", "--remote", str(repo.remote), "--no-input")
    assert snapshot(repo) == once
    assert before != once
    assert "no data or pipelines tracked" in repo.dvc("status").stdout.lower()
    for path in (".dvc/config", ".dvc/.gitignore", ".dvcignore"):
        assert repo.git("ls-files", "--", path).stdout


def _file(repo: Repo) -> None:
    repo.write(".dvc", "something else\n")


def _link(repo: Repo) -> None:
    (repo.root.parent / "elsewhere").mkdir()
    repo.path(".dvc").symlink_to(repo.root.parent / "elsewhere")


def _dead_link(repo: Repo) -> None:
    repo.path(".dvc").symlink_to("nowhere")


def _config_folder(repo: Repo) -> None:
    repo.path(".dvc/config").mkdir(parents=True)


@pytest.mark.parametrize("make", [_file, _link, _dead_link, _config_folder])
def test_init_explains_what_stands_in_its_way_and_leaves_it(repo: Repo, make: Callable[[Repo], None]) -> None:
    """Case 31."""
    make(repo)
    before = tree(repo.root.parent, skip=("repo/.git",))
    code, error = _error(repo, "version", "--init", "--no-input")
    assert code == 6
    assert ".dvc" in error["message"]
    assert tree(repo.root.parent, skip=("repo/.git",)) == before


def test_a_refused_init_leaves_a_repository_in_which_dvc_init_works(repo: Repo) -> None:
    """Case 31: DVC refuses a `.dvc` without a config, so none is left behind."""
    for args in (["--remote", ""], ["--remote", "a\nb"], ["--remote", "x", "--remote-name", "a b"]):
        assert repo.hotpass("version", "--init", *args, "--no-input", check=False).code == 2
        assert not repo.path(".dvc").exists()
    repo.dvc("init", "-q")


@pytest.mark.slow
def test_a_killed_init_leaves_no_dvc_folder_without_its_settings(
    templates: Templates, tmp_path: Path
) -> None:
    """Case 31: at every change of the file system; `dvc init` would refuse such a folder."""
    with Runner(tmp_path / "scratch") as runner:
        for at in range(1, 200):
            repo = templates.copy("empty", tmp_path / str(at))
            run = runner.run(repo, ["version", "--init", "--no-input"], at)
            assert repo.path(".dvc/config").is_file() or not repo.path(".dvc").exists(), run
            if not run.killed:
                break
            repo.hotpass("version", "--init", "--no-input")
            assert {path.name for path in repo.path(".git/hotpass").iterdir()} <= {"lock"}
            shutil.rmtree(repo.root)
    assert run.code == 0
    assert at > 5


def test_init_in_a_repository_that_git_ignores_dvc_in_still_records_its_files(repo: Repo) -> None:
    """Case 31: a rule such as `.*` would leave every clone without DVC's settings."""
    repo.write(".gitignore", ".*\n!.gitignore\n")
    repo.hotpass("version", "--init", "--no-input")
    assert repo.git("ls-files", "--", ".dvc/config").stdout == ".dvc/config\n"


# ----------------------------------------------------------------------------- case 33: the tag exists


def test_asking_for_a_release_that_is_there_is_success_and_changes_nothing(released: Repo) -> None:
    """Case 33: same target, idempotent."""
    before = snapshot(released)
    for args in (["--set", "1.1.0", "--tag"], ["--tag"], ["--set", "1.1.0"]):
        answer = released.hotpass("version", "--json", *args, "--dataset", "refined_data")
        assert answer.json["already"] is True
        assert answer.json["tag"] == "refined_data-v1.1.0"
    assert snapshot(released) == before


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("tag", [[], ["--tag"]])
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_a_number_is_never_given_to_other_bytes(
    released: Repo, version: str, tag: list[str], force: list[str]
) -> None:
    """Case 33: other target."""
    released.write(FILE, revised("other"))
    before = snapshot(released)
    code, error = _error(released, "version", "--set", version, *tag, *force, "--dataset", "refined_data")
    assert (code, error["type"]) == (8, "VersionTakenError")
    assert snapshot(released) == before


def _lightweight(repo: Repo, name: str) -> None:
    repo.git("tag", name)


def _on_blob(repo: Repo, name: str) -> None:
    repo.git("tag", "-a", "-m", "a blob", name, repo.rev("HEAD:README.md"))


def _lightweight_on_blob(repo: Repo, name: str) -> None:
    repo.git("tag", name, repo.rev("HEAD:README.md"))


def _on_tree(repo: Repo, name: str) -> None:
    repo.git("tag", "-a", "-m", "a tree", name, repo.rev("HEAD^{tree}"))


def _branch(repo: Repo, name: str) -> None:
    repo.git("branch", name)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("make", [_lightweight, _on_blob, _lightweight_on_blob, _on_tree, _branch])
def test_a_name_that_is_taken_by_something_else_is_a_conflict(
    released: Repo, make: Callable[[Repo, str], None], packed: bool
) -> None:
    """Case 33: nothing is moved, nothing is made; the cure in the hint works."""
    make(released, "refined_data-v1.1.1")
    if packed:
        released.git("pack-refs", "--all")
    released.write(FILE, revised("new"))
    before = snapshot(released)
    code, error = _error(released, *_BUMP)
    assert code == 8
    assert "refined_data-v1.1.1" in error["message"]
    assert snapshot(released) == before
    assert released.hotpass("version", "--status").code == 0
    cure = error["hint"].split(": ", 1)[1].replace("NEW-NAME", "renamed").split()
    released.git(*cure[1:])
    released.hotpass(*_BUMP)
    _agrees(released, "refined_data", "1.1.1", FILE, released.digest(FILE))


def test_a_foreign_tag_above_is_no_release_and_is_stepped_over_by_its_number_alone(released: Repo) -> None:
    """Case 33: a lightweight 2.0.0 does not decide the next number, and cannot be restored."""
    released.git("tag", "refined_data-v2.0.0")
    assert released.hotpass("restore", "refined_data@2.0.0", check=False).code == 3
    released.write(FILE, revised("new"))
    answer = released.hotpass("version", "--json", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert answer.json["version"] == "1.1.1"


def test_a_branch_named_like_a_release_never_stands_for_it(released: Repo) -> None:
    """Case 33: lookups use full ref names."""
    released.git("branch", "refined_data-v1.0.0", "HEAD")
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.read(FILE) == FILE_BYTES["1.0.0"]
    released.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", "refined_data")
    for name in ("HEAD", "refs/tags/x"):
        released.git("update-ref", f"refs/heads/{name}", "HEAD")
    released.write(FILE, revised("new"))
    released.hotpass(*_BUMP)
    _agrees(released, "refined_data", "1.1.1", FILE, released.digest(FILE))
    assert released.git("symbolic-ref", "HEAD").stdout == "refs/heads/main\n"


def test_datasets_whose_names_begin_alike_have_numbers_of_their_own(initialised: Repo) -> None:
    """Case 33: dataset `s` beside `s-v2`, whose tags a glob for `s-v*` also finds."""
    repo = initialised
    for name, version in (("s", "1.0.0"), ("s-v2", "5.0.0"), ("s-v2-v3", "7.0.0")):
        repo.write(f"{name}.csv", f"id,name\n1,{name}\n")
        repo.hotpass("version", "--add", f"{name}.csv")
        repo.hotpass("version", "--set", version, "--tag", "--dataset", name)
    for name, next_one in (("s", "1.0.1"), ("s-v2", "5.0.1"), ("s-v2-v3", "7.0.1")):
        repo.write(f"{name}.csv", f"id,name\n1,{name} more\n")
        answer = repo.hotpass("version", "--json", "--bump", "patch", "--tag", "--dataset", name)
        assert answer.json["version"] == next_one
    repo.hotpass("restore", "s@1.0.0")
    assert repo.read("s.csv") == b"id,name\n1,s\n"


def test_versions_are_ordered_as_numbers_and_foreign_candidates_stand_below_releases(released: Repo) -> None:
    """Case 33: 1.10.0 after 1.9.0, and 1.10.0-rc.1 before 1.10.0."""
    for version in ("1.9.0", "1.10.0"):
        released.write(FILE, revised(f"{version}"))
        released.hotpass("version", "--set", version, "--tag", "--dataset", "refined_data")
    for name in ("1.10.0-rc.1", "1.11.0-rc.1", "v9.9.9", "2", "2.0", "01.2.3", "1.2.3.4", "٣.0.0"):
        released.git("tag", "-a", "-m", "foreign", f"refined_data-v{name}")
    answer = released.hotpass(
        "version", "--json", "--bump", "patch", "--dry-run", "--dataset", "refined_data"
    )
    assert answer.json["version"] == "1.10.1"
    _, error = _error(released, "restore", "refined_data@3.0.0")
    assert error["hint"].startswith("known versions: 1.0.0, 1.1.0, 1.9.0, 1.10.0")


# -------------------------------------------------------------------------- case 35: hostile environment


def _other_repository(tmp_path: Path) -> Repo:
    other = tmp_path / "other"
    other.mkdir()
    repo = Repo(other, tmp_path)
    repo.git("init", "-q")
    repo.write("README.md", "other\n")
    repo.commit("start")
    return repo


def _release_under(repo: Repo, env: dict[str, str]) -> None:
    """The whole of a release in a hostile environment: every verb, each a process of its own."""
    repo.write(FILE, revised("hostile"))
    repo.hotpass_process("version", "--add", FILE, env=env)
    repo.hotpass_process(
        "version", "--bump", "patch", "--tag", "--description", "Grüße", "--dataset", "refined_data", env=env
    )
    repo.hotpass_process("version", "--status", "--check", "--dataset", "refined_data", env=env)
    assert repo.hotpass_process("version", "--get", "refined_data", env=env).stdout == "1.1.1\n"
    repo.hotpass_process("restore", "refined_data@1.0.0", env=env)
    assert repo.read(FILE) == FILE_BYTES["1.0.0"]
    repo.hotpass_process("restore", "refined_data@1.1.1", env=env)
    _agrees(repo, "refined_data", "1.1.1", FILE, repo.digest(FILE))
    assert "Grüße" in repo.git("log", "-1", "--format=%B").stdout
    assert repo.status() == ""


@pytest.mark.slow
def test_variables_that_name_another_repository_are_not_obeyed(released: Repo, tmp_path: Path) -> None:
    """Case 35."""
    other = _other_repository(tmp_path)
    before = snapshot(other)
    git_dir = other.path(".git")
    env = {
        "GIT_DIR": str(git_dir),
        "GIT_WORK_TREE": str(other.root),
        "GIT_INDEX_FILE": str(git_dir / "index"),
        "GIT_OBJECT_DIRECTORY": str(git_dir / "objects"),
        "GIT_COMMON_DIR": str(git_dir),
        "GIT_NAMESPACE": "elsewhere",
        "GIT_PREFIX": "deep/",
        "GIT_CEILING_DIRECTORIES": "",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.worktree",
        "GIT_CONFIG_VALUE_0": str(other.root),
        "GIT_DEFAULT_REF_FORMAT": "files",
    }
    _release_under(released, env)
    assert snapshot(other) == before


@pytest.mark.slow
def test_languages_pagers_and_editors_change_nothing(released: Repo) -> None:
    """Case 35: no translated text is parsed, nothing waits for a person."""
    env = {
        "LC_ALL": "de_DE",
        "LANG": "de_DE",
        "LANGUAGE": "de",
        "PAGER": "false",
        "GIT_PAGER": "false",
        "GIT_EDITOR": "false",
        "EDITOR": "false",
        "GIT_ASKPASS": "false",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_TRACE": "1",
        "GIT_LITERAL_PATHSPECS": "0",
        "GIT_ICASE_PATHSPECS": "1",
        "TZ": "Asia/Kathmandu",
        "COLUMNS": "20",
        "FORCE_COLOR": "1",
    }
    _release_under(released, env)


HOSTILE_SETTINGS = {
    "core.quotePath": "true",
    "core.autocrlf": "true",
    "core.safecrlf": "true",
    "core.ignoreCase": "true",
    "core.fileMode": "false",
    "core.splitIndex": "true",
    "core.untrackedCache": "true",
    "core.commentChar": "H",
    "core.abbrev": "4",
    "core.logAllRefUpdates": "always",
    "core.pager": "false",
    "core.editor": "false",
    "color.ui": "always",
    "column.ui": "always",
    "diff.external": "false",
    "diff.noprefix": "true",
    "diff.renames": "copies",
    "diff.ignoreSubmodules": "all",
    "status.showUntrackedFiles": "no",
    "status.relativePaths": "true",
    "log.showSignature": "true",
    "tag.sort": "-version:refname",
    "tag.forceSignAnnotated": "false",
    "i18n.commitEncoding": "ISO-8859-1",
    "i18n.logOutputEncoding": "ISO-8859-1",
    "commit.cleanup": "strip",
    "commit.template": "nothing-here",
    "commit.verbose": "true",
    "push.followTags": "false",
    "init.defaultBranch": "x y",
    "index.version": "4",
    "feature.manyFiles": "true",
    "safe.bareRepository": "explicit",
    "transfer.hideRefs": "refs/tags",
    "gc.auto": "0",
    "advice.detachedHead": "true",
    "alias.update-ref": "!false",
    "alias.tag": "!false",
}


@pytest.mark.slow
def test_settings_of_git_change_nothing_in_a_release(released: Repo) -> None:
    """Case 35."""
    for name, value in HOSTILE_SETTINGS.items():
        released.git("config", name, value)
    released.write(FILE, revised("hostile"))
    released.hotpass(
        "version", "--bump", "patch", "--tag", "--description", "Grüße", "--dataset", "refined_data"
    )
    released.hotpass("version", "--status", "--check", "--dataset", "refined_data")
    released.hotpass("restore", "refined_data@1.0.0")
    released.hotpass("restore", "data@1.0.0")
    assert released.files(FOLDER) == FOLDER_BYTES["1.0.0"]
    released.hotpass("restore", "refined_data@1.1.1")
    released.hotpass("restore", "data@1.1.0")
    assert released.status() == ""
    for name in HOSTILE_SETTINGS:
        released.git("config", "--unset-all", name)
    _agrees(released, "refined_data", "1.1.1", FILE, released.digest(FILE))
    assert "Grüße" in released.git("log", "-1", "--format=%B").stdout
    assert released.git("fsck", "--strict").code == 0
    assert released.status() == ""


def _hook(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_hooks_for_commits_are_not_run_and_do_not_matter(released: Repo, tmp_path: Path) -> None:
    """Case 35: a release is not a commit somebody made by hand; hooks by core.hooksPath included."""
    ran = tmp_path / "ran"
    for name in (
        "pre-commit",
        "commit-msg",
        "prepare-commit-msg",
        "post-commit",
        "post-checkout",
        "post-index-change",
    ):
        _hook(tmp_path / "hooks", name, f"echo {name} >> '{ran}'; exit 1")
    released.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    released.write(FILE, revised("new"))
    released.hotpass(*_BUMP)
    assert released.tags()[-1] == "refined_data-v1.1.1"
    assert not ran.exists() or set(ran.read_text().split()) <= {"post-index-change"}


def test_a_hook_that_forbids_the_move_of_refs_stops_the_release_whole(released: Repo, tmp_path: Path) -> None:
    """Case 35: reference-transaction is asked before anything moves."""
    _hook(tmp_path / "hooks", "reference-transaction", 'test "$1" != prepared')
    released.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    released.write(FILE, revised("new"))
    before = snapshot(released)
    code, _ = _error(released, *_BUMP)
    assert code == 8
    now = snapshot(released)
    # The bytes may be in the store: they are named by their content, and nothing points at them.
    files = now["files"]
    assert isinstance(files, dict)
    for path in set(files) - set(before["files"]):  # type: ignore[call-overload]
        assert path.startswith(".dvc/cache/")
        del files[path]
    assert now == before


def test_run_inside_a_hook_of_another_repository_it_acts_on_the_one_that_is_named(
    released: Repo, tmp_path: Path
) -> None:
    """Case 35: git sets GIT_DIR and GIT_INDEX_FILE for its hooks."""
    other = _other_repository(tmp_path)
    words = " ".join(f"'{word}'" for word in released.command(*_BUMP, "--repo-root", str(released.root)))
    _hook(other.path(".git/hooks"), "pre-commit", words)
    released.write(FILE, revised("new"))
    other.write("README.md", "changed\n")
    other.git("commit", "-qam", "change")
    assert released.tags()[-1] == "refined_data-v1.1.1"
    assert released.status() == ""
    assert other.tags() == []
    assert other.status() == ""
    assert other.git("show", "--stat", "--format=").stdout.count("|") == 1


def test_run_inside_a_pre_commit_hook_of_its_own_repository_a_release_waits_and_gives_up(
    released: Repo,
) -> None:
    """Case 35: git holds the index then; the user's commit is not disturbed."""
    words = " ".join(f"'{word}'" for word in released.command(*_BUMP, "--json", "--lock-timeout", "0.2"))
    answer = released.root.parent / "answer.json"
    _hook(released.path(".git/hooks"), "pre-commit", f"{words} > '{answer}'; exit 0")
    released.write(FILE, revised("new"))
    released.write("notes.txt", "more\n")
    released.git("commit", "-qam", "mine")
    assert json.loads(answer.read_text())["error"]["type"] == "IndexLockedError"
    assert "refined_data-v1.1.1" not in released.tags()
    assert released.git("show", "--name-only", "--format=%s").stdout.split() == ["mine", "notes.txt"]
    assert released.status() == ""


def test_run_inside_a_post_commit_hook_of_its_own_repository_a_release_works(released: Repo) -> None:
    """Case 35."""
    words = " ".join(f"'{word}'" for word in released.command(*_BUMP))
    _hook(released.path(".git/hooks"), "post-commit", words)
    released.write(FILE, revised("new"))
    released.write("notes.txt", "more\n")
    released.git("commit", "-qam", "mine")
    assert released.tags()[-1] == "refined_data-v1.1.1"
    assert released.status() == ""


NOT_READY = {
    "tags signed without a key": {"tag.gpgSign": "true", "user.signingKey": "0000000000000000"},
    "commits signed without a key": {"commit.gpgSign": "true", "user.signingKey": "0000000000000000"},
    "a signing program that is not there": {"tag.gpgSign": "true", "gpg.program": "no-such-program"},
    "a signing program that fails": {"commit.gpgSign": "true", "gpg.program": "false"},
    "an ssh key that is not there": {
        "tag.gpgSign": "true",
        "gpg.format": "ssh",
        "user.signingKey": "nowhere.pub",
    },
    "no identity": {"user.useConfigOnly": "true", "user.name": "", "user.email": ""},
}


@pytest.mark.parametrize("settings", NOT_READY.values(), ids=NOT_READY.keys())
def test_what_would_stop_git_half_way_is_found_before_anything_is_written(
    released: Repo, settings: dict[str, str]
) -> None:
    """Case 35: identity and signing; drafts need neither."""
    for name, value in settings.items():
        released.git("config", name, value)
    released.write(FILE, revised("new"))
    before = snapshot(released)
    code, error = _error(released, *_BUMP)
    assert code == 6, error
    assert error["type"] in ("SigningError", "NoIdentityError")
    assert snapshot(released) == before
    assert not list(released.path(".git/hotpass").glob("sign-*"))
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
    assert _error(released, "version", "--tag", "--dataset", "refined_data")[0] == 6


@pytest.mark.slow
def test_releases_are_signed_where_the_settings_ask_for_it(released: Repo, tmp_path: Path) -> None:
    """Case 35, the other side: a working key signs commit and tag, and the tag is read like any other."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    key = tmp_path / "key"
    released._run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], True, None, None, "", 30.0)
    (tmp_path / "allowed").write_text(f"test@example.org {key.with_suffix('.pub').read_text()}")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "tag.gpgSign": "true",
        "commit.gpgSign": "true",
        "gpg.ssh.allowedSignersFile": str(tmp_path / "allowed"),
    }.items():
        released.git("config", name, value)
    released.write(FILE, revised("new"))
    released.hotpass(*_BUMP, "--description", "signed")
    released.git("verify-tag", "refined_data-v1.1.1")
    released.git("verify-commit", "HEAD")
    _agrees(released, "refined_data", "1.1.1", FILE, released.digest(FILE))
    status = released.hotpass("version", "--json", "--status", "--dataset", "refined_data").json["datasets"][
        0
    ]
    assert (status["release"], status["tag"]) == ("released", "refined_data-v1.1.1")
    released.hotpass("restore", "refined_data@1.0.0")
    released.hotpass("restore", "refined_data@1.1.1")


# ------------------------------------------------------------ case 50: DVC's own files were never committed


def _never_committed(repo: Repo) -> Repo:
    repo.hotpass("version", "--init", "--remote", str(repo.remote), "--no-input")
    repo.git("rm", "-q", "-f", "--cached", ".dvc/config", ".dvc/.gitignore", ".dvcignore")
    repo.write("dist/table.csv", "one\n")
    repo.hotpass("version", "--add", "dist/table.csv")
    return repo


@pytest.mark.slow
@pytest.mark.parametrize("unborn", [False, True])
def test_a_release_takes_dvcs_own_files_along_and_a_fresh_clone_of_the_tag_restores(
    repo: Repo, tmp_path: Path, unborn: bool
) -> None:
    """Case 50: also where the release is the first commit of all."""
    if unborn:
        shutil.rmtree(repo.path(".git"))
        repo.git("init", "-q")
    _never_committed(repo)
    repo.hotpass("version", "--set", "1.0.0", "--tag")
    listed = repo.git("ls-tree", "-r", "--name-only", "table-v1.0.0").stdout.split()
    assert {".dvc/config", ".dvc/.gitignore", ".dvcignore", "dist/.gitignore", "dist/table.csv.dvc"} <= set(
        listed
    )
    repo.dvc("push", "-q")
    clone = Repo(tmp_path / "clone", repo.remote)
    repo.git("clone", "-q", "--branch", "table-v1.0.0", str(repo.root), str(clone.root))
    clone.dvc("pull", "-q")
    assert clone.read("dist/table.csv") == b"one\n"
    assert clone.status() == ""


def test_uncommitted_changes_to_dvcs_files_are_named_and_left(released: Repo) -> None:
    """Case 50's neighbour: the user's settings are the user's to commit."""
    released.dvc("remote", "add", "-q", "second", "../second")
    config = released.read(".dvc/config")
    committed = released.git("show", "HEAD:.dvc/config").stdout
    released.write(FILE, revised("new"))
    answer = released.hotpass(*_BUMP)
    assert ".dvc/config" in answer.stderr
    assert released.git("show", "HEAD:.dvc/config").stdout == committed
    assert released.read(".dvc/config") == config
    assert released.status() == " M .dvc/config\n"


@pytest.mark.parametrize(
    "text",
    [
        "['remote \"storage\"']\n    url = s3://bucket/x\n    secret_access_key = hush-hush\n",
        "['remote \"storage\"']\n    url = ssh://me:hush-hush@example.org/x\n",
        "['remote \"storage\"']\n    url = azure://c/x\n    connection_string = hush-hush\n",
    ],
)
def test_a_config_with_a_secret_is_not_committed_by_a_release(repo: Repo, text: str) -> None:
    """Case 50 meets case 43: refused before anything is written, and the secret is not repeated."""
    _never_committed(repo)
    repo.write(".dvc/config", text)
    before = snapshot(repo)
    answer = repo.hotpass("version", "--set", "1.0.0", "--tag", check=False)
    assert answer.code == 10, answer
    assert "hush-hush" not in answer.stdout + answer.stderr
    assert snapshot(repo) == before


# --------------------------------------------- case 51: history that came here without its tags, or was rewritten


def test_no_tag_is_made_up_for_commits_that_came_without_it(released: Repo, tmp_path: Path) -> None:
    """Case 51: a clone without tags answers from the pointer and refuses to number."""
    clone = Repo(tmp_path / "clone", released.remote)
    released.git("clone", "-q", "--no-tags", str(released.root), str(clone.root))
    assert clone.hotpass("version", "--get", "refined_data").stdout == "1.1.0\n"
    assert clone.hotpass("version", "--status").code == 0
    clone.write(FILE, revised("new"))
    for args in (
        _BUMP,
        ["version", "--bump", "patch", "--dataset", "refined_data"],
        ["version", "--tag", "--dataset", "data"],
    ):
        code, error = _error(clone, *args)
        assert (code, error["type"]) == (6, "TagsMissingError")
        assert "git fetch --tags" in error["hint"]
    assert clone.tags() == []
    clone.git("fetch", "-q", "--tags")
    clone.hotpass(*_BUMP)
    assert "refined_data-v1.1.1" in clone.tags()


@pytest.mark.parametrize("how", ["cherry-pick", "rebase", "squash"])
def test_rewritten_release_commits_make_no_tags_and_confuse_nobody(released: Repo, how: str) -> None:
    """Case 51: only the journal of this repository is acted on."""
    released.git("switch", "-q", "-c", "side", "HEAD~1")
    released.write("mine.txt", "mine\n")
    released.commit("mine", "mine.txt")
    tags = released.tags()
    if how == "cherry-pick":
        released.git("cherry-pick", "main")
    elif how == "rebase":
        released.git("rebase", "-q", "main")
    else:
        released.git("merge", "-q", "--squash", "main")
        released.git("commit", "-qm", "squashed")
    assert released.tags() == tags
    released.hotpass("restore", "data@1.1.0")
    released.write(FILE, revised("new"))
    released.hotpass(*_BUMP)
    assert sorted(set(released.tags()) - set(tags)) == ["refined_data-v1.1.1"]


# --------------------------------------------------------- the user's unfinished work in the same files


@pytest.mark.parametrize("rule", ["", "dist/\n"])
def test_unfinished_changes_to_ignore_files_stay_the_users(initialised: Repo, rule: str) -> None:
    """Issue A, "Done when": staged and unstaged other work, that in `.gitignore` included."""
    repo = initialised
    repo.write(".gitignore", f"*.log\n{rule}")
    repo.write(".dvcignore", "*.old\n")
    repo.commit("rules")
    repo.write(".gitignore", f"*.log\n{rule}staged/\n")
    repo.write(".dvcignore", "*.old\n*.staged\n")
    repo.git("add", ".gitignore", ".dvcignore")
    repo.write(".gitignore", f"*.log\n{rule}staged/\nunstaged/\n")
    repo.write(".dvcignore", "*.old\n*.staged\n*.unstaged\n")
    repo.write("dist/refined_data.xlsx", "bytes\n")
    repo.fill("raw", {"a.csv": b"a\n", "~$a.csv": b"lock\n"})
    for path, name in (("dist/refined_data.xlsx", "refined_data"), ("raw", "raw")):
        repo.hotpass("version", "--add", path)
        repo.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", name)
        repo.hotpass("version", "--bump", "patch", "--tag", "--dataset", name)
        repo.hotpass("restore", f"{name}@1.0.0")
    for path, ours in ((".gitignore", "/raw"), (".dvcignore", "~$*")):
        head, index = repo.git("show", f"HEAD:{path}").stdout, repo.git("show", f":{path}").stdout
        work = repo.read(path).decode()
        words = [{line.strip("*./") for line in text.splitlines()} for text in (head, index, work)]
        assert [("staged" in found, "unstaged" in found) for found in words] == [
            (False, False),
            (True, False),
            (True, True),
        ]
        assert all(ours in text.splitlines() for text in (head, index, work))
    # A fresh clone of the release sees the pointers and hides the data by HEAD's rules alone.
    clone = Repo(repo.root.parent / "clone", repo.remote)
    repo.git("clone", "-q", str(repo.root), str(clone.root))
    clone.write("raw/a.csv", "a\n")
    clone.write("dist/refined_data.xlsx", "bytes\n")
    assert clone.status() == ""
    assert clone.hotpass("version", "--status", "--check").code == 0


# ----------------------------------------------------------------- case 26: a merge conflict in one pointer


def test_a_conflict_in_one_pointer_stops_that_dataset_alone(released: Repo) -> None:
    """Case 26: both hashes are named, no side is chosen."""
    digests = []
    for branch in ("left", "right"):
        released.git("switch", "-q", "-c", branch, "main")
        released.hotpass("restore", "refined_data@1.1.0")
        released.write(FILE, revised(f"{branch}"))
        released.hotpass("version", "--set", "2.0.0", "--dataset", "refined_data")
        digests.append(released.digest(FILE))
        released.commit(branch)
    assert released.git("merge", "-q", "left", check=False).code == 1
    before = snapshot(released)
    code, error = _error(released, *_BUMP)
    assert (code, error["type"]) == (8, "UnmergedError")
    assert all(md5 in error["message"] for md5 in digests)
    assert snapshot(released) == before
    released.write(f"{FOLDER}/north.csv", "a,b\n1,9\n")
    assert released.hotpass("version", "--get", "data").stdout == "1.1.0\n"
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "data")
    assert "data-v1.1.1" in released.tags()
