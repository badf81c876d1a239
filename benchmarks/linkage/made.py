"""Made-up organisations in as many rows as asked for, most of them copies: what the search must bear."""

from __future__ import annotations

import random
from typing import Any

import polars as pl

from hotpass.refine.records import COLUMNS, check

_SYLLABLES = [
    "ba",
    "ko",
    "ri",
    "ta",
    "mu",
    "se",
    "lo",
    "pi",
    "ne",
    "da",
    "vu",
    "ga",
    "xo",
    "te",
    "mi",
    "ra",
    "zu",
    "fe",
    "ho",
    "ly",
]
_USUAL = [
    "centre",
    "school",
    "college",
    "academy",
    "group",
    "services",
    "trading",
    "aviation",
    "training",
    "holdings",
    "house",
    "society",
]


def made(rows: int, copies: float = 0.6, seed: int = 1) -> pl.DataFrame:
    """Prepared records: ``copies`` of them say what another row says, a tenth of the rest says it a little differently."""
    draw = random.Random(seed)
    base: list[dict[str, object]] = []
    data: list[dict[str, object]] = []
    for row in range(rows):
        if base and draw.random() < copies:
            record = dict(base[draw.randrange(len(base))])
        elif base and draw.random() < 0.1:
            record = _varied(dict(base[draw.randrange(len(base))]), draw)
        else:
            record = _organisation(draw)
            base.append(record)
        data.append(record | {"row": row, "source": f"list-{row % 40}", "source_record": str(row)})
    schema = {column: _TYPES[kind] for column, kind in COLUMNS.items()}
    return check(pl.DataFrame(data, schema=schema))


_TYPES: dict[str, Any] = {"int": pl.Int64, "text": pl.String, "texts": pl.List(pl.String), "date": pl.Date}


def _word(draw: random.Random) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(draw.randint(2, 4)))


def _organisation(draw: random.Random) -> dict[str, object]:
    tokens = [_word(draw) for _ in range(draw.randint(1, 2))] + draw.sample(_USUAL, draw.randint(1, 2))
    street = _word(draw)
    return {
        "name": " ".join(tokens).title(),
        "name_key": " ".join(tokens),
        "name_tokens": tokens,
        "address": None,
        "house_number": str(draw.randint(1, 400)),
        "street_key": f"{street} st",
        "street_name": street,
        "postcode": f"{draw.randint(1, 5000):04}",
        "phones": [f"+2711{draw.randint(0, 9_999_999):07}"],
        "emails": [],
    }


def _varied(record: dict[str, object], draw: random.Random) -> dict[str, object]:
    change = draw.choice(("phone", "name", "street"))
    if change == "phone":
        record["phones"] = [f"+2711{draw.randint(0, 9_999_999):07}"]
    elif change == "name":
        tokens = [*record["name_tokens"], draw.choice(_USUAL)]  # type: ignore[misc]
        record |= {"name_tokens": tokens, "name_key": " ".join(tokens)}
    else:
        record |= {"street_key": record["street_name"]}
    return record
