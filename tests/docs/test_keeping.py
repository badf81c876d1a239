"""Every command of the pages on fetching, on CI and on cleaning up is run, in the repository of a team."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.repository import FILE, TwoClones
from ruamel.yaml import YAML

from docs.pages import DOCS, ROOT, Shell, Walk, blocks_of

HOW_TO = DOCS / "how-to"


@pytest.fixture
def reader(two_clones: TwoClones, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A person at a clone of `released` with a git server, a DVC remote, and a home of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    meaning = {
        "dist/refined_data.xlsx": FILE,
        "https://example.org/team/project.git": str(two_clones.origin),
    }
    return Shell(tmp_path, two_clones.first.root, meaning)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["fetch-and-withdraw", "clean-up", "check-in-ci"])
def test_every_command_works(reader: Shell, page: str) -> None:
    if page == "clean-up":
        code, said = reader.say(
            f"echo 'never released' > {FILE}; hotpass version --bump major --dataset refined_data;"
            " hotpass restore refined_data@latest"
        )
        assert code == 0, said
    Walk(HOW_TO / f"{page}.md").along(reader)


def _yaml(name: str) -> object:
    texts = [block.text for block in blocks_of(HOW_TO / "check-in-ci.md") if block.language == "yaml"]
    return YAML(typ="safe").load(next(text for text in texts if f"# {name}" in text))


@pytest.mark.slow
def test_the_lines_of_the_gitlab_job_work(reader: Shell) -> None:
    job = YAML(typ="safe").load(
        next(b.text for b in blocks_of(HOW_TO / "check-in-ci.md") if ".gitlab-ci" in b.text)
    )
    code, said = reader.say("git push -q origin main")
    assert code == 0, said
    for line in job["data"]["script"]:
        code, said = reader.say(f"CI_COMMIT_BRANCH=main CI_DEFAULT_BRANCH=main\n{line}")
        assert code == 0, f"{line}\n{said}"


def test_the_hooks_and_inputs_on_the_page_exist() -> None:
    page = (HOW_TO / "check-in-ci.md").read_text("utf-8")
    config = _yaml(".pre-commit-config.yaml")
    assert isinstance(config, dict)
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in config["repos"][0]["hooks"]] == [hook["id"] for hook in hooks]
    action = YAML(typ="safe").load((ROOT / "action.yml").read_text())
    workflow = _yaml(".github/workflows/data.yml")
    assert isinstance(workflow, dict)
    used = next(step for step in workflow["jobs"]["data"]["steps"] if "hotpass" in step["uses"])
    assert set(used["with"]) <= set(action["inputs"])
    assert "verify" in action["inputs"]
    assert 'verify: "false"' in page
