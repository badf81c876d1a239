"""What the user trusts, recorded outside every repository: which clone, and the digest of its settings.

``~/.config/hotpass/trusted.json`` (below ``XDG_CONFIG_HOME`` where that is set), for its owner's eyes alone.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import RefusedError
from hotpass.files import make_directories, new_token, read_small, write_whole

_LIMIT = 4 << 20
_FORMAT = 1


class TrustFileError(RefusedError):
    """The record of what is trusted could have been written by others than the user."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} says what is trusted and cannot be believed: {self.reason}"

    @property
    def hint(self) -> str:
        """How to make it believable."""
        return f"chmod 700 its folder and 600 the file, or remove it and run hotpass trust again: {self.path}"


@dataclass(frozen=True)
class TrustedClone:
    """A clone whose settings were accepted: its root, the digest, and when (ISO 8601, UTC)."""

    root: str
    digest: str
    date: str


def trust_path() -> Path:
    """Where trust is recorded."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    # The specification of base directories: what is not absolute is to be ignored.
    base = Path(home) if os.path.isabs(home) else Path.home() / ".config"
    return base / "hotpass" / "trusted.json"


def read_trust(root: Path | None = None) -> tuple[TrustedClone, ...]:
    """What is trusted, by root. Raises TrustFileError where others than the user could have written it.

    ``root`` is the clone that asks: a record inside it would be the clone's own word.
    """
    path = trust_path()
    if root is not None and os.path.realpath(path).startswith(os.path.realpath(root) + os.sep):
        raise TrustFileError(str(path), "it lies inside the repository")
    data = read_small(path, _LIMIT)
    if data is None:
        return ()
    for place in (path, path.parent):
        status = os.stat(place)
        if status.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(status.st_mode) & 0o022:
            raise TrustFileError(str(place), "others can write it")
    try:
        content = json.loads(data)
        if content["format"] != _FORMAT:
            raise TrustFileError(str(path), f"it has the format {content['format']!r}")
        clones = [
            TrustedClone(str(place), str(facts["digest"]), str(facts["date"]))
            for place, facts in content["trusted"].items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrustFileError(str(path), "it cannot be read") from error
    return tuple(sorted(clones, key=lambda clone: clone.root))


def is_trusted(root: Path, digest: str) -> bool:
    """Whether the user accepted exactly these settings in this clone; raises TrustFileError."""
    real = os.path.realpath(root)
    return any(clone.root == real and clone.digest == digest for clone in read_trust(root))


def write_trust(clones: tuple[TrustedClone, ...]) -> None:
    """Replace the record, whole or not at all, readable by its owner alone. Raises WriteError."""
    path = trust_path()
    make_directories(path.parent, mode=0o700)
    trusted = {clone.root: {"digest": clone.digest, "date": clone.date} for clone in clones}
    text = json.dumps({"format": _FORMAT, "trusted": trusted}, indent=2, sort_keys=True) + "\n"
    write_whole(path, text.encode(), new_token(), mode=0o600)
