"""What was asked about releases, and what was found: each version against each place."""

from __future__ import annotations

from dataclasses import dataclass

from hotpass.versioning.wanted import Wanted


@dataclass(frozen=True)
class VerifyRequest:
    """Which releases to look at, and how: all of a dataset, those of a range, or every one.

    ``demand_remote``: each must be whole on the remote; ``deep``: every byte is read; ``remote`` names a DVC remote
    other than the default.
    """

    dataset: str | None = None
    wanted: Wanted | None = None
    demand_remote: bool = False
    deep: bool = False
    remote: str | None = None


@dataclass(frozen=True)
class Place:
    """What one place has of a version.

    ``state`` is ``whole``, ``partial``, ``missing``, ``damaged``, ``not asked``, ``unreachable`` or ``none`` (there is
    no such place); ``first`` names an object that is not right there; ``proof`` says what was looked at: ``bytes``,
    ``digests`` (as the remote tells them) or ``sizes``.
    """

    state: str
    missing: int = 0
    damaged: int = 0
    first: str = ""
    proof: str = ""


@dataclass(frozen=True)
class VerifiedVersion:
    """One release: ``verdict`` is ``whole``, ``lost``, ``damaged``, ``not on the remote`` or ``unknown``.

    ``fault`` says what is wrong with tag, pointer or record; ``lost`` names objects of which no good copy was found;
    ``server`` is ``there``, ``missing``, ``moved`` or ``not asked``.
    """

    dataset: str
    version: str
    tag: str
    objects: int
    verdict: str
    store: Place
    remote: Place
    server: str = "not asked"
    fault: str = ""
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """All that was looked at. ``unreachable`` says why a place could not be looked at; ``exit_code`` is 0, 7 or 9."""

    versions: tuple[VerifiedVersion, ...]
    remote: str | None
    address: str
    unreachable: str
    exit_code: int
    repaired: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
