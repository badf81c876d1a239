"""Workbooks: xlsx, xlsm, xlsb, xls and ods, each read by a process of its own and laid out in the engine."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotpass import process
from hotpass.errors import ToolTimeoutError
from hotpass.tables import archive, naming
from hotpass.tables.engine import Engine, literal
from hotpass.tables.errors import EncryptedBookError, LimitError, UnreadableTableError
from hotpass.tables.source import ReadOptions
from hotpass.tables.table import Table, Type

SUFFIXES = ("xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods")


@dataclass
class Job:
    """A workbook on its way: what was found from outside, and the process that reads it."""

    path: Path
    name: str
    kind: str
    notes: list[str]
    file: Path
    formulas: bool
    child: process.Running | None = None


def prepare(engine: Engine, path: Path, name: str, options: ReadOptions) -> Job:
    """Look at a workbook from outside and write down what is to be read. Raises what ``archive.inspect`` does."""
    found = archive.inspect(path, name, engine.limits)
    # The libraries go by the suffix, and an object in a store has none.
    link = engine.new_path(f".{found.kind}")
    link.symlink_to(os.path.realpath(path))
    job = Job(path, name, found.kind, list(found.notes), engine.new_path(".job"), options.formulas)
    limits = engine.limits
    job.file.write_text(
        json.dumps(
            {
                "path": str(link),
                "kind": found.kind,
                "hidden": options.hidden,
                "formulas": options.formulas,
                "memory": limits.memory,
                "cells": limits.cells,
                "sheets": limits.sheets,
                "folder": str(engine.folder),
                "token": job.file.stem,
            }
        ),
        encoding="utf-8",
    )
    return job


def begin(engine: Engine, job: Job, stack: ExitStack) -> None:
    """Start the process that reads a workbook; it ends with the stack at the latest."""
    environment = dict(os.environ) | {"RUST_BACKTRACE": "0", "PYTHONSAFEPATH": "1"}
    argv = [sys.executable, "-m", "hotpass.tables.bookreader", str(job.file)]
    child = process.start(argv, cwd=engine.folder, env=environment, err=Path(f"{job.file}.err"))
    job.child = stack.enter_context(child)


def finish(engine: Engine, job: Job) -> tuple[list[Table], tuple[str, ...]]:
    """Wait for a workbook and lay out its sheets. Raises UnreadableTableError, EncryptedBookError, LimitError."""
    result = _result(engine, job)
    tables = [_laid_out(engine, job, sheet) for sheet in result["sheets"]]
    notes = [*job.notes]
    if result["left_out"]:
        names = ", ".join(map(repr, result["left_out"]))
        notes.append(f"{job.name}: hidden sheets are left out: {names}")
    notes += [
        f"{job.name}!{sheet['name']}: formulas that were never calculated count as blank: {sheet['uncalculated']:,}; "
        "save it in a spreadsheet program"
        for sheet in result["sheets"]
        if sheet["uncalculated"]
    ]
    if job.formulas and job.kind != "xlsx":
        notes.append(f"{job.name}: the text of formulas is not read from {job.kind}")
    for table in tables:
        if table.hidden:
            notes.append(f"{table.source}: this sheet is hidden")
        notes += naming.notes_on(table.columns, table.source)
    return tables, tuple(notes)


def _result(engine: Engine, job: Job) -> dict[str, Any]:
    if job.child is None:
        raise RuntimeError(f"{job.name} was not begun")
    limits = engine.limits
    try:
        code = job.child.wait(limits.seconds)
    except ToolTimeoutError as error:
        raise LimitError(job.name, "seconds", limits.seconds, "reading it takes longer") from error
    out = Path(f"{job.file}.out")
    if not out.exists():
        # The libraries end the whole process where they get no more memory.
        said = Path(f"{job.file}.err").read_text(encoding="utf-8", errors="replace")
        if code < 0 or "memory" in said or "MemoryError" in said:
            raise LimitError(job.name, "memory", limits.memory, "reading it takes more memory")
        raise UnreadableTableError(job.name, f"reading it ended with exit code {code}")
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if "limit" in result:
        allowed = getattr(limits, result["limit"])
        raise LimitError(job.name, result["limit"], allowed, result["found"])
    if "failed" in result:
        message = result["message"]
        if "password" in message.lower() or result["failed"] == "PasswordError":
            raise EncryptedBookError(job.name)
        reason = message.strip().splitlines()[0] if message.strip() else result["failed"]
        raise UnreadableTableError(job.name, f"the workbook is damaged ({reason})")
    return result


def _laid_out(engine: Engine, job: Job, sheet: dict[str, Any]) -> Table:
    name = sheet["name"]
    source = f"{job.name}!{name}"
    types = [Type(kind) for kind in sheet["types"]]
    if not types:
        return Table(name, source, (), 1, engine.empty_relation(), sheet["hidden"])
    if len(types) > engine.limits.columns:
        raise LimitError(source, "columns", engine.limits.columns, f"it has {len(types):,} columns")
    cells = ", ".join(
        f"{_as_text(f'c{place}', kind, form)} AS c{place}"
        for place, (kind, form) in enumerate(zip(types, sheet["forms"], strict=True), 1)
    )
    relation = engine.new_name()
    path = engine.folder / sheet["file"]
    engine.execute(
        f"CREATE TABLE {relation} AS SELECT {cells}, file_row_number AS r "
        f"FROM read_parquet({literal(str(path))}, file_row_number = true)"
    )
    path.unlink()
    formulas = ""
    if sheet["formulas"]:
        formulas, path = engine.new_name(), engine.folder / sheet["formulas"]
        engine.execute(f"CREATE TABLE {formulas} AS SELECT r, c, f FROM read_parquet({literal(str(path))})")
        path.unlink()
    columns = naming.columns_of(sheet["headers"], types, sheet["column"] + 1)
    return Table(name, source, columns, sheet["row"] + 2, relation, sheet["hidden"], formulas)


def _as_text(cell: str, kind: Type, form: str) -> str:
    """The canonical text of a column as the reader's process hands it over."""
    if not form:
        return cell
    if form == "double":
        return f"hp_double({cell})"
    if kind is Type.NUMBER:
        return f"CASE WHEN {cell} = floor({cell}) THEN {cell}::BIGINT::VARCHAR ELSE {cell}::VARCHAR END"
    if kind is Type.DATE:
        return f"{cell}::DATE::VARCHAR"
    if kind in (Type.DATETIME, Type.TIME):
        return f"hp_time({cell}::{'TIME' if kind is Type.TIME else 'TIMESTAMP'}::VARCHAR)"
    return f"{cell}::VARCHAR"
