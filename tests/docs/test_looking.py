"""Every command of the pages on looking into data is run: on the story of a workbook, on two lists."""

from __future__ import annotations

import pytest
from harness.repository import Repo
from harness.story import BOOK, STORY, workbook

from docs.pages import DOCS, Shell, Walk

HOW_TO = DOCS / "how-to"


@pytest.fixture
def told(initialised: Repo) -> Repo:
    """The releases of the story, which the pages speak of."""
    for number, (version, sheets) in enumerate(STORY.items()):
        initialised.write(BOOK, workbook(sheets))
        if number == 0:
            initialised.hotpass("version", "--add", str(initialised.path(BOOK)), "-q")
        initialised.hotpass("version", "--set", version, "--tag", "-q", "--description", f"It is {version}")
    return initialised


@pytest.mark.slow
@pytest.mark.parametrize("page", ["compare-versions", "trace-and-query"])
def test_every_command_works(told: Repo, page: str) -> None:
    told.write("old.csv", "site_id,fee\nS-1,1.5\nS-2,2\n")
    told.write("new.csv", "site_id,fee\nS-1,1.75\nS-2,2\nS-3,3\n")
    Walk(HOW_TO / f"{page}.md").along(Shell(told.root.parent, told.root, {}))
