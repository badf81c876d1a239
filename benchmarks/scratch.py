"""The place where it is measured: an environment of its own, data made once, repositories made anew."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import made
from benchmarks.measure import RunFailedError, short

HOTPASS = (sys.executable, "-m", "hotpass")
DVC = (sys.executable, "-m", "dvc")
GTO = (sys.executable, "-m", "gto.cli")

MISSING = "not there"

_GIT_CONFIG = """\
[user]
\tname = Bench
\temail = bench@example.org
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
"""
_DVC_CONFIG = "[core]\n    analytics = false\n    check_update = false\n"


class Scratch:
    """A folder that holds everything the benchmarks write."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = self._environment()
        self._digests: dict[Path, str] = {}
        self._discarded = 0
        for folder in ("data", "discarded", "config/dvc", "repositories", "templates"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "config" / "git").write_text(_GIT_CONFIG)
        (root / "config" / "dvc" / "config").write_text(_DVC_CONFIG)

    def _environment(self) -> dict[str, str]:
        """The user's environment without what would make one tool slower or look elsewhere."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "DVC_", "HOTPASS_"))
        }
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        if "PYTHONPATH" in kept:
            kept["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, kept["PYTHONPATH"].split(os.pathsep)))
        config = self.root / "config"
        return kept | {
            "GIT_CONFIG_GLOBAL": str(config / "git"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "DVC_NO_ANALYTICS": "1",
            "DVC_GLOBAL_CONFIG_DIR": str(config / "dvc"),
            "DVC_SYSTEM_CONFIG_DIR": str(config / "dvc-system"),
            "DVC_SITE_CACHE_DIR": str(self.root / "cache" / "dvc-site"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
        }

    def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"") -> str:
        """Run a command that is not measured; raises RunFailedError with what it said."""
        done = subprocess.run(
            argv, cwd=cwd, env=self.environment, input=stdin, capture_output=True, check=False
        )
        if done.returncode != 0:
            words = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
            raise RunFailedError(f"{short(argv)} ended with {done.returncode}: {words}")
        return done.stdout.decode("utf-8", "replace")

    def works(self, argv: Sequence[str]) -> bool:
        """Whether a command exists and ends with 0."""
        try:
            self.run(argv, self.root)
        except (RunFailedError, OSError):
            return False
        return True

    def data(self, kind: str, size: int, seed: int) -> Path:
        """Made data, made once: ``workbook`` and ``file`` in MB, ``tree`` in files of 10 KB."""
        path = self.root / "data" / f"{kind}-{size}-{seed}"
        if not path.exists():
            {"workbook": made.make_workbook, "file": made.make_file, "tree": made.make_tree}[kind](
                path, size, seed
            )
            self._digests[path] = made.digest(path)
        return path

    def digest(self, source: Path) -> str:
        """The name DVC gives to made data."""
        return self._digests[source]

    def repository(self, name: str, tool: str) -> Path:
        """A new repository in which a tool is set up, in place of an older one of that name.

        It is a copy of a template, so what a tool remembered of the older one is gone with it.
        """
        template = self.root / "templates" / tool
        if not template.exists():
            unfinished = template.with_name(f"{tool}.unfinished")
            made.remove(unfinished)
            self._make_template(unfinished, tool)
            unfinished.rename(template)
        path = self.root / "repositories" / name
        self.discard(path)
        self.discard(self.root / "cache")
        shutil.copytree(template, path, symlinks=True)
        return path

    def clear(self) -> None:
        """Delete the repositories of a finished case."""
        for path in (self.root / "repositories").iterdir():
            self.discard(path)

    def discard(self, path: Path) -> None:
        """Take something out of the way: large files are deleted, many small ones only moved aside.

        A file system that has just lost ten thousand files may be slow to make new ones (ext4 without a journal
        looks at each freed inode), which the next contender would pay for.
        """
        if not path.exists():
            return
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and not file.is_symlink() and file.stat().st_size >= made.MEGABYTE:
                file.unlink()
        if path.exists():
            self._discarded += 1
            path.rename(self.root / "discarded" / str(self._discarded))

    def _make_template(self, path: Path, tool: str) -> None:
        path.mkdir()
        self.run(["git", "init", "--quiet"], path)
        if tool == "hotpass":
            self.run([*HOTPASS, "version", "--init", "--no-input"], path)
        elif tool == "dvc":
            self.run([*DVC, "init", "--quiet"], path)
        self.run(["git", "add", "--all"], path)
        self.run(["git", "commit", "--quiet", "--allow-empty", "-m", "Begin"], path)


def versions(scratch: Scratch) -> dict[str, str]:
    """The tools that are measured, with their versions."""
    found = {
        "python": sys.version.split()[0],
        "git": scratch.run(["git", "--version"], scratch.root).split()[-1],
    }
    for name, argv in {"hotpass": HOTPASS, "dvc": DVC, "gto": GTO}.items():
        installed = importlib.util.find_spec(name) is not None
        ready = installed and scratch.works([*argv, "--version"])
        found[name] = scratch.run([*argv, "--version"], scratch.root).split()[-1] if ready else MISSING
    return found


def file_system(path: Path) -> str:
    """The kind of file system a folder is on, where Linux tells; ext4 says whether it keeps a journal."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown"
    around = [mount for mount in mounts if path.is_relative_to(mount[1])]
    device, _, kind = max(around, key=lambda mount: len(mount[1]))[:3]
    if kind != "ext4":
        return kind
    journals = Path("/proc/fs/jbd2")
    kept = journals.is_dir() and any(journals.glob(f"{Path(device).name}-*"))
    return "ext4" if kept else "ext4 without a journal"
