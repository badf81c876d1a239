"""What the verbs that look after releases did, as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hotpass.report.text import Paint, amount, inert, shell_word, table_lines

if TYPE_CHECKING:
    from hotpass.versioning import Cleaned, Fetched, Trust, TrustedClone, Withdrawn


def trust_lines(trust: Trust) -> list[str]:
    """The settings of a clone that can run programs, and whether they are trusted."""
    if not trust.settings:
        return [inert(f"no setting of {trust.root} can run a program")]
    state = "are trusted" if trust.trusted else "are not trusted"
    lines = [f"settings of {trust.root} that can run programs, which {state}:"]
    for one in trust.settings:
        whose = "every remote" if one.remote is None else f"remote {one.remote}"
        lines.append(f"  {whose}: {one.name} = {one.value}")
        address = dict(one.beside).get("url")
        lines += [f"    for the address {address}"] if address else []
        lines += [f"    file {path}{'' if digest else ' (not there)'}" for path, digest in one.files]
    lines.append(f"digest {trust.digest}")
    return [inert(line) for line in lines]


def trusted_lines(clones: Sequence[TrustedClone]) -> list[str]:
    """What was accepted, a clone a line."""
    if not clones:
        return ["nothing was accepted"]
    return [inert(f"{clone.root}  since {clone.date[:10]}  digest {clone.digest}") for clone in clones]


def withdrawn_lines(done: Withdrawn) -> list[str]:
    """What a withdrawal did, and the command that records it."""
    state = "was withdrawn already" if done.already else "withdrawn"
    lines = [inert(f"{done.dataset} {done.version}  {state}: {done.reason}")]
    if not done.already:
        add = f"git add {done.file} && git commit -m {shell_word(f'Withdraw {done.dataset} {done.version}')}"
        lines += [f"record it:  {add}", f"to undo it, delete its line in {done.file}"]
    return lines


def cleaned_lines(cleaned: Cleaned) -> list[str]:
    """The objects of a place that nothing needs, the largest first, and what became of them."""
    largest = sorted(cleaned.unneeded, key=lambda one: (-one.size, one.md5))
    lines = [
        f"{one.md5}  {amount(one.size)}"
        + (f"  stored {datetime.fromtimestamp(one.stored, UTC):%Y-%m-%d}" if one.stored else "")
        for one in largest
    ]
    said = "removed from" if cleaned.removed else "not needed in"
    lines.append(
        f"{len(cleaned.unneeded)} object{'' if len(cleaned.unneeded) == 1 else 's'}, {amount(cleaned.size)}, {said} {cleaned.place}; {cleaned.needed} are needed"
    )
    if cleaned.others:
        lines.append(f"{cleaned.others} more are not known to be of this repository, and stay")
    return [inert(line) for line in lines]


def fetched_lines(fetched: Fetched, paint: Paint) -> list[str]:
    """One row a version: what was brought, what was there, what is nowhere."""
    if not fetched.versions:
        return ["there is no version to fetch"]
    rows: list[tuple[str, ...]] = [("dataset", "version", "objects", "brought", "state")]
    for one in fetched.versions:
        state = f"{one.lost} lost" if one.lost else "whole"
        version = one.version or "-"
        rows.append(
            (
                one.dataset,
                version if one.tag else f"{version} (draft)",
                str(one.objects),
                str(one.brought),
                state,
            )
        )
    head, *rest = table_lines(rows)
    lines = [paint("dim", head)]
    for one, line in zip(fetched.versions, rest, strict=True):
        lines.append(paint("red", line) if one.lost else line)
    if fetched.remote is not None:
        lines.append(inert(f"{amount(fetched.size)} from {fetched.remote}"))
    return lines
