"""``hotpass version --init``: the question on a terminal, and what becomes of a secret in an address."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
from pathlib import Path

import pytest
from harness.repository import Repo

SECRET = "https://bob:hunter2@example.org/data"
SIGNED = "https://example.org/data?sig=hunter2"


def _asked(repo: Repo, answer: str, *args: str) -> str:
    """Run ``--init`` on a terminal of its own, answer its question, and return all it showed."""
    leader, terminal = pty.openpty()
    process = subprocess.Popen(
        repo.command("version", "--init", *args),
        cwd=repo.root,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown, answered = b"", False
    try:
        while data := os.read(leader, 4096):
            shown += data
            if not answered and shown.endswith(b"none): "):
                os.write(leader, f"{answer}\n".encode())
                answered = True
    except OSError:  # the terminal's other end is closed
        pass
    finally:
        os.close(leader)
    assert process.wait(timeout=60) == 0, shown
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.slow
def test_on_a_terminal_it_asks_for_the_remote_with_an_example_of_each_kind(repo: Repo) -> None:
    shown = _asked(repo, str(repo.remote))
    for example in ("s3://", "azure://", "gs://", "ssh://", "a local folder"):
        (line,) = [line for line in shown.splitlines() if example in line]
        assert line.startswith("  "), "each on a line of its own"
    assert "\\n" not in shown
    assert f"url = {repo.remote}\n" in repo.read(".dvc/config").decode()
    assert "address" not in _asked(repo, "never asked"), "there is a remote now"


def test_an_empty_answer_means_none(repo: Repo) -> None:
    _asked(repo, "")
    assert repo.read(".dvc/config") == b""


def test_it_does_not_ask_where_that_was_answered_or_nobody_is_there(repo: Repo, tmp_path: Path) -> None:
    assert "address" not in _asked(repo, "never asked", "--no-input")
    (tmp_path / "other").mkdir()
    other = Repo(tmp_path / "other", repo.remote)
    other.git("init", "-q")
    assert "address" not in other.hotpass_process("version", "--init").stderr


@pytest.mark.parametrize("url", [SECRET, SIGNED])
@pytest.mark.slow
def test_a_secret_goes_into_config_local_alone_and_is_shown_nowhere(repo: Repo, url: str) -> None:
    """Promise 8."""
    for _ in ("at first", "again"):
        done = repo.hotpass_process("version", "--init", "-v", "--remote", url, "--no-input")
        assert "hunter2" not in done.stdout + done.stderr
    local = repo.path(".dvc/config.local")
    assert url in local.read_text()
    assert stat.S_IMODE(local.stat().st_mode) == 0o600
    assert "hunter2" not in repo.read(".dvc/config").decode()
    assert "url = https://example.org/data" in repo.read(".dvc/config").decode()
    repo.git("add", "-A")
    assert "hunter2" not in repo.git("diff", "--cached").stdout
    listed = repo.dvc("config", "remote.storage.url").stdout.strip()
    assert listed == url, "what DVC uses is the whole address"


@pytest.mark.slow
def test_a_run_that_was_killed_before_the_secret_was_written_is_finished(repo: Repo) -> None:
    """Promise 1: the public half is in `.dvc/config` already."""
    repo.hotpass("version", "--init", "--no-input", "--remote", "https://example.org/data")
    done = repo.hotpass("version", "--init", "--no-input", "--remote", SECRET, "--json")
    assert done.json["remote_added"]
    assert SECRET in repo.read(".dvc/config.local").decode()
    other = repo.hotpass(
        "version", "--init", "--no-input", "--remote", "https://eve:x@example.com/y", check=False
    )
    assert other.code == 8
    assert "eve" not in repo.read(".dvc/config.local").decode()
