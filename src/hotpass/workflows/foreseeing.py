"""Which version a run would make of bytes that are not written yet, and what would keep it from that."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hotpass.compare.changes import Comparison
from hotpass.compare.policy import Decision
from hotpass.versioning.catalogue import Release, catalogue_of
from hotpass.versioning.errors import BumpTooLowError
from hotpass.versioning.judging import enough, is_enough
from hotpass.versioning.pointer import Md5
from hotpass.versioning.project import Project, default_name
from hotpass.versioning.release import Outcome
from hotpass.versioning.version import Bump, tag_name
from hotpass.versioning.wanted import Wanted
from hotpass.workflows.comparing import decide_bump, open_comparison
from hotpass.workflows.numbering import AUTO, Numbering
from hotpass.workflows.outputs import md5_of
from hotpass.workflows.sides import Side, release_side
from hotpass.workflows.wording import reason_line, summary
from hotpass.workflows.workplace import Workplace


@dataclass(frozen=True)
class Unwritten:
    """An output as it would be: where it goes, its bytes, and the newest release of what is tracked there."""

    workplace: Workplace
    output: Path
    data: bytes
    release: Release | None

    @property
    def md5(self) -> Md5:
        """The name of its bytes."""
        return md5_of(self.data)


@contextmanager
def open_changes(unwritten: Unwritten) -> Iterator[tuple[Comparison, Decision] | None]:
    """What changed since the newest release, and the bump that asks for; None where there is none."""
    workplace, output = unwritten.workplace, unwritten.output
    project, dataset = workplace.project, workplace.dataset_at(output)
    if project is None or unwritten.release is None or dataset is None:
        yield None
        return
    old = release_side(project, dataset.name, Wanted.only(unwritten.release.version))
    with tempfile.TemporaryDirectory(prefix="hotpass-") as folder:
        place = Path(folder, output.name)
        place.write_bytes(unwritten.data)
        new = Side(workplace.shown(output), place=place)
        with open_comparison(old, new) as comparison:
            yield comparison, decide_bump(comparison, old, new)


def foresee(project: Project, unwritten: Unwritten, numbering: Numbering) -> Outcome:
    """The version that a run would make; its outcome says ``dry_run``, and ``already`` where it would make none."""
    workplace, output = unwritten.workplace, unwritten.output
    dataset = workplace.dataset_at(output)
    path = workplace.relative(output) or output.name
    name = dataset.name if dataset is not None else default_name(path)
    catalogue = catalogue_of(name, project.git.tags(name))
    current = dataset.pointer.version if dataset is not None and dataset.pointer is not None else None
    since = unwritten.release
    with open_changes(unwritten) as changes:
        decision = changes[1] if changes is not None else Decision(None, ())
        asked, auto = decision.bump, numbering.part == AUTO
        same = since is not None and ((asked is None and auto) or since.md5 == unwritten.md5)
        if same and since is not None:
            version = since.version
        elif auto:
            version = enough(catalogue, current, asked or Bump.MAJOR)
        else:
            version = catalogue.next(current, Bump(numbering.part))
        return Outcome(
            dataset=name,
            version=str(version),
            previous=str(current) if current is not None else None,
            path=path,
            md5=unwritten.md5,
            size=len(unwritten.data),
            files=None,
            tag=tag_name(name, version) if numbering.release else None,
            since=str(since.version) if since is not None else None,
            asked=asked.value if asked is not None else None,
            reasons=tuple(reason_line(reason) for reason in decision.reasons),
            changes=summary([reason.change for reason in decision.reasons]),
            already=same,
            unchanged=same,
            dry_run=True,
        )


def check_high_enough(project: Project, unwritten: Unwritten, numbering: Numbering) -> None:
    """Raise BumpTooLowError, before anything is written, where a release would rise less than its data asks for."""
    if not numbering.release or numbering.part == AUTO or unwritten.release is None:
        return
    seen = foresee(project, unwritten, numbering)
    if seen.already or seen.asked is None or is_enough(Bump(numbering.part), Bump(seen.asked)):
        return
    command = f"hotpass refine --bump {seen.asked} --tag"
    raise BumpTooLowError(
        seen.dataset, seen.version, numbering.part, str(seen.since), seen.asked, seen.reasons, command
    )
