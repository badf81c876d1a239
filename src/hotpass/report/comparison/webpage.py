"""A comparison as one page: the verdict first, then a sample of the changes to look through, whole as CSV beside it.

All data is text in the page's markup, so the page says everything with scripts off. The script only filters.
"""

from __future__ import annotations

from pathlib import Path

from hotpass import files
from hotpass.compare.changes import Comparison, Kind, TableComparison
from hotpass.compare.policy import Decision, Reason
from hotpass.report.comparison.parts import Section, Tokens, address, section
from hotpass.report.comparison.sample import logged_count, take_sample
from hotpass.report.comparison.wording import (
    WORDS,
    about,
    both,
    brief,
    key_said,
    number,
    summary,
    table_name,
)
from hotpass.report.page import Html, element, escape, joined, link_beside, link_within, look, page, shown

SAMPLE = 2_000
"""How many changes the page holds."""
_LISTED = 200
"""How many tables, reasons or notes it lists before it says how many more there are."""


def write_comparison_html(
    comparison: Comparison, decision: Decision, path: Path, csv_name: str | None = None
) -> None:
    """Write the page. ``csv_name`` is the name of a CSV file in the same folder that holds every change.

    The page is whole or not there; raises WriteError. The same comparison makes the same bytes.
    """
    files.check_replaceable(path)
    files.write_whole(path, comparison_page(comparison, decision, csv_name), files.new_token())


def comparison_page(comparison: Comparison, decision: Decision, csv_name: str | None = None) -> bytes:
    """The page as bytes; reads the tables' logs as far as the sample needs."""
    sections = _sections(comparison)
    body = [
        link_within("changes", "Skip to the changes", class_="skip"),
        element("header", element("div", *_head(comparison, decision), class_="page"), class_="top"),
        element(
            "main",
            *_reasons(decision),
            *_tables(comparison),
            *_notes(comparison),
            *_changes(comparison, sections, csv_name),
            class_="page",
        ),
        element(
            "footer",
            element("p", "Made by Hotpass. This page holds data: share it as you would share the data."),
            class_="page",
        ),
    ]
    script = look("filter.js") if sections else ""
    return page(f"{both(comparison)} · Hotpass", joined(body), style=look("comparison.css"), script=script)


# --- the verdict ------------------------------------------------------------------------------------------------


def _head(comparison: Comparison, decision: Decision) -> list[Html]:
    bump = decision.bump.value if decision.bump else "none"
    verdict = f"{bump} bump" if decision.bump else "no change"
    parts = [
        element("p", "Hotpass ", element("span", "comparison"), class_="eyebrow"),
        element(
            "h1",
            element("span", shown(brief(comparison.old, 120)), class_="side"),
            Html(" "),
            element("span", "→", class_="arrow", aria_label="to", role="img"),
            Html(" "),
            element("span", shown(brief(comparison.new, 120)), class_="side"),
        ),
        element("p", element("strong", verdict.capitalize(), class_=f"bump {bump}"), class_="verdict"),
        element("p", *_sentences(comparison, decision), class_="lead"),
    ]
    if figures := _figures(comparison):
        parts.append(element("dl", *figures, class_="figures"))
    return parts


def _sentences(comparison: Comparison, decision: Decision) -> list[Html]:
    first, *others = summary(comparison, decision)
    # The names stand in the heading already.
    first = first.removeprefix(f"{both(comparison)}: ")
    return [shown(" ".join([first[:1].upper() + first[1:], *others]))]


def _figures(comparison: Comparison) -> list[Html]:
    totals: dict[Kind, int] = {}
    for change in comparison.all_changes:
        totals[change.kind] = totals.get(change.kind, 0) + change.count
    return [
        element(
            "div",
            element("dt", WORDS[kind].one if count == 1 else WORDS[kind].many),
            element("dd", number(count)),
        )
        for kind, count in totals.items()
    ]


def _reasons(decision: Decision) -> list[Html]:
    if not decision.reasons:
        return []
    rows = [_reason(reason) for reason in decision.reasons[:_LISTED]]
    return [
        _block(
            "why",
            "Why this bump",
            _plain_table(
                ("Bump", "Change", "Count", "Table", "First at"),
                rows,
                "What changed, and the bump that the rule asks for",
            ),
            *_more(len(decision.reasons), "changes"),
        )
    ]


def _reason(reason: Reason) -> Html:
    change, bump = reason.change, reason.bump.value
    more = about(change)
    what = [escape(WORDS[change.kind].many.capitalize())]
    if more and more != change.table:
        what += [Html(" "), element("span", shown(more), class_="detail")]
    return element(
        "tr",
        element("td", element("span", bump, class_=f"bump {bump}")),
        element("th", *what, scope="row"),
        element("td", number(change.count), class_="number"),
        element("td", shown(brief(change.table))),
        element("td", address(change.where[0]) if change.where else "", class_="address"),
    )


def _tables(comparison: Comparison) -> list[Html]:
    if not comparison.tables:
        return []
    # The changed ones first: of ten thousand sheets those are what a reader came for.
    ordered = sorted(comparison.tables, key=lambda table: not table.changes)
    rows = [
        element(
            "tr",
            element("th", shown(brief(table_name(table.name))), scope="row"),
            *(
                element("td", "-" if count is None else number(count), class_="number")
                for count in table.rows
            ),
            element("td", _state(table)),
            element("td", shown(key_said(table)) if None not in table.rows else ""),
        )
        for table in ordered[:_LISTED]
    ]
    heads = ("Table", "Rows before", "Rows after", "State", "Rows told apart by")
    return [
        _block(
            "tables",
            "Tables",
            _plain_table(heads, rows, "Every table, its rows and its key", numeric=(1, 2)),
            *_more(len(ordered), "tables"),
        )
    ]


def _state(table: TableComparison) -> str:
    old, new = table.rows
    if old is None or new is None:
        return "added" if old is None else "removed"
    if table.changes:
        return "changed, other order" if table.resorted else "changed"
    return "same rows, other order" if table.resorted else "same"


def _notes(comparison: Comparison) -> list[Html]:
    if not comparison.notes:
        return []
    items = [element("li", shown(brief(note, 400))) for note in comparison.notes[:_LISTED]]
    return [_block("notes", "Notes", element("ul", *items), *_more(len(comparison.notes), "notes"))]


def _more(count: int, what: str) -> list[Html]:
    return [element("p", f"{number(count - _LISTED)} more {what}.", class_="hint")] if count > _LISTED else []


def _block(name: str, heading: str, *inside: Html) -> Html:
    return element("section", element("h2", heading, id=f"{name}-h"), *inside, aria_labelledby=f"{name}-h")


def _plain_table(
    heads: tuple[str, ...], rows: list[Html], caption: str, numeric: tuple[int, ...] = (2,)
) -> Html:
    head = element(
        "tr",
        *(
            element("th", text, scope="col", class_="number" if place in numeric else "")
            for place, text in enumerate(heads)
        ),
    )
    table = element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", head),
        element("tbody", *rows),
        class_="plain",
    )
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)


# --- the changes ------------------------------------------------------------------------------------------------


def _sections(comparison: Comparison) -> list[Section]:
    samples = {id(sample.table): sample for sample in take_sample(comparison, SAMPLE)}
    tokens = Tokens()
    sections: list[Section] = []
    for place, table in enumerate(comparison.tables):
        if table.changes and len(sections) < _LISTED:
            made = section(table, samples.get(id(table)), f"t{place}", tokens)
            if made.changes:
                sections.append(made)
    return sections


def _changes(comparison: Comparison, sections: list[Section], csv_name: str | None) -> list[Html]:
    if comparison.is_same:
        nothing = "There is nothing to show: every value is the same on both sides."
        return [_block("changes", "Changes", element("p", nothing, class_="empty", id="changes"))]
    total = sum(map(logged_count, comparison.tables))
    held = sum(part.logged for part in sections)
    said = [escape(_held(held, total))]
    if csv_name is not None:
        said += [Html(" "), link_beside(csv_name, f"Every change as CSV ({brief(csv_name)})"), escape(".")]
    elif held < total:
        said.append(escape(" hotpass compare --csv FILE writes all of them."))
    parts = [element("p", *said, class_="held")]
    if sections:
        parts += [_filters(sections), element("div", *(part.markup for part in sections), id="list")]
        parts.append(
            element(
                "p",
                "No change fits these filters. ",
                element("button", "Show all", type="button", class_="reset"),
                id="none",
                class_="empty",
                hidden=True,
            )
        )
    return [
        element(
            "section",
            element("h2", "Changes", id="changes", tabindex="-1"),
            *parts,
            aria_labelledby="changes",
        )
    ]


def _held(held: int, total: int) -> str:
    if not total:
        return "No cell and no row that both sides have differs; what changed stands above."
    if held >= total:
        return "All differing cells and rows are here." if total > 1 else "The one that differs is here."
    return (
        f"{number(held)} of {number(total)} differing cells and rows are here, "
        "spread over tables and kinds of change."
    )


def _filters(sections: list[Section]) -> Html:
    kinds: dict[str, str] = {}
    columns: dict[str, str] = {}
    for part in sections:
        kinds |= part.kinds
        columns |= part.columns
    fields = [_select("kind", "Kind", "All kinds", kinds)]
    if len(sections) > 1:
        fields.append(
            _select(
                "table",
                "Table",
                "All tables",
                {part.token: brief(table_name(part.name)) for part in sections},
            )
        )
    if columns:
        fields.append(_select("column", "Column", "All columns", columns))
    search = element("input", id="f-search", type="search", autocomplete="off")
    fields.append(element("div", element("label", "Search", for_="f-search"), search, class_="field wide"))
    return element(
        "div",
        element("div", *fields, class_="fields"),
        element(
            "p",
            element("span", id="count", role="status", aria_live="polite"),
            Html(" "),
            element("button", "Reset filters", type="button", class_="reset", id="reset", hidden=True),
            class_="count",
        ),
        id="filters",
        role="search",
        aria_label="Filter the changes",
        hidden=True,
    )


def _select(name: str, label: str, every: str, options: dict[str, str]) -> Html:
    chosen = [element("option", every, value="")]
    chosen += [element("option", brief(text), value=value) for value, text in options.items()]
    control = element("select", *chosen, id=f"f-{name}")
    return element("div", element("label", label, for_=f"f-{name}"), control, class_="field")
