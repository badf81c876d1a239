"""What only the installed DVC can do: its settings, its view of the repository, its remotes.

The only file that starts or imports DVC. Its exit codes prove nothing here; callers look for themselves.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import Any

from hotpass.errors import ToolFailedError, ToolTooOldError
from hotpass.process import run
from hotpass.versioning.dvcconfig import read_settings
from hotpass.versioning.errors import DvcMissingError, RemoteUnusableError
from hotpass.versioning.git import clean_environment

#: The oldest DVC whose files and locks are the ones written here.
DVC_NEEDED = (3, 0)


def has_dvc() -> bool:
    """Whether this interpreter could load DVC; it is not loaded."""
    try:
        return importlib.util.find_spec("dvc") is not None
    except (ImportError, ValueError):
        return False


def require_dvc() -> None:
    """Raise DvcMissingError where the extra is not installed, ToolTooOldError for a DVC of another format."""
    if not has_dvc():
        raise DvcMissingError
    import importlib.metadata  # a fiftieth of a second, for what reaches DVC alone

    try:
        found = importlib.metadata.version("dvc")
    except importlib.metadata.PackageNotFoundError:
        raise DvcMissingError from None
    if tuple(int(part) for part in re.findall(r"\d+", found)[:2]) < DVC_NEEDED:
        raise ToolTooOldError("dvc", found, ".".join(map(str, DVC_NEEDED)))


def run_dvc(root: Path, *args: str, timeout: float = 120.0) -> bytes:
    """Run this interpreter's own DVC in a project and return its output; raises ToolError."""
    require_dvc()
    environment = clean_environment(os.environ) | {"LC_ALL": "C.UTF-8", "DVC_NO_ANALYTICS": "1"}
    done = run([sys.executable, "-m", "dvc", *args], cwd=root, env=environment, timeout=timeout)
    if done.code != 0:
        raise ToolFailedError("dvc " + " ".join(args[:2]), done.code, done.err)
    return done.out


def dvc_sees(root: Path, pointer_path: str) -> bool | None:
    """Whether DVC's index of a project holds a pointer; None where DVC is not installed or may not be opened here.

    A project's settings can lead DVC to a cache of its own of which it unpickles what it finds.
    """
    if not has_dvc() or read_settings(root).program_settings(""):
        return None
    with _loaded().Repo(str(root)) as repo:
        return any(
            Path(stage.path).resolve() == (root / pointer_path).resolve() for stage in repo.index.stages
        )


def remote_file_system(root: Path, name: str) -> tuple[Any, str]:
    """DVC's file system of a remote and the remote's own folder in it, by all of DVC's settings as they stand now.

    Nothing is connected yet. Raises ToolError, RemoteUnusableError for a kind of remote that keeps no objects by
    their names, and whatever DVC raises.
    """
    require_dvc()
    # Without DVC's repository, whose making costs more than most of what is asked of a remote.
    try:
        import dvc.config
        import dvc.fs
    except Exception as error:  # a broken installation can raise anything
        raise ToolFailedError("import dvc.fs", 1, f"{type(error).__name__}: {error}") from error
    settings = dvc.config.Config(str(root / ".dvc"))
    kind, options, path = dvc.fs.get_cloud_fs(settings, name=name)
    if options.get("worktree") or options.get("version_aware"):
        raise RemoteUnusableError(name, "a cloud-versioned remote keeps no objects by their names")
    return kind(**options), str(path)


def _loaded() -> Any:
    """The module of DVC's repository, which needs a third of a second to load; raises ToolError."""
    require_dvc()
    try:
        import dvc.repo
    except Exception as error:  # a broken installation can raise anything
        raise ToolFailedError("import dvc.repo", 1, f"{type(error).__name__}: {error}") from error
    return dvc.repo
