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
from hotpass.workflows.demo import data, lists

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
Kite workshops on a coast that is on no map: messy lists of them come in, twice, and then a correction. Each time the
folder is refined into one workbook and released, under the number that the changes ask for. Then: what changed, where
a cell comes from, and an old release back, here and in a fresh clone. All people, names and numbers are made up."""


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


class UnexpectedVersionError(IntegrityError):
    """The changes of a delivery asked for another number than the story tells."""

    found: str
    expected: str

    def __str__(self) -> str:
        return f"the demonstration made {self.found} where {self.expected} belongs"

    @property
    def hint(self) -> str:
        """The next step."""
        return "this should not happen; please report it with the output above"


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration left behind.

    ``directory`` holds ``project`` (the repository), ``storage`` (its DVC remote), ``clone`` and ``pages``, to be opened
    in a browser; ``digests`` are the md5 digests of the released workbooks by version; ``commands`` are the lines shown,
    in order.
    """

    directory: str
    project: str
    storage: str
    clone: str
    pages: str
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
    _first_delivery(story)
    _second_delivery(story)
    _correction(story)
    _look(story)
    _restore(story)
    _clone(story)
    _close(story)
    return DemoResult(
        directory=str(story.root),
        project=str(story.project),
        storage=str(story.storage),
        clone=str(story.clone),
        pages=str(story.pages),
        digests=dict(story.digests),
        commands=tuple(story.commands),
    )


@dataclass(frozen=True)
class WrittenLists:
    """The folder with the made-up lists, and its files: one folder for each delivery."""

    directory: str
    files: tuple[str, ...]


def write_lists(directory: Path | None) -> WrittenLists:
    """Write the lists that the story is told with, delivery by delivery, and a profile for them.

    The folder is made where it does not exist. Raises NotEmptyError for a folder with something in it.
    """
    root = _scratch_folder(directory)
    content = {"kites.yaml": lists.PROFILE.encode()}
    for delivery in (lists.spring, lists.summer, lists.correction):
        content |= {f"{delivery.__name__}/{name}": book for name, book in delivery().items()}
    for name, book in content.items():
        _write(root / name, book)
    return WrittenLists(str(root), tuple(content))


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
        self.pages = root / "pages"
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

    def quietly(self, *argv: str, cwd: Path | None = None) -> str:
        """Run a command that is stage setting, not story; returns its standard output."""
        done = self._finish(list(argv), shlex.join(argv), cwd or self.project)
        return done.out.decode("utf-8", "replace")

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
    story.chapter("A repository with a place for its data, and what is known of the lists")
    for folder in (story.project, story.storage, story.pages):
        folder.mkdir()
    story.tell(f"cd {shlex.quote(str(story.project))}")
    story.type("git init --quiet")
    _settle_git(story, story.project)
    story.type(f"hotpass version --init --remote {shlex.quote(str(story.storage))} --no-input")
    _write(story.project / "kites.yaml", lists.PROFILE.encode())
    _write(story.project / "hotpass.toml", b'[refine]\nprofile = "kites.yaml"\n')
    story.tell("kites.yaml: a profile of six lines; hotpass.toml: that it is the one to use")
    story.type("git add .dvc/config .dvc/.gitignore .dvcignore kites.yaml hotpass.toml")
    story.type('git commit --quiet -m "A place for data, and a profile"')


def _first_delivery(story: _Story) -> None:
    story.chapter("The first delivery: a workbook and a text file, refined and released")
    _deliver(story, lists.spring())
    _refine(story, "1.0.0", '--description "The lists of spring"')


def _second_delivery(story: _Story) -> None:
    story.chapter("The second delivery: another workbook, with lists side by side and one without a header")
    _deliver(story, lists.summer())
    pages = f"../{story.pages.name}"
    _refine(story, "1.1.0", f'--description "The isles join" --report {pages}/refined.html')
    story.type(f"hotpass compare {DATASET}@1.0.0 {DATASET}@1.1.0 --quiet --html {pages}/compare.html")


def _correction(story: _Story) -> None:
    story.chapter("A correction: the register comes again, four cells of it mended")
    _deliver(story, lists.correction())
    _refine(story, "1.1.1", '--description "Four cells corrected"')
    story.tell("the same again: the same bytes, so there is nothing to release")
    story.type("hotpass refine --bump auto --tag")


def _look(story: _Story) -> None:
    story.chapter("What became of one workshop, and where its cells come from")
    slip = next(place for place, slip in data.SLIPS.items() if slip.header == "Telephone")
    names = (data.workshops()[slip].name, data.workshops()[data.TWICE].name)
    chosen = f"organization_name IN ('{names[0]}', '{names[1]}') ORDER BY organization_name"
    said = story.type(
        f"hotpass query \"SELECT organization_id, organization_name FROM '{DATASET}@latest!Data' WHERE {chosen}\""
    )
    corrected, merged = (_id_in(said, name) for name in names)
    story.type(f"hotpass trace {DATASET} {corrected} --column contact_phone")
    story.tell("and why some rows became one: the cells, the evidence, which value won")
    story.type(f"hotpass refine --explain {merged}")


def _id_in(said: str, name: str) -> str:
    """The id that stands before a name in what a command said."""
    return next(line.split()[0] for line in said.splitlines() if name in line)


def _restore(story: _Story) -> None:
    story.chapter("Bring the first release back, and return")
    output = story.project / OUTPUT
    story.type(f"hotpass restore {DATASET}@1.0.0")
    story.prove(output, "1.0.0")
    story.type(f"hotpass restore {DATASET}@latest")
    story.prove(output, "1.1.1")
    story.type(f"hotpass history {DATASET}")


def _clone(story: _Story) -> None:
    story.chapter("The same on another machine, with plain git and DVC")
    story.type("dvc push --all-tags")
    story.tell(f"cd {shlex.quote(str(story.root))}")
    story.type("git clone --quiet project clone", cwd=story.root)
    _settle_git(story, story.clone)
    story.tell("cd clone")
    story.type(f"git checkout --quiet {DATASET}-v1.0.0", cwd=story.clone)
    story.type("dvc pull", cwd=story.clone)
    story.prove(story.clone / OUTPUT, "1.0.0")


def _close(story: _Story) -> None:
    story.chapter("Open")
    for place, what in (
        (story.pages / "refined.html", "what refining decided: rules, worst rows, columns, what changed"),
        (story.pages / "compare.html", "1.0.0 and 1.1.0 side by side"),
        (story.project / OUTPUT, "the workbook: Data, Contacts, Quarantine, Summary"),
    ):
        story.show(f"   {place}")
        story.show(f"     {what}")
    story.chapter("Try next")
    story.show(f"   cd {shlex.quote(str(story.project))}")
    story.show("   hotpass review                      # one pair of rows that only a person can judge")
    story.show("   hotpass refine --bump auto --tag    # your answer is obeyed: a release of its own")
    story.show(f"   hotpass show {DATASET}@latest    # the record of a release: lineage, numbers, changes")
    story.show("")
    story.show(f"Everything is in {story.root}; delete that folder when you have seen enough.")


def _deliver(story: _Story, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        _write(story.project / "data" / name, content)
        story.tell(f"data/{name}: {len(content):,} bytes")


def _refine(story: _Story, version: str, options: str) -> None:
    """Refine and release; what comes out must be the version that the story tells of."""
    story.type(f"hotpass refine --bump auto --tag {options}")
    found = story.quietly("hotpass", "version", "--get", DATASET).strip()
    if found != version:
        raise UnexpectedVersionError(found, version)
    story.digests[version] = _md5((story.project / OUTPUT).read_bytes())


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
