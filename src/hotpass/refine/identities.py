"""Which organisation is which, from version to version: ids that stay, and what was merged, split, new or gone. Pure.

An organisation keeps the id that most of its rows had. Two that become one keep the id with more rows there; of one
that becomes two the part with more rows keeps the id. New ids follow from the records they are first given to, so the
same input gets the same ids on every machine, and inserting a row shifts none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hotpass.refine.records import RecordRef

_PREFIX = "org-"
_LENGTH = 12
# Without vowels, so without words.
_ALPHABET = "0123456789bcdfghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Known:
    """What earlier versions said.

    ``ids`` are the organisations' ids by record, of the version before. ``traits`` are, by id, what an organisation can
    be known by where its rows cannot: texts such as its name and address, of which one in common is enough. ``retired``
    are ids of earlier versions that nobody has now; they are given to no other.
    """

    ids: Mapping[RecordRef, str] = field(default_factory=dict)
    traits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """Organisations that became one: the id it has, and those it took over."""

    into: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """An organisation that became several: the id it had, and those its rows have now."""

    of: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Identities:
    """The id of each cluster, and what became of the ids before.

    ``new`` and ``gone`` are sorted; an id that was merged into another is not gone.
    """

    ids: tuple[str, ...]
    kept: int
    new: tuple[str, ...]
    merges: tuple[Merge, ...]
    splits: tuple[Split, ...]
    gone: tuple[str, ...]


def identify(
    clusters: Sequence[Sequence[RecordRef]],
    known: Known | None = None,
    traits: Sequence[Iterable[str]] | None = None,
) -> Identities:
    """Give every cluster its id.

    ``traits`` are, by cluster, what :attr:`Known.traits` are by id.
    """
    known = known or Known()
    votes = [Counter(known.ids[ref] for ref in cluster if ref in known.ids) for cluster in clusters]
    claims = _claims(clusters, votes)
    # An id is its greatest part's or nobody's: a smaller part would pass for what was merged away.
    ids: dict[int, str] = {}
    for name, number in claims.items():
        ids.setdefault(number, name)
    if traits is not None:
        _by_traits(ids, votes, [frozenset(each) for each in traits], known.traits)
    before = set(known.ids.values()) | set(known.traits)
    taken = before | set(known.retired)
    for number in sorted(range(len(clusters)), key=lambda number: _founder(clusters[number])):
        if number not in ids:
            ids[number] = _new(clusters[number], taken)
            taken.add(ids[number])
    return _told(tuple(ids[number] for number in range(len(clusters))), votes, claims, before)


def _claims(clusters: Sequence[Sequence[RecordRef]], votes: Sequence[Counter[str]]) -> dict[str, int]:
    """Where most rows of each id are now, the ids with most rows in one place first."""
    shared = sorted(
        (-rows, name, _founder(clusters[number]), number)
        for number, counted in enumerate(votes)
        for name, rows in counted.items()
    )
    claims: dict[str, int] = {}
    for _, name, _, number in shared:
        claims.setdefault(name, number)
    return claims


def _by_traits(
    ids: dict[int, str],
    votes: Sequence[Counter[str]],
    traits: Sequence[frozenset[str]],
    known: Mapping[str, frozenset[str]],
) -> None:
    """Ids for clusters none of whose rows is known: where a trait is one cluster's and one lost id's alone."""
    lost = set(known) - {name for counted in votes for name in counted}
    by_trait: dict[str, list[str]] = {}
    for name in sorted(lost):
        for trait in known[name]:
            by_trait.setdefault(trait, []).append(name)
    clusters: dict[str, list[int]] = {}
    for number, found in enumerate(traits):
        if not votes[number]:
            for trait in found:
                clusters.setdefault(trait, []).append(number)
    for trait in sorted(by_trait.keys() & clusters.keys()):
        if len(by_trait[trait]) == len(clusters[trait]) == 1:
            name, number = by_trait[trait][0], clusters[trait][0]
            if number not in ids and name in lost:
                ids[number] = name
                lost.discard(name)


def _founder(cluster: Sequence[RecordRef]) -> tuple[str, str]:
    return min((ref.source, ref.record) for ref in cluster)


def _new(cluster: Sequence[RecordRef], taken: set[str]) -> str:
    """An id that follows from the cluster's first record, and nobody has or had."""
    source, record = _founder(cluster)
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{source}\x1f{record}\x1f{attempt}".encode()).digest()
        name = _PREFIX + _spelt(int.from_bytes(digest))
        if name not in taken:
            return name
        attempt += 1


def _spelt(number: int) -> str:
    letters = ""
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[rest]
    return letters


def _told(
    ids: tuple[str, ...], votes: Sequence[Counter[str]], claims: Mapping[str, int], before: set[str]
) -> Identities:
    now = set(ids)
    taken: dict[str, list[str]] = {}
    for name, number in claims.items():
        if ids[number] != name:
            taken.setdefault(ids[number], []).append(name)
    parts: dict[str, set[str]] = {}
    for current, counted in zip(ids, votes, strict=True):
        for name in counted:
            parts.setdefault(name, set()).add(current)
    return Identities(
        ids,
        len(now & before),
        tuple(sorted(now - before)),
        tuple(Merge(into, tuple(sorted(taken[into]))) for into in sorted(taken)),
        tuple(Split(name, tuple(sorted(parts[name]))) for name in sorted(parts) if len(parts[name]) > 1),
        tuple(sorted(before - now - set(claims))),
    )
