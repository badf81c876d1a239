"""Repositories for tests: the class that runs programs in one, and the states they can be in.

``from harness.repository import FILE, Repo`` works in every test; the states as fixtures are in ``conftest.py``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from hotpass.cli import main

FILE = "dist/refined_data.csv"
FOLDER = "data"
FILE_BYTES = {
    "1.0.0": b"id,name,phone\n1,Sparrow House,011\n2,Heron Place,012\n",
    "1.1.0": b"id,name,phone\n1,Sparrow House,011\n2,Heron Place,012\n3,Finch Row,013\n",
}
FOLDER_BYTES = {
    "1.0.0": {"north.csv": b"a,b\n1,2\n", "south/east.csv": b"a,b\n3,4\n", "south/west.csv": b"a,b\n5,6\n"},
    "1.1.0": {"north.csv": b"a,b\n1,3\n", "south/east.csv": b"a,b\n3,4\n", "far/coast.csv": b"a,b\n7,8\n"},
}


def revised(word: str) -> bytes:
    """The data of 1.1.0 with one cell corrected: a patch, whatever the word."""
    return FILE_BYTES["1.1.0"].replace(b"Finch Row", word.encode())


@dataclass(frozen=True)
class Result:
    """What a program said and its exit code."""

    code: int
    stdout: str
    stderr: str

    @cached_property
    def json(self) -> Any:
        """Standard output as one JSON document (call with ``--json``)."""
        return json.loads(self.stdout)

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.stdout}\n{self.stderr}"


@dataclass(frozen=True)
class Repo:
    """A git work tree for tests; ``remote`` is the folder in which DVC's remote ``storage`` is."""

    root: Path
    remote: Path

    # Programs. Each returns a Result; with ``check`` (the default) a non-zero exit code fails the test.

    def hotpass(self, *args: str, check: bool = True, cwd: Path | None = None) -> Result:
        """Run Hotpass's command line inside this process, in the repository: fast; not for kills and signals."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(cwd or self.root),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                code = main(list(args))
            except SystemExit as end:  # argparse: --help and --version
                code = int(end.code or 0)
        return self._checked(Result(code, out.getvalue(), err.getvalue()), check)

    def hotpass_process(
        self,
        *args: str,
        check: bool = True,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        prefix: tuple[str, ...] = (),
        stdin: str = "",
        timeout: float = 120.0,
    ) -> Result:
        """Run ``python -m hotpass`` as a process of its own; ``env`` adds to the environment, ``prefix`` wraps it."""
        command = [*prefix, *self.command(*args)]
        return self._run(command, check, cwd, env, stdin, timeout)

    def start(self, *args: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        """Start ``python -m hotpass`` and return at once; the caller waits for it."""
        return subprocess.Popen(
            self.command(*args),
            cwd=self.root,
            env=os.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # No terminal, wherever the tests are started from.
            start_new_session=True,
        )

    @staticmethod
    def command(*args: str) -> list[str]:
        """The words that start Hotpass with these arguments."""
        return [sys.executable, "-m", "hotpass", *args]

    def git(
        self, *args: str, check: bool = True, env: dict[str, str] | None = None, stdin: str = ""
    ) -> Result:
        """Run git in the repository."""
        return self._run(["git", *args], check, None, env, stdin, 60.0)

    def dvc(self, *args: str, check: bool = True, env: dict[str, str] | None = None) -> Result:
        """Run DVC in the repository; takes at least a third of a second."""
        return self._run([sys.executable, "-m", "dvc", *args], check, None, env, "", 120.0)

    def _run(
        self,
        command: list[str],
        check: bool,
        cwd: Path | None,
        env: dict[str, str] | None,
        stdin: str,
        timeout: float,
    ) -> Result:
        done = subprocess.run(
            command,
            cwd=cwd or self.root,
            env=os.environ | (env or {}),
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=timeout,
            check=False,
        )
        return self._checked(Result(done.returncode, done.stdout, done.stderr), check)

    @staticmethod
    def _checked(result: Result, check: bool) -> Result:
        if check and result.code != 0:
            pytest.fail(str(result))
        return result

    # Files, by their path in the repository.

    def path(self, path: str) -> Path:
        """Where a file of the repository is."""
        return self.root / path

    def write(self, path: str, data: bytes | str) -> Path:
        """Write a file, its folders made."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.encode() if isinstance(data, str) else data)
        return place

    def read(self, path: str) -> bytes:
        """A file's bytes."""
        return (self.root / path).read_bytes()

    def digest(self, path: str) -> str:
        """The md5 of a file."""
        return hashlib.md5(self.read(path)).hexdigest()

    def fill(self, folder: str, files: dict[str, bytes]) -> None:
        """Make a folder hold exactly these files."""
        shutil.rmtree(self.root / folder, ignore_errors=True)
        for name, data in files.items():
            self.write(f"{folder}/{name}", data)

    def files(self, folder: str) -> dict[str, bytes]:
        """Every file below a folder, by its path in the folder."""
        top = self.root / folder
        return {p.relative_to(top).as_posix(): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}

    def object(self, md5: str) -> Path:
        """Where DVC's cache has an object."""
        return self.root / ".dvc" / "cache" / "files" / "md5" / md5[:2] / md5[2:]

    # Questions.

    def tags(self) -> list[str]:
        """The names of all tags, sorted."""
        return sorted(self.git("tag", "-l").stdout.split())

    def rev(self, name: str) -> str:
        """The id a name leads to."""
        return self.git("rev-parse", "--verify", name).stdout.strip()

    def commits(self) -> int:
        """How many commits HEAD has; 0 before the first."""
        done = self.git("rev-list", "--count", "HEAD", check=False)
        return int(done.stdout) if done.code == 0 else 0

    def status(self) -> str:
        """``git status --porcelain``, new files named one by one."""
        return self.git("status", "--porcelain", "--untracked-files=all").stdout

    def commit(self, message: str = "work", *paths: str) -> None:
        """Commit these paths, or everything that is not ignored."""
        self.git("add", *(paths or ("-A",)))
        self.git("commit", "-q", "-m", message)


@dataclass(frozen=True)
class TwoClones:
    """Two people's clones of one origin, sharing one DVC remote."""

    first: Repo
    second: Repo
    origin: Path
    remote: Path


def _empty(repo: Repo) -> None:
    repo.git("init", "-q")
    repo.write("README.md", "a repository\n")
    repo.write("notes.txt", "first note\n")
    repo.commit("start")


def _initialised(repo: Repo) -> None:
    # A relative path stays relative, so that a copied template, or a clone beside it, has a remote of its own.
    repo.hotpass("version", "--init", "--remote", f"../{repo.remote.name}")
    repo.commit("DVC")


def _tracked(repo: Repo) -> None:
    repo.write(FILE, FILE_BYTES["1.0.0"])
    repo.fill(FOLDER, FOLDER_BYTES["1.0.0"])
    repo.hotpass("version", "--add", FILE)
    repo.hotpass("version", "--add", FOLDER)
    repo.commit("track")


def _drafted(repo: Repo) -> None:
    repo.hotpass("version", "--set", "1.0.0", "--dataset", "refined_data", "--description", "first")


def _released(repo: Repo) -> None:
    for version in ("1.0.0", "1.1.0"):
        repo.write(FILE, FILE_BYTES[version])
        repo.fill(FOLDER, FOLDER_BYTES[version])
        for name in ("refined_data", "data"):
            # A file of the folder goes, which asks for more than 1.1.0.
            words = ("--allow-lower", "--description", f"it is {version}")
            repo.hotpass("version", "--set", version, "--dataset", name, "--tag", *words)


def _dirty(repo: Repo) -> None:
    repo.write(FILE, b"id,name,phone\n1,Not saved anywhere,000\n")
    repo.write("other.txt", "staged\n")
    repo.git("add", "other.txt")
    repo.write("notes.txt", "first note\nand a second\n")


def _two_clones(repo: Repo) -> None:
    place = repo.root.parent
    repo.dvc("push", "-q")
    for version in ("1.0.0",):
        repo.git("checkout", "-q", f"data-v{version}")
        repo.dvc("push", "-q")
        repo.git("checkout", "-q", "main")
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.root), str(place / "origin.git")], check=True)
    for name in ("first", "second"):
        subprocess.run(["git", "clone", "-q", str(place / "origin.git"), str(place / name)], check=True)
        Repo(place / name, repo.remote).dvc("pull", "-q")


_STEPS: dict[str, tuple[str | None, Callable[[Repo], None]]] = {
    "empty": (None, _empty),
    "initialised": ("empty", _initialised),
    "tracked": ("initialised", _tracked),
    "drafted": ("tracked", _drafted),
    "released": ("tracked", _released),
    "dirty": ("released", _dirty),
    "two_clones": ("released", _two_clones),
}


class Templates:
    """Repositories by state, each built once from the one before it."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def copy(self, state: str, target: Path) -> Repo:
        """A fresh copy of a state, in ``target/repo`` with its remote in ``target/remote``."""
        shutil.copytree(self._built(state), target, symlinks=True, dirs_exist_ok=True)
        repo = Repo(target / "repo", target / "remote")
        if state != "two_clones":
            # The copies have other inodes and times than the index remembers; without this, each first git pays.
            repo.git("update-index", "-q", "--refresh", check=False)
        return repo

    def _built(self, state: str) -> Path:
        place = self.base / state
        if not place.exists():
            before, step = _STEPS[state]
            making = self.base / f"{state}-making"
            if before is None:
                (making / "repo").mkdir(parents=True)
                (making / "remote").mkdir()
                repo = Repo(making / "repo", making / "remote")
            else:
                repo = self.copy(before, making)
            step(repo)
            # Fewer files to copy for every test; the pack is what git itself would make some day.
            repo.git("repack", "-a", "-d", "-q", check=False)
            making.rename(place)
        return place
