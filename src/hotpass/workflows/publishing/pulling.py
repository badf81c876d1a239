"""The commands with which plain ``dvc pull`` finds a remote at tags that were made before it was configured."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping

from hotpass.errors import HotpassError
from hotpass.versioning.catalogue import Release
from hotpass.versioning.dvcconfig import SECRETS, has_password, parse_config
from hotpass.versioning.programs import remote_name
from hotpass.versioning.project import Project


def pull_lines(project: Project, name: str, releases: Iterable[Release]) -> tuple[str, ...]:
    """The lines to run once in a clone, at its root; none where every tag's own settings lead to the remote.

    Secrets are left out: each person has their own.
    """
    wanted = _public(project.settings.remotes[name])
    names = list(dict.fromkeys(f"{release.commit}:.dvc/config" for release in releases))
    blobs = set(project.git.blobs(names))
    if all(blob is not None and _leads(blob, name, wanted) for blob in blobs):
        return ()
    url = wanted.get("url", "")
    if "://" not in url and not os.path.isabs(os.path.expanduser(url)):
        # In the settings it is relative to .dvc, on the command line to where one is.
        url = os.path.normpath(os.path.join(".dvc", url))
    lines = [f"dvc remote add --local -f -d {name} {shlex.quote(url)}"]
    lines += [
        f"dvc remote modify --local {name} {key} {shlex.quote(value)}"
        for key, value in wanted.items()
        if key != "url"
    ]
    return tuple(lines)


def _public(options: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in options.items() if key not in SECRETS and not has_password(value)}


def _leads(blob: bytes, name: str, wanted: Mapping[str, str]) -> bool:
    """Whether these settings make a remote the default one, with the same options."""
    try:
        sections = parse_config(blob, ".dvc/config")
    except HotpassError:
        return False
    found: dict[str, str] = {}
    for section, options in sections.items():
        if remote_name(section) == name:
            found |= options
    return sections.get("core", {}).get("remote", "").lower() == name and _public(found) == wanted
