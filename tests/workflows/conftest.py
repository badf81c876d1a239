"""A dataset with a history: five releases of a workbook, made once for every test that only looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.repository import Repo, Templates
from harness.story import BOOK, STORY, workbook


@pytest.fixture(scope="module")
def story(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """The releases of `STORY`, by tests that change nothing; the work tree is at the last one."""
    repo = templates.copy("initialised", tmp_path_factory.mktemp("story"))
    for number, (version, sheets) in enumerate(STORY.items()):
        repo.write(BOOK, workbook(sheets, hidden={"Secret": [("a",), (1,)]}))
        if number == 0:
            repo.hotpass("version", "--add", str(repo.path(BOOK)), "-q")
        repo.hotpass("version", "--set", version, "--tag", "-q", "--description", f"It is {version}")
    return repo


@pytest.fixture
def cold(story: Repo) -> Path:
    """Nothing is remembered of the story's releases."""
    folder = story.path(".git/hotpass/trace")
    for file in folder.glob("*"):
        file.unlink()
    return folder
