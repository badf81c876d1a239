"""DVC's settings as its files hold them, read without loading DVC.

Files, lowest first: system, global, ``.dvc/config``, ``.dvc/config.local`` (dvc.org/doc/user-guide/project-structure).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from configparser import Error as ParserError
from configparser import RawConfigParser
from pathlib import Path

from hotpass.errors import ReadError
from hotpass.files import read_small
from hotpass.values import frozen
from hotpass.versioning.errors import DamagedConfigError

_LIMIT = 1 << 20
_REMOTE = re.compile(r"""['"]?remote ["'](.+)["']['"]?|'remote "(.+)"'""")
# A value in quotes or up to a comment, as configobj reads it.
_VALUE = re.compile(r"""(?:"([^"]*)"|'([^']*)'|([^'"#][^#]*?))?\s*(?:#.*)?""")
_SECRETS = frozenset(
    [
        "password",
        "secret_access_key",
        "session_token",
        "access_key_id",
        "account_key",
        "sas_token",
        "connection_string",
        "client_secret",
        "token",
        "access_token",
        "gdrive_client_secret",
        "passphrase",
        "custom_auth_header",
    ]
)
_RUNS_PROGRAMS = frozenset(
    ["bearer_token_command", "ask_password_command", "credential_process", "configpath"]
)


@frozen
class DvcSettings:
    """What of DVC's settings Hotpass needs: where objects are, how they are linked, and the remotes.

    ``link_types`` are DVC's ``cache.type`` in order; ``remotes`` maps a name to its options.
    """

    cache: Path
    link_types: tuple[str, ...]
    shared: bool
    default_remote: str
    remotes: Mapping[str, Mapping[str, str]]

    def program_settings(self, remote: str) -> tuple[str, ...]:
        """The options of a remote that make DVC run a program or read a file that can."""
        return tuple(sorted(_RUNS_PROGRAMS & set(self.remotes.get(remote, {}))))


def read_settings(root: Path) -> DvcSettings:
    """Read the settings that apply in a DVC project; raises DamagedConfigError."""
    cache = root / ".dvc" / "cache"
    link_types: tuple[str, ...] = ("reflink", "copy")
    shared, default = False, ""
    remotes: dict[str, dict[str, str]] = {}
    for file in (*_user_files(), root / ".dvc" / "config", root / ".dvc" / "config.local"):
        for section, options in read_config(file).items():
            if section == "cache":
                if "dir" in options:
                    cache = Path(os.path.normpath(file.parent / os.path.expanduser(options["dir"])))
                if "type" in options:
                    link_types = tuple(
                        part.strip(" '\"") for part in options["type"].split(",") if part.strip()
                    )
                shared = options.get("shared", "group" if shared else "") == "group"
            elif section == "core":
                default = options.get("remote", default).lower()
            elif name := remote_name(section):
                remotes.setdefault(name, {}).update(options)
    return DvcSettings(cache, link_types, shared, default, remotes)


def read_config(path: Path) -> dict[str, dict[str, str]]:
    """The sections of one file, values without quotes and comments; empty where there is no file.

    Names of sections and options are in small letters, as in DVC.
    """
    try:
        data = read_small(path, _LIMIT, follow=True)
    except ReadError as error:
        raise DamagedConfigError(str(path), error.reason) from error
    if data is None:
        return {}
    parser = RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",), default_section="\0")
    try:
        # configobj, with which DVC reads, gives indentation no meaning; configparser would join such lines.
        lines = (line.strip() for line in data.decode("utf-8").splitlines())
        parser.read_string("\n".join(lines))
    except (ParserError, UnicodeDecodeError) as error:
        raise DamagedConfigError(str(path), str(error).splitlines()[0]) from error
    sections: dict[str, dict[str, str]] = {}
    for name in parser.sections():
        options = {key: _unquoted(value) for key, value in parser.items(name)}
        sections.setdefault(name.lower(), {}).update(options)
    return sections


def remote_name(section: str) -> str | None:
    """The remote's name of a section such as ``'remote "storage"'``, or None."""
    found = _REMOTE.fullmatch(section)
    return (found[1] or found[2]).strip("\"'") or None if found else None


def secrets_in(path: Path) -> tuple[str, ...]:
    """The names of the options in a settings file that hold a secret, passwords in URLs included."""
    return tuple(
        f"{section}.{key}".replace('"', "").replace("'", "")
        for section, options in read_config(path).items()
        for key, value in options.items()
        if key in _SECRETS or (key.endswith("url") and has_password(value))
    )


def has_password(url: str) -> bool:
    """True for a URL of the form ``scheme://user:password@host``."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/@\s]*:[^/@\s]+@", url) is not None


def _unquoted(value: str) -> str:
    found = _VALUE.fullmatch(value.strip())
    if found is None:
        return value.strip()
    return found[1] or found[2] or found[3] or ""


def _user_files() -> tuple[Path, ...]:
    environment, home = os.environ, Path.home()
    if sys.platform == "darwin":
        system, user = (
            Path("/Library/Application Support/dvc"),
            home / "Library" / "Application Support" / "dvc",
        )
    else:
        system = Path((environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")[0]) / "dvc"
        user = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "dvc"
    system = Path(environment.get("DVC_SYSTEM_CONFIG_DIR") or system)
    user = Path(environment.get("DVC_GLOBAL_CONFIG_DIR") or user)
    return system / "config", user / "config"
