"""Features → scored pairs: the one module that knows Splink.

Splink compares pairs and estimates what each grade of each comparison says (Fellegi and Sunter's model, by expectation
maximisation, without labels). Weights are learnt on one thread and rounded; what follows is computed pair by pair. So
neither threads nor the order of sums show in a result.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    from splink.internals.exceptions import EMTrainingException

    chance = _linker(api, _one_each(features.table, model), features, model, _settings(model))
    chance.training.estimate_u_using_random_sampling(
        max_pairs=_CHANCE_PAIRS, min_count_per_level=None, num_chunks=1
    )
    settings: dict[str, Any] = chance.misc.save_model_to_json()
    linker = _linker(api, features.table, features, model, settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in model.sure], recall=model.recall
    )
    for rule in model.training:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), estimate_without_term_frequencies=True, max_pairs=_TRAINING_PAIRS
            )
        except EMTrainingException:
            continue  # no pair agrees on this: nothing can be learnt from it
    settings = linker.misc.save_model_to_json()
    return _settled(settings, features.table.height)


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


def _settled(settings: dict[str, Any], count: int) -> dict[str, Any]:
    """What was learnt, rounded, and something careful where nothing could be.

    A level that was met neither among the same nor by chance says nothing. One that chance never met is taken to be met
    once in as many pairs as were looked at; one that is never met among the same, once in a thousand.
    """
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            same, chance = (_learnt(level.get(f"{which}_probability")) for which in "mu")
            if same is None and chance is None:
                same = chance = 0.5
            level["u_probability"] = _rounded(chance or 1 / _CHANCE_PAIRS)
            level["m_probability"] = _rounded(max(same or level["u_probability"], 1e-3 * min(1, chance or 1)))
    # Between one pair of all and every other one.
    least = 2 / max(count * (count - 1), 4)
    prior = settings["probability_two_random_records_match"]
    settings["probability_two_random_records_match"] = _rounded(min(max(prior, least), 0.5))
    # An id that Splink draws at random.
    return {name: value for name, value in settings.items() if name != "linker_uid"}


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
