"""Real spreadsheets, released and brought back bit for bit, beside the user's other unfinished work."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness.repository import Repo

LISTS = Path(__file__).parents[2] / "shared" / "data" / "childcare"
BOOK = "dist/dfss_agency_sites_2012.xlsx"
OTHERS = ("notes.txt", "other.txt", "README.md")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LISTS.is_dir(), reason="the shared spreadsheets are not beside this repository"),
]

Files = dict[str, bytes]


@pytest.fixture
def busy(initialised: Repo) -> Repo:
    """A repository in which the user is in the middle of something else, in .gitignore too."""
    repo = initialised
    repo.write(".gitignore", "*.log\n*.bak\n")
    repo.commit("ignore rules", ".gitignore")
    repo.write(".gitignore", "*.log\n*.bak\n/staged-rule\n")
    repo.write("other.txt", "new, staged\n")
    repo.write("README.md", "a repository, changed and staged\n")
    repo.git("add", ".gitignore", "other.txt", "README.md")
    repo.write(".gitignore", "*.logs\n*.bak\n/staged-rule\n/unstaged-rule\n")
    repo.write("notes.txt", "first note\nsecond, not staged\n")
    repo.write("loose.txt", "not even added\n")
    return repo


def test_each_release_of_real_lists_comes_back_bit_for_bit(busy: Repo, tmp_path: Path) -> None:
    """Issue A, "Done when": delivery-1 as 1.0.0, both as 1.1.0, one workbook by itself."""
    repo, steps = busy, _Steps(busy)
    first, second = _delivery("delivery-1"), _delivery("delivery-2")
    lists = {"1.0.0": first, "1.1.0": first | second}
    books = {"1.0.0": first[Path(BOOK).name], "1.1.0": second["ounce_site_locations.xlsx"]}
    assert len(lists["1.1.0"]) == len(first) + len(second) == 8
    assert books["1.0.0"] != books["1.1.0"]

    repo.fill("data", first)
    repo.write(BOOK, books["1.0.0"])
    steps.hotpass("version", "--add", "data/")
    steps.hotpass("version", "--add", BOOK, "--dataset", "book")
    steps.hotpass(
        "version", "--set", "1.0.0", "--tag", "--dataset", "data", "--description", "the first delivery"
    )
    steps.hotpass("version", "--set", "1.0.0", "--dataset", "book")
    steps.hotpass("version", "--tag", "--dataset", "book")
    repo.fill("data", first | second)
    repo.write(BOOK, books["1.1.0"])
    steps.hotpass("version", "--bump", "minor", "--tag", "--dataset", "data", "--description", "both")
    # Another list in the place of the first, which asks for a major.
    words = ("--allow-lower", "--description", "another list")
    steps.hotpass("version", "--bump", "minor", "--tag", "--dataset", "book", *words)
    assert steps.hotpass("version", "--get", "data") == "1.1.0\n"
    steps.hotpass("version", "--status", "--check")
    assert repo.tags() == ["book-v1.0.0", "book-v1.1.0", "data-v1.0.0", "data-v1.1.0"]

    for version in ("1.0.0", "1.1.0", "1.0.0"):
        steps.hotpass("restore", f"data@{version}")
        steps.hotpass("restore", f"book@{version}")
        assert repo.files("data") == lists[version]
        assert repo.read(BOOK) == books[version]

    # DVC-FACTS: with a relative remote, --all-tags would send the older versions elsewhere.
    repo.dvc("remote", "add", "-q", "--local", "-f", "-d", "storage", str(repo.remote))
    repo.dvc("push", "-q", "--all-tags")
    steps.check("dvc push")
    clone = Repo(tmp_path / "clone", repo.remote)
    subprocess.run(["git", "clone", "-q", str(repo.root), str(clone.root)], check=True)
    for version, files in lists.items():
        clone.git("checkout", "-q", f"data-v{version}")
        clone.dvc("pull", "-q", "data.dvc")
        assert clone.files("data") == files
    for version, book in books.items():
        clone.git("checkout", "-q", f"book-v{version}")
        clone.dvc("pull", "-q", f"{BOOK}.dvc")
        assert clone.read(BOOK) == book


def test_no_release_holds_the_users_other_work(busy: Repo) -> None:
    repo = busy
    repo.write(BOOK, (LISTS / "delivery-1" / Path(BOOK).name).read_bytes())
    repo.hotpass("version", "--add", BOOK)
    repo.hotpass("version", "--set", "1.0.0", "--tag")
    changed = repo.git("diff", "--name-only", "HEAD^", "HEAD").stdout.split()
    assert changed == ["dist/.gitignore", f"{BOOK}.dvc", f"{BOOK}.version.json"]
    repo.git("commit", "-qm", "mine, by plain git")
    assert repo.git("diff", "--name-only", "HEAD^", "HEAD").stdout.split() == [
        ".gitignore",
        "README.md",
        "other.txt",
    ]
    assert f"{BOOK}.dvc" in repo.git("ls-files").stdout.split()


class _Steps:
    """Runs one command after another, and looks after each whether the user's other work is as it was."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.before = self._look()

    def hotpass(self, *args: str) -> str:
        """Run Hotpass; returns what it printed."""
        said = self.repo.hotpass(*args).stdout
        self.check(" ".join(args))
        return said

    def check(self, step: str) -> None:
        """Fail where the user's work is another than at the start."""
        now = self._look()
        assert now == self.before, f"after: {step}"

    def _look(self) -> dict[str, object]:
        repo = self.repo
        return {
            "unstaged": repo.git("diff", "--", *OTHERS).stdout,
            "staged": repo.git("diff", "--cached", "--", *OTHERS).stdout,
            "entries": repo.git("ls-files", "--stage", "--", *OTHERS).stdout,
            "files": {path: repo.read(path) for path in (*OTHERS, "loose.txt")},
            "loose": repo.git("status", "--porcelain", "--", "loose.txt").stdout,
            # Hotpass's own rules are in both texts, above or below the user's.
            "rules unstaged": self._edits("diff"),
            "rules staged": self._edits("diff", "--cached"),
            "rules of HEAD": [
                line for line in repo.git("show", "HEAD:.gitignore").stdout.split() if line != "/data"
            ],
        }

    def _edits(self, *diff: str) -> list[str]:
        """The lines by which a diff changes the user's rules in .gitignore."""
        lines = self.repo.git(*diff, "-U0", "--", ".gitignore").stdout.splitlines()[4:]
        return [line for line in lines if not line.startswith("@@") and line not in ("+/data", "-/data")]


def _delivery(name: str) -> Files:
    return {path.name: path.read_bytes() for path in sorted((LISTS / name).iterdir())}
