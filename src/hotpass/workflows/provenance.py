"""Where a version came from, as its record says it: inputs, profile, code, run, numbers. Names and digests, no values."""

from __future__ import annotations

import hashlib
import json
import platform
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hotpass.refine.pipeline import Refined
from hotpass.versioning.project import Project

FORMAT = 1
KEY = "lineage"
"""The name under which it stands in a record's metadata."""
_LISTED = 1_000


def now() -> str:
    """This moment, UTC, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Code:
    """The commit in which a run took place, and whether files that git keeps were other than there."""

    commit: str | None
    dirty: bool


@dataclass(frozen=True)
class InputVersion:
    """The version of the input dataset that was refined."""

    dataset: str
    version: str
    md5: str
    released: bool


@dataclass(frozen=True)
class Run:
    """One run: its id, when it began, the code, and what it was asked for.

    ``settings`` are those that change the output; ``decisions`` the digest of the file of decisions, empty for none.
    ``point`` names the archive that a backfill replays.
    """

    code: Code
    settings: Mapping[str, str]
    decisions: str = ""
    point: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: str = field(default_factory=now)


def code_of(project: Project | None, ours: tuple[str, ...] = ()) -> Code:
    """The code of a run; ``ours`` are pointers and records that Hotpass itself writes, which are no code."""
    commit = project.git.head().commit if project is not None else None
    if project is None or commit is None:
        return Code(None, dirty=False)
    return Code(str(commit), dirty=bool(set(project.git.differs_from_head(["."])) - set(ours)))


def digest_of_inputs(refined: Refined) -> str:
    """One digest of all files that were read, by path and content."""
    lines = sorted(f"{file.digest} {file.name}" for file in refined.inputs.files)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def lineage_of(
    refined: Refined, run: Run, version: str, inputs: InputVersion | None, output_md5: str
) -> dict[str, Any]:
    """The lineage of a version, as JSON; ``version`` is Hotpass's own."""
    findings = refined.findings
    known = {file.path: file.rows for file in findings.inputs}
    return {
        "format": FORMAT,
        "inputs": [
            {"path": _text(file.name), "md5": file.digest, "size": file.size, "rows": known.get(file.name, 0)}
            for file in refined.inputs.files[:_LISTED]
        ],
        "input_files": len(refined.inputs.files),
        "inputs_digest": digest_of_inputs(refined),
        "left_out": [_text(file.path) for file in findings.inputs if file.left_out][:_LISTED],
        "input_dataset": None
        if inputs is None
        else {"name": inputs.dataset, "version": inputs.version, "md5": inputs.md5},
        "profile": {"name": refined.profile.name, "digest": refined.profile.digest},
        "settings": dict(run.settings),
        "decisions": run.decisions or None,
        "code": {"commit": run.code.commit, "dirty": run.code.dirty},
        "hotpass": version,
        "python": platform.python_version(),
        "run": run.id,
        "point": run.point or None,
        "started": run.started,
        "finished": now(),
        "rows": {
            "in": findings.rows_in,
            "merged": findings.merged,
            "quarantined": findings.quarantined,
            "out": findings.rows_out,
        },
        "previous": findings.previous or None,
        "output_md5": output_md5,
    }


def _text(name: str) -> str:
    """A path as JSON can hold it: bytes that are no UTF-8 are written out."""
    return name.encode("utf-8", "backslashreplace").decode()


def settings_of(country: str | None, area_code: str | None, date_order: str | None) -> dict[str, str]:
    """The settings of a run that change its output, without those that are not set."""
    said = {"country": country, "area_code": area_code, "date_order": date_order}
    return {name: value for name, value in said.items() if value}


def as_text(lineage: Mapping[str, Any]) -> str:
    """The lineage as text, one field a line."""
    return json.dumps(lineage, indent=2, ensure_ascii=False)
