"""Where refining takes place: the repository around a folder, if there is one, and the settings that apply."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hotpass.config import Settings, load_settings
from hotpass.refine.profiles import Profile, load_profile
from hotpass.tables import Limits
from hotpass.versioning.errors import NoRepositoryError
from hotpass.versioning.project import Dataset, Project
from hotpass.workflows.errors import OutsidePlaceError


@dataclass(frozen=True)
class Workplace:
    """A folder to work in: the repository's root, or the current one. ``project`` is None outside repositories.

    ``own_file``: the settings are a file's that the user named.
    """

    root: Path
    settings: Settings
    project: Project | None = None
    own_file: bool = False

    @property
    def limits(self) -> Limits:
        """What reading one file may take."""
        return Limits.of(self.settings.__getitem__)

    def path(self, given: str | None, setting: str) -> Path:
        """A path that was given, from the current folder; else the setting's, from the root.

        Raises OutsidePlaceError where a repository's own settings, or a link in it, lead out of it.
        """
        if given is not None:
            return Path(os.path.abspath(Path(given).expanduser()))
        path = Path(os.path.abspath(self.root / Path(self.settings[setting]).expanduser()))
        # A clone is a stranger: only its user may say that something outside of it is read or written.
        if not self.is_users_own(setting) and not self._holds(path):
            raise OutsidePlaceError(setting, str(path), "HOTPASS_" + setting.replace(".", "_").upper())
        return path

    def is_users_own(self, setting: str) -> bool:
        """Whether the user's environment, or a file that they named, says what a setting is."""
        entry = next(each for each in self.settings.entries if each.name == setting)
        return self.own_file or entry.origin.startswith("the environment")

    def _holds(self, path: Path) -> bool:
        return Path(os.path.realpath(self.root)) in Path(os.path.realpath(path)).parents

    def shown(self, path: Path) -> str:
        """A path as people would write it here."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)

    def relative(self, path: Path) -> str | None:
        """A path as the repository names it; None where it lies outside, or there is none."""
        real = Path(os.path.realpath(path.parent), path.name)
        if self.project is None or self.project.root not in real.parents:
            return None
        return real.relative_to(self.project.root).as_posix()

    def dataset_at(self, path: Path) -> Dataset | None:
        """The dataset that is tracked at a path."""
        relative = self.relative(path)
        if self.project is None or relative is None:
            return None
        return next((one for one in self.project.datasets() if one.path == relative), None)

    def profile(self, given: str | None) -> Profile:
        """The profile that was named, with what the settings know better. A setting names files from the root."""
        name = given if given is not None else self.settings["refine.profile"]
        if given is None and name.endswith((".yaml", ".yml")):
            name = str(self.root / name)
        return load_profile(name).with_settings(
            country=self.settings["refine.country"] or None,
            area_code=self.settings["refine.area_code"] or None,
            date_order=self.settings["refine.date_order"] or None,
        )

    @property
    def decisions_path(self) -> Path:
        """The file of decisions."""
        return self.path(None, "refine.decisions")


def open_workplace(start: str, lock_timeout: float | None = None, config: str | None = None) -> Workplace:
    """The workplace around a folder; ``config`` is a file of settings in place of the repository's own.

    Raises SettingsError, ReadError, NotReadyError for a repository that cannot be used.
    """
    file = Path(config).expanduser() if config is not None else None
    flags = {"lock_timeout": lock_timeout}
    try:
        project = Project.find(start, lock_timeout)
    except NoRepositoryError:
        root = Path(start).resolve()
        return Workplace(root, load_settings(root, os.environ, flags, file), own_file=file is not None)
    if file is not None:
        settings = load_settings(project.root, os.environ, flags, file)
        project = Project(project.git, settings["lock_timeout"], preferences=settings)
    return Workplace(project.root, project.preferences, project, file is not None)
