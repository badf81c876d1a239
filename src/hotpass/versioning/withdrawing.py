"""Withdraw a release: kept and exact, but no longer chosen by ranges or latest. Settings say so; no tag moves.

The line goes into the settings file as a person would write it there, comments and order as they were. Undone by
deleting that line.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hotpass.config import load_settings, parse_name, settings_source
from hotpass.errors import ConflictError, RefusedError, UsageError
from hotpass.files import write_whole
from hotpass.versioning.history import open_catalogue
from hotpass.versioning.lock import repository_lock
from hotpass.versioning.planning import check_description
from hotpass.versioning.project import Project
from hotpass.versioning.wanted import Wanted


class NotExactError(UsageError):
    """A range was given where one exact version is meant."""

    dataset: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.wanted} can choose several versions of {self.dataset}; one is meant here"

    @property
    def hint(self) -> str:
        """How to name one."""
        return f"write {self.dataset}@X.Y.Z; hotpass history {self.dataset} lists them"


class WithdrawnAlreadyError(ConflictError):
    """A release is withdrawn for another reason."""

    dataset: str
    version: str
    reason: str
    file: str

    def __str__(self) -> str:
        return f"{self.dataset} {self.version} is withdrawn already: {self.reason}"

    @property
    def hint(self) -> str:
        """Where the reason stands."""
        return f"to give another reason, change the line in {self.file}"


class OddSettingsError(RefusedError):
    """A settings file is written in a form to which a line cannot be added safely."""

    file: str
    table: str
    line: str

    def __str__(self) -> str:
        return f"{self.file} is written in a form to which nothing can be added safely"

    @property
    def hint(self) -> str:
        """What to write by hand."""
        return f"write it by hand, into the table [{self.table}]: {self.line}"


@dataclass(frozen=True)
class Withdrawn:
    """A withdrawn release, why, and the file that says so."""

    dataset: str
    version: str
    reason: str
    file: str
    already: bool = False


def withdraw(project: Project, name: str, wanted: Wanted, reason: str) -> Withdrawn:
    """Write into the settings that a release is withdrawn.

    Raises UnknownVersionError, NotExactError, BadDescriptionError for a reason that is none, WithdrawnAlreadyError,
    OddSettingsError, SettingsError, WriteError.
    """
    reason = reason.strip()
    check_description(reason)
    if not wanted.is_exact:
        raise NotExactError(name, str(wanted))
    with repository_lock(project.git.common, "withdraw", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        version = str(open_catalogue(project, name).pick(wanted).version)
        file, header, text = settings_source(project.root)
        # Read anew, now that nobody else writes.
        known = load_settings(project.root, {}, {}).dataset(name).withdrawn.get(version)
        if known is not None:
            if known != reason:
                raise WithdrawnAlreadyError(name, version, known, file)
            return Withdrawn(name, version, reason, file, already=True)
        table = (*header, "datasets", name, "withdrawn")
        new = _added(text, table, version, reason)
        if new is None:
            raise OddSettingsError(file, ".".join(table), _row(version, reason))
        write_whole(project.root / file, new.encode(), project.token)
    return Withdrawn(name, version, reason, file)


def _added(text: str, table: tuple[str, ...], key: str, value: str) -> str | None:
    """The text with one more value in a table; None where no way of writing it means just that."""
    wanted = _with(tomllib.loads(text), table, key, value)
    for candidate in _candidates(text, table, _row(key, value)):
        try:
            if tomllib.loads(candidate) == wanted:
                return candidate
        except tomllib.TOMLDecodeError:
            continue
    return None


def _candidates(text: str, table: tuple[str, ...], row: str) -> Iterator[str]:
    """The text with a row added where it could stand: at the end of its table, at its beginning, in a new one."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    for opens in (at for at, line in enumerate(lines) if parse_name(line) == table):
        last = opens
        for at in range(opens + 1, len(lines)):
            if parse_name(lines[at]) is not None:
                break
            last = at if lines[at].strip() and not lines[at].lstrip().startswith("#") else last
        for at in (last + 1, opens + 1):
            yield "".join([*lines[:at], row + end, *lines[at:]])
    name = ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part) for part in table)
    gap = [end] if lines and lines[-1].strip() else []
    yield "".join([*lines, *gap, f"[{name}]{end}", row + end])


def _row(key: str, value: str) -> str:
    # A text of JSON without control characters is one of TOML, too.
    return f"{json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}"


def _with(content: Mapping[str, Any], table: tuple[str, ...], key: str, value: str) -> dict[str, Any]:
    """What a settings file means with one more value in it."""
    whole = deepcopy(dict(content))
    place = whole
    for part in table:
        place = place.setdefault(part, {})
    place[key] = value
    return whole
