"""Which of a clone's DVC settings can make a program run: by naming one, or a file that may.

What counts, of DVC 3.67 and the libraries behind it: WebDAV's ``bearer_token_command``; S3's ``configpath`` and
``credentialpath``, whose files can hold ``credential_process``; ``credentialpath`` of Google, whose file can name an
executable; and ``core.site_cache_dir``, where DVC unpickles what it finds. Passwords that DVC asks for, key files and
certificates run nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hotpass.errors import ReadError
from hotpass.files import read_small

Sections = Mapping[str, Mapping[str, str]]
"""A file of DVC's settings: the options of each section."""

_COMMANDS = frozenset(["bearer_token_command", "ask_password_command", "credential_process"])
_FILES = frozenset(["configpath", "credentialpath"])
_CORE = frozenset(["site_cache_dir"])
_LIMIT = 16 << 20
_REMOTE = re.compile(r"""['"]?remote ["'](.+)["']['"]?|'remote "(.+)"'""")


@dataclass(frozen=True)
class ProgramSetting:
    """An option that can make a program run.

    ``remote`` is the remote that it belongs to, None where it applies to all of them; ``name`` is the option as errors
    name it and ``files`` what it leads to in the clone or beside it, each with the digest of its bytes (empty: it
    cannot be read). ``beside`` are the other options of the remote: to whom the program's answer is sent, say.
    """

    remote: str | None
    name: str
    value: str
    files: tuple[tuple[str, str], ...] = ()
    beside: tuple[tuple[str, str], ...] = ()


def programs_in(root: Path, files: Sequence[Sections]) -> tuple[ProgramSetting, ...]:
    """The settings in a clone's own files that can make a program run, the later file's word last."""
    merged: dict[tuple[str | None, str], dict[str, str]] = {}
    for sections in files:
        for section, options in sections.items():
            # A section that is no remote's by our reading might be one by DVC's: it counts for all of them.
            name = remote_name(section)
            merged.setdefault((name, "" if name else section), {}).update(options)
    found = []
    for (remote, section), options in merged.items():
        counting = _CORE if section == "core" else _COMMANDS | _FILES
        for option in sorted(counting & options.keys()):
            value = options[option]
            beside = tuple(sorted((key, said) for key, said in options.items() if key != option))
            name = f"{section}.{option}" if section else option
            found.append(ProgramSetting(remote, name, value, _led_to(root, option, value), beside))
    return tuple(sorted(found, key=lambda one: (one.remote or "", one.name)))


def programs_digest(programs: Sequence[ProgramSetting], files: Sequence[Path]) -> str:
    """The digest to which trust is bound: options, files that they lead to, what stands beside them.

    The bytes of the settings ``files`` are in it, too: nothing that DVC might read otherwise than we do can change.
    """
    facts: list[object] = [[one.remote, one.name, one.value, one.files, one.beside] for one in programs]
    facts += [_digest(file) for file in files]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def chain_of(remote: str, remotes: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """A remote, and those whose options it takes over by an address such as ``remote://server/folder``."""
    names: list[str] = []
    while remote and remote not in names:
        names.append(remote)
        url = remotes.get(remote, {}).get("url", "")
        remote = urlsplit(url).netloc.lower() if url.lower().startswith("remote:") else ""
    return tuple(names)


def remote_name(section: str) -> str | None:
    """The remote's name of a section such as ``'remote "storage"'``, or None."""
    found = _REMOTE.fullmatch(section)
    return (found[1] or found[2]).strip("\"'") or None if found else None


def _led_to(root: Path, option: str, value: str) -> tuple[tuple[str, str], ...]:
    """The files that a setting leads to: the one that it names, or those among the words of its command."""
    if option in _CORE:
        return ()
    try:
        words = shlex.split(value) if option in _COMMANDS else [value]
    except ValueError:
        words = value.split()
    # DVC takes a file's name from the folder of its settings, a command's from wherever it is started.
    bases = (root / ".dvc",) if option in _FILES else (root, root / ".dvc")
    found: dict[str, str] = {}
    for word in words:
        for place in (Path(os.path.normpath(base / Path(word).expanduser())) for base in bases):
            digest = _digest(place)
            if digest is not None or option in _FILES:
                found[str(place)] = digest or ""
    return tuple(sorted(found.items()))


def _digest(place: Path) -> str | None:
    """The digest of a file's bytes; None where there is no file that can be read."""
    try:
        data = read_small(place, _LIMIT, follow=True)
    except (ReadError, ValueError):
        return None
    return None if data is None else hashlib.sha256(data).hexdigest()
