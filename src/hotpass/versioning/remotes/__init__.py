"""DVC's remotes: what objects they hold, and moving named objects there and back.

:func:`open_remote` gives a :class:`Remote` by DVC's own settings. What it says is missing is missing: a remote that
cannot be asked, refuses or hangs raises RemoteUnusableError or one of its kind, exit code 7.
"""

from hotpass.versioning.remotes.errors import (
    NoRemoteError,
    RemoteFullError,
    RemoteGoneError,
    RemoteRefusedError,
    RemoteTimeoutError,
    UnknownRemoteError,
)
from hotpass.versioning.remotes.opening import fetch_objects, open_remote, remote_name_of
from hotpass.versioning.remotes.remote import FEW, Held, Remote, Transfer

__all__ = [
    "FEW",
    "Held",
    "NoRemoteError",
    "Remote",
    "RemoteFullError",
    "RemoteGoneError",
    "RemoteRefusedError",
    "RemoteTimeoutError",
    "Transfer",
    "UnknownRemoteError",
    "fetch_objects",
    "open_remote",
    "remote_name_of",
]
