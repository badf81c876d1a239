"""Where a dataset may lie: the distinct refusals, each with its cure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from hotpass.files import read_small
from hotpass.values import frozen
from hotpass.versioning.content import excluded
from hotpass.versioning.errors import (
    BadPathError,
    DvcIgnoredError,
    DvcYamlOutError,
    GitTrackedError,
    InNestedProjectError,
    OtherRepositoryError,
    OutsideError,
    OverlapError,
    PathMissingError,
)
from hotpass.versioning.project import Dataset, Project, nested_project
from hotpass.versioning.scan import Scan

_LIMIT = 16 << 20
_LONGEST_NAME = 255
_OURS = (".dvc", ".version.json")


def check_place(project: Project, place: Path, *, missing_ok: bool = False) -> str:
    """The path of a file or folder relative to the root, if a pointer may stand for it.

    ``missing_ok``: it need not be there yet. Raises OutsideError for what is not inside the repository once links in its parents are followed,
    BadPathError for a name that no pointer, ignore rule or file system could carry.
    """
    text = os.fspath(place)
    shown = text.encode("utf-8", "replace").decode()
    _check_text(text, shown)
    absolute = os.path.abspath(text)
    if not missing_ok and not os.path.lexists(absolute):
        raise PathMissingError(shown)
    folder, name = os.path.split(absolute)
    real = os.path.join(os.path.realpath(folder), name)
    if real == str(project.root):
        raise BadPathError(shown, "it is the repository itself")
    if not real.startswith(str(project.root) + os.sep):
        raise OutsideError(shown, str(project.root))
    path = PurePosixPath(os.path.relpath(real, project.root))
    # In any case of letters, as a pointer is read: some file systems do not tell them apart.
    if any(part.lower() in (".git", ".dvc") for part in path.parts):
        raise BadPathError(shown, "git's and DVC's own folders are no datasets")
    ignores = any(part in (".gitignore", ".dvcignore") for part in path.parts)
    if ignores or path.name.endswith(_OURS) or path.name in ("dvc.yaml", "dvc.lock"):
        raise BadPathError(shown, "it is a file of git, DVC or Hotpass, not data")
    return str(path)


@frozen
class Neighbours:
    """What else is in the work tree: its datasets, and the files that describe pipelines."""

    datasets: tuple[Dataset, ...]
    pipelines: tuple[str, ...]


def neighbours_of(project: Project) -> Neighbours:
    """Find them, by one question to git."""
    names = project.git.files_named("*.dvc", "dvc.yaml", "dvc.lock")
    pointers = [name for name in names if name.endswith(".dvc")]
    return Neighbours(
        tuple(project.datasets(pointers)), tuple(name for name in names if not name.endswith(".dvc"))
    )


def check_trackable(project: Project, path: str, found: Scan, neighbours: Neighbours) -> None:
    """Raise the refusal that fits what else claims a path: git, another dataset, ``dvc.yaml``, ``.dvcignore``."""
    check_unclaimed(project, path, neighbours)
    if _dvc_ignored(project, path, found):
        raise DvcIgnoredError(path)


def check_unclaimed(project: Project, path: str, neighbours: Neighbours) -> None:
    """The part of :func:`check_trackable` that does not look at the data, which need not be there yet."""
    if (other_root := _other_repository(project, path)) is not None:
        raise OtherRepositoryError(path, other_root)
    nested = nested_project(project.root, (project.root / path).parent)
    inner = (project.root / path / ".dvc").is_dir()
    if nested is not None or inner:
        raise InNestedProjectError(path, project.relative(nested) if nested else path)
    for other in neighbours.datasets:
        if other.path != path and (_inside(path, other.path) or _inside(other.path, path)):
            raise OverlapError(path, other.name, other.path)
        if other.path != path and _inside(other.pointer_path, path):
            raise OverlapError(path, other.name, other.pointer_path)
    if tracked := project.git.tracked(path):
        raise GitTrackedError(path, len(tracked))
    for file, out in _stage_outs(project, neighbours.pipelines):
        if fnmatchcase(path, out) or _inside(path, out) or _inside(out, path):
            raise DvcYamlOutError(path, file)


def _check_text(text: str, shown: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadPathError(shown, "its name is not UTF-8") from None
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise BadPathError(shown.encode("unicode_escape").decode(), "its name holds control characters")
    if text != text.rstrip(" "):
        raise BadPathError(shown, "its name ends in a space, which ignore files cannot say")
    longest = max((len(os.fsencode(part)) for part in PurePosixPath(text).parts), default=0)
    if longest + len(_OURS[1]) > _LONGEST_NAME:
        raise BadPathError(shown, f"its name is too long for {_OURS[1]} after it")


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def _other_repository(project: Project, path: str) -> str | None:
    """The submodule or embedded repository that a path is or lies in: this repository's git sees nothing there."""
    for place in (PurePosixPath(path), *PurePosixPath(path).parents):
        if str(place) != "." and os.path.lexists(project.root / place / ".git"):
            return str(place)
    return None


def _dvc_ignored(project: Project, path: str, found: Scan) -> bool:
    if found.is_directory:
        return not found.files and bool(excluded(project, path))
    return path in project.git.excluded_below(path, ".dvcignore")


def _stage_outs(project: Project, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The outputs of pipelines, as patterns: (file that names it, path relative to the root)."""
    for file in files:
        data = read_small(project.root / file, _LIMIT)
        if data is None:
            continue
        folder = PurePosixPath(file).parent
        for stage in _stages(data):
            wdir = stage.get("wdir")
            base = folder / wdir if isinstance(wdir, str) else folder
            for kind in ("outs", "metrics", "plots"):
                for name in _out_names(stage.get(kind)):
                    yield file, os.path.normpath(base / _as_pattern(name))


def _stages(data: bytes) -> list[Mapping[str, Any]]:
    from ruamel.yaml import YAML  # loaded only where there is a pipeline
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(data)
    except (YAMLError, RecursionError, ValueError):
        return []
    stages = content.get("stages") if isinstance(content, Mapping) else None
    found = []
    for stage in stages.values() if isinstance(stages, Mapping) else []:
        inner = stage.get("do", stage) if isinstance(stage, Mapping) else None
        if isinstance(inner, Mapping):
            found.append(inner)
    return found


def _out_names(outs: object) -> Iterator[str]:
    for out in outs if isinstance(outs, list) else []:
        if isinstance(out, str):
            yield out
        elif isinstance(out, Mapping):
            path = out.get("path")
            yield from [path] if isinstance(path, str) else [str(key) for key in out]


def _as_pattern(name: str) -> str:
    """A name with ``${…}`` of a templated stage as a pattern."""
    while (start := name.find("${")) >= 0 and (end := name.find("}", start)) >= 0:
        name = name[:start] + "*" + name[end + 1 :]
    return name
