"""What may be tracked and what may not: FAULTS cases 32 and 38, and the ignore rules of `dist/`."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.repository import FILE, FOLDER, Repo
from harness.snapshots import snapshot, tree

# ------------------------------------------------------------------------------- case 32: distinct refusals


@dataclass(frozen=True)
class Refusal:
    """A state in which a path must not be tracked: how to make it, the path, and the answer."""

    make: Callable[[Repo], None]
    path: str
    error: str
    says: str
    cure: str
    code: int = 10


def _in_git(repo: Repo) -> None:
    repo.write("table.csv", "a\n")
    repo.commit("by git")


def _folder_in_git(repo: Repo) -> None:
    repo.write("raw/a.csv", "a\n")
    repo.write("raw/b.csv", "b\n")
    repo.commit("by git", "raw/a.csv")


def _in_dataset(repo: Repo) -> None:
    repo.write(f"{FOLDER}/more.csv", "a\n")


def _around_dataset(repo: Repo) -> None:
    repo.write("dist/else.csv", "a\n")


def _dvc_ignored(repo: Repo) -> None:
    repo.write("scratch/table.csv", "a\n")
    repo.write(".dvcignore", "/scratch/\n")


def _dvc_ignored_below(repo: Repo) -> None:
    repo.write("scratch/table.csv", "a\n")
    repo.write("scratch/.dvcignore", "*.csv\n")


def _only_ignored_files(repo: Repo) -> None:
    repo.write("scratch/table.tmp", "a\n")
    repo.write(".dvcignore", "*.tmp\n")


def _stage_out(repo: Repo) -> None:
    repo.write("made/table.csv", "a\n")
    repo.write(
        "dvc.yaml", "stages:\n  make:\n    cmd: touch made/table.csv\n    outs:\n    - made/table.csv\n"
    )


def _stage_out_folder(repo: Repo) -> None:
    repo.write("made/table.csv", "a\n")
    repo.write(
        "pipe/dvc.yaml",
        "stages:\n  make:\n    cmd: echo\n    wdir: ..\n    outs:\n    - made:\n        cache: true\n",
    )


def _nested_project(repo: Repo) -> None:
    repo.write("team/.dvc/config", "")
    repo.write("team/table.csv", "a\n")


def _global_rule(repo: Repo) -> None:
    repo.write("out/table.csv", "a\n")
    rules = repo.root.parent / "global-ignore"
    rules.write_text("out/\n")
    repo.git("config", "core.excludesFile", str(rules))


def _info_exclude(repo: Repo) -> None:
    repo.write("out/table.csv", "a\n")
    repo.write(".git/info/exclude", "*.dvc\n")


def _outside(repo: Repo) -> None:
    (repo.root.parent / "outside.csv").write_text("a\n")


def _parent_link(repo: Repo) -> None:
    (repo.root.parent / "elsewhere").mkdir()
    (repo.root.parent / "elsewhere" / "table.csv").write_text("a\n")
    repo.path("link").symlink_to(repo.root.parent / "elsewhere")


def _name_taken(repo: Repo) -> None:
    repo.write("other/Refined_Data.csv", "a\n")


def _submodule(repo: Repo) -> None:
    other = repo.root.parent / "other"
    other.mkdir()
    inner = Repo(other, repo.remote)
    inner.git("init", "-q")
    inner.write("table.csv", "a\n")
    inner.commit("start")
    repo.git("submodule", "add", "-q", str(other), "sub")
    repo.write("sub/new.csv", "a\n")


def _embedded(repo: Repo) -> None:
    repo.path("inner").mkdir()
    Repo(repo.path("inner"), repo.remote).git("init", "-q")
    repo.write("inner/new.csv", "a\n")


REFUSALS = {
    "file tracked by git": Refusal(_in_git, "table.csv", "GitTrackedError", "tracked by git", "git rm"),
    "folder with files in git": Refusal(
        _folder_in_git, "raw", "GitTrackedError", "(1 file(s))", "git rm -r --cached"
    ),
    "inside another dataset": Refusal(
        _in_dataset,
        f"{FOLDER}/more.csv",
        "OverlapError",
        "overlaps with the dataset 'data'",
        "one of the two",
    ),
    "around another dataset": Refusal(
        _around_dataset, "dist", "OverlapError", "'refined_data'", "one of the two"
    ),
    "left out by .dvcignore": Refusal(
        _dvc_ignored, "scratch/table.csv", "DvcIgnoredError", ".dvcignore", "remove the rule"
    ),
    "left out by a .dvcignore below": Refusal(
        _dvc_ignored_below, "scratch/table.csv", "DvcIgnoredError", ".dvcignore", "remove the rule"
    ),
    "folder left out by .dvcignore": Refusal(
        _dvc_ignored, "scratch", "DvcIgnoredError", ".dvcignore", "remove the rule"
    ),
    "folder of nothing but ignored files": Refusal(
        _only_ignored_files, "scratch", "DvcIgnoredError", ".dvcignore", "remove the rule"
    ),
    "output of dvc.yaml": Refusal(
        _stage_out, "made/table.csv", "DvcYamlOutError", "output in dvc.yaml", "dvc repro"
    ),
    "folder with an output of dvc.yaml": Refusal(
        _stage_out, "made", "DvcYamlOutError", "output in dvc.yaml", "dvc repro"
    ),
    "inside an output folder of a dvc.yaml elsewhere": Refusal(
        _stage_out_folder, "made/table.csv", "DvcYamlOutError", "pipe/dvc.yaml", "dvc repro"
    ),
    "in a nested DVC project": Refusal(
        _nested_project, "team/table.csv", "InNestedProjectError", "DVC project in team", "track it there"
    ),
    "a nested DVC project itself": Refusal(
        _nested_project, "team", "InNestedProjectError", "DVC project in team", "track it there"
    ),
    "hidden by a global rule": Refusal(
        _global_rule, "out/table.csv", "IgnoredElsewhereError", "'out/' in", "remove that rule"
    ),
    "hidden by .git/info/exclude": Refusal(
        _info_exclude, "out/table.csv", "IgnoredElsewhereError", "info/exclude", "remove that rule"
    ),
    "outside the repository": Refusal(
        _outside, "../outside.csv", "OutsideError", "not inside", "copy the data"
    ),
    "behind a link that leads outside": Refusal(
        _parent_link, "link/table.csv", "OutsideError", "not inside", "copy the data"
    ),
    "name taken but for case": Refusal(
        _name_taken, "other/Refined_Data.csv", "NameTakenError", "'refined_data'", "--dataset", code=8
    ),
    "in a submodule": Refusal(_submodule, "sub/new.csv", "OtherRepositoryError", "sub", "--repo-root sub"),
    "a submodule itself": Refusal(_submodule, "sub", "OtherRepositoryError", "sub", "--repo-root sub"),
    "in an embedded repository": Refusal(
        _embedded, "inner/new.csv", "OtherRepositoryError", "inner", "--repo-root inner"
    ),
    "an embedded repository itself": Refusal(
        _embedded, "inner", "OtherRepositoryError", "inner", "--repo-root inner"
    ),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS.keys())
def test_what_something_else_claims_is_refused_by_name_with_its_cure_and_nothing_changes(
    tracked: Repo, case: Refusal
) -> None:
    """Case 32."""
    case.make(tracked)
    before = snapshot(tracked)
    answer = tracked.hotpass("version", "--json", "--add", case.path, check=False)
    assert answer.code == case.code, answer
    error = answer.json["error"]
    assert error["type"] == case.error
    assert case.says in error["message"]
    assert case.cure in error["hint"]
    assert snapshot(tracked) == before


def test_the_refusals_are_distinct() -> None:
    """Case 32: each kind has a message of its own."""
    kinds = {case.error for case in REFUSALS.values()}
    assert len(kinds) >= 8


def test_a_pipelines_output_stays_usable_by_dvc_after_the_refusal(tracked: Repo) -> None:
    """Case 32: a hand-written pointer for an output of dvc.yaml would break `dvc repro`."""
    _stage_out(tracked)
    tracked.hotpass("version", "--add", "made/table.csv", check=False)
    tracked.dvc("repro", "-q")


# ---------------------------------------------------------------- case 32: dist/ ignored by the repository's rule


VARIANTS = {
    "dist/": (".gitignore", "dist/\n", "dist"),
    "/dist/": (".gitignore", "/dist/\n", "dist"),
    "/dist": (".gitignore", "/dist\n", "dist"),
    "dist": (".gitignore", "dist\n", "dist"),
    "dist/*": (".gitignore", "dist/*\n", "dist"),
    "/dist/*": (".gitignore", "/dist/*\n", "dist"),
    "dist/**": (".gitignore", "dist/**\n", "dist"),
    "**/dist": (".gitignore", "**/dist\n", "dist"),
    "**/dist/": (".gitignore", "**/dist/\n", "dist"),
    "* in dist/.gitignore": ("dist/.gitignore", "*\n", "dist"),
    "/* in dist/.gitignore": ("dist/.gitignore", "/*\n", "dist"),
    "nested dist/sub by dist/": (".gitignore", "dist/\n", "dist/sub"),
    "nested dist/sub by dist/*": (".gitignore", "dist/*\n", "dist/sub"),
    "nested dist/sub by /dist/sub/": (".gitignore", "/dist/sub/\n", "dist/sub"),
    "nested dist/sub by dist/sub/*": (".gitignore", "dist/sub/*\n", "dist/sub"),
    "nested dist/sub by * in dist/.gitignore": ("dist/.gitignore", "*\n", "dist/sub"),
    "among other rules, CRLF": (".gitignore", "*.log\r\ndist/\r\nbuild/\r\n", "dist"),
    "with a trailing space": (".gitignore", "dist/ \n", "dist"),
    "twice": (".gitignore", "dist/\n/dist\n", "dist"),
    "spelled with a wildcard": (".gitignore", "dis[t]/\n", "dist"),
    "*.dvc": (".gitignore", "*.dvc\n", "dist"),
    "*.json": (".gitignore", "*.json\n", "dist"),
    "everything but": (".gitignore", "/*\n!/README.md\n!/.gitignore\n!/.dvc\n!/.dvcignore\n", "dist"),
    "* and exceptions for text": (
        ".gitignore",
        "*\n!*.txt\n!*.md\n!.gitignore\n!.dvcignore\n!.dvc/\n!.dvc/config\n",
        "dist",
    ),
}


@pytest.mark.parametrize(("file", "rules", "folder"), VARIANTS.values(), ids=VARIANTS.keys())
def test_data_in_a_folder_the_repository_ignores_can_be_tracked_and_nothing_else_there_shows(
    initialised: Repo, file: str, rules: str, folder: str
) -> None:
    """Case 32: proved by `git check-ignore` and by DVC's own view."""
    repo = initialised
    path = f"{folder}/refined_data.xlsx"
    for other in (
        "notes.txt",
        f"{folder}/draft.xlsx",
        f"{folder}/deep/er.txt",
        "keep.log",
        "packages/web/dist/bundle.js",
    ):
        repo.write(other, "other\n")
    repo.write(path, "bytes\n")
    repo.write(file, rules)
    shown = {".gitignore", "dist/.gitignore", f"{folder}/.gitignore"}
    ignored_before = _ignored(repo) - shown
    untracked_before = set(_untracked(repo))
    answer = repo.hotpass("version", "--add", path)
    assert not _is_ignored(repo, f"{path}.dvc")
    assert not _is_ignored(repo, f"{path}.version.json")
    assert _is_ignored(repo, path)
    # All that was ignored still is, and what was seen still is seen.
    assert ignored_before <= _ignored(repo)
    assert set(_untracked(repo)) - untracked_before <= {f"{path}.dvc", *shown}
    assert untracked_before - {path} <= set(_untracked(repo))
    assert path in _seen_by_dvc(repo)
    assert "wrote to" in answer.stdout
    assert f"{path}.dvc" in next(line for line in answer.stdout.splitlines() if "git add" in line)


@pytest.mark.parametrize("rule", ["dist/", "dist/*", "/dist"])
def test_the_rule_becomes_the_form_that_git_and_dvc_both_accept(initialised: Repo, rule: str) -> None:
    """Case 32: the exact lines ARCHITECTURE and FAULTS name, printed."""
    initialised.write(".gitignore", f"*.log\n{rule}\nbuild/\n")
    initialised.write("dist/refined_data.xlsx", "bytes\n")
    answer = initialised.hotpass("version", "--add", "dist/refined_data.xlsx")
    lines = initialised.read(".gitignore").decode().splitlines()
    # What `dist/` says of folders of that name elsewhere, it goes on saying.
    elsewhere = ["/*/**/dist/"] if rule == "dist/" else []
    assert lines == ["*.log", *elsewhere, "dist/?*", "!dist/*.dvc", "!dist/*.version.json", "build/"]
    for line in lines[1:-1]:
        assert f"wrote to .gitignore: {line}" in answer.stdout


@pytest.mark.slow
@pytest.mark.parametrize("key", ["dist/", "* in dist/.gitignore", "nested dist/sub by dist/", "twice"])
def test_a_release_from_an_ignored_folder_comes_back_in_a_fresh_clone_by_git_and_dvc(
    initialised: Repo, key: str
) -> None:
    """Case 32: the rules travel with the release although nobody ran `git add`."""
    file, rules, folder = VARIANTS[key]
    repo, path = initialised, f"{folder}/refined_data.xlsx"
    repo.write(file, rules)
    repo.git("add", "-f", file)
    repo.git("commit", "-qm", "rules")
    repo.write(path, "one\n")
    repo.hotpass("version", "--add", path)
    repo.hotpass("version", "--set", "1.0.0", "--tag")
    repo.dvc("push", "-q")
    assert repo.status() == ""
    clone = Repo(repo.root.parent / "clone", repo.remote)
    repo.git("clone", "-q", str(repo.root), str(clone.root))
    clone.git("checkout", "-q", "refined_data-v1.0.0")
    clone.dvc("pull", "-q")
    assert clone.read(path) == b"one\n"
    assert clone.status() == ""


def test_tracking_again_writes_no_rule_twice(initialised: Repo) -> None:
    initialised.write(".gitignore", "dist/\n")
    initialised.write("dist/refined_data.xlsx", "one\n")
    initialised.hotpass("version", "--add", "dist/refined_data.xlsx")
    before = snapshot(initialised)
    answer = initialised.hotpass("version", "--json", "--add", "dist/refined_data.xlsx")
    assert answer.json["already"] is True
    assert snapshot(initialised) == before


def test_a_second_dataset_in_an_ignored_folder_needs_no_more_rules(initialised: Repo) -> None:
    initialised.write(".gitignore", "dist/\n")
    initialised.write("dist/refined_data.xlsx", "one\n")
    initialised.write("dist/second.csv", "two\n")
    initialised.hotpass("version", "--add", "dist/refined_data.xlsx")
    rules = initialised.read(".gitignore")
    initialised.hotpass("version", "--add", "dist/second.csv")
    assert initialised.read(".gitignore") == rules
    assert _is_ignored(initialised, "dist/second.csv")
    assert not _is_ignored(initialised, "dist/second.csv.dvc")


def _seen_by_dvc(repo: Repo) -> list[str]:
    """The outputs in DVC's own index of the repository."""
    from dvc.repo import Repo as DvcRepo  # a third of a second to load, once for all tests

    with DvcRepo(str(repo.root)) as opened:
        return [Path(out.fs_path).relative_to(repo.root).as_posix() for out in opened.index.outs]


def _ignored(repo: Repo) -> set[str]:
    listed = repo.git("ls-files", "-z", "--others", "--ignored", "--exclude-standard").stdout
    return {name for name in listed.split("\0") if name and not name.startswith(".dvc/")}


def _untracked(repo: Repo) -> list[str]:
    listed = repo.git("ls-files", "-z", "--others", "--exclude-standard").stdout
    return [name for name in listed.split("\0") if name]


def _is_ignored(repo: Repo, path: str) -> bool:
    return repo.git("check-ignore", "-q", "--no-index", path, check=False).code == 0


# ----------------------------------------------------------------------- FIFOs, sockets, devices and links


def _fifo(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    # A socket's path may have 107 bytes at most, a temporary folder's is longer: it is bound by its name alone.
    before = Path.cwd()
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place.name)
    finally:
        os.chdir(before)


def _device(place: Path) -> None:
    try:
        os.mknod(place, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device needs a privilege that this user does not have")


def _link_outside(place: Path) -> None:
    outside = place.parent.parent.parent / "outside.csv"
    outside.write_text("not yours\n")
    place.symlink_to(outside)


def _link_nowhere(place: Path) -> None:
    place.symlink_to("nothing-here")


def _link_loop(place: Path) -> None:
    place.symlink_to(place.name)


def _link_to_folder(place: Path) -> None:
    folder = place.parent.parent / "a-folder"
    folder.mkdir()
    (folder / "x.csv").write_text("x\n")
    place.symlink_to(folder)


def _link_to_folder_outside(place: Path) -> None:
    folder = place.parent.parent.parent / "a-folder-outside"
    folder.mkdir()
    (folder / "x.csv").write_text("x\n")
    place.symlink_to(folder)


ODD = {
    "FIFO": (_fifo, "a FIFO", "out of the folder"),
    "socket": (_socket, "a socket", "out of the folder"),
    "device": (_device, "a device", "out of the folder"),
    "link that leads outside": (_link_outside, "out of the repository", "copy"),
    "link that leads nowhere": (_link_nowhere, "nowhere", "remove the link"),
    "link to itself": (_link_loop, "nowhere", "remove the link"),
    "link to a folder outside": (_link_to_folder_outside, "out of the repository", "copy"),
}


@pytest.mark.parametrize("where", ["in a folder", "by itself"])
@pytest.mark.parametrize(("make", "says", "cure"), ODD.values(), ids=ODD.keys())
def test_what_is_no_file_is_refused_by_name_at_once(
    initialised: Repo, make: Callable[[Path], None], says: str, cure: str, where: str
) -> None:
    """Case 38: nothing hangs, nothing outside is read, nothing changes."""
    repo = initialised
    repo.write("raw/good.csv", "a\n")
    make(repo.path("raw/odd.csv"))
    before = snapshot(repo)
    started = time.monotonic()
    answer = repo.hotpass(
        "version", "--json", "--add", "raw" if where == "in a folder" else "raw/odd.csv", check=False
    )
    assert time.monotonic() - started < 1.0
    assert answer.code == 10, answer
    error = answer.json["error"]
    assert error["type"] == "UnsafeFileError"
    assert "raw/odd.csv" in error["message"]
    assert says in error["message"]
    assert cure in error["hint"]
    assert snapshot(repo) == before
    assert not repo.path(".dvc/cache/files").exists()


def test_a_link_to_a_folder_inside_a_dataset_is_refused(initialised: Repo) -> None:
    """Case 38."""
    initialised.write("raw/good.csv", "a\n")
    _link_to_folder(initialised.path("raw/odd"))
    answer = initialised.hotpass("version", "--json", "--add", "raw", check=False)
    assert answer.code == 10
    assert "link to a directory" in answer.json["error"]["message"]


def test_a_link_to_a_file_of_the_repository_is_versioned_as_the_file(initialised: Repo) -> None:
    """Case 38: the bytes are the dataset; a restore puts a file there."""
    initialised.write("raw/good.csv", "good\n")
    initialised.write("shared.csv", "shared\n")
    initialised.path("raw/linked.csv").symlink_to("../shared.csv")
    initialised.hotpass("version", "--add", "raw")
    initialised.hotpass("version", "--set", "1.0.0", "--tag")
    initialised.hotpass("restore", "raw@1.0.0")
    assert initialised.read("raw/linked.csv") == b"shared\n"
    assert initialised.read("shared.csv") == b"shared\n"


# ------------------------------------------------------------------------------ lock files and system files


def test_lock_and_system_files_are_left_out_by_printed_rules_and_survive_dvc(initialised: Repo) -> None:
    """DVC-FACTS: files left out of a listing but not by .dvcignore would be deleted by `dvc checkout -f`."""
    repo = initialised
    junk = ["~$book.xlsx", ".DS_Store", "sub/Thumbs.db", "sub/desktop.ini", ".~lock.book.ods#"]
    repo.write("raw/book.xlsx", "book\n")
    for name in junk:
        repo.write(f"raw/{name}", "junk\n")
    answer = repo.hotpass("version", "--add", "raw")
    assert "wrote to .dvcignore: ~$*" in answer.stdout
    assert "1 file" in answer.stdout
    assert "up to date" in repo.dvc("status").stdout
    repo.dvc("checkout", "-q", "-f")
    assert repo.read("raw/book.xlsx") == b"book\n"
    assert all(repo.path(f"raw/{name}").exists() for name in junk)


def test_the_printed_line_records_everything_that_was_written(initialised: Repo) -> None:
    """CLI.md: `--add` prints the whole `git add` line, ignore files included."""
    repo = initialised
    repo.write(".gitignore", "dist/\n")
    repo.commit("rules")
    repo.write("dist/it's here/refined data.csv", "x\n")
    repo.write("raw/book.xlsx", "book\n")
    for args in (["dist/it's here/refined data.csv", "--dataset", "refined_data"], ["raw"]):
        answer = repo.hotpass("version", "--add", *args)
        line = next(line for line in answer.stdout.splitlines() if "git add" in line)
        command = line[line.index("git add") :]
        repo._run(["sh", "-c", command], True, None, None, "", 10.0)
    repo.git("commit", "-qm", "track")
    assert repo.status() == ""


# ----------------------------------------------------------------------------------- names of files (case 38)


NAMES = [
    "with space.csv",
    "quote'and\"double.csv",
    "#hash.csv",
    "!bang.csv",
    "[1].csv",
    "a:b.csv",
    "st*r?.csv",
    "back\\slash.csv",
    "Überraschung-数据-é.csv",
    "-dash.csv",
    "--help",
    "~tilde.csv",
    "$HOME.csv",
    "%s{0}.csv",
    "yes",
    "123",
    "null.csv",
    "key: value.csv",
    "- item.csv",
    "tab-free,comma;semi.csv",
    "@at.csv",
    "n" * 230 + ".csv",
]


@pytest.mark.parametrize("name", NAMES, ids=[name[:20] for name in NAMES])
def test_readable_names_round_trip_and_are_ignored_exactly(initialised: Repo, name: str) -> None:
    """Case 38: by `git check-ignore`, and a neighbour that a careless pattern would match stays visible."""
    repo = initialised
    repo.write(f"box/{name}", "data\n")
    neighbours = ["box/st-r-.csv", "box/1.csv", "box/other"]
    for neighbour in neighbours:
        repo.write(neighbour, "n\n")
    repo.hotpass("version", "--dataset", "odd", f"--add=box/{name}")
    repo.hotpass("version", "--set", "1.0.0", "--tag")
    assert f"box/{name}" in _ignored(repo)
    assert not set(neighbours) & _ignored(repo)
    repo.path(f"box/{name}").unlink()
    repo.hotpass("restore", "odd@1.0.0")
    assert repo.read(f"box/{name}") == b"data\n"
    assert set(tree(repo.path("box"))) >= {name, f"{name}.dvc", f"{name}.version.json"}


@pytest.mark.slow
def test_odd_names_come_back_in_a_fresh_clone_by_git_and_dvc(initialised: Repo) -> None:
    """Case 38: what Hotpass wrote for them, git and DVC read."""
    repo = initialised
    names = [name for name in NAMES if name != "back\\slash.csv"]
    for number, name in enumerate(names):
        repo.write(f"box/{name}", f"data {number}\n")
        repo.hotpass("version", "--dataset", f"odd{number}", f"--add=box/{name}")
    repo.write("raw/sub [1]/it's #1.csv", "member\n")
    repo.hotpass("version", "--add", "raw")
    repo.commit("odd names")
    repo.dvc("push", "-q")
    clone = Repo(repo.root.parent / "clone", repo.remote)
    repo.git("clone", "-q", str(repo.root), str(clone.root))
    clone.dvc("pull", "-q")
    assert [clone.read(f"box/{name}") for name in names] == [
        f"data {n}\n".encode() for n in range(len(names))
    ]
    assert clone.read("raw/sub [1]/it's #1.csv") == b"member\n"
    assert clone.status() == ""


@pytest.mark.parametrize("name", ["new\nline.csv", "trailing ", "bell\x07.csv", "n" * 250])
def test_names_that_no_ignore_file_could_say_are_refused(initialised: Repo, name: str) -> None:
    """Case 38."""
    initialised.write(f"box/{name}", "data\n")
    before = snapshot(initialised)
    answer = initialised.hotpass("version", "--json", "--dataset", "odd", "--add", f"box/{name}", check=False)
    assert answer.code == 2, answer
    assert answer.json["error"]["type"] == "BadPathError"
    assert snapshot(initialised) == before


def test_a_name_that_is_not_utf8_is_refused(initialised: Repo) -> None:
    """Case 38: no pointer could hold it."""
    folder = initialised.path("raw")
    folder.mkdir()
    with open(os.path.join(os.fsencode(folder), b"caf\xe9.csv"), "wb") as file:
        file.write(b"x\n")
    for path in ("raw", os.fsdecode(b"raw/caf\xe9.csv")):
        answer = initialised.hotpass("version", "--json", "--dataset", "odd", "--add", path, check=False)
        assert answer.code in (2, 10), answer
        assert "not UTF-8" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "path", ["missing.csv", ".", ".git/config", ".dvc/config", ".gitignore", f"{FILE}.dvc"]
)
def test_what_can_be_no_dataset_is_refused(tracked: Repo, path: str) -> None:
    """Case 38."""
    before = snapshot(tracked)
    answer = tracked.hotpass("version", "--json", "--add", path, check=False)
    assert answer.code == (3 if path == "missing.csv" else 2), answer
    assert answer.json["error"]["hint"]
    assert snapshot(tracked) == before


def test_an_unreadable_file_is_an_error_that_names_it(initialised: Repo) -> None:
    """Case 38."""
    if os.geteuid() == 0:
        pytest.skip("the superuser can read every file")
    initialised.write("secret.csv", "x\n").chmod(0)
    answer = initialised.hotpass("version", "--json", "--add", "secret.csv", check=False)
    assert answer.code == 1
    assert "secret.csv" in answer.json["error"]["message"]


@pytest.mark.parametrize("path", ["empty.csv", "folder"])
def test_empty_files_and_folders_are_datasets_too(initialised: Repo, path: str) -> None:
    """Case 38."""
    if path == "folder":
        initialised.path(path).mkdir()
    else:
        initialised.write(path, b"")
    initialised.hotpass("version", "--add", path)
    initialised.hotpass("version", "--set", "1.0.0", "--tag")
    place = initialised.path(path)
    place.rmdir() if place.is_dir() else place.unlink()
    name = path.removesuffix(".csv")
    initialised.hotpass("restore", f"{name}@1.0.0")
    assert place.is_dir() if path == "folder" else place.read_bytes() == b""
    assert "up to date" in initialised.dvc("status").stdout


# ---------------------------------------------------------------------------------- names of datasets (case 37)

BAD_NAMES = [
    *(
        "",
        "-d",
        "--help",
        "a b",
        "a..b",
        "a@{b",
        "x.lock",
        ".x",
        "@",
        "HEAD",
        "head",
        "refs/heads/main",
        "../x",
    ),
    *(
        "a/b",
        "a\nb",
        "\x1b[31m",
        "a\0b",
        "\u202eabc",
        "n" * 300,
        "CON",
        "com1",
        "a.",
        "a ",
        "１",
        "é",
        "e\u0301",
    ),
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_a_name_that_could_do_harm_is_refused_before_any_program_is_started(tracked: Repo, name: str) -> None:
    """Case 37."""
    tracked.write("more.csv", "x\n")
    before = snapshot(tracked)
    for args in (("version", "--add", "more.csv", f"--dataset={name}"), ("version", f"--get={name}")):
        answer = tracked.hotpass(*args, "--json", "--verbose", check=False)
        assert answer.code == 2, answer
        assert answer.json["error"]["type"] == "BadDatasetNameError"
        assert answer.json["error"]["hint"]
        assert "+ git" not in answer.stderr
    assert snapshot(tracked) == before


def test_names_that_differ_in_case_alone_are_one_name_too_many(tracked: Repo) -> None:
    """Case 37: no file system or person could tell the tags apart."""
    tracked.write("more.csv", "x\n")
    answer = tracked.hotpass(
        "version", "--json", "--add", "more.csv", "--dataset", "Refined_Data", check=False
    )
    assert answer.code == 8
    assert answer.json["error"]["type"] == "NameTakenError"
    assert "refined_data" in answer.json["error"]["message"]
