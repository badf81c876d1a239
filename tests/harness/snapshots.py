"""The whole state of a repository as one value, so that "nothing was changed" is one comparison."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from harness.repository import Repo


def tree(folder: Path, *, skip: tuple[str, ...] = ()) -> dict[str, tuple[str, int, bytes]]:
    """Everything below a folder by path: its kind, mode and bytes (the target of a link). Follows no link."""
    found: dict[str, tuple[str, int, bytes]] = {}
    for place, folders, files in os.walk(folder):
        below = Path(place).relative_to(folder)
        folders[:] = [name for name in folders if str(below / name) not in skip]
        for name in (*folders, *files):
            path = Path(place) / name
            status = os.lstat(path)
            kind = stat.filemode(status.st_mode)[0]
            data = b""
            if stat.S_ISLNK(status.st_mode):
                data = os.fsencode(os.readlink(path))
            elif stat.S_ISREG(status.st_mode):
                data = path.read_bytes()
            found[str(below / name)] = (kind, stat.S_IMODE(status.st_mode), data)
    return found


def snapshot(repo: Repo) -> dict[str, object]:
    """Work tree, store, refs, HEAD and index of a repository.

    Left out is what is no state: locks and indexes of digests. An interrupted run's journal would be seen.
    """
    common = Path(repo.git("rev-parse", "--git-common-dir").stdout.strip())
    return {
        "files": tree(repo.root, skip=(".git", ".dvc/tmp")),
        "refs": repo.git("for-each-ref").stdout,
        "head": (repo.root / ".git" / "HEAD").read_text() if (repo.root / ".git").is_dir() else "",
        "index": repo.git("ls-files", "--stage").stdout,
        "journal": (repo.root / common / "hotpass" / "pending.json").exists(),
    }
