"""What was published and what can be brought back, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotpass.report.text import Paint, amount, inert, table_lines

if TYPE_CHECKING:
    from hotpass.workflows import Place, Published, PublishedVersion, Verified, VerifiedVersion


def published_lines(result: Published, paint: Paint) -> list[str]:
    """One row a version, then the whole in a sentence."""
    lines = []
    if result.versions:
        rows: list[tuple[str, ...]] = [("dataset", "version", "objects", "sent", "there", "tag")]
        rows += [_published_row(version, dry_run=result.dry_run) for version in result.versions]
        head, *others = table_lines(rows)
        lines += [paint("dim", head), *others]
    to = f"{result.remote} ({result.address}) and {result.server}"
    branch = f", branch {result.branch}" if result.branch else ""
    verb = "would be published" if result.dry_run else "published"
    lines.append(inert(f"{len(result.versions)} version(s) {verb} to {to}{branch}"))
    if result.before:
        lines.append(f"{result.before} published before and not looked at again: hotpass publish --all does")
    return lines


def published_notes(result: Published) -> list[str]:
    """What whoever uses plain DVC has to know."""
    if not result.pull_lines:
        return []
    lines = ["some tags are older than this remote's settings; for plain dvc pull there, once in a clone:"]
    return [*lines, *(f"  {line}" for line in result.pull_lines)]


def _published_row(version: PublishedVersion, *, dry_run: bool) -> tuple[str, ...]:
    sent = f"{version.sent} ({amount(version.sent_size)})" if version.sent else "0"
    tag = ("to push" if dry_run else "pushed") if version.tag_pushed else "there"
    return (version.dataset, version.version, str(version.objects), sent, str(version.there), tag)


_COLOURS = {"whole": "green", "unknown": "yellow"}


def verified_lines(result: Verified, paint: Paint) -> list[str]:
    """A table of version and place, then the whole in a sentence."""
    if not result.versions:
        return ["there is no release yet"]
    rows: list[tuple[str, ...]] = [
        ("dataset", "version", "objects", "store", "remote", "tag on server", "verdict")
    ]
    rows += [_verified_row(version) for version in result.versions]
    head, *others = table_lines(rows)
    lines = [paint("dim", head)]
    lines += [
        text if version.verdict == "whole" else paint(_COLOURS.get(version.verdict, "red"), text)
        for text, version in zip(others, result.versions, strict=True)
    ]
    whole = sum(version.verdict == "whole" for version in result.versions)
    where = f"; remote: {result.remote} ({result.address})" if result.remote else ""
    lines.append(inert(f"{whole} of {len(result.versions)} version(s) can be brought back{where}"))
    lines += [inert(f"repaired: {line}") for line in result.repaired]
    return lines


def verified_problems(result: Verified) -> list[str]:
    """One line for each version that is not whole, and one for a place that could not be looked at."""
    problems = [_problem(result, v) for v in result.versions if v.verdict not in ("whole", "unknown")]
    if result.unreachable:
        unknown = sum(version.verdict == "unknown" for version in result.versions)
        problems.append(
            f"could not look: {result.unreachable}" + (f" ({unknown} version(s))" if unknown else "")
        )
    return problems


def _problem(result: Verified, version: VerifiedVersion) -> str:
    name = f"{version.dataset}@{version.version}"
    remote = result.remote or "the remote"
    parts = [version.fault] if version.fault else []
    if version.lost:
        parts.append(f"no copy found of {len(version.lost)} object(s), first {version.lost[0]}")
    for place, where in ((version.store, "in the store"), (version.remote, f"on {remote}")):
        if place.damaged:
            parts.append(f"{place.damaged} damaged {where}, first {place.first}")
        elif place.missing and (version.lost or where != "in the store"):
            parts.append(f"{place.missing} missing {where}, first {place.first}")
    if version.remote.state == "none" and version.verdict != "whole":
        parts.append("no remote is configured")
    return f"{version.verdict}: {name}: {'; '.join(parts)}"


def _verified_row(version: VerifiedVersion) -> tuple[str, ...]:
    store, remote = _place(version, version.store), _place(version, version.remote)
    return (
        version.dataset,
        version.version,
        str(version.objects or "?"),
        store,
        remote,
        version.server,
        version.verdict,
    )


def _place(version: VerifiedVersion, place: Place) -> str:
    if place.damaged:
        return f"{place.damaged} damaged"
    if place.state == "partial":
        return f"{place.missing} of {version.objects} missing"
    return f"{place.state} ({place.proof})" if place.state == "whole" else place.state
