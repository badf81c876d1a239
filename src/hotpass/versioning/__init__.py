"""Versions of datasets: recorded in git, stored as DVC stores, made by one act that is whole or absent.

The work tree's pointer (``PATH.dvc``) is the one record of a dataset's current version; a release is an
annotated tag on a commit that holds that pointer, its version record and DVC's own files. Bytes lie in DVC's
cache under the name of their content. :class:`DVCManager` is the door for programs; the functions below it
return values, print nothing and raise the errors of :mod:`hotpass.errors`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.versioning.cleaning import Cleaned, clean_remote, clean_store
    from hotpass.versioning.current import CurrentVersion, read_version
    from hotpass.versioning.doctor import Examination, examine
    from hotpass.versioning.dvcconfig import read_settings
    from hotpass.versioning.fetching import Fetched, FetchedVersion, fetch_versions, with_remote
    from hotpass.versioning.foreign import ForeignSource, fetch_from
    from hotpass.versioning.history import (
        History,
        HistoryEntry,
        Identified,
        Match,
        Shown,
        dataset_names,
        identify_path,
        read_history,
        show_release,
    )
    from hotpass.versioning.judging import Judge, Question, Verdict
    from hotpass.versioning.manager import DVCManager
    from hotpass.versioning.metadata import record_version_metadata
    from hotpass.versioning.planning import VersionRequest
    from hotpass.versioning.project import Project
    from hotpass.versioning.release import Outcome, make_version
    from hotpass.versioning.remotes import Held, Remote, Transfer, open_remote
    from hotpass.versioning.restoring import Restored, restore, restore_to
    from hotpass.versioning.setup import Initialised, has_default_remote, initialise
    from hotpass.versioning.status import DatasetStatus, Status, read_status
    from hotpass.versioning.store import Store
    from hotpass.versioning.tracking import Tracked, track
    from hotpass.versioning.trust import TrustedClone
    from hotpass.versioning.trusting import Trust, accept_trust, examine_trust, list_trusted, revoke_trust
    from hotpass.versioning.version import (
        Bump,
        DatasetVersion,
        check_name,
        is_dataset_name,
        parse_tag,
        tag_name,
    )
    from hotpass.versioning.wanted import Wanted, parse_release_name
    from hotpass.versioning.withdrawing import Withdrawn, withdraw

# Loaded when first used: `hotpass version --get` needs a tenth of them.
_HOMES = {
    "Bump": "version",
    "Cleaned": "cleaning",
    "CurrentVersion": "current",
    "DVCManager": "manager",
    "DatasetStatus": "status",
    "DatasetVersion": "version",
    "Examination": "doctor",
    "Fetched": "fetching",
    "FetchedVersion": "fetching",
    "ForeignSource": "foreign",
    "Held": "remotes",
    "History": "history",
    "HistoryEntry": "history",
    "Identified": "history",
    "Initialised": "setup",
    "Judge": "judging",
    "Match": "history",
    "Outcome": "release",
    "Project": "project",
    "Question": "judging",
    "Remote": "remotes",
    "Restored": "restoring",
    "Shown": "history",
    "Status": "status",
    "Store": "store",
    "Tracked": "tracking",
    "Transfer": "remotes",
    "Trust": "trusting",
    "TrustedClone": "trust",
    "Verdict": "judging",
    "VersionRequest": "planning",
    "Wanted": "wanted",
    "Withdrawn": "withdrawing",
    "accept_trust": "trusting",
    "check_name": "version",
    "clean_remote": "cleaning",
    "clean_store": "cleaning",
    "dataset_names": "history",
    "examine": "doctor",
    "examine_trust": "trusting",
    "fetch_from": "foreign",
    "fetch_versions": "fetching",
    "has_default_remote": "setup",
    "identify_path": "history",
    "initialise": "setup",
    "is_dataset_name": "version",
    "list_trusted": "trusting",
    "make_version": "release",
    "open_remote": "remotes",
    "parse_release_name": "wanted",
    "parse_tag": "version",
    "read_history": "history",
    "read_settings": "dvcconfig",
    "read_status": "status",
    "read_version": "current",
    "record_version_metadata": "metadata",
    "restore": "restoring",
    "restore_to": "restoring",
    "revoke_trust": "trusting",
    "show_release": "history",
    "tag_name": "version",
    "track": "tracking",
    "with_remote": "fetching",
    "withdraw": "withdrawing",
}

__all__ = [
    "Bump",
    "Cleaned",
    "CurrentVersion",
    "DVCManager",
    "DatasetStatus",
    "DatasetVersion",
    "Examination",
    "Fetched",
    "FetchedVersion",
    "ForeignSource",
    "Held",
    "History",
    "HistoryEntry",
    "Identified",
    "Initialised",
    "Judge",
    "Match",
    "Outcome",
    "Project",
    "Question",
    "Remote",
    "Restored",
    "Shown",
    "Status",
    "Store",
    "Tracked",
    "Transfer",
    "Trust",
    "TrustedClone",
    "Verdict",
    "VersionRequest",
    "Wanted",
    "Withdrawn",
    "accept_trust",
    "check_name",
    "clean_remote",
    "clean_store",
    "dataset_names",
    "examine",
    "examine_trust",
    "fetch_from",
    "fetch_versions",
    "has_default_remote",
    "identify_path",
    "initialise",
    "is_dataset_name",
    "judges",
    "list_trusted",
    "make_version",
    "open_remote",
    "parse_release_name",
    "parse_tag",
    "read_history",
    "read_settings",
    "read_status",
    "read_version",
    "record_version_metadata",
    "restore",
    "restore_to",
    "revoke_trust",
    "show_release",
    "tag_name",
    "track",
    "with_remote",
    "withdraw",
]

judges: list[Judge] = []
"""Who says which bump the data asks for, where a caller names nobody: the last one. The package ``hotpass`` puts its
own there, because it is made of what this package knows nothing of."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
