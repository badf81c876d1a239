"""The page of a comparison in a real browser: it asks for nothing, runs nothing of the data's, and its filters work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.browser import Browser, Page, browser, need_chromium
from harness.comparisons import NOTHING, SMALL, hostile, many

from hotpass.compare.changes import Comparison
from hotpass.compare.policy import decide
from hotpass.report.comparison import write_comparison_html

pytestmark = pytest.mark.slow

COUNT = "document.getElementById('count').textContent"
VISIBLE = "[...document.querySelectorAll('[data-kind]')].filter(item => item.checkVisibility()).length"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    need_chromium()
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")

    def write(name: str, comparison: Comparison, csv_name: str | None = None) -> Path:
        write_comparison_html(comparison, decide(comparison.all_changes), folder / f"{name}.html", csv_name)
        return folder / f"{name}.html"

    return {
        "small": write("small", SMALL),
        "nothing": write("nothing", NOTHING),
        "hostile": write("hostile", hostile(), "javascript:alert(1)"),
        "some": write("some", many(300)),
        "many": write("many", many(100_000), "all changes.csv"),
    }


def assert_quiet(page: Page, path: Path) -> None:
    """Nothing was asked for but the page itself, and nothing was refused or complained of."""
    assert page.requests == [path.as_uri()]
    assert page.complaints == []


@pytest.mark.parametrize("name", ["small", "nothing", "hostile", "many"])
def test_a_page_asks_for_nothing_and_has_nothing_to_complain_of(
    chromium: Browser, pages: dict[str, Path], name: str
) -> None:
    page = chromium.page()
    page.open(pages[name])
    assert_quiet(page, pages[name])
    assert page.run("performance.getEntriesByType('resource').length") == 0


def test_no_script_of_the_data_runs_whatever_is_pointed_at(chromium: Browser, pages: dict[str, Path]) -> None:
    """Case 45: every element is hovered over, focused and clicked as far as a script can."""
    page = chromium.page()
    page.open(pages["hostile"])
    title = page.run("document.title")
    page.run(
        "for (const node of document.querySelectorAll('body *')) {"
        " if (node.closest('a, button')) continue;"
        " for (const kind of ['mouseover', 'focus', 'click', 'error', 'load'])"
        "  node.dispatchEvent(new Event(kind, {bubbles: true})); }"
    )
    assert page.run("document.title") == title
    assert page.run("document.querySelectorAll('script').length") == 1
    assert (
        page.run("document.querySelectorAll('img, iframe, object, embed, link, base, form, svg').length") == 0
    )
    assert page.run("[...document.links].every(link => link.protocol === 'file:')") is True
    assert_quiet(page, pages["hostile"])


def test_the_policy_stops_a_script_that_got_in(
    chromium: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    """The second wall, tried by a hole in the first."""
    text = pages["small"].read_text("utf-8")
    holes = "<script>document.title='run'</script><img src='x' onerror=\"document.title='run'\"><p style='color:red'>"
    (path := tmp_path / "broken.html").write_text(text.replace("<main", f"{holes}<main", 1))
    page = chromium.page()
    page.open(path)
    assert page.run("document.title") == "sites@1.0.0 → sites@1.1.0 · Hotpass"
    assert len(page.complaints) >= 3


def test_filters_and_search_show_what_fits_and_say_how_much(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    page = chromium.page()
    page.open(pages["small"])
    assert page.run(COUNT) == "7 shown"
    page.choose("f-kind", "cells_changed")
    assert (page.run(COUNT), page.run(VISIBLE)) == ("2 of 7 shown", 2)
    assert page.run("document.querySelector('.rows').checkVisibility()") is False
    page.choose("f-search", "FINCH house")
    assert (page.run(COUNT), page.run(VISIBLE)) == ("1 of 7 shown", 1)
    page.choose("f-search", "no such thing")
    assert (page.run(COUNT), page.run(VISIBLE)) == ("0 of 7 shown", 0)
    assert page.run("document.getElementById('none').checkVisibility()") is True
    page.run("document.querySelector('#none button').click()")
    assert (page.run(COUNT), page.run(VISIBLE)) == ("7 shown", 7)
    column = page.run("[...document.getElementById('f-column').options].find(o => o.text === 'phone').value")
    page.choose("f-column", column)
    assert (page.run(COUNT), page.run(VISIBLE)) == ("2 of 7 shown", 2), "the renamed column and its one cell"


def test_many_changes_are_filtered_by_table_at_once(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page()
    page.open(pages["many"])
    assert page.run(COUNT) == "2,003 shown"
    page.choose("f-table", "t1")
    shown = page.run(
        "[...document.querySelectorAll('section.table')].filter(s => !s.hidden).map(s => s.dataset.table)"
    )
    assert shown == ["t1"]
    assert page.run("[...document.links].at(-1).getAttribute('href')") == "./all%20changes.csv"


@pytest.mark.parametrize("name", ["small", "hostile", "many"])
@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_itself_never_scrolls_sideways(
    chromium: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    page = chromium.page()
    page.open(pages[name], width=width)
    assert page.run("document.documentElement.scrollWidth <= innerWidth") is True


def test_keys_stay_while_columns_scroll(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page()
    page.open(pages["many"])
    place = (
        "(() => { const it = document.querySelector('.rows'); it.scrollIntoView(); const box = it.parentNode;"
    )
    left = f"{place} const key = it.querySelector('tbody th'); box.scrollLeft = LEFT; return [box.scrollLeft, key.getBoundingClientRect().left]; }})()"
    before, after = (page.run(left.replace("LEFT", str(by))) for by in (0, 600))
    assert (before[0], after[0]) == (0, 600)
    assert before[1] == after[1]


def test_dark_and_light_follow_the_reader_and_can_be_read(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page()
    contrasts = (
        "(() => { const rgb = text => text.match(/[\\d.]+/g).map(Number);"
        " const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 :"
        " ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);"
        " const ground = node => { for (; node; node = node.parentElement) {"
        "  const c = rgb(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3]) return c; } };"
        " return [...document.querySelectorAll('h1, .lead, .bump, .tag, dt, dd, th, td, td span, del, ins, small, label, a')]"
        "  .filter(node => node.checkVisibility()).map(node => { const [a, b] ="
        "  [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);"
        "  return (a + .05) / (b + .05); }).reduce((x, y) => Math.min(x, y)); })()"
    )
    grounds = []
    for dark in (False, True):
        page.open(pages["small"], dark=dark)
        grounds.append(page.run("getComputedStyle(document.body).backgroundColor"))
        assert page.run(contrasts) >= 4.5, "WCAG 2.2, 1.4.3"
    assert grounds[0] != grounds[1]


def test_a_keyboard_reaches_everything_in_order(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page()
    page.open(pages["small"])
    seen = []
    for _ in range(9):
        page.press("Tab", 9)
        seen.append(
            page.run(
                "(() => { const it = document.activeElement; const box = it.getBoundingClientRect();"
                " const line = getComputedStyle(it).outlineStyle;"
                " return [it.className || it.id, line !== 'none' && box.left >= 0 && box.width > 0]; })()"
            )
        )
    assert [name for name, _ in seen] == [
        "skip", "scroll", "scroll", "f-kind", "f-column", "f-search", "scroll tall", "scroll tall", "scroll tall",
    ]  # fmt: skip
    assert all(visible for _, visible in seen)


def test_the_first_key_skips_to_the_changes(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page()
    page.open(pages["small"])
    page.press("Tab", 9)
    page.press("Enter", 13)
    assert page.run("document.activeElement.id") == "changes"


def test_without_scripts_all_is_there_but_the_filters(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page(scripts=False)
    page.open(pages["small"])
    assert page.run("document.getElementById('filters').checkVisibility()") is False
    assert page.run(VISIBLE) == 7


def test_it_prints_what_is_filtered_on_sheets_that_hold_it(chromium: Browser, pages: dict[str, Path]) -> None:
    page = chromium.page()
    page.open(pages["some"])
    whole = page.pdf().count(b"/Type /Page\n")
    page.choose("f-search", "ORG-000001")
    some = page.pdf().count(b"/Type /Page\n")
    assert 1 <= some < whole / 4
