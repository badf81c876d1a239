"""Every command of the page on refining is run, on made-up lists."""

from __future__ import annotations

import zipfile

import pytest
from harness.repository import Repo

from docs.pages import DOCS, Shell, Walk
from hotpass.workflows.demo import lists

ROWS = ["Name,Phone", "Heron House,0191 498 0001", "Finch Row,0191 498 0002", "Wren Hall,0191 498 0003"]


@pytest.mark.slow
def test_every_command_works(initialised: Repo) -> None:
    for name, content in lists.spring().items():
        initialised.write(f"data/{name}", content)
    initialised.path("archives").mkdir()
    for number, day in enumerate(("2024-01-31", "2024-02-29"), 3):
        with zipfile.ZipFile(initialised.path(f"archives/{day}.zip"), "w") as book:
            book.writestr("list.csv", "\n".join(ROWS[:number]))
    shown = initialised.hotpass("refine", "--dry-run", "--json").json
    known = shown["merges"][0]["record"]
    assert known.startswith("org-")
    Walk(DOCS / "how-to" / "refine-a-folder.md").along(
        Shell(initialised.root.parent, initialised.root, {"org-4f7k2m9xw1zt": known})
    )
    assert "past-v1.1.0" in initialised.tags()
