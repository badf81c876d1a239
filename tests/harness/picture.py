"""A picture of a repository, to compare the state after a crash with the state after a clean run."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import subprocess
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from harness.repository import Repo

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)")
_LEFTOVER = re.compile(
    r"(^|/)(\.hotpass-[^/]*|pending\.json[^/]*|[^/]+\.lock|index-[^/]*|sign-[^/]*|clock\.[^/]*)$"
)


@dataclass(frozen=True)
class Picture:
    """What a clean run determines: everything but times and the git ids that follow from them."""

    work: dict[str, tuple[int, str]]
    objects: frozenset[str]
    commits: int
    branch: str
    tags: tuple[str, ...]
    trees: dict[str, dict[str, str]]
    status: str
    messages: str
    staged: str
    git_files: frozenset[str]


def picture(repo: Repo, known: Collection[str] = ()) -> Picture:
    """Look at everything in a repository; the trees of ``known`` tags are left out."""
    tags = tuple(repo.tags())
    names = [*(tag for tag in tags if tag not in known), *(["HEAD"] if repo.commits() else [])]
    form = "%(refname) %(objecttype) %(*objecttype) %(contents)"
    return Picture(
        work={path: _file(repo.root / path) for path in work_files(repo)},
        objects=frozenset(object_names(repo)),
        commits=repo.commits(),
        branch=repo.git("symbolic-ref", "-q", "HEAD", check=False).stdout,
        tags=tags,
        trees={name: tree(repo, name) for name in names},
        status=repo.status(),
        messages=repo.git("for-each-ref", f"--format={form}", "refs/tags").stdout,
        staged=repo.git("diff", "--cached", "--name-status", check=False).stdout,
        git_files=frozenset(git_files(repo)),
    )


def tag_ids(repo: Repo) -> dict[str, str]:
    """The object of each tag."""
    lines = repo.git(
        "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/tags"
    ).stdout.splitlines()
    return dict([line.split(" ") for line in lines])


def tree(repo: Repo, name: str) -> dict[str, str]:
    """A digest of each file in a commit, times in pointers and records left out."""
    done = subprocess.run(["git", "archive", name], cwd=repo.root, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {path: _digest(file.read()) for path, file in files.items() if file is not None}


def work_files(repo: Repo) -> list[str]:
    """Every file of the work tree, folders of git and DVC left out."""
    return [path for path in _below(repo.root) if not path.startswith((".git/", ".dvc/cache/", ".dvc/tmp/"))]


# Objects and logs, and the index of proved objects, which may come and go at any time.
_UNSEEN = (".git/objects/", ".git/logs/", ".git/hotpass/proofs")


def git_files(repo: Repo) -> list[str]:
    """The files in git's folder, but for those that say nothing of a run."""
    return [path for path in _below(repo.root) if path.startswith(".git/") and not path.startswith(_UNSEEN)]


def leftovers(repo: Repo) -> list[str]:
    """Temporary files, journals and locks anywhere: what a finished run must not leave."""
    kept = {".dvc/tmp/lock", ".git/hotpass/lock"}  # kernel locks: the file stays, the lock does not
    found = [p for p in _below(repo.root.parent) if _LEFTOVER.search(p)]
    return [path for path in found if path.split("/", 1)[-1] not in kept]


def object_names(repo: Repo) -> list[str]:
    """The names of all objects in DVC's cache."""
    top = repo.root / ".dvc" / "cache"
    return [path.removeprefix("files/md5/").replace("/", "") for path in _below(top)]


def damaged_objects(repo: Repo) -> list[str]:
    """Objects in DVC's cache whose bytes do not hash to their name; a temporary file there is none."""
    top = repo.root / ".dvc" / "cache" / "files" / "md5"
    bad = []
    for path in _below(top):
        name = path.replace("/", "").removesuffix(".dir")
        if hashlib.md5((top / path).read_bytes()).hexdigest() != name:
            bad.append(path)
    return bad


def broken_releases(repo: Repo, known: Collection[str] = ()) -> list[str]:
    """Tags whose commit lacks a pointer, a record or DVC's settings, or whose data is not in the cache."""
    bad = []
    for tag in sorted(set(repo.tags()) - set(known)):
        name, _, version = tag.rpartition("-v")
        texts = {path: repo.git("show", f"{tag}:{path}").stdout for path in _pointers(repo, tag)}
        pointer = next((p for p, text in texts.items() if _stamped(text, name, version)), None)
        held = repo.git("ls-tree", "-r", "--name-only", tag).stdout.split()
        if pointer is None:
            bad.append(f"{tag}: no pointer")
        elif pointer.removesuffix(".dvc") + ".version.json" not in held or ".dvc/config" not in held:
            bad.append(f"{tag}: no record or settings")
        else:
            md5 = re.search(r"md5: (\w+(?:\.dir)?)", texts[pointer])
            if md5 is None or not repo.object(md5[1]).is_file():
                bad.append(f"{tag}: its object is missing")
    return bad


def _pointers(repo: Repo, name: str) -> list[str]:
    held = repo.git("ls-tree", "-r", "--name-only", name).stdout.split("\n")
    return [path for path in held if path.endswith(".dvc")]


def _stamped(text: str, name: str, version: str) -> bool:
    return (
        f"dataset: {name}\n" in text and re.search(rf"version: '?{re.escape(version)}'?\n", text) is not None
    )


def _below(top: Path) -> list[str]:
    found = []
    for folder, _, names in os.walk(top):
        base = os.path.relpath(folder, top)
        found += [name if base == "." else f"{base}/{name}" for name in names]
    return sorted(found)


def _file(path: Path) -> tuple[int, str]:
    return stat.S_IMODE(path.lstat().st_mode), _digest(path.read_bytes())


def _digest(data: bytes) -> str:
    return hashlib.md5(_TIME.sub(b"TIME", data)).hexdigest()
