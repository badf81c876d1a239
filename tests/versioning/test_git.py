"""Git: the right repository, the right answer, whatever surrounds the question."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from harness.repository import FILE, Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotpass.versioning.errors import (
    BareRepositoryError,
    NoIdentityError,
    NoRepositoryError,
    RefsMovedError,
    SigningError,
)
from hotpass.versioning.git import NO_OBJECT, Git, RefChange, clean_environment, git_version
from hotpass.versioning.gitobjects import Oid, folders_of, git_object, in_the_way, replaced, unread

ODD = [
    "a b",
    "caf\u00e9",
    "cafe\u0301",
    "-d",
    ":x",
    ":(top)x",
    "*",
    "[1]",
    "?",
    "#",
    "!x",
    'q"',
    "a\\b",
    "\u202e",
    "\x1b",
    "a\nb",
]


@pytest.fixture
def git(repo: Repo) -> Git:
    """A repository with one commit that holds README.md and notes.txt."""
    return Git.find(repo.root)


def oid_of(repo: Repo, name: str) -> Oid:
    return Oid(repo.rev(name))


# --- the right repository ----------------------------------------------------------------------------------------


def test_the_work_tree_is_found_from_any_folder_in_it(repo: Repo) -> None:
    """Case 30."""
    (repo.root / "a" / "b").mkdir(parents=True)
    for place in (repo.root, repo.root / "a", repo.root / "a" / "b"):
        found = Git.find(place)
        assert (found.top, found.directory, found.common) == (
            repo.root,
            repo.root / ".git",
            repo.root / ".git",
        )


def test_a_linked_worktree_shares_the_common_directory(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    found = Git.find(tmp_path / "linked")
    assert (found.top, found.common) == (tmp_path / "linked", repo.root / ".git")
    assert found.directory == repo.root / ".git" / "worktrees" / "linked"


def test_a_folder_without_a_repository_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoRepositoryError) as caught:
        Git.find(tmp_path)
    assert (caught.value.path, caught.value.exit_code) == (str(tmp_path), 6)
    with pytest.raises(NoRepositoryError):
        Git.find(tmp_path / "none")


@pytest.mark.parametrize("place", ["bare.git", "bare.git/objects", "repo/.git", "repo/.git/objects"])
def test_a_place_without_a_work_tree_is_named_as_such(repo: Repo, tmp_path: Path, place: str) -> None:
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    with pytest.raises(BareRepositoryError):
        Git.find(tmp_path / place)


@pytest.mark.parametrize(
    "name",
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE"],
)
def test_the_environment_of_another_repository_is_not_obeyed(
    repo: Repo, templates: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Case 35."""
    del templates
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    monkeypatch.setenv(name, str(other / ".git" if name != "GIT_INDEX_FILE" else other / ".git" / "index"))
    git = Git.find(repo.root)
    assert git.top == repo.root
    assert git.head().commit is not None
    assert git.tracked("README.md") == ["README.md"]
    oid = git.write_blob(b"only here")
    assert (repo.root / ".git" / "objects" / oid[:2] / oid[2:]).exists()


def test_no_setting_of_the_environment_reaches_git(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 35: injected settings, translated talk, pagers, magic."""
    for name, value in {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_CONFIG_PARAMETERS": "'core.bare'='true'",
        "LC_ALL": "de_DE.UTF-8",
        "LANGUAGE": "de",
        "PAGER": "false",
        "GIT_PAGER": "false",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_PREFIX": "sub/",
    }.items():
        monkeypatch.setenv(name, value)
    git = Git.find(repo.root)
    assert git.tracked("readme.md") == []
    repo.write("README.md", "changed")
    assert git.differs_from_head(["README.md", "notes.txt"]) == ["README.md"]
    cleaned = clean_environment(os.environ)
    assert (cleaned["LC_ALL"], cleaned["GIT_PAGER"], cleaned["GIT_TERMINAL_PROMPT"]) == ("C", "cat", "0")
    assert not any(name.startswith("GIT_CONFIG_K") for name in cleaned)


def test_what_git_needs_from_the_environment_stays() -> None:
    kept = {
        "HOME": "/h",
        "PATH": "/p",
        "SSH_AUTH_SOCK": "/s",
        "GIT_SSH_COMMAND": "ssh",
        "GIT_AUTHOR_NAME": "A",
    }
    assert clean_environment(kept).items() >= kept.items()


def test_the_current_directory_does_not_matter(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = Git.find(repo.root)
    monkeypatch.chdir(tmp_path)
    assert git.tracked("README.md") == ["README.md"]


def test_the_version_of_git_is_told() -> None:
    assert git_version().split(".")[0].isdecimal()


# --- reading -------------------------------------------------------------------------------------------------------


def test_head_is_branch_and_commit(repo: Repo, git: Git, tmp_path: Path) -> None:
    head = git.head()
    assert (head.branch, head.commit) == ("refs/heads/main", repo.rev("HEAD"))
    repo.git("checkout", "-q", "--detach")
    assert git.head() == type(head)(None, Oid(repo.rev("HEAD")))
    subprocess.run(["git", "init", "-q", str(tmp_path / "new")], check=True)
    new = Git.find(tmp_path / "new").head()
    assert (new.branch, new.commit) == ("refs/heads/main", None)


def test_a_ref_is_what_it_holds_and_a_commit_what_it_leads_to(repo: Repo, git: Git) -> None:
    repo.git("tag", "-a", "x-v1.0.0", "-m", "words")
    repo.git("branch", "x-v1.0.0")
    assert git.ref("refs/tags/x-v1.0.0") == repo.rev("refs/tags/x-v1.0.0") != repo.rev("HEAD")
    assert git.commit("refs/tags/x-v1.0.0") == repo.rev("HEAD")
    assert git.ref("refs/tags/none") == NO_OBJECT
    assert git.commit("refs/tags/none") is None
    assert git.commit("--all") is None


def test_bytes_of_a_file_in_a_commit(repo: Repo, git: Git) -> None:
    data = bytes(range(256))
    repo.write("bin", data)
    repo.git("config", "core.autocrlf", "true")
    repo.write("crlf", b"a\r\nb\n")
    repo.commit()
    assert git.blob("HEAD", "bin") == data
    assert git.blob("HEAD", "none") is None
    assert git.blob("refs/tags/none", "bin") is None
    found = git.look_up(["HEAD:bin", "HEAD:none"])
    assert list(found) == ["HEAD:bin"]
    assert git.blob_bytes(found["HEAD:bin"].oid) == data


def test_odd_names_are_meant_letter_by_letter(repo: Repo, git: Git) -> None:
    """Case 38."""
    for name in ODD:
        repo.write(f"odd/{name}", name)
        repo.write(name, name)
    git.stage([*ODD, *(f"odd/{name}" for name in ODD)])
    repo.git("commit", "-q", "-m", "odd")
    for name in [*ODD, *(f"odd/{name}" for name in ODD)]:
        assert git.tracked(name) == [name]
        if "\n" not in name:
            assert set(git.look_up([f"HEAD:{name}", f":0:{name}"])) == {f"HEAD:{name}", f":0:{name}"}
        ((_, oid, stage),) = git.index_blobs([name])[name]
        assert (git.blob_bytes(oid).decode(), stage) == (name.removeprefix("odd/"), 0)
        assert git.ignore_rule(name) is None
        if ":" not in name:
            assert git.blob("HEAD", name) == name.removeprefix("odd/").encode()
    assert git.differs_from_head(ODD) == []
    repo.write("*", "changed")
    assert git.differs_from_head(ODD) == ["*"]


def test_pointers_are_found_wherever_they_are_and_are_not_ignored(repo: Repo, git: Git) -> None:
    for path in ("a.dvc", "sub/b.dvc", ".hidden/c.dvc", "sub/d e.dvc", "sub/caf\u00e9.dvc"):
        repo.write(path, "outs")
    repo.write(".gitignore", "ignored/\n")
    for path in ("ignored/x.dvc", "sub/not.dvcx", "dvc"):
        repo.write(path, "outs")
    found = ["a.dvc", "sub/b.dvc", ".hidden/c.dvc", "sub/d e.dvc", "sub/caf\u00e9.dvc"]
    assert git.files_named("*.dvc") == sorted(found)
    repo.commit()
    assert git.files_named("*.dvc") == sorted(found)
    assert sorted(git.tree_pointers("HEAD")) == sorted(found)


def test_the_rule_that_ignores_a_path_is_named_with_its_place(repo: Repo, git: Git) -> None:
    repo.write(".gitignore", "# words\n*.tmp\n!keep.tmp\n")
    repo.write("sub/.gitignore", "/x\n")
    rule = git.ignore_rule("a/b.tmp")
    assert rule is not None
    assert (rule.source, rule.line, rule.pattern) == (".gitignore", 2, "*.tmp")
    below = git.ignore_rule("sub/x")
    assert below is not None
    assert (below.source, below.line, below.pattern) == ("sub/.gitignore", 1, "/x")
    assert git.ignore_rule("keep.tmp") is None
    assert git.ignore_rule("none") is None
    repo.write("b.tmp", "")
    repo.git("add", "-f", "b.tmp")
    assert git.ignore_rule("b.tmp") == rule  # asked as if it were not tracked


@pytest.mark.parametrize("name", ["-d", ":x", ":(top)x", "*", "a b", 'q"', "a\\b", "caf\u00e9"])
def test_the_rule_for_an_odd_name_is_found(repo: Repo, git: Git, name: str) -> None:
    """Case 38: a leading colon is magic to git unless it is asked carefully."""
    repo.write(".gitignore", "*\n")
    assert git.ignore_rule(name) is not None
    assert git.ignore_rule(f"sub/{name}") is not None
    repo.write(".gitignore", "")
    assert git.ignore_rule(name) is None


def test_an_unmerged_path_has_its_sides(repo: Repo, git: Git) -> None:
    """Case 26."""
    repo.git("checkout", "-q", "-b", "other")
    repo.write("notes.txt", "theirs")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("notes.txt", "ours")
    repo.commit()
    repo.git("merge", "-q", "other", check=False)
    sides = {stage: git.blob_bytes(oid) for _, oid, stage in git.index_blobs(["notes.txt"])["notes.txt"]}
    assert sides == {1: b"first note\n", 2: b"ours", 3: b"theirs"}


def test_tags_are_read_with_all_that_is_asked_of_them(repo: Repo, git: Git) -> None:
    message = "x 1.0.0\n\nwords\n\nHotpass-Md5: abc\n"
    repo.git("tag", "-a", "x-v1.0.0", "-F", "-", stdin=message)
    repo.git("tag", "x-v1.0.1")
    blob = git.write_blob(b"data")
    repo.git("tag", "-a", "x-v1.0.2", blob, "-m", "on a blob")
    repo.git("tag", "-a", "x-v1.0.3", "x-v1.0.0", "-m", "on a tag")
    repo.git("tag", "-a", "y", "-m", "")
    tags = {tag.name: tag for tag in git.tags()}
    assert set(tags) == {"x-v1.0.0", "x-v1.0.1", "x-v1.0.2", "x-v1.0.3", "y"}
    first = tags["x-v1.0.0"]
    assert (first.annotated, first.commit, first.message) == (True, repo.rev("HEAD"), message)
    assert (first.object, first.author) == (repo.rev("refs/tags/x-v1.0.0"), "Test Person")
    assert first.date.startswith("20")
    assert (tags["x-v1.0.1"].annotated, tags["x-v1.0.1"].commit) == (False, repo.rev("HEAD"))
    assert (tags["x-v1.0.2"].annotated, tags["x-v1.0.2"].commit) == (True, None)
    assert tags["y"].message.strip() == ""
    repo.git("tag", "-a", "x@v2.0.0", "-m", "as GTO makes them")
    assert [tag.name for tag in git.tags("x")] == [*(f"x-v1.0.{number}" for number in range(4)), "x@v2.0.0"]
    assert git.tags("y") == []
    assert git.tags("none") == []


def test_a_tag_of_words_that_are_no_utf_8_is_read(repo: Repo, git: Git) -> None:
    (repo.root / "message").write_bytes(b"caf\xe9\n\0")
    repo.git("-c", "i18n.commitEncoding=latin1", "tag", "-a", "x-v1.0.0", "-F", "message")
    (tag,) = git.tags("x")
    assert tag.message.startswith("caf")


def test_without_an_identity_it_is_said_before_anything_is_written(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 35."""
    (tmp_path / "empty").write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "empty"))
    with pytest.raises(NoIdentityError) as caught:
        Git.find(repo.root).check_identity()
    assert caught.value.exit_code == 6


# --- writing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"x", b"a\r\nb\n", bytes(range(256)) * 50])
def test_a_blob_is_these_bytes_whatever_the_filters(repo: Repo, git: Git, data: bytes) -> None:
    repo.git("config", "core.autocrlf", "input")
    oid = git.write_blob(data)
    assert oid == git.blob_id(data)
    assert git.blob_bytes(oid) == data


def trees_of(git: Git, folders: list[str]) -> dict[str, bytes]:
    found = git.look_up([], [f"HEAD:{folder}" for folder in folders])
    trees = {folder: found.get(f"HEAD:{folder}") for folder in folders}
    return {folder: each.data for folder, each in trees.items() if each and each.data is not None}


_NAMES = st.lists(st.sampled_from(["a", "a.b", "a-b", "a0", "b", "\u00e9", "x y"]), min_size=1, max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.sets(_NAMES.map("/".join), max_size=5),
    after=st.sets(_NAMES.map("/".join), min_size=1, max_size=4),
)
def test_a_tree_is_the_old_one_with_some_files_replaced(
    repo: Repo, git: Git, before: set[str], after: set[str]
) -> None:
    """The same tree as git makes by its index; where a file is to be a folder, or the other way round, that is said."""
    files = {path: git.object("blob", path.encode()) for path in (*before, *after, "kept")}
    git.write_objects(list(files.values()))
    before = {path for path in before if not any(other.startswith(f"{path}/") for other in before)}
    index = {"GIT_INDEX_FILE": str(repo.root / ".git" / "other-index")}
    (repo.root / ".git" / "other-index").unlink(missing_ok=True)

    def indexed(paths: set[str]) -> str:
        lines = "".join(f"100644 {files[path].oid}\t{path}\0" for path in paths)
        environment = {**os.environ, **index}
        argv = ["git", "-C", str(repo.root)]
        subprocess.run(
            [*argv, "update-index", "-z", "--add", "--index-info"],
            input=lines.encode(), env=environment, check=True,
        )  # fmt: skip
        done = subprocess.run([*argv, "write-tree"], env=environment, check=True, capture_output=True)
        return done.stdout.decode().strip()

    tree = indexed(before | {"kept"})
    old = {folder: f"{tree}:{folder}" for folder in folders_of(after)}
    found = git.look_up([], list(old.values()))
    trees = {
        folder: data
        for folder, name in old.items()
        if name in found and found[name].kind == "tree" and (data := found[name].data) is not None
    }
    parents = {str(parent) for path in before for parent in PurePosixPath(path).parents}
    above = {str(parent) for path in after for parent in PurePosixPath(path).parents}
    assert (in_the_way(trees, after) is not None) is bool(after & parents or above & before)
    if not (after & parents or above & before or after & above):
        made = replaced(trees, {path: files[path].oid for path in after})
        git.write_objects(made)
        assert made[-1].oid == indexed(after)


def test_objects_of_any_size_are_stored_as_they_are(repo: Repo, git: Git) -> None:
    sizes = [0, 1, 15, 16, 17, 2047, 2048, 300_000]
    objects = [git.object("blob", bytes(range(256)) * (size // 256) + b"x" * (size % 256)) for size in sizes]
    git.write_objects(objects)
    git.write_objects([])
    found = git.look_up([], [each.oid for each in objects])
    assert [found[each.oid].data for each in objects] == [each.data for each in objects]
    assert repo.git("fsck", "--strict").code == 0


def test_what_a_name_leads_to_is_looked_up_at_once(repo: Repo, git: Git) -> None:
    repo.write("odd name.txt", "one\ntwo")
    repo.git("add", "odd name.txt")
    found = git.look_up(
        ["HEAD:", ":0:odd name.txt", ":1:odd name.txt", "HEAD:a\nb"], ["HEAD:notes.txt", "HEAD:no"]
    )
    assert found["HEAD:"].kind == "tree"
    assert (found[":0:odd name.txt"].kind, found[":0:odd name.txt"].data) == ("blob", None)
    assert found["HEAD:notes.txt"].data == b"first note\n"
    assert set(found) == {"HEAD:", ":0:odd name.txt", "HEAD:notes.txt"}


def test_commit_and_tag_are_objects_that_nothing_points_at_yet(repo: Repo, git: Git) -> None:
    head = oid_of(repo, "HEAD")
    blob = git.object("blob", b"x")
    (tree,) = replaced(trees_of(git, [""]), {"x": blob.oid})
    commit = git.commit_object(tree.oid, head, "caf\u00e9\n\n# not a comment\n")
    tag = git.tag_object("x-v1.0.0", commit.oid, "x 1.0.0\n\n# kept\n")
    git.write_objects([blob, tree, commit, tag])
    assert repo.rev("HEAD") == head
    assert repo.tags() == []
    assert (
        repo.git("log", "-1", "--format=%an %ae %cn%n%B%P", commit.oid).stdout.strip()
        == f"Test Person test@example.org Test Person\ncaf\u00e9\n\n# not a comment\n{head}"
    )
    shown = repo.git("cat-file", "tag", tag.oid).stdout
    assert shown.startswith(
        f"object {commit.oid}\ntype commit\ntag x-v1.0.0\ntagger Test Person <test@example.org> "
    )
    assert shown.endswith("\n\nx 1.0.0\n\n# kept\n")
    assert repo.git("fsck", "--strict").code == 0


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Caf\u00e9 <x>", "a@example.org"),
        (" a, ", "b"),
        ("a\nb", "c@example.org"),
        ("x=y", "<d@example.org>"),
    ],
)
def test_who_is_named_is_whom_git_would_name(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", name)
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", address)
    wanted = subprocess.run(
        ["git", "-C", str(repo.root), "var", "GIT_AUTHOR_IDENT"], capture_output=True, check=True
    )
    found = Git.find(repo.root)
    assert found.author.rpartition("> ")[0] == wanted.stdout.decode().rpartition("> ")[0]
    assert found.committer.startswith("Test Person <test@example.org> ")


@pytest.mark.parametrize("name", [",;", " "])
def test_a_name_of_nothing_is_no_identity(repo: Repo, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Case 35."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", name)
    with pytest.raises(NoIdentityError):
        Git.find(repo.root).check_identity()


def change(name: str, old: str, new: str) -> RefChange:
    return RefChange(name, Oid(old), Oid(new))


def test_refs_move_together(repo: Repo, git: Git) -> None:
    head = repo.rev("HEAD")
    git.move_refs([change("refs/heads/a", NO_OBJECT, head), change("refs/tags/b", NO_OBJECT, head)], "test")
    assert (repo.rev("refs/heads/a"), repo.rev("refs/tags/b")) == (head, head)
    git.move_refs([], "nothing to do")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda head: change("refs/tags/there", NO_OBJECT, head),
        lambda head: change("refs/heads/main", "1" * 40, head),
        lambda head: change("refs/heads/none", head, head),
        lambda head: change("refs/tags/there/below", NO_OBJECT, head),
        lambda head: change("refs/tags/bad..name", NO_OBJECT, head),
    ],
)
def test_refs_move_all_or_not_at_all(repo: Repo, git: Git, wrong: Callable[[str], RefChange]) -> None:
    """Case 13."""
    repo.git("tag", "there")
    head = repo.rev("HEAD")
    with pytest.raises(RefsMovedError) as caught:
        git.move_refs([change("refs/tags/fine", NO_OBJECT, head), wrong(head)], "test")
    assert caught.value.exit_code == 8
    assert "\n" not in str(caught.value)
    assert repo.tags() == ["there"]
    assert repo.rev("refs/heads/main") == head


def test_an_index_gets_these_entries_and_keeps_every_other(repo: Repo, git: Git) -> None:
    repo.write("staged.txt", "staged")
    repo.git("add", "staged.txt")
    git.set_index(git.index_path(), {"notes.txt": git.write_blob(b"released")})
    assert git.blob_bytes(git.index_blobs(["notes.txt"])["notes.txt"][0][1]) == b"released"
    assert repo.git("diff", "--cached", "--name-only").stdout.split() == ["notes.txt", "staged.txt"]


def test_staging_takes_what_a_rule_ignores(repo: Repo, git: Git) -> None:
    repo.write(".gitignore", "*\n")
    repo.write("x", "x")
    git.stage(["x"])
    assert git.tracked("x") == ["x"]


@pytest.mark.parametrize("kind", ["tag", "commit"])
def test_a_signature_that_cannot_be_made_is_said_beforehand(repo: Repo, git: Git, kind: str) -> None:
    """Case 35."""
    repo.git("config", f"{kind}.gpgSign", "true")
    repo.git("config", "gpg.format", "ssh")
    repo.git("config", "user.signingKey", str(repo.root / "none"))
    scratch = repo.root / ".git" / "scratch"
    with pytest.raises(SigningError) as caught:
        Git.find(repo.root).check_signing(scratch)
    assert caught.value.exit_code == 6
    assert not scratch.exists()


@pytest.mark.slow
def test_a_tag_is_signed_where_the_settings_ask_for_it(repo: Repo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    except FileNotFoundError:
        pytest.skip("this system has no ssh-keygen")
    for name, value in {"tag.gpgSign": "true", "gpg.format": "ssh", "user.signingKey": str(key)}.items():
        repo.git("config", name, value)
    git = Git.find(repo.root)
    scratch = repo.root / ".git" / "scratch"
    git.check_signing(scratch)
    tag = git.sign_tag("x-v1.0.0", oid_of(repo, "HEAD"), "x 1.0.0\n\n# kept\n", scratch)
    shown = repo.git("cat-file", "tag", tag).stdout
    assert "x 1.0.0\n\n# kept\n-----BEGIN SSH SIGNATURE-----" in shown
    assert repo.tags() == []
    assert not scratch.exists()


@pytest.mark.slow
def test_a_repository_with_longer_ids_works_too(tmp_path: Path) -> None:
    """``git init --object-format=sha256``."""
    root = tmp_path / "repo"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(root)], check=True)
    repo = Repo(root, tmp_path / "remote")
    repo.hotpass("version", "--init")
    repo.write(FILE, b"data")
    repo.hotpass("version", "--add", FILE)
    for version in ("1.0.0", "1.0.1"):
        repo.write(FILE, f"id,version\n1,{version}\n")
        repo.hotpass("version", "--set", version, "--tag")
    assert len(repo.rev("HEAD")) == 64
    assert repo.tags() == ["refined_data-v1.0.0", "refined_data-v1.0.1"]
    repo.hotpass("restore", "refined_data@1.0.0")
    assert repo.read(FILE) == b"id,version\n1,1.0.0\n"
    assert repo.git("fsck", "--strict").code == 0


def test_a_folder_with_an_old_mode_is_a_folder() -> None:
    """Some programs wrote ``040000``; sorted as a file it would make a tree that git finds unsorted."""
    blob = git_object("blob", b"x")
    raw = bytes.fromhex(blob.oid)
    old = b"100644 a.b\0" + raw + b"040000 a\0" + raw
    assert in_the_way({"": old}, ["a/x"]) is None
    (made,) = replaced({"": old}, {"z": blob.oid})
    assert made.data == old + b"100644 z\0" + raw
    assert unread({"": old}, ["", "a", "b"], []) == "a"
    assert unread({"": old}, [""], ["a.b"]) == "a.b"
    assert unread({"": old}, [""], ["a", "b"]) is None
