"""Files of a stranger's repository: FAULTS cases 47, 53, and listings, pointers and paths that lead outside."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, revised
from harness.snapshots import snapshot, tree

_MD5 = hashlib.md5(FILE_BYTES["1.1.0"]).hexdigest()
_HEAD = "outs:\n- md5: {md5}\n  size: 3\n  hash: md5\n  path: victim.csv\n"

# ------------------------------------------------------------------------------- case 47: hostile pointers


def _bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    return "\n".join(lines) + "\n" + _HEAD.format(md5=_MD5) + "  meta: *a11\n"


HOSTILE: dict[str, str | bytes] = {
    "alias bomb": _bomb(),
    "alias": f"outs: &o\n- md5: {_MD5}\n  hash: md5\n  path: victim.csv\n  meta: *o\n",
    "50 MB": "outs:\n" + f"- md5: {_MD5}\n  hash: md5\n  path: victim.csv\n" * 900_000,
    "50 MB of nothing": b"\0" * 50_000_000,
    "python object": "outs:\n- !!python/object/apply:os.system ['touch pwned']\n",
    "python name": "!!python/name:os.system\n",
    "tagged md5": f"outs:\n- md5: !!python/str {_MD5}\n  hash: md5\n  path: victim.csv\n",
    "md5 of other letters": _HEAD.format(md5="z" * 32),
    "short md5": _HEAD.format(md5="abc"),
    "md5 in capitals": _HEAD.format(md5=_MD5.upper()),
    "md5 that is a path": _HEAD.format(md5="../../x"),
    "md5 that is an absolute path": _HEAD.format(md5="/etc/passwd"),
    "md5 with a newline": _HEAD.format(md5=f'"{_MD5}\\n"'),
    "md5 that is a list": _HEAD.format(md5=f"[{_MD5}]"),
    "no md5": "outs:\n- size: 3\n  hash: md5\n  path: victim.csv\n",
    "no path": f"outs:\n- md5: {_MD5}\n  hash: md5\n",
    "path that is a number": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: 5\n",
    "path that leads outside": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: ../../x\n",
    "path that leads outside from below": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: a/b/../../../x\n",
    "absolute path": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: /etc/passwd\n",
    "path into .git": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: .git/hooks/post-commit\n",
    "path into .dvc": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: .dvc/config\n",
    "path into .git of another case": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: .GIT/hooks/post-commit\n",
    "path into the .git of a sub-folder": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: sub/.git/config\n",
    "path of the root": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: .\n",
    "path with a NUL": f'outs:\n- md5: {_MD5}\n  hash: md5\n  path: "x\\0y"\n',
    "path with a newline": f'outs:\n- md5: {_MD5}\n  hash: md5\n  path: "x\\ny"\n',
    "path that is a URL": f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: s3://bucket/x\n",
    "two outs": _HEAD.format(md5=_MD5) + f"- md5: {_MD5}\n  hash: md5\n  path: other.csv\n",
    "the same out twice": _HEAD.format(md5=_MD5) + _HEAD.format(md5=_MD5).removeprefix("outs:\n"),
    "a field twice": _HEAD.format(md5=_MD5) + f"  md5: {_MD5}\n",
    "no outs": "outs: []\n",
    "no mapping": "- just\n- a list\n",
    "a bare word": "hello\n",
    "not YAML": "outs: [\n",
    "not UTF-8": b"outs:\n- md5: \xff\xfe\n",
    "UTF-16": _HEAD.format(md5=_MD5).encode("utf-16"),
    "negative size": f"outs:\n- md5: {_MD5}\n  size: -1\n  hash: md5\n  path: victim.csv\n",
    "size in words": f"outs:\n- md5: {_MD5}\n  size: many\n  hash: md5\n  path: victim.csv\n",
    "endless size": f"outs:\n- md5: {_MD5}\n  size: {'9' * 50_000}\n  hash: md5\n  path: victim.csv\n",
    "infinite size": f"outs:\n- md5: {_MD5}\n  size: .inf\n  hash: md5\n  path: victim.csv\n",
    "deep nesting": "outs:\n- " + "[" * 30_000 + "]" * 30_000 + "\n",
    "a version that is none": _HEAD.format(md5=_MD5)
    + "  meta:\n    hotpass:\n      dataset: victim\n      version: latest\n",
    "a wdir": "wdir: ../..\n" + _HEAD.format(md5=_MD5),
    "empty": "",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_pointer_is_damaged_at_once_and_the_others_still_work(
    released: Repo, content: str | bytes
) -> None:
    """Case 47: under a second each; nothing is run, read or written outside."""
    released.write("victim.csv", "abc")
    place = released.write("victim.csv.dvc", content)
    # git takes its time to read 50 MB for `git status`; Hotpass only asks it for names.
    started = time.monotonic()
    answer = released.hotpass("version", "--json", "--status", check=False)
    assert time.monotonic() - started < 1.0
    assert answer.code == 9, answer.stdout[:500]
    entries = {entry["path"]: entry for entry in answer.json["datasets"]}
    assert entries["victim.csv"]["damage"]
    assert (entries[FILE]["data"], entries[FOLDER]["data"]) == ("unchanged", "unchanged")
    outside = tree(released.root.parent, skip=("repo",))
    for args in (["--bump", "patch"], ["--bump", "patch", "--tag"], ["--tag"]):
        started = time.monotonic()
        answer = released.hotpass("version", *args, "--dataset", "victim", check=False)
        assert time.monotonic() - started < 1.0
        assert answer.code in (2, 3, 9), answer.stdout[:500]
        assert "Traceback" not in answer.stderr
    released.write(FILE, revised("more"))
    released.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    assert released.hotpass("version", "--get", "refined_data").stdout == "1.1.1\n"
    assert released.hotpass("version", "--get", "victim", check=False).code in (3, 9)
    assert not released.path("pwned").exists()
    assert tree(released.root.parent, skip=("repo",)) == outside
    assert place.stat().st_size == len(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize(
    "name", ["../../x", "--exec=id", "refs/heads/main", "a b", "HEAD", "con", "x\u202ey", "é"]
)
def test_an_odd_name_that_a_pointer_gives_itself_can_be_read_and_never_gets_a_version(
    released: Repo, name: str
) -> None:
    """Cases 37 and 47: existing odd names are readable but not creatable."""
    released.write("victim.csv", "abc")
    stamp = (
        f"  meta:\n    hotpass:\n      dataset: {json.dumps(name)}\n      version: 1.0.0\n      of: {_MD5}\n"
    )
    released.write("victim.csv.dvc", _HEAD.format(md5=_MD5) + stamp)
    refs = released.git("for-each-ref").stdout
    around = tree(released.root.parent, skip=("repo",))
    assert name in [
        entry["dataset"] for entry in released.hotpass("version", "--json", "--status").json["datasets"]
    ]
    assert "\u202e" not in released.hotpass("version", "--status").stdout
    for args in (["--bump", "patch", "--tag"], ["--set", "2.0.0", "--tag"]):
        answer = released.hotpass("version", "--json", *args, f"--dataset={name}", check=False)
        assert answer.code == 2, answer
        assert answer.json["error"]["type"] == "BadDatasetNameError"
    assert released.git("for-each-ref").stdout == refs
    assert tree(released.root.parent, skip=("repo",)) == around


def test_a_pointer_that_is_a_link_is_not_followed(released: Repo) -> None:
    """Case 47: nothing outside is read."""
    outside = released.root.parent / "outside.dvc"
    outside.write_text(_HEAD.format(md5=_MD5))
    released.path("victim.csv.dvc").symlink_to(outside)
    answer = released.hotpass("version", "--json", "--status", check=False)
    assert answer.code == 9
    assert released.hotpass("version", "--bump", "patch", "--dataset", "victim", check=False).code in (3, 9)
    assert outside.read_text() == _HEAD.format(md5=_MD5)


def test_a_pointer_that_is_a_fifo_hangs_nobody(released: Repo) -> None:
    """Case 47: git lists it when it was committed as a file before."""
    released.path(f"{FILE}.dvc").unlink()
    os.mkfifo(released.path(f"{FILE}.dvc"))
    started = time.monotonic()
    released.hotpass("version", "--status", check=False)
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data", check=False)
    assert time.monotonic() - started < 2.0
    assert released.hotpass("version", "--get", "data").stdout == "1.1.0\n"


def test_what_a_pointer_says_of_its_size_is_not_believed(released: Repo) -> None:
    """Case 47: size and nfiles that lie; the next version says how it is."""
    for path, wrong in ((FILE, "size: 99999999999"), (FOLDER, "nfiles: 7000")):
        text = released.read(f"{path}.dvc").decode()
        key = wrong.split(":")[0]
        lines = [f"  {wrong}" if line.startswith(f"  {key}:") else line for line in text.splitlines()]
        released.write(f"{path}.dvc", "\n".join(lines) + "\n")
    assert released.hotpass("version", "--status").code == 0
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data", "--tag")
    answer = released.hotpass("version", "--json", "--bump", "patch", "--dataset", "data", "--tag")
    assert f"size: {len(FILE_BYTES['1.1.0'])}\n" in released.read(f"{FILE}.dvc").decode()
    assert answer.json["files"] == len(FOLDER_BYTES["1.1.0"])
    assert "nfiles: 3\n" in released.read(f"{FOLDER}.dvc").decode()


def test_a_pointer_behind_a_linked_folder_reads_nothing_outside(released: Repo) -> None:
    """Promise 6: a cloned link and a pointer through it would store a stranger's file."""
    secret = released.root.parent / "home"
    secret.mkdir()
    (secret / "id_rsa").write_text("secret key\n")
    released.path("link").symlink_to(secret)
    released.write("trap.dvc", f"outs:\n- md5: {_MD5}\n  hash: md5\n  path: link/id_rsa\n")
    md5 = hashlib.md5(b"secret key\n").hexdigest()
    for args in (["--status"], ["--bump", "patch"], ["--bump", "patch", "--tag"], ["--set", "1.0.0"]):
        name = [] if args == ["--status"] else ["--dataset", "id_rsa"]
        released.hotpass("version", *args, *name, check=False)
    assert not released.object(md5).exists()
    assert (secret / "id_rsa").read_text() == "secret key\n"
    assert sorted(path.name for path in secret.iterdir()) == ["id_rsa"]


@pytest.mark.parametrize("cache", ["../..", "/", "../../home", "~"])
def test_a_cloned_cache_folder_does_not_widen_where_links_may_lead(released: Repo, cache: str) -> None:
    """Promises 6 and 7: links into the store are DVC's way, so a store that is a home folder is a stranger's."""
    secret = released.root.parent / "home"
    secret.mkdir()
    (secret / "id_rsa").write_text("secret key\n")
    config = released.read(".dvc/config").decode()
    released.write(".dvc/config", f"{config}[cache]\n    dir = {cache}\n")
    released.path(f"{FOLDER}/key.csv").symlink_to(secret / "id_rsa")
    before = tree(released.root.parent, skip=("repo",))
    for args in (["--bump", "patch"], ["--bump", "patch", "--tag"], ["--set", "3.0.0"]):
        answer = released.hotpass("version", "--json", *args, "--dataset", "data", check=False)
        assert answer.code == 10, answer
        assert answer.json["error"]["type"] == "UnsafeFileError"
    assert tree(released.root.parent, skip=("repo",)) == before


# --------------------------------------------------------------------- listings that name other places


def _listing(entries: object) -> bytes:
    return json.dumps(entries).encode()


def _entry(relpath: object, md5: object = _MD5) -> dict[str, object]:
    return {"md5": md5, "relpath": relpath}


LISTINGS: dict[str, bytes] = {
    "../../x": _listing([_entry("../../x")]),
    "a/../../x": _listing([_entry("a/../../x")]),
    "absolute": _listing([_entry("/etc/x")]),
    "..": _listing([_entry("..")]),
    ".": _listing([_entry(".")]),
    "empty": _listing([_entry("")]),
    "a//b": _listing([_entry("a//b")]),
    "a/./b": _listing([_entry("a/./b")]),
    ".git": _listing([_entry(".git/hooks/post-commit")]),
    ".GIT": _listing([_entry("sub/.GIT/config")]),
    ".dvc": _listing([_entry(".dvc/config")]),
    "a NUL": _listing([_entry("a\0b")]),
    "twice": _listing([_entry("a"), _entry("a")]),
    "a file and a folder": _listing([_entry("a"), _entry("a/b")]),
    "an md5 that is a path": _listing([_entry("a", "../../../x")]),
    "an md5 of a listing": _listing([_entry("a", "0" * 32 + ".dir")]),
    "no list": _listing({"md5": _MD5, "relpath": "a"}),
    "no JSON": b"[{",
    "a number for a path": _listing([_entry(5)]),
    "deep": b"[" * 100_000,
    "a lone surrogate": b'[{"md5": "%s", "relpath": "a\\ud800"}]' % _MD5.encode(),
}


def _release_of_listing(repo: Repo, data: bytes) -> str:
    """A release, made by plain git, whose directory object is ``data``: as a stranger's push would bring it."""
    md5 = hashlib.md5(data).hexdigest() + ".dir"
    place = repo.object(md5)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    text = f"outs:\n- md5: {md5}\n  size: 3\n  nfiles: 1\n  hash: md5\n  path: trap\n"
    text += f"  meta:\n    hotpass:\n      dataset: trap\n      version: 1.0.0\n      of: {md5}\n"
    repo.write("trap.dvc", text)
    repo.commit("trap", "trap.dvc")
    repo.git("tag", "-a", "-m", "trap", "trap-v1.0.0")
    return md5


@pytest.mark.parametrize("data", LISTINGS.values(), ids=LISTINGS.keys())
def test_a_listing_that_names_another_place_is_refused_and_nothing_is_written(
    released: Repo, data: bytes
) -> None:
    """Promise 6; DVC-FACTS: DVC writes there."""
    _release_of_listing(released, data)
    before = snapshot(released)
    around = tree(released.root.parent, skip=("repo",))
    target = released.root.parent / "target"
    for args in (["--force"], ["--to", str(target)]):
        answer = released.hotpass("restore", "--json", "trap@1.0.0", *args, check=False)
        assert answer.code == 9, answer
        assert answer.json["error"]["type"] == "DamagedListingError"
    assert snapshot(released) == before
    assert not target.exists()
    assert tree(released.root.parent, skip=("repo",)) == around
    # The datasets beside it are as usable as before.
    assert released.hotpass("version", "--status", "--dataset", "refined_data").code == 0
    released.hotpass("restore", "data@1.0.0")
    assert released.files(FOLDER) == FOLDER_BYTES["1.0.0"]


def test_a_listing_that_would_write_through_a_link_in_the_folder_is_refused(released: Repo) -> None:
    """Promise 6: `trap/up` leads outside, and the listing names `up/x.csv`."""
    outside = released.root.parent / "outside"
    outside.mkdir()
    _release_of_listing(released, _listing([_entry("up/x.csv")]))
    released.path("trap").mkdir()
    released.path("trap/up").symlink_to(outside)
    for args in ([], ["--force"]):
        answer = released.hotpass("restore", "trap@1.0.0", *args, check=False)
        assert answer.code == 10, answer
    assert list(outside.iterdir()) == []


# ------------------------------------------------------------------------------ tags of a stranger


def _tag_of(name: str) -> Callable[[Repo], None]:
    def make(repo: Repo) -> None:
        message = "x\n\nHotpass-Dataset: refined_data\nHotpass-Version: 3.0.0\nHotpass-Path: ../../x\n"
        repo.git("tag", "-a", "-m", message, name)

    return make


def test_a_tag_whose_facts_lead_outside_is_not_followed(released: Repo) -> None:
    """Promise 6: the path in a tag's trailers is only a hint where to look in its commit."""
    _tag_of("refined_data-v3.0.0")(released)
    before = snapshot(released)
    answer = released.hotpass("restore", "--json", "refined_data@3.0.0", check=False)
    # The commit's pointer says 1.1.0, the tag 3.0.0.
    assert answer.code == 9, answer
    assert snapshot(released) == before


def test_a_tag_that_names_other_bytes_than_its_commit_is_refused(released: Repo) -> None:
    """Promise 4."""
    wrong = hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()
    pointer = released.read(f"{FILE}.dvc").decode().replace("1.1.0", "3.0.0")
    released.write(f"{FILE}.dvc", pointer)
    released.commit("by hand", f"{FILE}.dvc")
    message = f"refined_data 3.0.0\n\nHotpass-Path: {FILE}\nHotpass-Md5: {wrong}\n"
    released.git("tag", "-a", "-m", message, "refined_data-v3.0.0")
    answer = released.hotpass("restore", "--json", "refined_data@3.0.0", check=False)
    assert answer.code == 9, answer
    assert answer.json["error"]["type"] == "TagDisagreesError"


# ------------------------------------------------------------------ case 53: values stay out of git


@pytest.mark.parametrize("path", ["people.csv", "people"])
def test_a_value_of_the_data_is_nowhere_in_git(initialised: Repo, path: str) -> None:
    """Case 53: neither in a commit, a tag nor any object, whatever was done and whatever failed."""
    repo = initialised
    values = [f"Zebedee-{number}-Quux" for number in range(4)]
    member = path if path.endswith(".csv") else f"{path}/inner.csv"

    def fill(value: str) -> None:
        repo.write(member, f"id,name\n{value},{value}\n")

    fill(values[0])
    repo.hotpass("version", "--add", path)
    repo.hotpass("version", "--set", "1.0.0", "--tag", "--description", "first")
    fill(values[1])
    repo.hotpass("version", "--bump", "major", "--description", "a draft")
    repo.hotpass("version", "--tag")
    fill(values[2])
    assert repo.hotpass("restore", "people@1.0.0", check=False).code == 10
    repo.hotpass("restore", "--force", "people@1.0.0")
    fill(values[3])
    repo.hotpass("version", "--bump", "major", "--tag")
    repo.write("people.csv.version.json" if path.endswith(".csv") else "people.version.json", "{")
    repo.hotpass("version", "--add", path, "--repair")
    history = repo.git("log", "-p", "--all").stdout
    tags = repo.git("for-each-ref", "--format=%(contents)", "refs/tags").stdout
    objects = repo.git("cat-file", "--batch-all-objects", "--batch", "--buffer").stdout
    for value in values:
        for text in (history, tags, objects):
            assert value not in text
    assert "Hotpass-Md5" in tags
    # What is in .git besides objects (the journal, indexes of digests, logs) holds none either.
    for file in Path(repo.root, ".git").rglob("*"):
        if file.is_file():
            assert not any(value.encode() in file.read_bytes() for value in values), file
