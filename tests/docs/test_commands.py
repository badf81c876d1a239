"""Every command of the how-to and of the tutorial is run, in the order in which a reader meets it.

Three words of the pages mean something else here: ``/mnt/data/hotpass-dvc`` is a temporary folder, the address
``https://example.org/team/project.git`` a bare repository in another, and ``uv run `` in CI steps is left out,
for the tests run in the environment it would choose.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from docs.pages import DOCS, ROOT, Shell, Walk, blocks_of
from hotpass.versioning.errors import DvcMissingError

HOW_TO = DOCS / "how-to" / "manage-data-versions.md"
TUTORIALS = ("first-release", "refine-a-folder")


def _git(*args: str, cwd: Path) -> None:
    subprocess.run(["git", *args], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Shell:
    """A reader in a repository with ``data/``, ``dist/refined_data.xlsx`` and a git remote; no DVC yet."""
    origin, root, storage = (tmp_path / name for name in ("git/project.git", "project", "storage"))
    storage.mkdir()
    _git("init", "-q", "--bare", str(origin), cwd=tmp_path)
    _git("clone", "-q", str(origin), str(root), cwd=tmp_path)
    for path, text in {
        "README.md": "a project\n",
        "data/north.csv": "site,phone\nHeron House,1\n",
        "data/south/east.csv": "site,phone\nFinch Row,2\n",
        "dist/refined_data.xlsx": "refined 1.0.0\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    _git("add", "README.md", cwd=root)
    _git("commit", "-q", "-m", "Begin", cwd=root)
    _git("push", "-q", "-u", "origin", "main", cwd=root)
    meaning = {
        "/mnt/data/hotpass-dvc": str(storage),
        "https://example.org/team/project.git": str(origin),
    }
    return Shell(tmp_path, root, meaning)


@pytest.mark.slow
def test_every_command_of_the_how_to_works_in_its_order(project: Shell) -> None:
    Walk(HOW_TO).along(project)
    _check_ci_steps(project)


def _check_ci_steps(project: Shell) -> None:
    """The steps of the YAML blocks do what the page says of them, in the repository that the page has made."""
    code, said = project.say("hotpass version --bump patch --tag --dataset refined_data")
    assert code == 0, said
    steps = [
        step for block in blocks_of(HOW_TO) if block.language == "yaml" for step in YAML().load(block.text)
    ]
    runs = [step["run"].replace("uv run ", "") for step in steps if "run" in step]
    assert len(runs) == 3
    for run in runs:
        code, said = project.say(run)
        assert code == 0, f"{run}: exit {code}\n{said}"


@pytest.mark.slow
def test_releases_older_than_the_remote_are_sent_and_pulled_as_the_how_to_says(
    project: Shell, tmp_path: Path
) -> None:
    made = """
        hotpass version --init
        hotpass version --add dist/refined_data.xlsx
        hotpass version --set 1.0.0 --tag
        printf 'refined 2.1.0\\n' > dist/refined_data.xlsx
        dvc remote add -q -d storage /mnt/data/hotpass-dvc
        git commit -q -m "Configure a remote, late" .dvc/config
        hotpass version --set 2.1.0 --tag
        dvc push --all-tags
        git push -q --follow-tags
    """
    code, said = project.say(made)
    assert code == 0, said
    assert len(list((tmp_path / "storage" / "files").rglob("??/*"))) == 1, (
        "--all-tags sent the older one, too"
    )
    pull, push = [block for block in blocks_of(HOW_TO) if block.heading == "Releases older than the remote"]
    project.try_block(push)
    clone = Shell(tmp_path, tmp_path, project.meaning)
    code, said = clone.say("git clone -q https://example.org/team/project.git clone; cd clone; dvc pull")
    assert code == 0, said
    clone.try_block(pull)


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_says_what_its_reader_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    Walk(DOCS / "tutorial" / f"{page}.md").along(Shell(tmp_path, tmp_path, {}))


def test_the_pages_install_extras_that_exist() -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    text = "\n".join(path.read_text("utf-8") for path in [*DOCS.rglob("*.md"), ROOT / "README.md"])
    named = re.findall(r"--extra ([a-z]+)", text)
    for names in re.findall(r'HOTPASS_UV_EXTRAS="([^"]+)"', text):
        named += names.split()
    assert named
    assert set(named) <= extras


def test_the_how_to_quotes_the_message_of_a_missing_dvc() -> None:
    error = DvcMissingError()
    page = HOW_TO.read_text("utf-8")
    assert f"`{error}`" in page
    assert f"### DVC not installed ({error.exit_code})" in page


def test_a_skipped_block_says_why() -> None:
    for page in DOCS.rglob("*.md"):
        for block in blocks_of(page):
            for reason in block.all("skip"):
                assert len(reason.split()) > 3, f"{block}: no reason"
