"""Whether a remote is the one that was there before: a small file on it carries an id, which is remembered here.

A share that is not mounted looks like an empty folder, or none; what is written there is lost when it is mounted.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace

from hotpass.versioning.known import Known, address_key, changing_known
from hotpass.versioning.project import Project
from hotpass.versioning.pushing import Server
from hotpass.versioning.remotes import Remote, RemoteGoneError
from hotpass.versioning.version import parse_tag

NOTE = "hotpass-remote.json"
"""The file beside a remote's objects. Neither DVC nor its garbage collection looks at it."""


@dataclass(frozen=True)
class Identity:
    """The id a remote carries (None: none yet); ``is_new`` where its folder is still to be made.

    ``is_bare``: it is empty, and a clone that remembers no remote cannot tell it from a share that is not mounted.
    """

    id: str | None
    is_new: bool
    is_bare: bool = False


def identify_remote(remote: Remote, known: Known, server: Server, *, create: bool) -> Identity:
    """Look whether a remote is there, and is the one that is remembered; raises RemoteGoneError.

    ``create`` allows it to begin anew. A clone that remembers nothing takes the releases on the git server as a sign
    that the remote was there once.
    """
    remembered = known.remotes.get(address_key(remote.address))
    if not remote.exists():
        used = remembered is not None or (not known.remotes and _has_releases(server))
        if used and not create:
            raise RemoteGoneError(remote.name, remote.address, "nothing is there")
        return Identity(None, True)
    found = note_id(remote)
    if remembered is not None and found != remembered and not create:
        reason = f"the file {NOTE} on it is {'missing' if found is None else 'that of another remote'}"
        raise RemoteGoneError(remote.name, remote.address, reason)
    strange = found is None and not known.remotes and _has_releases(server) and not create
    return Identity(found, False, strange and remote.lists and not remote.list_objects())


def settle_identity(project: Project, remote: Remote, identity: Identity) -> Identity:
    """Make the folder where it is new, give the remote an id where it has none, and remember it."""
    if identity.is_new:
        remote.create()
    if identity.id is None:
        mine = os.urandom(16).hex()
        remote.write_note(NOTE, json.dumps({"format": 1, "id": mine}).encode() + b"\n")
        # Another clone may have written at the same time: what stands now counts.
        identity = replace(identity, id=note_id(remote) or mine)
    with changing_known(project) as known:
        known.remotes[address_key(remote.address)] = identity.id or ""
    return identity


def note_id(remote: Remote) -> str | None:
    """The id that a remote carries, None where it carries none that can be read."""
    data = remote.read_note(NOTE)
    try:
        found = json.loads(data or b"{}")["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) and found else None


def _has_releases(server: Server) -> bool:
    return any(
        parse_tag(ref.removeprefix("refs/tags/")) for ref in server.refs if ref.startswith("refs/tags/")
    )
