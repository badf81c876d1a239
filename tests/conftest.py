"""What every test stands on: a guard around the developer's machine, and repositories in named states.

States are fixtures. Each is built once a session with real git and Hotpass, and copied for every test that asks
for it, which takes milliseconds:

=============  ==========================================================================================
fixture        the repository
=============  ==========================================================================================
`repo`         a git repository on branch ``main`` with one commit, no DVC project
`initialised`  and a DVC project, default remote ``storage`` in the local folder ``repo.remote``; committed
`tracked`      and `FILE` (dataset ``refined_data``) and `FOLDER` (dataset ``data``) tracked; committed
`drafted`      and draft 1.0.0 of ``refined_data``, not committed
`released`     from `tracked`: releases 1.0.0 and 1.1.0 of both datasets; the work tree is clean, at 1.1.0
`dirty`        from `released`: `FILE` holds unsaved data, ``other.txt`` is staged, ``notes.txt`` changed
`two_clones`   two clones of a bare origin that holds `released`, tags included; the data is on the remote
=============  ==========================================================================================

The bytes of the releases are `FILE_BYTES` and `FOLDER_BYTES`, by version. They and the
classes come from ``harness.repository``: ``from harness.killing import Runner
from harness.repository import FILE, Repo``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from harness.killing import Runner
from harness.repository import Repo, Templates, TwoClones
from harness.servers import S3, s3_server

# How long a drawn case takes says more of the machine than of the code: speed is measured in benchmarks/.
hypothesis.settings.register_profile(
    "hotpass", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("hotpass")


@pytest.fixture(scope="session", autouse=True)
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the developer's own settings of git and DVC, and their home, out of every test's reach."""
    home = tmp_path_factory.mktemp("home")
    settings = home / "gitconfig"
    (home / "no-templates").mkdir()
    settings.write_text(
        "[user]\n\tname = Test Person\n\temail = test@example.org\n"
        f"[init]\n\tdefaultBranch = main\n\ttemplateDir = {home / 'no-templates'}\n"
        '[advice]\n\tdetachedHead = false\n[protocol "file"]\n\tallow = always\n'
        # Automatic maintenance in the background would race with the comparison of file lists.
        "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("GIT_", "DVC_", "HOTPASS_", "XDG_", "LC_", "AWS_", "AZURE_", "GOOGLE_")):
                patch.delenv(name)
        for name in ("NO_COLOR", "PAGER", "EDITOR", "LANGUAGE", "SSH_ASKPASS"):
            patch.delenv(name, raising=False)
        for name, value in {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "GIT_CONFIG_GLOBAL": str(settings),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "DVC_GLOBAL_CONFIG_DIR": str(home / "dvc-global"),
            "DVC_SYSTEM_CONFIG_DIR": str(home / "dvc-system"),
            "DVC_SITE_CACHE_DIR": str(home / "dvc-site"),
            "DVC_NO_ANALYTICS": "1",
            "LANG": "C.UTF-8",
            "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"],
        }.items():
            patch.setenv(name, value)
        yield home


@pytest.fixture(scope="session")
def templates(guard: Path, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The cache of states; ``templates.copy(state, folder)`` for a test that needs several repositories."""
    del guard
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def runner(guard: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Starts Hotpass as a process, quickly, and ends it at a chosen event (``harness.killing``)."""
    del guard
    with Runner(tmp_path_factory.mktemp("runner")) as runner:
        yield runner


@pytest.fixture
def repo(templates: Templates, tmp_path: Path) -> Repo:
    """A git repository with one commit and no DVC project."""
    return templates.copy("empty", tmp_path)


@pytest.fixture
def initialised(templates: Templates, tmp_path: Path) -> Repo:
    """A DVC project with a local-folder remote, committed; nothing is tracked."""
    return templates.copy("initialised", tmp_path)


@pytest.fixture
def tracked(templates: Templates, tmp_path: Path) -> Repo:
    """`FILE` and `FOLDER` are tracked and committed; nothing has a version."""
    return templates.copy("tracked", tmp_path)


@pytest.fixture
def drafted(templates: Templates, tmp_path: Path) -> Repo:
    """refined_data is the draft 1.0.0, not committed."""
    return templates.copy("drafted", tmp_path)


@pytest.fixture
def released(templates: Templates, tmp_path: Path) -> Repo:
    """refined_data and data are released as 1.0.0 and 1.1.0; the work tree is clean, at 1.1.0."""
    return templates.copy("released", tmp_path)


@pytest.fixture
def dirty(templates: Templates, tmp_path: Path) -> Repo:
    """As `released`, with unsaved data in `FILE`, ``other.txt`` staged and ``notes.txt`` changed."""
    return templates.copy("dirty", tmp_path)


@pytest.fixture
def two_clones(templates: Templates, tmp_path: Path) -> TwoClones:
    """Two clones of a bare origin that holds `released`; both have the data, the remote has every version."""
    templates.copy("two_clones", tmp_path)
    remote, origin = tmp_path / "remote", tmp_path / "origin.git"
    clones = [Repo(tmp_path / name, remote) for name in ("first", "second")]
    for clone in clones:
        clone.git("remote", "set-url", "origin", str(origin))
        clone.git("update-index", "-q", "--refresh", check=False)
    subprocess.run(["git", "-C", str(origin), "remote", "remove", "origin"], check=False, capture_output=True)
    return TwoClones(clones[0], clones[1], origin, remote)


@pytest.fixture(scope="session")
def s3(guard: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """A server that speaks S3, one for all tests of a process: each test makes a bucket of its own."""
    del guard
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server
