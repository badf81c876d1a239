"""DVCManager: the documented names, each handing on to the module that does it."""

from __future__ import annotations

import os
from pathlib import Path

from hotpass.versioning.history import History, read_history
from hotpass.versioning.judging import Judge
from hotpass.versioning.metadata import remember_root
from hotpass.versioning.planning import VersionRequest, named_part
from hotpass.versioning.project import Project
from hotpass.versioning.release import Announce, Outcome, make_version
from hotpass.versioning.restoring import Restored, restore
from hotpass.versioning.setup import Initialised, initialise
from hotpass.versioning.status import Status, read_status
from hotpass.versioning.tracking import Tracked, track
from hotpass.versioning.version import ZERO, Bump, DatasetVersion
from hotpass.versioning.wanted import Wanted


def _silent(_: object) -> None:
    """Nobody is told; the result is returned."""


class DVCManager:
    """The datasets of one git repository. Every method reads the repository anew; several may exist side by side."""

    def __init__(
        self,
        repo_root: str | os.PathLike[str] = ".",
        *,
        lock_timeout: float | None = None,
        judge: Judge | None = None,
    ) -> None:
        """Open the repository around a folder; raises NotReadyError where there is none.

        ``judge`` says which bump the data asks for, in place of Hotpass's own (``hotpass.workflows.judge``).
        """
        self._project, self._judge = Project.find(Path(repo_root), lock_timeout), judge
        remember_root(self._project.root)

    @property
    def root(self) -> Path:
        """The repository's root."""
        return self._project.root

    def initialise(self, remote: str | None = None, name: str = "storage") -> Initialised:
        """Make the repository a DVC project, with a default remote if one is given."""
        return initialise(self._fresh(), remote, name)

    def add(
        self, path: str | os.PathLike[str], dataset: str | None = None, *, repair: bool = False
    ) -> Tracked:
        """Track a file or folder, given from the current directory."""
        return track(self._fresh(), Path(path), _silent, name=dataset, repair=repair)

    def status(self, dataset: str | None = None) -> Status:
        """Where every dataset, or one, stands."""
        return read_status(self._fresh(), dataset)

    def get_version(self, dataset: str | None = None) -> DatasetVersion:
        """The current version by the pointer, 0.0.0 for a tracked dataset without one.

        Raises UnknownDatasetError with the nearest name.
        """
        return self._fresh().dataset(dataset).whole.version or ZERO

    def set_version(  # noqa: PLR0913  # the guide's name; what can be asked of it has names of its own
        self,
        version: DatasetVersion | str,
        dataset: str | None = None,
        *,
        description: str | None = None,
        tag: bool = False,
        force: bool = False,
        allow_lower: bool = False,
        announce: Announce = _silent,
    ) -> Outcome:
        """Store the data and give it a version: a draft, or a release with ``tag``.

        ``force`` allows one that is not above the current one, ``allow_lower`` a release that rises less than the data
        asks for; else BumpTooLowError.
        """
        request = VersionRequest("set", str(version), dataset, description, tag, force, allow_lower)
        return make_version(self._fresh(), request, announce, judge=self._judge)

    def bump(
        self,
        part: Bump | str,
        dataset: str | None = None,
        *,
        description: str | None = None,
        tag: bool = False,
        allow_lower: bool = False,
        announce: Announce = _silent,
    ) -> Outcome:
        """Store the data and give it the next version: a draft, or a release with ``tag``.

        ``part`` "auto" is the one that the data asks for over the newest release; where nothing changed, nothing is
        written. A release whose part is lower than that raises BumpTooLowError, unless ``allow_lower`` with a
        ``description`` that says why.
        """
        request = VersionRequest("bump", named_part(part), dataset, description, tag, allow_lower=allow_lower)
        return make_version(self._fresh(), request, announce, judge=self._judge)

    def tag(
        self,
        dataset: str | None = None,
        *,
        description: str | None = None,
        allow_lower: bool = False,
        announce: Announce = _silent,
    ) -> Outcome:
        """Release the current version; ``description`` says why a lower number is allowed than the data asks for."""
        request = VersionRequest("tag", dataset=dataset, description=description, allow_lower=allow_lower)
        return make_version(self._fresh(), request, announce, judge=self._judge)

    def restore(self, dataset: str, version: DatasetVersion | str, *, force: bool = False) -> Restored:
        """Put a release's data, pointer and record back: "1.0.0", or the newest of "latest", "1", "^1.2", "~1.2.3"."""
        wanted = Wanted.only(version) if isinstance(version, DatasetVersion) else Wanted.parse(version)
        return restore(self._fresh(), dataset, wanted, _silent, force=force)

    def history(self, dataset: str) -> History:
        """The dataset's releases, newest version first."""
        return read_history(self._fresh(), dataset)

    def _fresh(self) -> Project:
        """A project of its own for each act: temporary files are named by it, settings read anew."""
        old = self._project
        return Project(old.git, old.lock_timeout, preferences=old.preferences)
