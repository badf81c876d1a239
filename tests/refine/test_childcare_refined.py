"""What is promised of real lists, through the whole of refine: found without labels, steady ids, no rewrite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from benchmarks.linkage import childcare
from benchmarks.linkage.scores import scores
from harness.repository import Repo

from hotpass.refine import Refined, load_profile, read_inputs, refine
from hotpass.refine.export import lineage_columns, workbook_bytes
from hotpass.refine.previous import RECORDS, previous_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not childcare.LISTS.is_dir(), reason="the shared spreadsheets are not beside this repository"
    ),
]


def refined(folder: Path, deliveries: Sequence[str], before: Refined | None = None) -> Refined:
    """Refine deliveries with the generic profile, and nothing but the country and the area code."""
    for delivery in deliveries:
        for path in (childcare.LISTS / delivery).iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
    profile = load_profile("generic").with_settings(country=childcare.COUNTRY, area_code=childcare.AREA_CODE)
    previous = previous_of([before.data, before.quarantine], "1.0.0") if before is not None else None
    return refine(read_inputs(folder), profile, previous)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Refined:
    return refined(tmp_path_factory.mktemp("first"), ["delivery-1"])


@pytest.fixture(scope="module")
def both(first: Refined, tmp_path_factory: pytest.TempPathFactory) -> Refined:
    return refined(tmp_path_factory.mktemp("both"), ["delivery-1", "delivery-2"], first)


def test_organisations_are_found_without_labels(both: Refined) -> None:
    """Issue D, "Done when"."""
    truth = childcare.truth()
    records = both.prepared.records["source_record"].to_list()
    # Every row of the nine lists, and each by its own number: nothing was lost before duplicates were looked for.
    assert sorted(records) == sorted(truth)
    cluster = {row: number for number, rows in enumerate(both.resolution.clusters) for row in rows}
    result = scores([cluster[row] for row in range(len(records))], [truth[record] for record in records])
    assert result.pair_f1 >= 0.92
    assert result.b3_f1 >= 0.955


def test_organisations_keep_their_ids_when_more_lists_arrive(first: Refined, both: Refined) -> None:
    """Issue D, "Done when"."""
    before, after = (set(each.data["organization_id"]) for each in (first, both))
    assert len(before & after) >= 0.99 * len(before)
    # Those that went were merged into others, which say so.
    taken = {name for each in both.organisations for name in each.merged}
    assert before - after == taken
    assert both.identities.gone == ()


def test_more_lists_are_additions_and_merges_and_no_rewrite(
    first: Refined, both: Refined, repo: Repo, tmp_path: Path
) -> None:
    """Issue D, "Done when": the row of an organisation that no new record joined is the same to the last cell."""
    old, new = (each.data.sort("organization_id") for each in (first, both))
    same = old.join(new.select("organization_id", RECORDS), on=["organization_id", RECORDS])[
        "organization_id"
    ]
    assert len(same) > 0.85 * old.height
    rows = [each.filter(pl.col("organization_id").is_in(same.implode())) for each in (old, new)]
    assert rows[0].equals(rows[1])
    for name, each in (("old", first), ("new", both)):
        repo.write(f"{name}.xlsx", workbook_bytes(each.sheets()))
    seen = repo.hotpass("compare", "old.xlsx", "new.xlsx", "--json", "--key", "organization_id").json
    table = next(table for table in seen["tables"] if table["name"] == "Data")
    counts = {change["kind"]: change["count"] for change in table["changes"]}
    merged = {name for each in both.organisations for name in each.merged}
    assert counts["rows_added"] == len(both.identities.new)
    assert counts["rows_removed"] == len(merged)
    values = [name for name in old.columns if name not in lineage_columns(old.columns)]
    changed = next(change for change in table["changes"] if change["kind"] == "cells_changed")
    assert set(changed["columns"]) & set(values), changed
    assert changed["count"] < 0.03 * old.height * old.width
