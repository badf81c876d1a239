"""The story of the demonstration, told with the commands a reader would type.

Each command is a real process in a scratch repository, shown with what it says. Nothing is printed here: each
line goes to the caller's ``show``, one call a line.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hotpass.errors import HotpassError, IntegrityError, RefusedError
from hotpass.process import Finished, run
from hotpass.versioning.errors import DvcMissingError
from hotpass.workflows.demo import data

DATASET = "refined_data"
OUTPUT = "dist/refined_data.xlsx"
_STEP_SECONDS = 300.0
_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
_OPENING = """\
Kite workshops on a coast that is on no map: two messy lists of them have been refined into one workbook.
The first result is released as 1.0.0, mended as 1.0.1, and then the first one is brought back twice: here,
and in a fresh clone with plain git and DVC. All people, names and numbers are made up."""


class NotEmptyError(RefusedError):
    """The folder for the demonstration holds something already."""

    directory: str

    def __str__(self) -> str:
        return f"{self.directory} is not an empty folder"

    @property
    def hint(self) -> str:
        """The next step."""
        return "name a folder that is empty or does not exist, or none for a temporary one: hotpass demo"


class StepFailedError(HotpassError):
    """A command of the story failed."""

    command: str
    code: int
    said: str
    directory: str

    def __str__(self) -> str:
        last = (self.said.strip().splitlines() or ["no message"])[-1]
        return f"the demonstration stopped: {self.command} ended with {self.code}: {last}"

    @property
    def hint(self) -> str:
        """The next step."""
        return f"what was made so far is in {self.directory}"


class ProofFailedError(IntegrityError):
    """A file brought back does not have the bytes of its release."""

    path: str
    version: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path} has not the bytes of {self.version}: md5 {self.found}, expected {self.expected}"

    @property
    def hint(self) -> str:
        """The next step."""
        return "this should not happen; please report it with the output above"


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration left behind.

    ``directory`` holds ``project`` (the repository), ``storage`` (its DVC remote) and ``clone``; ``digests`` are the
    md5 digests of the released workbooks by version; ``commands`` are the lines shown, in order.
    """

    directory: str
    project: str
    storage: str
    clone: str
    digests: Mapping[str, str]
    commands: tuple[str, ...]


def run_demo(directory: Path | None, show: Callable[[str], None]) -> DemoResult:
    """Play the story in a folder, or in a temporary one, and show each command with what it says.

    The folder is made where it does not exist and is kept. Raises NotEmptyError for a folder with something in it,
    DvcMissingError before anything is made, StepFailedError when a command fails and ProofFailedError when a file
    that was brought back is not the released one.
    """
    if importlib.util.find_spec("dvc") is None:
        raise DvcMissingError
    story = _Story(_scratch_folder(directory), show)
    for line in _OPENING.splitlines():
        show(line)
    _set_up(story)
    _track(story)
    _release(story)
    _restore(story)
    _clone(story)
    _close(story)
    return DemoResult(
        directory=str(story.root),
        project=str(story.project),
        storage=str(story.storage),
        clone=str(story.clone),
        digests=dict(story.digests),
        commands=tuple(story.commands),
    )


def _scratch_folder(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="hotpass-demo-")).resolve()
    root = directory.expanduser().absolute()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise NotEmptyError(str(directory))
    root.mkdir(parents=True, exist_ok=True)
    return root.resolve()


class _Story:
    """The folders of one demonstration, and how its lines are shown."""

    def __init__(self, root: Path, show: Callable[[str], None]) -> None:
        self.root, self.show = root, show
        self.project, self.storage, self.clone = root / "project", root / "storage", root / "clone"
        self.digests: dict[str, str] = {}
        self.commands: list[str] = []
        self._chapter = 0

    def chapter(self, title: str) -> None:
        """Begin the next part of the story."""
        self._chapter += 1
        self.show("")
        self.show(f"{self._chapter}. {title}")

    def tell(self, line: str) -> None:
        """Say what happens without a command."""
        self.show(f"   # {line}")

    def type(self, line: str, *, cwd: Path | None = None) -> str:
        """Run a command as a reader would type it, show it with what it says, and return its standard output."""
        self.commands.append(line)
        self.show(f"   $ {line}")
        done = self._finish(shlex.split(line), line, cwd or self.project)
        out = done.out.decode("utf-8", "replace")
        for text in (out + done.err).splitlines():
            self.show(f"     {text}".expandtabs().rstrip())
        return out

    def quietly(self, *argv: str, cwd: Path | None = None) -> None:
        """Run a command that is stage setting, not story."""
        self._finish(list(argv), shlex.join(argv), cwd or self.project)

    def prove(self, path: Path, version: str) -> None:
        """Show that a file has the bytes of a release."""
        found = _md5(path.read_bytes())
        if found != self.digests[version]:
            raise ProofFailedError(str(path), version, self.digests[version], found)
        self.tell(f"md5 of {path.relative_to(self.root)} is {found}: the bytes of {version}")

    def _finish(self, argv: list[str], line: str, cwd: Path) -> Finished:
        done = _run(argv, cwd)
        if done.code != 0:
            said = done.err if done.err.strip() else done.out.decode("utf-8", "replace")
            raise StepFailedError(line, done.code, said, str(self.root))
        return done


def _set_up(story: _Story) -> None:
    story.chapter("A repository with a place for its data")
    for folder in (story.project, story.storage):
        folder.mkdir()
    story.tell(f"cd {shlex.quote(str(story.project))}")
    story.type("git init --quiet")
    _settle_git(story, story.project)
    story.type(f"hotpass version --init --remote {shlex.quote(str(story.storage))} --no-input")
    story.type("git add .dvc/config .dvc/.gitignore .dvcignore")
    story.type('git commit --quiet -m "Configure DVC remote storage"')


def _track(story: _Story) -> None:
    story.chapter("Track the lists that came in and the workbook that was made of them")
    for name, content in data.raw_files().items():
        _write(story.project / "data" / name, content)
        story.tell(f"data/{name}: {len(content)} bytes")
    story.digests["1.0.0"] = _write(story.project / OUTPUT, data.refined_workbook(corrected=False))
    said = story.type("hotpass version --add data/") + story.type(f"hotpass version --add {OUTPUT}")
    story.tell("git ignores data and workbook now, and keeps their pointers")
    for line in _git_add_lines(said):
        story.type(line)
    story.type('git commit --quiet -m "Track datasets with DVC"')


def _git_add_lines(said: str) -> list[str]:
    """The ``git add`` lines that ``--add`` tells the reader to type."""
    return [line[line.index("git add ") :].strip() for line in said.splitlines() if "git add " in line]


def _release(story: _Story) -> None:
    story.chapter("Release it, mend it, release it again")
    story.type(f'hotpass version --set 1.0.0 --tag --dataset {DATASET} --description "Initial release"')
    story.digests["1.0.1"] = _write(story.project / OUTPUT, data.refined_workbook(corrected=True))
    story.tell(f"{data.MISTAKES} wrong cells are corrected in {OUTPUT}")
    story.type("hotpass version --status")
    story.type(f'hotpass version --bump patch --tag --dataset {DATASET} --description "Four cells corrected"')
    story.type("hotpass version --status")
    story.type(f"hotpass version --get {DATASET}")


def _restore(story: _Story) -> None:
    story.chapter("Bring the first release back, and return")
    output = story.project / OUTPUT
    story.prove(output, "1.0.1")
    story.type(f"hotpass restore {DATASET}@1.0.0")
    story.prove(output, "1.0.0")
    story.type(f"hotpass restore {DATASET}@1.0.1")
    story.prove(output, "1.0.1")


def _clone(story: _Story) -> None:
    story.chapter("The same on another machine, with plain git and DVC")
    story.type("dvc push --all-tags")
    story.tell(f"cd {shlex.quote(str(story.root))}")
    story.type("git clone --quiet project clone", cwd=story.root)
    _settle_git(story, story.clone)
    story.tell("cd clone")
    story.type(f"git checkout {DATASET}-v1.0.0", cwd=story.clone)
    story.type("dvc pull", cwd=story.clone)
    story.prove(story.clone / OUTPUT, "1.0.0")


def _close(story: _Story) -> None:
    story.chapter("Try next")
    project = shlex.quote(str(story.project))
    story.show(f"   cd {project}")
    story.show("   git log --oneline --decorate")
    story.show(f"   hotpass version --bump minor --tag --dataset {DATASET} --description 'My own release'")
    story.show(f"   hotpass restore {DATASET}@1.0.0")
    story.show("")
    story.show(f"Everything is in {story.root}; delete that folder when you have seen enough.")


def _settle_git(story: _Story, repository: Path) -> None:
    """Give the scratch repository an identity where the user has none, and keep it from asking for a passphrase."""
    stand_in = {"user.name": "Hotpass Demo", "user.email": "demo@example.org"}
    for name, value in stand_in.items():
        if _run(["git", "config", name], repository).code != 0:
            story.quietly("git", "config", name, value, cwd=repository)
    for name in ("commit.gpgSign", "tag.gpgSign", "advice.detachedHead"):
        story.quietly("git", "config", name, "false", cwd=repository)


def _write(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return _md5(content)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _run(argv: list[str], cwd: Path) -> Finished:
    """Run one command of the story; hotpass and dvc are those of the running Python."""
    if argv[0] in ("hotpass", "dvc"):
        argv = [sys.executable, "-m", *argv]
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    if "PYTHONPATH" in environment:  # relative entries would mean another place from the scratch folder
        entries = environment["PYTHONPATH"].split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(entry) for entry in entries)
    environment |= {
        "DVC_NO_ANALYTICS": "1",
        "PYTHONIOENCODING": "utf-8",
        "CI": "1",
    }  # CI: DVC looks for no update
    return run(argv, cwd=cwd, env=environment, timeout=_STEP_SECONDS)
