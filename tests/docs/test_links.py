"""Links lead somewhere, and every page can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.pages import DOCS, ROOT

PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"])
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _prose(page: Path) -> str:
    """A page without its fenced blocks and code, where brackets mean other things."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", lambda code: code[0].replace("[", "").replace("]", ""), text)


def _links(page: Path) -> Iterator[tuple[Path, str]]:
    """Each relative link: the file it leads to, and the part of it."""
    for target in _LINK.findall(_prose(page)):
        if not re.match(r"[a-z]+:", target):
            file, _, part = target.partition("#")
            yield (page.parent / file).resolve() if file else page, part


def _parts(page: Path) -> set[str]:
    """The names that headings get: small letters, no punctuation, hyphens for spaces."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, part in _links(page):
        assert target.exists(), f"{page.name} links to {target}"
        assert not part or part in _parts(target), f"{page.name} links to {target.name}#{part}"


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [target for target, _ in _links(page) if DOCS in target.parents]
    assert sorted(set(DOCS.rglob("*.md")) - reached) == []


def test_decisions_are_numbered_without_gaps() -> None:
    notes = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(note.name[:4]) for note in notes] == list(range(1, len(notes) + 1))
    for number, note in enumerate(notes, 1):
        title = note.read_text("utf-8").splitlines()[0]
        assert title.startswith(f"# {number}. "), title
        listed = (DOCS / "decisions" / "README.md").read_text("utf-8")
        assert f"| [{number}]({note.name}) | {title.partition('. ')[2]} |" in listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_no_place_of_one_machine(page: Path) -> None:
    illustrative = ("/mnt/data/hotpass-dvc", "/Users/you/")
    text = page.read_text("utf-8")
    for example in illustrative:
        text = text.replace(example, "")
    assert re.findall(r"(?<![\w./~-])/(?:work|root|home|tmp|mnt|Users)/\S*", text) == []
