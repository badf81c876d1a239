"""Splink by its tutorial on the prepared records: what others reach without effort, and the measure of speed."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import polars as pl


def cluster(records: pl.DataFrame) -> Sequence[int]:
    """The cluster of each record."""
    import splink.internals.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    table = records.select(
        unique_id="row",
        name="name_key",
        place=pl.concat_str("house_number", "street_name", separator=" "),
        phone=pl.col("phones").list.first(),
        postcode="postcode",
    )
    settings = SettingsCreator(
        "dedupe_only",
        comparisons=[
            comparisons.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(
                term_frequency_adjustments=True
            ),
            comparisons.LevenshteinAtThresholds("place", [1]),
            comparisons.ExactMatch("phone").configure(term_frequency_adjustments=True),
            comparisons.ExactMatch("postcode"),
        ],
        blocking_rules_to_generate_predictions=[block_on("phone"), block_on("place"), block_on("name")],
    )
    linker = Linker(DuckDBAPI(":memory:").register(table.to_arrow()), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("phone", "place"), block_on("name", "place"), block_on("name", "phone")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for column in ("phone", "place"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    pairs = linker.inference.predict(threshold_match_probability=0.01)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=0.9
    )
    clusters: Sequence[int] = found.as_duckdbpyrelation().pl().sort("unique_id")["cluster_id"].to_list()
    return clusters
