"""The canonical text of a cell, and which type a text fits, as SQL. Pure.

Equal content has equal text whatever file it came from: ``1.50`` in a list, 1.5 in a workbook and a DECIMAL in Parquet
are all ``1.5``. The rules are those of docs/reference/tables.md; the tests hold an independent one in plain Python.
"""

from __future__ import annotations

from hotpass.tables.table import Column, Type

MACROS = (
    # "12.500" → "12.5", "3." cannot occur, "-0.0" → "0".
    """CREATE MACRO hp_trim(x) AS
       CASE rtrim(rtrim(x, '0'), '.') WHEN '-0' THEN '0' ELSE rtrim(rtrim(x, '0'), '.') END""",
    # A sign, digits without zeros in front, and how many of them stand before the point.
    """CREATE MACRO hp_place(s, d, p) AS CASE
       WHEN d = '' THEN '0'
       WHEN p <= 0 THEN rtrim(s || '0.' || repeat('0', -p) || d, '0')
       WHEN p >= length(d) THEN s || d || repeat('0', p - length(d))
       ELSE hp_trim(s || d[:p] || '.' || d[p + 1:]) END""",
    # A list of one and a lambda give a value a name: a macro's argument is written out wherever it stands.
    """CREATE MACRO hp_shift(s, d, p) AS list_transform([ltrim(d, '0')],
       lambda t: hp_place(s, t, p - (length(d) - length(t))))[1]""",
    """CREATE MACRO hp_expand(x) AS list_transform([string_split(x, 'e')],
       lambda v: list_transform([{'m': ltrim(v[1], '-'), 'e': TRY_CAST(v[2] AS BIGINT)}],
       lambda w: list_transform([{'d': replace(w.m, '.', ''), 'p': length(split_part(w.m, '.', 1)) + w.e}],
       lambda u: hp_shift(CASE WHEN v[1][1] = '-' THEN '-' ELSE '' END, u.d, u.p))[1])[1])[1]""",
    """CREATE MACRO hp_number_slow(x) AS CASE
       WHEN contains(x, 'e') OR contains(x, 'E') THEN hp_expand(lower(x))
       WHEN contains(x, '.') THEN hp_trim(x)
       WHEN x = '-0' THEN '0' ELSE x END""",
    # Most numbers are canonical as they stand, and trimming is slow.
    """CREATE MACRO hp_number(x) AS CASE
       WHEN ends_with(x, '0') OR contains(x, 'e') OR contains(x, 'E') THEN hp_number_slow(x) ELSE x END""",
    """CREATE MACRO hp_double(x) AS CASE
       WHEN x = floor(x) AND abs(x) < 1e15 THEN x::BIGINT::VARCHAR
       WHEN abs(x) >= 1e-4 AND abs(x) < 1e15 THEN x::VARCHAR ELSE hp_number(x::VARCHAR) END""",
    # "10:30" → "10:30:00", "10:30:00.250" → "10:30:00.25".
    """CREATE MACRO hp_time(x) AS CASE
       WHEN contains(x, '.') THEN rtrim(rtrim(x, '0'), '.')
       WHEN length(x) = 5 THEN x || ':00' ELSE x END""",
    # "2024-01-31T10:30Z" → "2024-01-31 10:30:00Z"; "+00:00" is Z, other zones stay as they are.
    r"""CREATE MACRO hp_zone(x) AS CASE
       WHEN x = '' THEN x
       WHEN regexp_full_match(x, 'Z|[+-]00(:?00)?') THEN 'Z'
       WHEN length(x) = 3 THEN x || ':00'
       WHEN length(x) = 5 THEN x[:3] || ':' || x[4:] ELSE x END""",
    r"""CREATE MACRO hp_datetime(x) AS CASE
       WHEN x = '' OR regexp_full_match(x, '[0-9-]{10} [0-9:]{8}') THEN x
       ELSE list_transform([{'t': regexp_extract(x, '^.{11}([0-9:.]+)', 1), 'z': regexp_extract(x, '^.{11}[0-9:.]+(.*)$', 1)}],
       lambda v: x[:10] || ' ' || hp_time(v.t) || hp_zone(v.z))[1] END""",
)
"""Created in every engine. All are NULL for NULL, and leave what is canonical as it is."""

_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-][0-9]{1,3})?"
_DATETIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"

FITS: dict[Type, str] = {
    Type.BOOLEAN: "lower(@) IN ('true', 'false')",
    # The cast is faster than the pattern, which is looked at for what has more than 18 digits alone.
    Type.INTEGER: "(CASE WHEN length(@) < 19 THEN coalesce(TRY_CAST(@ AS BIGINT)::VARCHAR = @, false)"
    " ELSE regexp_full_match(@, '-?[1-9][0-9]*') END)",
    Type.NUMBER: f"regexp_full_match(@, '{_NUMBER}')",
    Type.DATE: "(length(@) = 10 AND coalesce(TRY_CAST(@ AS DATE)::VARCHAR = @, false))",
    Type.DATETIME: f"(regexp_full_match(@, '{_DATETIME}') AND TRY_CAST(@[:10] AS DATE) IS NOT NULL)",
    Type.TIME: f"regexp_full_match(@, '{_TIME}')",
}
"""Whether a text that is neither blank nor empty fits a type, as a condition on ``@``; in order, narrowest first."""


def canonical(column: Column, expression: str) -> str:
    """Give the SQL of a cell's canonical text; ``expression`` names the cell."""
    if column.native:
        return _native(column, expression)
    form = {
        Type.BOOLEAN: "lower(@)",
        Type.NUMBER: "hp_number(@)",
        Type.DATETIME: "hp_datetime(@)",
        Type.TIME: "hp_time(@)",
    }.get(column.type, "@")
    return form.replace("@", expression)


def _native(column: Column, expression: str) -> str:
    if column.native == "VARCHAR":
        return expression
    if column.native == "DOUBLE":
        return f"hp_double({expression})"
    text = f"({expression})::VARCHAR"
    if column.type is Type.NUMBER:
        return f"hp_number({text})"
    if column.type is Type.DATETIME and has_zone(column):
        return f"hp_datetime({text})"
    return f"hp_time({text})" if column.type in (Type.DATETIME, Type.TIME) else text


def has_zone(column: Column) -> bool:
    """Whether a column of times is one of moments, as its container says."""
    return "TIME ZONE" in column.native or column.native.startswith("TIMESTAMPTZ")
