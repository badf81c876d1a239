"""Twenty releases of three datasets, the remote added after the tenth and moved after the fifteenth.

Published, every clone deleted, cloned again: every version comes back bit for bit, by Hotpass and by plain git and DVC.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest
from harness.repository import Repo
from publishing.conftest import Server, give_server

NAMES = ("refined_data", "sites", "data")
PATHS = {"refined_data": "dist/refined_data.bin", "sites": "sites.bin", "data": "data"}


# Bytes that are no tables: nothing is compared, which is not what this is about.
def _file(name: str, number: int) -> bytes:
    return b"id,name\n" + b"".join(b"%d,%s %d\n" % (row, name.encode(), number) for row in range(number + 3))


def _folder(number: int) -> dict[str, bytes]:
    return {
        f"part/{at}.bin": b"a,b\n%d,%d\n" % (at, number if at == number % 4 else 0) for at in range(4)
    } | {"all.bin": b"a,b\n%d,2\n" % number}


def _write(repo: Repo, name: str, number: int) -> None:
    if name == "data":
        repo.fill("data", _folder(number))
    else:
        repo.write(PATHS[name], _file(name, number))


def _read(repo: Repo, name: str) -> bytes | dict[str, bytes]:
    return repo.files("data") if name == "data" else repo.read(PATHS[name])


def _expected(name: str, number: int) -> bytes | dict[str, bytes]:
    return _folder(number) if name == "data" else _file(name, number)


def _release_twenty(repo: Repo) -> dict[str, tuple[str, int]]:
    """Make the releases; returns each tag with its dataset and number."""
    repo.hotpass("version", "--init", "--no-input")
    repo.commit("DVC")
    made = {}
    for number in range(20):
        if number == 10:
            repo.hotpass("version", "--init", "--remote", "../old-remote", "--no-input")
            repo.commit("a remote")
        if number == 15:
            repo.dvc("remote", "modify", "storage", "url", f"../{repo.remote.name}")
            repo.commit("the remote has moved")
        name = NAMES[number % 3]
        _write(repo, name, number)
        if number < len(NAMES):
            repo.hotpass("version", "--add", PATHS[name], "--dataset", name)
            repo.commit("track")
        version = f"{number + 1}.0.0"
        repo.hotpass("version", "--set", version, "--dataset", name, "--tag")
        made[f"{name}-v{version}"] = (name, number)
    return made


@pytest.mark.slow
def test_twenty_releases_come_back_from_a_fresh_clone(repo: Repo, tmp_path: Path) -> None:
    made = _release_twenty(repo)
    server: Server = give_server(repo)
    done = repo.hotpass("publish")
    assert "20 version(s) published" in done.stdout
    assert not (tmp_path / "old-remote").exists(), "to the remote that is configured now, and no other"
    line = next(line for line in done.stderr.splitlines() if "dvc remote add --local" in line).strip()
    shutil.rmtree(repo.root)

    clone = server.clone(tmp_path / "clone", repo.remote)
    assert clone.hotpass("verify", "--remote", "--deep").code == 0
    for tag, (name, number) in made.items():
        clone.hotpass("restore", tag.replace("-v", "@"), "--force")
        assert _read(clone, name) == _expected(name, number), tag
    shutil.rmtree(clone.root)

    plain = server.clone(tmp_path / "plain", repo.remote)
    words = shlex.split(line)
    assert words[:2] == ["dvc", "remote"]
    plain.git("checkout", "-q", "refined_data-v1.0.0")
    plain.dvc(*words[1:])
    # Each start of DVC takes half a second: in one process, which is DVC's own all the same.
    script = (
        "import subprocess, sys\n"
        "from dvc.cli import main\n"
        "for tag in sys.argv[1:]:\n"
        "    subprocess.run(['git', 'checkout', '-q', '-f', tag], check=True)\n"
        "    code = main(['pull', '-q', '-f'])\n"
        "    print(tag, code)\n"
        "    subprocess.run(['cp', '-rL', '.', '../seen-' + tag], check=True)\n"
    )
    ran = plain._run([sys.executable, "-c", script, *made], True, None, None, "", 200.0)
    for tag, (name, number) in made.items():
        assert f"{tag} 0" in ran.stdout
        seen = Repo(tmp_path / f"seen-{tag}", repo.remote)
        assert _read(seen, name) == _expected(name, number), tag
