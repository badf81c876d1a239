"""What was published and what can be brought back, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotpass.report.text import Paint, amount, inert, table_lines

if TYPE_CHECKING:
    from hotpass.workflows import Published, PublishedVersion


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
