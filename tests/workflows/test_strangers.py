"""What a cloned repository says of places: it names none outside of itself (promises 6 and 7)."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.repository import Repo

ROWS = b"Name,Phone\nHeron House,+441914980000\n"
PRIVATE = b"Name,Phone\nMadeup Manor,+441914980001\n"


@pytest.fixture
def cloned(repo: Repo) -> Repo:
    """A repository with a list, and private lists beside it."""
    repo.fill("data", {"list.csv": ROWS})
    beside = repo.root.parent / "private"
    beside.mkdir()
    (beside / "list.csv").write_bytes(PRIVATE)
    return repo


@pytest.mark.parametrize(
    ("setting", "option"),
    [('input_dir = "../private"', "--input-dir"), ('output_path = "../private/x.csv"', "--output-path")],
)
def test_settings_of_a_repository_stay_inside(cloned: Repo, setting: str, option: str) -> None:
    cloned.write("hotpass.toml", f"[refine]\n{setting}\n")
    refused = cloned.hotpass("refine", "--json", check=False)
    assert refused.code == 10
    assert option in refused.json["error"]["hint"]
    assert sorted(path.name for path in (cloned.root.parent / "private").iterdir()) == ["list.csv"]
    assert not cloned.path("dist").exists()
    # Whoever says so on the command line means it.
    place = "../private" if option == "--input-dir" else "../private/x.csv"
    assert cloned.hotpass("refine", option, str(cloned.root / place)).code == 0


@pytest.mark.parametrize("link", ["data/more.csv", "data"])
def test_links_lead_to_no_file_outside(cloned: Repo, link: str) -> None:
    place: Path = cloned.path(link)
    if place.is_dir():
        place.rename(cloned.path("lists"))
    place.symlink_to(cloned.root.parent / "private" / ("list.csv" if link != "data" else ""))
    result = cloned.hotpass("refine", "--output-path", str(cloned.path("out.csv")), check=False)
    assert result.code == (10 if link == "data" else 0)
    assert link == "data" or "left out: more.csv: it is a link that leads out" in result.stderr
    assert not cloned.path("out.csv").exists() or b"Madeup" not in cloned.path("out.csv").read_bytes()
