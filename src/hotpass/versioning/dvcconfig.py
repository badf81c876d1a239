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
from hotpass.versioning.programs import (
    ProgramSetting,
    chain_of,
    programs_digest,
    programs_in,
    remote_name,
)
from hotpass.versioning.trust import TrustFileError, is_trusted

_LIMIT = 1 << 20
# A value in quotes or up to a comment, as configobj reads it.
_VALUE = re.compile(r"""(?:"([^"]*)"|'([^']*)'|([^'"#][^#]*?))?\s*(?:#.*)?""")
SECRETS = frozenset(
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
        "sse_customer_key",
        "oss_key_id",
        "oss_key_secret",
    ]
)


@frozen
class DvcSettings:
    """What of DVC's settings Hotpass needs: where objects are, how they are linked, and the remotes.

    ``link_types`` are DVC's ``cache.type`` in order; ``remotes`` maps a name to its options. ``programs`` are the
    settings of the clone that can make DVC run something; ``trusted``: the user accepted exactly these.
    """

    cache: Path
    link_types: tuple[str, ...]
    shared: bool
    default_remote: str
    remotes: Mapping[str, Mapping[str, str]]
    programs: tuple[ProgramSetting, ...] = ()
    trusted: bool = False

    def program_settings(self, remote: str) -> tuple[str, ...]:
        """The options that could make DVC run something when it uses a remote, and that the user does not trust.

        Options in the user's own files of settings are the user's own, and do not count.
        """
        if self.trusted:
            return ()
        names = chain_of(remote, self.remotes)
        return tuple(sorted({one.name for one in self.programs if one.remote in (None, *names)}))


def read_settings(root: Path) -> DvcSettings:
    """Read the settings that apply in a DVC project; raises DamagedConfigError."""
    cache = root / ".dvc" / "cache"
    link_types: tuple[str, ...] = ("reflink", "copy")
    shared, default = False, ""
    remotes: dict[str, dict[str, str]] = {}
    own = clone_files(root)
    found = {file: read_config(file) for file in (*_user_files(), *own)}
    for file, sections in found.items():
        for section, options in sections.items():
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
    programs = programs_in(root, [found[file] for file in own])
    return DvcSettings(cache, link_types, shared, default, remotes, programs, _are_trusted(root, programs))


def _are_trusted(root: Path, programs: tuple[ProgramSetting, ...]) -> bool:
    if not programs:
        return False
    try:
        return is_trusted(root, programs_digest(programs, clone_files(root)))
    except (TrustFileError, ReadError):
        # What is local works all the same; `hotpass trust` says what is the matter with the record.
        return False


def clone_files(root: Path) -> tuple[Path, Path]:
    """The files of settings that lie in the clone, where whoever made its history can have written them."""
    return root / ".dvc" / "config", root / ".dvc" / "config.local"


def read_config(path: Path) -> dict[str, dict[str, str]]:
    """The sections of one file, values without quotes and comments; empty where there is no file.

    Names of sections and options are in small letters, as in DVC.
    """
    try:
        data = read_small(path, _LIMIT, follow=True)
    except ReadError as error:
        raise DamagedConfigError(str(path), error.reason) from error
    return {} if data is None else parse_config(data, str(path))


def parse_config(data: bytes, path: str) -> dict[str, dict[str, str]]:
    """The sections of a settings file's bytes, as :func:`read_config`; raises DamagedConfigError naming ``path``."""
    parser = RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",), default_section="\0")
    try:
        # configobj, with which DVC reads, gives indentation no meaning; configparser would join such lines.
        lines = (line.strip() for line in data.decode("utf-8").splitlines())
        parser.read_string("\n".join(lines))
    except (ParserError, UnicodeDecodeError) as error:
        raise DamagedConfigError(path, str(error).splitlines()[0]) from error
    sections: dict[str, dict[str, str]] = {}
    for name in parser.sections():
        options = {key.strip("\"'"): _unquoted(value) for key, value in parser.items(name)}
        sections.setdefault(name.lower(), {}).update(options)
    return sections


def secrets_in(path: Path) -> tuple[str, ...]:
    """The names of the options in a settings file that hold a secret, passwords in URLs included."""
    return secrets_of(read_config(path))


def secrets_of(sections: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """The same of sections that were read."""
    return tuple(
        f"{section}.{key}".replace('"', "").replace("'", "")
        for section, options in sections.items()
        for key, value in options.items()
        if key in SECRETS or (key.endswith("url") and has_password(value))
    )


def has_password(url: str) -> bool:
    """True for a URL of the form ``scheme://user:password@host``."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/@:\s]*:(?!\d+/)\S+@", url) is not None


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
