"""What a query asks for, read from the engine's own parse of it: nothing is run that is not understood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hotpass.tables import Engine
from hotpass.workflows.errors import BadQueryError, ForbiddenQueryError

# Every kind of query that only reads. Since DuckDB 2.0 a WITH can also hold INSERT, DELETE and COPY TO a file.
_NODES = frozenset(["SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"])
# Functions that give rows and look at nothing but their arguments.
_ROW_FUNCTIONS = frozenset(
    ["unnest", "range", "generate_series", "repeat", "repeat_row", "json_each", "json_tree"]
)
# Functions that tell of the machine or the session, or leave a trace in it.
_FORBIDDEN = frozenset(
    [
        "current_setting", "getenv", "getvariable", "in_search_path", "write_log", "sleep_ms", "nextval", "currval",
        "add_parquet_key", "txid_current", "json_serialize_plan", "json_execute_serialized_sql",
    ]
)  # fmt: skip


@dataclass(frozen=True)
class ParsedQuery:
    """A query that only reads: ``tables`` are the names it reads from, ``defined`` those that it defines by itself."""

    sql: str
    tables: tuple[str, ...]
    defined: frozenset[str]


def parse_query(engine: Engine, sql: str) -> ParsedQuery:
    """Read a query; raises BadQueryError with the line, ForbiddenQueryError for what is more than reading tables."""
    if "\0" in sql:
        raise BadQueryError("there is a NUL character in it", 0)
    tree = json.loads(engine.execute("SELECT json_serialize_sql(?)", [sql])[0][0])
    if tree["error"]:
        raise _error(sql, tree)
    if len(tree["statements"]) != 1:
        raise BadQueryError(f"one SELECT statement is needed, not {len(tree['statements'])}", 0)
    tables: dict[str, None] = {}
    defined: set[str] = set()
    for node in _nodes(tree["statements"]):
        _check(node)
        if node.get("type") == "BASE_TABLE":
            tables[_table_name(node)] = None
        defined |= {entry["key"].lower() for entry in (node.get("cte_map") or {}).get("map", ())}
        if isinstance(node.get("cte_name"), str):
            defined.add(node["cte_name"].lower())
    return ParsedQuery(sql, tuple(tables), frozenset(defined))


def _error(sql: str, tree: dict[str, Any]) -> BadQueryError | ForbiddenQueryError:
    if tree.get("error_type") == "not implemented":
        return ForbiddenQueryError("a statement that is no SELECT")
    place = str(tree.get("position", ""))
    line = sql[: int(place)].count("\n") + 1 if place.isdecimal() else 0
    return BadQueryError(str(tree.get("error_message", "it cannot be read")), line)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a tree; without recursion, for a query can be nested deeper than Python's stack."""
    rest = [tree]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            yield item
            rest.extend(reversed(item.values()))
        elif isinstance(item, list):
            rest.extend(reversed(item))


def _check(node: dict[str, Any]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and kind.endswith("_NODE") and kind not in _NODES:
        raise ForbiddenQueryError(kind.removesuffix("_NODE").removesuffix("_QUERY"))
    if kind == "SHOW_REF" and node.get("table_name"):
        raise ForbiddenQueryError("SHOW")
    if kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", "")).lower()
        if name not in _ROW_FUNCTIONS:
            raise ForbiddenQueryError(f"{name}()")
    if node.get("class") == "FUNCTION" and str(node.get("function_name", "")).lower() in _FORBIDDEN:
        raise ForbiddenQueryError(f"{str(node['function_name']).lower()}()")


def _table_name(node: dict[str, Any]) -> str:
    if node.get("schema_name") or node.get("catalog_name"):
        parts = [
            str(node.get(name)) for name in ("catalog_name", "schema_name", "table_name") if node.get(name)
        ]
        raise ForbiddenQueryError(".".join(parts))
    return str(node["table_name"])
