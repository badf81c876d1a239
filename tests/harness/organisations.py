"""Made-up organisations as prepared records, a line each."""

from __future__ import annotations

from typing import Any

import polars as pl

from hotpass.refine.records import records


def organisation(
    name: str | None = "Blue Sky",
    place: str | None = "1 main",
    phone: str | None = "+27115550100",
    **more: Any,
) -> dict[str, Any]:
    """One record; ``place`` is house number and street name."""
    tokens = (name or "").lower().split()
    house, _, street = (place or "").partition(" ")
    return {
        "source": "list",
        "name": name,
        "name_key": " ".join(tokens) or None,
        "name_tokens": tokens,
        "address": place,
        "house_number": house or None,
        "street_name": street or None,
        "street_key": f"{street} st" if street else None,
        "phones": [phone] if phone else [],
        "emails": [],
        **more,
    }


def organisations(*rows: dict[str, Any]) -> pl.DataFrame:
    """Records of some organisations, with an id in their list each where they have none."""
    return records([{"source_record": str(number), **row} for number, row in enumerate(rows)])
