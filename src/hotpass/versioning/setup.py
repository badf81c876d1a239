"""Make a git repository a DVC project, and give it a remote: every step whole, and done only where it is missing."""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import dataclass

from hotpass.errors import ToolFailedError
from hotpass.files import create_temp, make_directories, sync_directory, write_whole, writing
from hotpass.versioning.dvc import require_dvc, run_dvc
from hotpass.versioning.dvcconfig import has_password, read_config, read_settings
from hotpass.versioning.errors import (
    BadRemoteError,
    NotADvcFolderError,
    RemoteTakenError,
)
from hotpass.versioning.lock import repository_lock
from hotpass.versioning.programs import remote_name
from hotpass.versioning.project import Project
from hotpass.versioning.recovery import carrying_out, forget, recover

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_SECRET_QUERY = re.compile(r"[?&](sig|token|password|secret|sas|access_?key|key)=", re.IGNORECASE)
_FILES = {
    ".dvc/config": "",
    ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
    ".dvcignore": "# Files that DVC leaves out, in the syntax of .gitignore\n",
}


@dataclass(frozen=True)
class Initialised:
    """What was made: files, and the remote that stands now (name and where its address is kept)."""

    created: tuple[str, ...]
    remote: str | None
    remote_added: bool
    local: bool


def initialise(project: Project, url: str | None = None, name: str = "storage") -> Initialised:
    """Make the DVC project where it is missing and add the default remote where one is asked for.

    Doing it again changes nothing. Raises DvcMissingError where ``.dvc`` must be made and DVC is not installed,
    NotADvcFolderError, BadRemoteError, and RemoteTakenError where another address has that name.
    """
    root = project.root
    folder = root / ".dvc"
    # DVC keeps the names of remotes in small letters.
    name = name.lower()
    if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
        raise NotADvcFolderError(str(folder))
    # Settings that cannot be read are refused before anything is made beside them.
    read_config(folder / "config")
    if url is not None:
        _check_remote(url, name)
        if "://" not in url and not os.path.isabs(url):
            # DVC keeps it relative to .dvc, so that the repository can be moved together with it.
            url = os.path.relpath(os.path.abspath(url), root)
    if url is not None or not (folder / "config").is_file():
        require_dvc()
    request = {"action": "init", "remote": url, "name": name}
    with repository_lock(project.git.common, "init", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, request) is not None:
            forget(project)
        with carrying_out(project, request, (".", ".dvc")):
            created = _make_files(project)
            if url is None:
                return Initialised(created, None, False, False)
            added, local = _add_remote(project, url, name)
    return Initialised(created, name, added, local)


def has_default_remote(project: Project) -> bool:
    """Whether DVC knows where to send data already."""
    return bool(read_settings(project.root).default_remote)


def _make_files(project: Project) -> tuple[str, ...]:
    created = [path for path in _FILES if not os.path.lexists(project.root / path)]
    if not (project.root / ".dvc").is_dir():
        _make_folder(project)
    for path in created:
        place = project.root / path
        if not os.path.lexists(place):
            make_directories(place.parent)
            write_whole(place, _FILES[path].encode(), project.token)
    # As `dvc init` does, so that the next `git commit` holds them.
    unstaged = [path for path in _FILES if not project.git.tracked(path)]
    if unstaged:
        project.git.stage(unstaged)
    return tuple(created)


def _make_folder(project: Project) -> None:
    """Give ``.dvc`` its name with its files in it: `dvc init` refuses a folder that has no settings yet."""
    draft = project.git.common / "hotpass" / "new-dvc"
    shutil.rmtree(draft, ignore_errors=True)
    make_directories(draft)
    for path, text in _FILES.items():
        if path.startswith(".dvc/"):
            write_whole(draft / path.removeprefix(".dvc/"), text.encode(), project.token)
    with writing(project.root / ".dvc"):
        try:
            os.rename(draft, project.root / ".dvc")
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # The git directory is on another file system: file by file, then.
            shutil.rmtree(draft)
        sync_directory(project.root)


def _check_remote(url: str, name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise BadRemoteError(name, "a remote's name is letters, digits, _, . and -")
    if not url.strip() or any(ord(char) < 32 for char in url):
        raise BadRemoteError("", "the address is empty or holds control characters")


def _add_remote(project: Project, url: str, name: str) -> tuple[bool, bool]:
    """Add a remote with DVC's own command; what is secret goes into ``config.local`` alone."""
    secret = has_password(url) or _SECRET_QUERY.search(url) is not None
    public = re.sub(r"//[^/@\s]*@", "//", url).split("?")[0] if secret else url
    present = _configured(project, name)
    if present is not None and _same_address(project, present, url):
        return False, secret
    if present is None:
        default = [] if read_settings(project.root).default_remote else ["-d"]
        run_dvc(project.root, "remote", "add", "-q", *default, "--", name, public)
        if _configured(project, name) is None:
            raise ToolFailedError("dvc remote add", 0, "it ended well and added nothing")
    elif not (secret and _same_address(project, present, public)):
        raise RemoteTakenError(name)
    if secret:
        local = project.root / ".dvc" / "config.local"
        if not local.exists():
            descriptor, temp = create_temp(local.parent, project.token)
            os.close(descriptor)
            os.replace(temp, local)
        os.chmod(local, 0o600)
        run_dvc(project.root, "remote", "modify", "-q", "--local", "--", name, "url", url)
    return True, secret


def _configured(project: Project, name: str) -> str | None:
    address = None
    for file in ("config", "config.local"):
        for section, options in read_config(project.root / ".dvc" / file).items():
            if remote_name(section) == name:
                address = options.get("url", address)
    return address


def _same_address(project: Project, present: str, url: str) -> bool:
    """Whether two addresses mean one place; DVC keeps local folders relative to ``.dvc``."""
    if present == url:
        return True
    if "://" in present or "://" in url:
        return False
    return os.path.normpath(project.root / ".dvc" / present) == os.path.normpath(project.root / url)
