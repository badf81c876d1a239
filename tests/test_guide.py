"""The shared guide, line by line: its commands in its order, its snippet and its messages.

``--tag`` is added to ``--set`` and to each bump, for a version that is checked out later needs its tag. The lines
stand here so that the tests run without the page; where the page is beside the repository, they are compared with it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from harness.repository import Repo

PAGE = Path(__file__).parents[2] / "shared" / "guide" / "manage-data-versions.md"
WORKBOOK = "dist/refined_data.xlsx"
RELEASES = ("1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.1")

START = ("hotpass version --init", "dvc remote add -d storage /mnt/data/hotpass-dvc")
CONFIGURED = ("git add .dvc/config", 'git commit -m "Configure DVC remote storage"')
TRACK = (
    "hotpass version --add data/",
    "hotpass version --add dist/refined_data.xlsx",
    "git add data.dvc dist/refined_data.xlsx.dvc",
    'git commit -m "Track datasets with DVC"',
)
STATUS = "hotpass version --status"
VERSIONS = (
    'hotpass version --set 1.0.0 --dataset refined_data --description "Initial release"',
    "hotpass version --bump patch --dataset refined_data",
    "hotpass version --bump minor --dataset refined_data",
    "hotpass version --bump major --dataset refined_data",
)
GET = "hotpass version --get refined_data"
TAGGED = "hotpass version --bump patch --tag --dataset refined_data"
PUSH = "dvc push"
PULL = "dvc pull"
BACK = ("git checkout refined_data-v1.0.0", PULL)
LOG = "git log --oneline --decorate | grep refined_data-v"
COMPARE = (*BACK, "git checkout refined_data-v1.1.0", PULL)
CI = ("uv run hotpass version --status", "dvc status --cloud", PUSH)
TRIED = (
    *START,
    *CONFIGURED,
    *TRACK,
    STATUS,
    *VERSIONS,
    GET,
    TAGGED,
    PUSH,
    PULL,
    *BACK,
    LOG,
    *COMPARE,
    *CI,
)
NOT_TRIED = {
    "uv sync --extra versioning": "it would change the environment of the tests; its extra is compared elsewhere",
    'export HOTPASS_UV_EXTRAS="dev versioning"': "the same",
    "bash ops/uv_sync_extras.sh": "the same",
    "dvc remote add -d storage s3://my-bucket/hotpass-data": "the local folder is the remote here",
    "dvc remote add -d storage azure://my-container/hotpass-data": "the same",
    "dvc remote add -d storage <remote-url>": "no command, but the form of one",
}
SNIPPET = """\
from hotpass.versioning import DVCManager, record_version_metadata, DatasetVersion

# In your pipeline or export step
manager = DVCManager(repo_root)
current_version = manager.get_version("refined_data")
new_version = current_version.bump("patch")

# Set the new version
manager.set_version(new_version, "refined_data")

# Record version metadata alongside outputs
record_version_metadata(
    output_path=Path("dist/refined_data.xlsx"),
    version=new_version,
    metadata={"records": 1000, "pipeline_run_id": "abc123"},
)
"""
HIDING = """\
import sys

class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {name!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hiding())
"""

needs_page = pytest.mark.skipif(not PAGE.is_file(), reason="the shared guide is not beside this repository")


@pytest.fixture
def started(repo: Repo) -> Repo:
    """A repository with the guide's data in it, nothing initialised."""
    repo.write("data/north.csv", b"id,name\n1,Sparrow House\n")
    repo.write("data/south/east.csv", b"id,name\n2,Heron Place\n")
    repo.write(WORKBOOK, _workbook("1.0.0"))
    return repo


@pytest.fixture
def guide(started: Repo) -> Repo:
    """A repository after the guide's first half: initialised, a remote, data and workbook tracked and committed."""
    started.hotpass("version", "--init", "--no-input", "--remote", str(started.remote))
    started.commit(CONFIGURED[-1], ".dvc/config")
    started.hotpass("version", "--add", "data/")
    started.hotpass("version", "--add", WORKBOOK)
    started.commit(TRACK[-1], "data.dvc", f"{WORKBOOK}.dvc")
    return started


# ---------------------------------------------------------------------------------- the page itself


@needs_page
def test_the_commands_tried_here_are_those_of_the_guide_in_its_order() -> None:
    lines = _commands(PAGE.read_text("utf-8"))
    assert [line for line in lines if line not in NOT_TRIED] == list(TRIED)
    assert set(NOT_TRIED) <= set(lines)


@needs_page
def test_the_snippet_tried_here_is_that_of_the_guide() -> None:
    assert re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL) == [
        SNIPPET
    ]


# --------------------------------------------------------------------------------- the whole of it


@pytest.mark.slow
def test_every_version_comes_back_by_plain_git_and_dvc(started: Repo, tmp_path: Path) -> None:
    """Issue A, "Done when": the guide's commands in its order, then a fresh clone without Hotpass."""
    repo = started
    for line in (*START, *CONFIGURED, *TRACK, STATUS):
        _say(repo, line)
    for version, line in zip(RELEASES, (*VERSIONS, TAGGED), strict=True):
        repo.write(WORKBOOK, _workbook(version))
        _say(repo, line if "--tag" in line else f"{line} --tag")
        assert _say(repo, GET) == f"{version}\n"
        # Plain `dvc push` sends what the work tree has: each version as it is made.
        _say(repo, PUSH)
    # The guide adds the pointers alone; the patterns that --add wrote for data/ are still the user's to commit.
    assert repo.git("status", "--porcelain", "-uno").stdout == " M .dvcignore\n"
    log = _say(repo, LOG).splitlines()
    assert len(log) == len(RELEASES)
    for version, line in zip(reversed(RELEASES), log, strict=True):
        assert f"tag: refined_data-v{version}" in line
    _say(repo, CI[0].removeprefix("uv run "))
    assert "in sync" in _say(repo, CI[1])

    clone, alone = tmp_path / "clone", _git_and_dvc_alone(tmp_path)
    _program(tmp_path, alone, "git", "clone", "-q", "-b", "main", str(repo.root), str(clone))
    for version in RELEASES:
        _program(clone, alone, "git", "checkout", f"refined_data-v{version}")
        _program(clone, alone, "dvc", "pull")
        assert (clone / WORKBOOK).read_bytes() == _workbook(version)
    assert (clone / "data/south/east.csv").read_bytes() == b"id,name\n2,Heron Place\n"


# ---------------------------------------------------------------------------------------- the snippet


def test_the_snippet_runs_as_written_the_first_time_and_again(guide: Repo) -> None:
    assert guide.hotpass("version", "--get", "refined_data", check=False).code == 3
    for version in ("0.0.1", "0.0.2"):
        _snippet(guide, guide.root)
        assert guide.hotpass("version", "--get", "refined_data").stdout == f"{version}\n"
    record = guide.path(f"{WORKBOOK}.version.json").read_text()
    assert '"pipeline_run_id": "abc123"' in record
    assert '"version": "0.0.2"' in record


def test_the_snippet_runs_from_another_directory(guide: Repo, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    _snippet(guide, elsewhere)
    assert guide.hotpass("version", "--get", "refined_data").stdout == "0.0.1\n"
    assert '"records": 1000' in guide.path(f"{WORKBOOK}.version.json").read_text()
    assert list(elsewhere.iterdir()) == []


def test_what_the_snippet_recorded_is_in_the_release(guide: Repo) -> None:
    guide.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", "refined_data")
    guide.write(WORKBOOK, _workbook("1.0.1"))
    _snippet(guide, guide.root)
    assert guide.tags() == ["refined_data-v1.0.0"]
    guide.hotpass("version", "--tag", "--dataset", "refined_data")
    assert guide.tags() == ["refined_data-v1.0.0", "refined_data-v1.0.1"]
    assert '"records": 1000' in guide.git("show", f"refined_data-v1.0.1:{WORKBOOK}.version.json").stdout
    assert guide.hotpass("restore", "refined_data@1.0.0").code == 0
    assert guide.read(WORKBOOK) == _workbook("1.0.0")


# ----------------------------------------------------------------------------------- without DVC


def test_init_without_dvc_says_what_to_install_and_makes_nothing(repo: Repo, tmp_path: Path) -> None:
    """The guide, "DVC not installed": exit 5 and its message."""
    before = repo.status()
    refused = repo.hotpass_process(
        "version", "--init", "--no-input", env=_hiding("dvc", tmp_path), check=False
    )
    assert refused.code == 5
    assert "DVC not installed: uv sync --extra versioning" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not repo.path(".dvc").exists()
    assert repo.status() == before


@pytest.mark.slow
def test_local_verbs_need_no_dvc_where_a_dvc_project_is(initialised: Repo, tmp_path: Path) -> None:
    """CLI: DVC is asked for only where `.dvc` must be made and by what reaches a remote."""
    repo, env = initialised, _hiding("dvc", tmp_path)
    proof = subprocess.run(
        [sys.executable, "-c", "import dvc"], check=False, env=os.environ | env, capture_output=True
    )
    assert proof.returncode != 0
    repo.write(".gitignore", "dist/\n")  # DVC would be asked whether it sees the pointer
    repo.write(WORKBOOK, b"1")
    said = {
        action: repo.hotpass_process("version", *action, env=env).stdout
        for action in (
            ("--init", "--no-input"),
            ("--add", WORKBOOK),
            ("--set", "1.0.0", "--tag"),
            ("--status",),
            ("--get", "refined_data"),
        )
    }
    assert said[("--get", "refined_data")] == "1.0.0\n"
    assert "refined_data" in said[("--status",)]
    repo.write(WORKBOOK, b"2")
    repo.hotpass_process("version", "--bump", "patch", "--tag", env=env)
    repo.hotpass_process("restore", "refined_data@1.0.0", env=env)
    assert repo.read(WORKBOOK) == b"1"
    assert repo.tags() == ["refined_data-v1.0.0", "refined_data-v1.0.1"]


def _workbook(version: str) -> bytes:
    return f"made-up workbook of {version}\n".encode() * 50


def _commands(page: str) -> list[str]:
    """Every command of a page, in order: the lines of its shell blocks and the steps of its CI blocks."""
    found: list[str] = []
    for language, body in re.findall(r"^ *```(bash|yaml)\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL):
        text = textwrap.dedent(body)
        if language == "yaml":
            text = _steps(text)
        found += [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return found


def _steps(text: str) -> str:
    """The commands of GitHub steps: what stands after ``run:``, on its line or below it."""
    lines = []
    for short, long in re.findall(r"^ *run: (?:\|\n((?: {4,}.*\n?)+)|(.+))", text, re.MULTILINE):
        lines += [line.strip() for line in (short or long).splitlines()]
    return "\n".join(lines)


def _say(repo: Repo, line: str) -> str:
    """Run a line of the guide in a shell, as it stands but for the remote's folder; returns what it printed."""
    line = line.replace("/mnt/data/hotpass-dvc", str(repo.remote))
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", line],
        cwd=repo.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{line}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _snippet(repo: Repo, cwd: Path) -> None:
    """Run the guide's snippet with the two names that it expects."""
    script = f"from pathlib import Path\nrepo_root = Path({str(repo.root)!r})\n{SNIPPET}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _hiding(package: str, tmp_path: Path) -> dict[str, str]:
    """An environment in which Python cannot import a package."""
    place = tmp_path / f"hiding-{package}"
    place.mkdir()
    (place / "sitecustomize.py").write_text(HIDING.format(name=package))
    return {"PYTHONPATH": str(place)}


def _git_and_dvc_alone(tmp_path: Path) -> Mapping[str, str]:
    """An environment with the programs git and dvc and without Hotpass, as a program or to import."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", "dvc"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    env = os.environ | _hiding("hotpass", tmp_path) | {"PATH": str(programs)}
    assert shutil.which("hotpass", path=env["PATH"]) is None
    proof = subprocess.run(
        [sys.executable, "-c", "import hotpass"], check=False, env=env, capture_output=True
    )
    assert proof.returncode != 0
    return env


def _program(where: Path, env: Mapping[str, str], *words: str) -> None:
    done = subprocess.run(
        [shutil.which(words[0], path=env["PATH"]) or words[0], *words[1:]],
        cwd=where,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
