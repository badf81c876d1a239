"""The steps of the composite action are plain shell: here they run on a repository in the state of a pull request."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from harness.repository import FILE, Repo, TwoClones
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
SECRET_VALUE = "Zanzibar-4711"


@dataclass
class Comments:
    """What a server with the comments of one pull request was asked, and what it holds."""

    held: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""


@pytest.fixture
def comments() -> Iterator[Comments]:
    """A server that keeps comments as GitHub's does (docs.github.com/rest/issues/comments)."""
    state = Comments()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = int(self.path.rpartition("page=")[2])
            self._answer(200, state.held[100 * (page - 1) : 100 * page])

        def do_POST(self) -> None:
            state.held.append({"id": 900 + len(state.held), "user": {"type": "Bot"}, **self._body()})
            self._answer(201, state.held[-1])

        def do_PATCH(self) -> None:
            one = next(one for one in state.held if one["id"] == int(self.path.rpartition("/")[2]))
            one.update(self._body())
            self._answer(200, one)

        def _body(self) -> dict[str, Any]:
            body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            return body

        def _answer(self, code: int, content: object) -> None:
            state.asked.append((self.command, self.path))
            state.tokens.add(self.headers["Authorization"] or "")
            data = json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()


@dataclass
class Runner:
    """A machine that runs the steps: a checkout, and the environment that GitHub gives."""

    repo: Repo
    env: dict[str, str]
    page: Path
    summary: Path

    def step(self, name: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step."""
        return subprocess.run(
            ["bash", str(ROOT / "action" / f"{name}.sh")],
            cwd=self.repo.root,
            env=os.environ | self.env | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def pull_request(two_clones: TwoClones, comments: Comments, tmp_path: Path) -> Runner:
    """A branch with a draft of refined_data, its data sent, merged onto main in a fresh checkout without data."""
    author = two_clones.first
    author.git("switch", "-q", "-c", "new-sites")
    data = author.read(FILE).replace(b"Heron Place,012", b"Heron Place,099")
    author.write(FILE, data + f"4,{SECRET_VALUE},014\n".encode())
    author.hotpass("version", "--bump", "minor", "--dataset", "refined_data", "--description", "New sites")
    author.commit("new sites", FILE + ".dvc", FILE + ".version.json")
    author.dvc("push", "-q")
    author.git("push", "-q", "origin", "new-sites")
    base = author.rev("main")
    checkout = Repo(two_clones.first.root.parent / "checkout", two_clones.remote)
    subprocess.run(["git", "clone", "-q", str(two_clones.origin), str(checkout.root)], check=True)
    checkout.git("checkout", "-q", "--detach", "origin/main")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge of the pull request", "origin/new-sites")
    runner_temp = tmp_path / "runner"
    runner_temp.mkdir()
    page, summary = runner_temp / "hotpass.md", runner_temp / "summary.md"
    env = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(runner_temp),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_API_URL": comments.url,
        "GITHUB_REPOSITORY": "team/project",
        "GITHUB_TOKEN": "token-of-the-run",
        "ACTION_PATH": str(ROOT),
        "ACTION_EXTRAS": "versioning",
        "ACTION_BASE": base,
        "ACTION_PAGE": str(page),
        "ACTION_PULL_REQUEST": "7",
        "ACTION_REMOTE_NAME": "",
    }
    return Runner(checkout, env, page, summary)


@pytest.mark.slow
def test_the_steps_of_a_pull_request(pull_request: Runner, comments: Comments) -> None:
    """Status, verify, compare and comment; the comment is readable, updated in place, and holds no value (case 53)."""
    for name in ("setup", "status", "verify", "compare", "comment"):
        done = pull_request.step(name)
        assert done.returncode == 0, f"{name}\n{done.stdout}\n{done.stderr}"
        assert SECRET_VALUE not in done.stdout + done.stderr
        assert "token-of-the-run" not in done.stdout + done.stderr
    (comment,) = comments.held
    lines = comment["body"].splitlines()
    assert lines[:4] == ["<!-- hotpass -->", "## Changes in the data", "", "### refined_data"]
    assert "What changed asks for a **minor** bump." in lines
    assert "refined_data@1.1.0 -> refined_data.csv" in lines
    assert any(line.startswith("minor: 1 row added") for line in lines)
    assert any(line.startswith("patch: 1 cell changed in phone") for line in lines)
    assert "### data" not in lines, "it is not changed here"
    assert SECRET_VALUE not in comment["body"]
    assert "099" not in comment["body"]
    assert pull_request.summary.read_text() == comment["body"]
    assert comments.tokens == {"Bearer token-of-the-run"}
    assert pull_request.repo.status() == "", "the checkout is as it was"
    person = {"id": 1, "body": "<!-- hotpass --> quoted by a person", "user": {"type": "User"}}
    comments.held[:0] = [person, *({"id": 2 + n, "body": "x", "user": {"type": "User"}} for n in range(120))]
    again = pull_request.step("comment")
    assert again.returncode == 0, again.stderr
    assert len(comments.held) == 122
    assert comments.asked[-1] == ("PATCH", "/repos/team/project/issues/comments/900")
    assert person["body"] == "<!-- hotpass --> quoted by a person"


@pytest.mark.slow
def test_data_that_was_not_sent_is_said_and_a_hostile_remote_is_not_asked(
    pull_request: Runner, two_clones: TwoClones
) -> None:
    """A pull request of a stranger: promise 7."""
    two_clones.remote.rename(two_clones.remote.with_name("gone"))
    assert pull_request.step("compare").returncode == 0
    page = pull_request.page.read_text()
    assert "Its data could not be fetched (RemoteUnusableError, exit code 7)" in page
    repo = pull_request.repo
    repo.write(
        ".dvc/config",
        "[core]\n    remote = storage\n['remote \"storage\"']\n    url = webdav://127.0.0.1:1/x\n"
        "    bearer_token_command = touch ran\n",
    )
    assert pull_request.step("compare").returncode == 0
    assert "ProgramSettingsError, exit code 10" in pull_request.page.read_text()
    assert not repo.path("ran").exists()


@pytest.mark.slow
def test_a_pull_request_without_data_and_one_with_a_first_version(pull_request: Runner) -> None:
    nothing = pull_request.step("compare", ACTION_BASE=pull_request.repo.rev("HEAD"))
    assert nothing.returncode == 0
    assert "No dataset is changed here." in pull_request.page.read_text()
    pull_request.repo.git("tag", "-d", *pull_request.repo.tags())
    assert pull_request.step("compare").returncode == 0
    assert "This is its first version." in pull_request.page.read_text()


@pytest.mark.slow
def test_a_name_of_a_strangers_is_not_repeated(pull_request: Runner) -> None:
    repo = pull_request.repo
    repo.write(
        "@everyone <b>.csv.dvc", f"outs:\n- md5: {'a' * 32}\n  hash: md5\n  path: '@everyone <b>.csv'\n"
    )
    repo.write("-x.csv.dvc", f"outs:\n- md5: {'b' * 32}\n  hash: md5\n  path: -x.csv\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "odd")
    done = pull_request.step("compare")
    assert done.returncode == 0, done.stderr
    page = pull_request.page.read_text()
    assert page.count("whose name is no name of a dataset") == 2
    assert "@everyone" not in page
    assert "### refined_data" in page


@pytest.mark.slow
def test_an_answer_that_is_none_ends_the_step(pull_request: Runner, comments: Comments) -> None:
    assert pull_request.step("compare").returncode == 0
    comments.held.append({"id": 1, "something": "else"})
    assert pull_request.step("comment").returncode != 0
    assert comments.held == [{"id": 1, "something": "else"}]
    assert pull_request.step("comment", GITHUB_API_URL="http://127.0.0.1:9").returncode != 0


@pytest.mark.slow
def test_a_number_of_other_bytes_fails_the_status(pull_request: Runner) -> None:
    repo = pull_request.repo
    assert pull_request.step("status").returncode == 0
    repo.write(FILE + ".dvc", repo.read(FILE + ".dvc").replace(b"version: 1.2.0", b"version: 1.3.0"))
    assert pull_request.step("status").returncode == 4


@pytest.mark.slow
def test_on_main_drafts_are_released_and_published(pull_request: Runner) -> None:
    repo = pull_request.repo
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--ff-only", "origin/new-sites")
    repo.git("push", "-q", "origin", "main")
    done = pull_request.step("publish", ACTION_RELEASE_DRAFTS="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "refined_data-v1.2.0" in repo.git("ls-remote", "--tags", "origin").stdout
    again = pull_request.step("publish")
    assert again.returncode == 0, again.stderr


def test_the_action_runs_just_these_scripts_with_what_they_need() -> None:
    action = YAML(typ="safe").load((ROOT / "action.yml").read_text())
    steps = {
        step["run"].rpartition("/")[2].rstrip('"'): step for step in action["runs"]["steps"] if "run" in step
    }
    assert set(steps) == {path.name for path in (ROOT / "action").glob("*.sh")}
    for name, step in steps.items():
        text = (ROOT / "action" / name).read_text()
        given = set(step["env"])
        needed = {
            word
            for word in ("ACTION_BASE", "ACTION_PAGE", "ACTION_PULL_REQUEST", "GITHUB_TOKEN")
            if word in text
        }
        assert needed <= given, name
        assert "${{" not in step["run"], "what comes from a pull request goes in by the environment"
    names = {word for step in action["runs"]["steps"] for word in _inputs(json.dumps(step))}
    assert names == set(action["inputs"])
    assert all(entry["description"] for entry in action["inputs"].values())


def _inputs(text: str) -> set[str]:
    return set(re.findall(r"inputs\.([a-z-]+)", text))
