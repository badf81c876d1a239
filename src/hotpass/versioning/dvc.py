"""What only the installed DVC can do: its settings, its view of the repository, its remotes.

The only file that starts or imports DVC. Its exit codes prove nothing here; callers look for themselves.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hotpass.errors import ToolFailedError, ToolTooOldError
from hotpass.files import create_temp, remove_quietly
from hotpass.process import run
from hotpass.versioning.dvcconfig import DvcSettings
from hotpass.versioning.errors import DvcMissingError, ProgramSettingsError, RemoteUnusableError
from hotpass.versioning.git import clean_environment
from hotpass.versioning.pointer import Md5
from hotpass.versioning.store import ObjectState, Store

#: The oldest DVC whose files and locks are the ones written here.
DVC_NEEDED = (3, 0)
_BUCKETS = frozenset(["s3", "gs", "azure"])


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
    """Whether DVC's index of a project holds a pointer; None where DVC is not installed."""
    if not has_dvc():
        return None
    with _loaded().Repo(str(root)) as repo:
        return any(
            Path(stage.path).resolve() == (root / pointer_path).resolve() for stage in repo.index.stages
        )


def fetch_objects(root: Path, settings: DvcSettings, store: Store, md5s: Iterable[Md5]) -> list[Md5]:
    """Bring objects from the default remote into the store, each proved; returns those the remote does not have.

    Raises RemoteUnusableError where the remote cannot be asked, DvcMissingError, and ProgramSettingsError where
    the remote's settings could make DVC run a program.
    """
    name = settings.default_remote
    if name not in settings.remotes:
        return list(md5s)
    if options := settings.program_settings(name):
        raise ProgramSettingsError(name, options)
    dvc = _loaded()
    try:
        with dvc.Repo(str(root)) as repo:
            remote = repo.cloud.get_remote_odb()
            # The remote's own folder: the one for objects below it is made by the first push.
            if not remote.fs.exists(_top(repo.cloud.get_remote())):
                raise RemoteUnusableError(name, "its folder does not exist")
            missing = [md5 for md5 in md5s if not _fetch(remote, store, md5)]
    except RemoteUnusableError:
        raise
    except Exception as error:  # every file system behind DVC has errors of its own
        raise RemoteUnusableError(name, f"{type(error).__name__}: {error}".splitlines()[0]) from error
    return missing


def _loaded() -> Any:
    """The module of DVC's repository, which needs a third of a second to load; raises ToolError."""
    require_dvc()
    try:
        import dvc.repo
    except Exception as error:  # a broken installation can raise anything
        raise ToolFailedError("import dvc.repo", 1, f"{type(error).__name__}: {error}") from error
    return dvc.repo


def _top(remote: object) -> str:
    """The folder of a remote that must be there for it to be usable; in a store without folders, the bucket."""
    path: str = remote.path  # type: ignore[attr-defined]  # DVC ships no types
    protocol: str = remote.fs.protocol  # type: ignore[attr-defined]
    return path.split("/", maxsplit=1)[0] if protocol in _BUCKETS else path


def _fetch(remote: object, store: Store, md5: Md5) -> bool:
    path = remote.oid_to_path(md5)  # type: ignore[attr-defined]  # DVC ships no types
    descriptor, temp = create_temp(store.prepared_temps(), store.token, 0)
    os.close(descriptor)
    try:
        try:
            remote.fs.get_file(path, str(temp))  # type: ignore[attr-defined]
        except FileNotFoundError:
            return False
        return store.adopt(temp, md5) is ObjectState.PRESENT
    finally:
        remove_quietly(temp)
