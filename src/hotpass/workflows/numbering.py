"""Give what was refined its version, and what it was refined from: inputs first, so that a release can name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotpass.errors import RefusedError, UsageError
from hotpass.refine.inputs import Inputs
from hotpass.versioning.content import Content, identify, listing, look
from hotpass.versioning.errors import (
    ChangedWhileReadingError,
    NotComparedError,
    UnsafeFileError,
)
from hotpass.versioning.planning import VersionRequest, check_can_move
from hotpass.versioning.project import Dataset, Project
from hotpass.versioning.release import Outcome, make_version
from hotpass.versioning.tracking import track
from hotpass.workflows.outputs import newest_release
from hotpass.workflows.provenance import InputVersion
from hotpass.workflows.workplace import Workplace

AUTO = "auto"


@dataclass(frozen=True)
class Numbering:
    """Which number is wanted: the part to bump, whether to release it, and what to say of it."""

    part: str
    release: bool = False
    description: str | None = None

    def request(self, dataset: str, part: str | None = None) -> VersionRequest:
        """The same as a request for a dataset."""
        return VersionRequest("bump", part or self.part, dataset, self.description, tag=self.release)


def check_can_number(project: Project, numbering: Numbering) -> None:
    """Raise, before hours of work, what would keep a version from being made."""
    project.require_dvc()
    project.store.check_private()
    if numbering.release:
        project.git.check_identity()
        check_can_move(project.git.head(), "the release")


def number_inputs(
    workplace: Workplace, project: Project, source: Path, inputs: Inputs, numbering: Numbering
) -> tuple[InputVersion | None, tuple[str, ...]]:
    """Give the input folder its version, if it lies in the repository and may be a dataset; and why not.

    Raises ChangedWhileReadingError where the version has not the bytes that were refined.
    """
    relative = workplace.relative(source)
    if relative is None:
        return None, ()
    if workplace.dataset_at(source) is None:
        try:
            track(project, source, _silent)
        except (RefusedError, UsageError) as error:
            if isinstance(error, UnsafeFileError):
                raise
            return None, (f"the inputs are no dataset, so the record names their digests alone: {error}",)
    dataset = _tracked(workplace, source)
    auto = Numbering(AUTO, numbering.release)
    try:
        outcome = make_version(project, auto.request(dataset.name), _silent)
    except NotComparedError:
        # What cannot be compared is new all the same.
        outcome = make_version(project, auto.request(dataset.name, "minor"), _silent)
    _check_same(project, relative, outcome, inputs)
    return InputVersion(dataset.name, outcome.version, outcome.md5, numbering.release), ()


def number_output(
    workplace: Workplace,
    project: Project,
    output: Path,
    numbering: Numbering,
    metadata: Callable[[], Mapping[str, Any]],
) -> Outcome:
    """Give the output its version; where a release has its bytes already, that is the answer and nothing is written."""
    if workplace.dataset_at(output) is None:
        track(project, output, _silent)
    dataset = _tracked(workplace, output)
    found = look(project, dataset.path)
    release = newest_release(workplace, dataset)
    part = numbering.part
    if found is not None and release is not None and identify(project, found).md5 == release.md5:
        part = AUTO
    return make_version(project, numbering.request(dataset.name, part), _silent, metadata=metadata())


def _tracked(workplace: Workplace, path: Path) -> Dataset:
    dataset = workplace.dataset_at(path)
    if dataset is None:
        raise ChangedWhileReadingError(workplace.shown(path))
    return dataset


def _check_same(project: Project, path: str, outcome: Outcome, inputs: Inputs) -> None:
    content = Content(outcome.md5, outcome.size, outcome.files)  # type: ignore[arg-type]
    if content.files is None:
        known = {inputs.files[0].name: content.md5} if inputs.files else {}
    else:
        known = {file.relpath: file.md5 for file in listing(project, content.md5)}
    for file in inputs.files:
        if known.get(file.name) != file.digest:
            raise ChangedWhileReadingError(f"{path}/{file.name}")


def _silent(_: object) -> None:
    """Nobody is told; the result is returned."""
