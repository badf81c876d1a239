"""Features → scored pairs: the one module that knows Splink.

Splink compares pairs and estimates what each grade of each comparison says (Fellegi and Sunter's model, by expectation
maximisation, without labels). Weights are learnt on one thread and rounded; what follows is computed pair by pair. So
neither threads nor the order of sums show in a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotpass.refine.duplicates.features import Features
from hotpass.refine.duplicates.model import Comparison, Model
from hotpass.refine.duplicates.sets import Sets

if TYPE_CHECKING:
    import polars as pl
    from splink import DuckDBAPI, Linker

_DIGITS = 6
_CHANCE_PAIRS = 300_000
_CHANCE_RECORDS = 20_000
_TRAINING_PAIRS = 1_000_000
_TOO_FEW_SAME = 300
"""Splink's own advice: at least a few hundred pairs to learn from."""
_TOO_FEW_CHANCE = 10_000
"""Fewer pairs by chance could not tell rare from very rare: 142 organisations make as many."""


@dataclass(frozen=True)
class Scored:
    """Pairs with what each comparison says of them.

    ``pairs`` has ``left`` < ``right`` (ids of features), ``weight`` (the sum, in bits), ``probability``, and for each
    comparison ``grade_NAME`` (its level: the highest is the strongest, 0 the last, -1 unknown) and ``weight_NAME``;
    sorted by left and right. ``prior`` is the weight of a pair of which nothing is known. ``settings`` are what was
    learnt, in Splink's own form.
    """

    pairs: pl.DataFrame
    prior: float
    settings: Mapping[str, Any]


def score(
    features: Features, model: Model, pairs: pl.DataFrame, *, threads: int | None, floor: float
) -> Scored:
    """Learn the weights of a model from the records and score pairs of them.

    Pairs below the probability ``floor`` are left out.
    """
    import logging
    from math import log2

    from splink import DuckDBAPI

    # Splink speaks at length about its training, and warns about what is meant here.
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(":memory:")
    try:
        [(all_threads,)] = _run(api, "SELECT current_setting('threads')")
        # Slow queries would draw on the user's screen.
        _run(api, "SET enable_progress_bar = false")
        _run(api, "SET threads = 1")
        settings = _learn(api, features, model)
        _run(api, f"SET threads = {int(threads or all_threads)}")
        linker = _linker(api, features.table, features, model, settings)
        linker.table_management.register_blocked_pairs_for_predict(api.register(_table(api, _keyed(pairs))))
        found = linker.inference.predict(threshold_match_probability=floor, warning_mode="never")
        prior = settings["probability_two_random_records_match"]
        return Scored(
            _pairs(found.as_duckdbpyrelation().pl(), model),
            round(log2(prior / (1 - prior)), _DIGITS),
            settings,
        )
    finally:
        api.duckdb_con.close()


def _learn(api: DuckDBAPI, features: Features, model: Model) -> dict[str, Any]:
    from splink import block_on

    apart = _one_each(features.table, model)
    chance_pairs = min(apart.height * (apart.height - 1) // 2, _CHANCE_PAIRS)
    rules = [rule for rule in model.training if _agreeing(features.table, rule) >= _TOO_FEW_SAME]
    if chance_pairs < _TOO_FEW_CHANCE or not rules:
        return _starting(model)
    chance = _linker(api, apart, features, model, _settings(model))
    chance.training.estimate_u_using_random_sampling(
        max_pairs=_CHANCE_PAIRS, min_count_per_level=None, num_chunks=1
    )
    settings: dict[str, Any] = chance.misc.save_model_to_json()
    linker = _linker(api, features.table, features, model, settings)
    with suppress(ValueError):  # more are surely the same than the recall allows: Splink's own prior is kept
        linker.training.estimate_probability_two_random_records_match(
            [block_on(*rule) for rule in model.sure], recall=model.recall
        )
    for rule in rules:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True, max_pairs=_TRAINING_PAIRS
        )
    return _settled(linker.misc.save_model_to_json(), chance_pairs)


def _agreeing(table: pl.DataFrame, columns: tuple[str, ...]) -> int:
    """How many pairs of records agree on some columns."""
    import polars as pl

    sizes = table.drop_nulls(columns).group_by(columns).agg(size=pl.len().cast(pl.Int64))["size"]
    return int((sizes * (sizes - 1) // 2).sum())


def _linker(
    api: DuckDBAPI, table: pl.DataFrame, features: Features, model: Model, settings: dict[str, Any]
) -> Linker:
    from splink import Linker

    linker = Linker(api.register(_table(api, table)), settings, log_level=None, validate_settings=False)
    for column in model.frequency_columns:
        shares = features.frequencies[column].rename({"share": f"tf_{column}"})
        linker.table_management.register_term_frequency_lookup(api.register(_table(api, shares)), column)
    return linker


def _table(api: DuckDBAPI, frame: pl.DataFrame) -> str:
    """Copy a frame into the engine; returns the table's name."""
    (count,) = _run(api, "SELECT count(*) FROM duckdb_tables()")[0]
    name = f"hotpass_{count}"
    api.duckdb_con.register("hotpass_frame", frame.to_arrow())
    _run(api, f"CREATE TABLE {name} AS FROM hotpass_frame")
    api.duckdb_con.unregister("hotpass_frame")
    return name


def _run(api: DuckDBAPI, sql: str) -> list[Any]:
    # A result that is not fetched blocks the connection.
    rows: list[Any] = api.duckdb_con.execute(sql).fetchall()
    return rows


def _settings(model: Model) -> dict[str, Any]:
    from splink import SettingsCreator, block_on

    creator = SettingsCreator(
        "dedupe_only",
        comparisons=[_comparison(comparison) for comparison in model.comparisons],
        # Pairs are handed over; the rules only tell Splink that there are some.
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in model.sure],
        unique_id_column_name="id",
        retain_intermediate_calculation_columns=True,
    )
    return creator.create_settings_dict("duckdb")


def _comparison(comparison: Comparison) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in comparison.levels:
        said: dict[str, Any] = {"sql_condition": level.condition, "label_for_charts": level.label}
        if level.frequency_of:
            said |= {
                "tf_adjustment_column": level.frequency_of,
                "tf_adjustment_weight": 1.0,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(said)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _one_each(table: pl.DataFrame, model: Model) -> pl.DataFrame:
    """One record of each group of surely same ones: among these, agreement is chance.

    Of many records, every so many-th stands for all.
    """
    import polars as pl

    table = table.gather_every(max(1, table.height // _CHANCE_RECORDS))
    table = table.with_row_index("number")
    sets = Sets(table.height)
    for rule in model.sure:
        known = table.drop_nulls(rule)
        for group in known.group_by(rule, maintain_order=True).agg("number")["number"].to_list():
            for other in group[1:]:
                sets.join(group[0], other)
    first = pl.Series([sets.of(number) == number for number in range(len(sets))], dtype=pl.Boolean)
    return table.filter(first).drop("number")


def _settled(settings: dict[str, Any], chance_pairs: int) -> dict[str, Any]:
    """What was learnt, rounded, and something careful where nothing could be.

    A level that chance never met is taken to be met once in as many pairs as were looked at. One that was never met
    among the same says nothing. A comparison about which nothing could be learnt has Splink's starting values.
    """
    for comparison in settings["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        is_learnt = any(_learnt(level.get("m_probability")) for level in levels)
        for level, (start, _) in zip(levels, _start(len(levels)), strict=True):
            same = _learnt(level.get("m_probability")) if is_learnt else start
            chance = _learnt(level.get("u_probability"))
            if chance is None:
                chance = 0.5 if same is None else 1 / chance_pairs
            level["u_probability"] = _rounded(chance)
            level["m_probability"] = _rounded(same or chance)
    prior = settings["probability_two_random_records_match"]
    # An id that Splink draws at random is left out.
    rounded = {"probability_two_random_records_match": _rounded(prior)}
    return {name: value for name, value in (settings | rounded).items() if name != "linker_uid"}


def _starting(model: Model) -> dict[str, Any]:
    """Splink's starting values, for lists too short to learn from; how common a value is there says nothing either."""
    settings = _settings(model)
    for comparison in settings["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for level, (same, chance) in zip(levels, _start(len(levels)), strict=True):
            level |= {"m_probability": _rounded(same), "u_probability": _rounded(chance)}
            for name in [name for name in level if "tf_" in name]:
                del level[name]
    return settings


def _start(count: int) -> list[tuple[float, float]]:
    """Splink's starting probabilities of levels from the strongest: weights of 10 bits, and evenly from 3 to -5."""
    steps = count - 2
    weights = [10.0, *(3 - 8 * step / steps if steps else -5.0 for step in range(steps + 1))]
    same = [0.95] + [0.05 / (count - 1)] * (count - 1)
    return [(value, min(1.0, value / 2**weight)) for value, weight in zip(same, weights, strict=True)]


def _learnt(value: object) -> float | None:
    return value if isinstance(value, float) and value > 0 else None


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _keyed(pairs: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return pairs.select(
        pl.lit("0").alias("match_key"),
        pl.col("left").alias("join_key_l"),
        pl.col("right").alias("join_key_r"),
    )


def _pairs(found: pl.DataFrame, model: Model) -> pl.DataFrame:
    import polars as pl

    weights = []
    for comparison in model.comparisons:
        parts = [f"mw_{comparison.name}", f"mw_tf_adj_{comparison.name}"]
        there = [column for column in parts if column in found.columns]
        weights.append(pl.sum_horizontal(there).round(_DIGITS).alias(f"weight_{comparison.name}"))
    return found.select(
        pl.col("id_l").alias("left"),
        pl.col("id_r").alias("right"),
        pl.col("match_weight").round(_DIGITS).alias("weight"),
        pl.col("match_probability").round(_DIGITS).alias("probability"),
        *(pl.col(f"gamma_{each.name}").alias(f"grade_{each.name}") for each in model.comparisons),
        *weights,
    ).sort("left", "right")
