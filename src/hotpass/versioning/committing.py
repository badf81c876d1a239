"""What a release's commit holds, and what the user's index gets: exactly the released paths, nobody's other work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from hotpass.files import read_small
from hotpass.values import frozen
from hotpass.versioning.artifacts import DVC_YAML
from hotpass.versioning.errors import LostGitObjectError, NotThatKindError, UnmergedFileError
from hotpass.versioning.gitobjects import Oid, folders_of, in_the_way, unread
from hotpass.versioning.ignore import exception_line, hide_line, reopening_rules, showing, with_lines
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.scan import JUNK_PATTERNS

DVC_FILES = (".dvc/config", ".dvc/.gitignore", ".dvcignore")
"""What a clone needs to be a DVC project; a release takes those along that HEAD lacks."""

_LIMIT = 16 << 20

Edit = Callable[[bytes], bytes]


@frozen
class CommitBase:
    """What HEAD and the user's index hold of the paths that a release's commit may touch.

    ``edits`` are the ignore files that hold rules for the dataset, and how to put the same rules into another
    text of them; ``unmerged`` the paths in a merge conflict; ``texts`` what the ignore files are in HEAD; ``trees`` the
    folders of HEAD above all paths, as git's bytes; ``files`` which of those folders the index holds as a file.
    """

    committed: Mapping[str, Oid]
    staged: Mapping[str, Oid]
    unmerged: frozenset[str]
    edits: Mapping[str, Edit]
    texts: Mapping[str, bytes]
    trees: Mapping[str, bytes]
    files: frozenset[str]


@frozen
class CommitContent:
    """``commit``: files that HEAD does not hold like this; ``index``: the same paths as the user's index gets them.

    They differ where the user has staged other changes to an ignore file. ``left`` names DVC's files with
    uncommitted changes that stay the user's.
    """

    commit: Mapping[str, bytes]
    index: Mapping[str, bytes]
    left: tuple[str, ...]


def read_base(project: Project, head: Oid | None, dataset: Dataset) -> CommitBase:
    """Ask git, once, what it holds of all paths that a release of the dataset could touch.

    Raises LostGitObjectError where HEAD names a folder or an ignore file that git cannot read: made without it, the
    commit would take away what is there.
    """
    edits = _ignore_edits(project, dataset)
    paths = list(dict.fromkeys([dataset.pointer_path, dataset.record_path, *edits, *DVC_FILES, DVC_YAML]))
    folders = folders_of(paths)
    asked = [f":{stage}:{path}" for path in paths for stage in range(4)]
    asked += [f":0:{folder}" for folder in folders if folder]
    whole = []
    if head is not None:
        asked += [f"{head}:{path}" for path in paths if path not in edits]
        whole = [f"{head}:{path}" for path in (*edits, *map(_as_folder, folders))]
    found = project.git.look_up(asked, whole)
    blobs = {path: found.get(f"{head}:{path}") for path in paths}
    texts = {path: each.data for path in edits if (each := blobs[path]) and each.data is not None}
    trees = {
        folder: each.data
        for folder in folders
        if (each := found.get(f"{head}:{_as_folder(folder)}"))
        and each.kind == "tree"
        and each.data is not None
    }
    if head is not None:
        lost = unread(trees, folders, edits.keys() - texts.keys(), project.git.object_format)
        if lost is not None:
            raise LostGitObjectError(head, lost)
    return CommitBase(
        committed={path: each.oid for path, each in blobs.items() if each and each.kind == "blob"},
        staged={path: found[f":0:{path}"].oid for path in paths if f":0:{path}" in found},
        unmerged=frozenset(
            path for path in paths if any(f":{stage}:{path}" in found for stage in range(1, 4))
        ),
        edits=edits,
        texts=texts,
        trees=trees,
        files=frozenset(
            folder for folder in folders if (each := found.get(f":0:{folder}")) and each.kind == "blob"
        ),
    )


def _as_folder(folder: str) -> str:
    # Without the slash git would take a folder named ``x-gabc1234`` for the commit abc1234, if there is one.
    return f"{folder}/" if folder else ""


def commit_content(project: Project, base: CommitBase, texts: Mapping[str, str]) -> CommitContent:
    """Work out a release's commit.

    It holds pointer and record (``texts``), the ignore rules written for the dataset, and DVC's own files where
    HEAD lacks them. Raises UnmergedFileError where that would settle somebody's merge conflict, NotThatKindError where
    git has a file in place of one of the folders, or the other way round.
    """
    git = project.git
    commit = {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}
    index: dict[str, bytes] = {}
    left = []
    for path in dict.fromkeys([*base.edits, *DVC_FILES]):
        on_disk = read_small(project.root / path, _LIMIT)
        old = base.committed.get(path)
        if on_disk is None or (old is not None and git.blob_id(on_disk) == old):
            continue
        if path in base.edits and not (path in DVC_FILES and old is None):
            edit = base.edits[path]
            commit[path] = _as_on_disk(edit(base.texts.get(path, b"")), on_disk)
            staged = base.staged.get(path, old)
            if staged != old and staged is not None:
                index[path] = _as_on_disk(edit(git.blob_bytes(staged)), on_disk)
        elif old is None:
            commit[path] = on_disk
        else:
            left.append(path)
    changed = {path: data for path, data in commit.items() if git.blob_id(data) != base.committed.get(path)}
    for path in base.unmerged & changed.keys():
        raise UnmergedFileError(path)
    wrong = in_the_way(base.trees, changed, git.object_format)
    for path in [*([wrong] if wrong else []), *(base.files & set(folders_of(changed)))]:
        raise NotThatKindError(path)
    return CommitContent(
        changed, {path: index.get(path, data) for path, data in changed.items()}, tuple(left)
    )


def _ignore_edits(project: Project, dataset: Dataset) -> dict[str, Edit]:
    """For each ignore file that holds rules for the dataset: how to put the same rules into another text of it."""
    edits: dict[str, Edit] = {}
    folder = PurePosixPath(dataset.path).parent
    deepest = str(PurePosixPath(dataset.pointer_path).parent)
    hide = hide_line(dataset.path)
    for place in (folder, *folder.parents):
        base = "" if str(place) == "." else str(place)
        path = f"{base}/.gitignore" if base else ".gitignore"
        text = _text(project, path)
        # A pointer may stand in a folder above its data; rules further down cannot concern it.
        reaches = not base or f"{deepest}/".startswith(f"{base}/")
        rules = reopening_rules(text, base, deepest) if reaches and deepest != "." else []
        lines = [hide] if place == folder and hide in text.splitlines() else []
        own = (dataset.pointer_path, dataset.record_path)
        shown = [exception_line(base, name) for name in own if not base or name.startswith(f"{base}/")]
        lines += [line for line in shown if line in text.splitlines()]
        if rules or lines:
            edits[path] = _edit(base, deepest, rules, lines)
    if dataset.whole.is_directory and set(JUNK_PATTERNS) <= set(_text(project, ".dvcignore").splitlines()):
        edits[".dvcignore"] = _edit("", deepest, [], list(JUNK_PATTERNS))
    return edits


def _as_on_disk(text: bytes, on_disk: bytes) -> bytes:
    """The file of the work tree where only the order of lines differs.

    Datasets that are released in another order than they were added in would else leave it changed for ever.
    """
    return on_disk if sorted(text.splitlines()) == sorted(on_disk.splitlines()) else text


def _edit(base: str, deepest: str, rules: list[str], lines: list[str]) -> Edit:
    def edit(data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        if rules and not all(rule in text.splitlines() for rule in rules):
            text = with_lines(showing(text, base, deepest, rules), rules)
        return with_lines(text, lines).encode("utf-8", "surrogateescape")

    return edit


def _text(project: Project, path: str) -> str:
    return (read_small(project.root / path, _LIMIT) or b"").decode("utf-8", "surrogateescape")
