"""Start tracking a file or directory: store its bytes, write its pointer, keep the data out of git."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from hotpass.files import read_small
from hotpass.versioning.committing import commit_content, read_base
from hotpass.versioning.content import Content, capture, look, stored_already
from hotpass.versioning.dvc import dvc_sees
from hotpass.versioning.errors import (
    AlreadyNamedError,
    DamagedPointerError,
    DamagedRecordError,
    IgnoredElsewhereError,
    IgnoredPointerError,
    NameTakenError,
    PathMissingError,
    UnmergedError,
)
from hotpass.versioning.git import IgnoreRule
from hotpass.versioning.ignore import appended_rules, exception_line, hide_line, reopened, showing, with_lines
from hotpass.versioning.lock import dvc_lock, repository_lock
from hotpass.versioning.placing import (
    Neighbours,
    check_place,
    check_trackable,
    check_unclaimed,
    neighbours_of,
)
from hotpass.versioning.pointer import Pointer, Stamp, parse_pointer, render_pointer
from hotpass.versioning.project import Dataset, Project, dataset_of, default_name
from hotpass.versioning.record import RECORD_LIMIT, VersionRecord, parse_record, render_record
from hotpass.versioning.recovery import carry_out, carrying_out, file_changes, forget, recover
from hotpass.versioning.scan import JUNK_PATTERNS
from hotpass.versioning.version import check_name

_IGNORE_LIMIT = 16 << 20


@dataclass(frozen=True)
class Tracked:
    """A dataset that is now tracked.

    ``to_add`` are the files to give to ``git add``; ``rules`` the ignore rules that were written, by file.
    """

    dataset: str
    path: str
    pointer_path: str
    md5: str
    size: int
    files: int | None
    to_add: tuple[str, ...]
    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    already: bool = False
    notes: tuple[str, ...] = ()


def track(
    project: Project,
    place: Path,
    announce: Callable[[Tracked], None],
    *,
    name: str | None = None,
    repair: bool = False,
) -> Tracked:
    """Track the file or directory at ``place``; ``repair`` allows a damaged pointer or record to be made anew.

    Raises BadPathError, PathMissingError, the distinct refusals of :func:`check_trackable`, UnsafeFileError,
    NameTakenError, DamagedPointerError, ChangedWhileReadingError and WriteError; nothing is changed then.
    """
    project.require_dvc()
    project.store.check_private()
    path = check_place(project, place)
    request: dict[str, Any] = {"action": "add", "path": path, "dataset": name, "repair": repair}
    with repository_lock(project.git.common, "add", project.lock_timeout) as descriptor:
        project = project.holding(descriptor)
        if recover(project, request) is not None:
            # Whatever it was is finished; adding again finds nothing to do, or the newer data.
            forget(project)
        neighbours = neighbours_of(project)
        old, mended = _present(project, path, repair, neighbours)
        dataset_name = _name(path, old, name, neighbours)
        # A folder's .dvcignore gets these patterns in the same act, so the listing must fit them already.
        found = look(project, path, JUNK_PATTERNS)
        if found is None:
            raise PathMissingError(path)
        check_trackable(project, path, found, neighbours)
        pointer_path = old.pointer_path if old else path + ".dvc"
        rules = _Rules(project, path, pointer_path, found.is_directory)
        if old is not None and mended == _NOTHING and rules.hold:
            content = stored_already(project, found)
            if content is not None and _pointer_text(old, path, dataset_name, content) == old.text:
                tracked = _tracked(project, old, content, rules)
                announce(tracked)
                return tracked
        folders = {str(PurePosixPath(file).parent) for file in (pointer_path, *rules.texts)}
        with carrying_out(project, request, tuple(sorted(folders))) as journal:
            with dvc_lock(project.root, project.lock_timeout, path):
                content = capture(project, found, JUNK_PATTERNS)
                text = _pointer_text(old, path, dataset_name, content)
                texts = {**rules.texts, pointer_path: text}
                if mended.record:
                    texts[path + ".version.json"] = _record_text(path, dataset_name, content, text)
                changes = file_changes(project, texts, rules.before)
                outcome = {"dataset": dataset_name, "path": path, "md5": content.md5}
                carry_out(project, replace(journal, files=tuple(changes), outcome=outcome))
                rules.prove()
            dataset = dataset_of(pointer_path, text)
            tracked = _tracked(project, dataset, content, rules)
            tracked = replace(tracked, already=not changes, notes=mended.lines)
            announce(tracked)
            return tracked


def _tracked(project: Project, dataset: Dataset, content: Content, rules: _Rules) -> Tracked:
    base = read_base(project, project.git.head().commit, dataset)
    wanted = commit_content(project, base, {dataset.pointer_path: dataset.text})
    return Tracked(
        dataset=dataset.name,
        path=dataset.path,
        pointer_path=dataset.pointer_path,
        md5=content.md5,
        size=content.size,
        files=content.files,
        to_add=tuple(wanted.commit),
        rules=rules.written(),
        already=True,
    )


def check_new(project: Project, place: Path) -> None:
    """Raise what :func:`track` would raise for a file that is to be written at ``place``; nothing is changed."""
    path = check_place(project, place, missing_ok=True)
    neighbours = neighbours_of(project)
    _name(path, None, None, neighbours)
    check_unclaimed(project, path, neighbours)
    _Rules(project, path, path + ".dvc", is_directory=False)


@dataclass(frozen=True)
class _Repair:
    """What a repair does: whether the record is made anew, and what to tell the user."""

    record: bool
    lines: tuple[str, ...]


_NOTHING = _Repair(False, ())


def _present(
    project: Project, path: str, repair: bool, neighbours: Neighbours
) -> tuple[Dataset | None, _Repair]:
    """The dataset that is tracked at a path; a damaged pointer counts as none where ``repair`` allows it."""
    lines: list[str] = []
    record_path = path + ".version.json"
    dataset = next((one for one in neighbours.datasets if one.path == path), None)
    if dataset is not None and isinstance(dataset.damage, UnmergedError):
        raise dataset.damage
    data = read_small(project.root / record_path, RECORD_LIMIT)
    damaged_record = False
    if data is not None:
        try:
            parse_record(data, record_path)
        except DamagedRecordError:
            if not repair:
                raise
            damaged_record = True
            lines.append(_kept(project, record_path, data))
    if dataset is None or dataset.pointer is not None:
        return dataset, _Repair(damaged_record, tuple(lines))
    candidate = dataset.pointer_path
    if not repair:
        raise dataset.damage or DamagedPointerError(candidate, "it cannot be read")
    lines.append(_kept(project, candidate, (project.root / candidate).read_bytes()))
    return _committed(project, candidate) or dataset, _Repair(damaged_record, tuple(lines))


def _kept(project: Project, path: str, data: bytes) -> str:
    return f"{path} was damaged and is made anew; its old bytes are kept: git cat-file blob {project.git.write_blob(data)}"


def _committed(project: Project, pointer_path: str) -> Dataset | None:
    """The pointer as HEAD has it: a repair keeps its name and version."""
    head = project.git.head().commit
    data = project.git.blob(head, pointer_path) if head else None
    try:
        return dataset_of(pointer_path, data.decode("utf-8")) if data else None
    except (DamagedPointerError, UnicodeDecodeError):
        return None


def _name(path: str, old: Dataset | None, name: str | None, neighbours: Neighbours) -> str:
    pointer = old.pointer if old else None
    stamped = pointer.stamp.dataset if pointer and pointer.stamp else None
    if stamped is not None and name not in (None, stamped):
        raise AlreadyNamedError(path, stamped)
    # An empty name is a name that was given, and none that may be.
    wanted = default_name(path) if name is None else name
    chosen = check_name(wanted if stamped is None else stamped)
    for other in neighbours.datasets:
        if other.path != path and other.name.lower() == chosen.lower():
            raise NameTakenError(chosen, other.name, other.path)
    return chosen


def _pointer_text(old: Dataset | None, path: str, name: str, content: Content) -> str:
    before = old.pointer if old else None
    stamp = before.stamp if before else None
    if stamp is None and default_name(path) != name:
        stamp = Stamp(name)
    pointer = Pointer(
        path=before.path if before else PurePosixPath(path).name,
        md5=content.md5,
        size=content.size,
        files=content.files,
        description=before.description if before else "",
        stamp=stamp,
    )
    return render_pointer(pointer, old.text if old and old.text else None)


def _record_text(path: str, name: str, content: Content, pointer_text: str) -> str:
    pointer = parse_pointer(pointer_text)
    return render_record(
        VersionRecord(
            dataset=name,
            version=pointer.version,
            path=path,
            md5=content.md5,
            size=content.size,
            files=content.files,
            description=pointer.description,
            timestamp=pointer.stamp.timestamp if pointer.stamp else "",
        )
    )


class _Rules:
    """The ignore rules a dataset needs: its pointer visible to git and DVC, its data hidden from git.

    ``hold``: they are there and work.
    """

    def __init__(self, project: Project, path: str, pointer_path: str, is_directory: bool) -> None:
        self.project, self.path, self.pointer_path = project, path, pointer_path
        self.texts: dict[str, str] = {}
        self.before: dict[str, str] = {}
        found = project.git.ignore_rules(pointer_path, path + ".version.json", path)
        rule = found.get(pointer_path) or found.get(path + ".version.json")
        self.opened = rule is not None
        hidden = found.get(path)
        self.hold = rule is None and hidden is not None and _in_repository(hidden)
        if rule is not None:
            self._open(rule)
        if not self.opened and not self.hold:
            folder = PurePosixPath(path).parent
            self._change(str(folder / ".gitignore"), lambda text: with_lines(text, [hide_line(path)]))
        if is_directory:
            self._change(".dvcignore", lambda text: with_lines(text, JUNK_PATTERNS))
        self.hold = self.hold and not self.written()

    def prove(self) -> None:
        """Ask git, and DVC where rules of the user were changed, whether it worked; raises IgnoredPointerError."""
        git = self.project.git
        found = git.ignore_rules(*self._own(), self.path)
        for path in self._own():
            if (rule := found.get(path)) is not None:
                raise IgnoredPointerError(path, f"{rule.source}:{rule.line}", rule.pattern)
        if self.path not in found:
            raise IgnoredPointerError(self.path, ".gitignore", "the rule that should hide it does not match")
        if self.opened and dvc_sees(self.project.root, self.pointer_path) is False:
            raise IgnoredPointerError(self.pointer_path, "DVC", "DVC does not see it behind the ignore rules")

    def written(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The rules that were added, by file."""
        return tuple(
            (path, tuple(line for line in text.splitlines() if line not in self.before[path].splitlines()))
            for path, text in self.texts.items()
            if text != self.before[path]
        )

    def _open(self, rule: IgnoreRule) -> None:
        if not _in_repository(rule):
            raise IgnoredElsewhereError(self.pointer_path, rule.source, rule.pattern)
        deepest = str(PurePosixPath(self.pointer_path).parent)
        base = str(PurePosixPath(rule.source).parent)
        base = "" if base == "." else base
        text = self._read(rule.source)
        folder = self._hidden_folder()
        opens = deepest != "." and (folder is not None or reopened(text, base, deepest) is not None)
        if opens:
            rules = appended_rules(base, folder or deepest, deepest)
            new = showing(text, base, deepest, rules)
        else:
            # A rule for the file itself, such as *.dvc: an exception below it is enough.
            new = with_lines(text, [exception_line(base, name) for name in self._own()])
            self.opened = self.project.git.ignore_rule(self.path) is not None
        self.texts[rule.source], self.before[rule.source] = new, text

    def _hidden_folder(self) -> str | None:
        """The topmost folder above the pointer that git ignores as a whole."""
        above = [str(folder) for folder in PurePosixPath(self.pointer_path).parents if str(folder) != "."]
        return next((folder for folder in reversed(above) if self.project.git.ignore_rule(folder)), None)

    def _own(self) -> tuple[str, str]:
        return self.pointer_path, self.path + ".version.json"

    def _change(self, path: str, edit: Callable[[str], str]) -> None:
        text = self._read(path)
        self.before.setdefault(path, text)
        self.texts[path] = edit(self.texts.get(path, text))

    def _read(self, path: str) -> str:
        return (read_small(self.project.root / path, _IGNORE_LIMIT) or b"").decode("utf-8", "surrogateescape")


def _in_repository(rule: IgnoreRule) -> bool:
    """Whether a rule stands in a file that a clone gets."""
    return PurePosixPath(rule.source).name == ".gitignore" and not os.path.isabs(rule.source)
