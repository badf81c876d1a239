"""How a delimited text is written: encoding, delimiter, records. Pure: it sees bytes and text, no files."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = ",;|\t"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PIECES = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_SNIFFED = 200


class MalformedError(ValueError):
    """A record that cannot be told: the line it begins on, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it begins on (from 1), its cells (None is blank), bytes are not kept.

    ``spaced``: spaces stood around the quotes of a cell; the value is what is inside.
    """

    line: int
    cells: list[str | None]
    spaced: bool = False


def bom_of(head: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names, and the mark's length."""
    return next(((name, len(mark)) for mark, name in _BOMS if head.startswith(mark)), None)


def guess_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of western text is NUL."""
    sample = head[: len(head) // 2 * 2][:4096]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def is_utf8(data: bytes, *, cut: bool = False) -> bool:
    """Whether bytes are UTF-8; ``cut`` forgives a character cut off at the end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data, final=not cut)
    except UnicodeDecodeError:
        return False
    return True


def decode_windows(data: bytes) -> str:
    """Read bytes as Windows-1252; the five it does not define stay control characters, so that nothing is lost."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(
            bytes([byte]).decode("cp1252") if byte not in _UNDEFINED else chr(byte) for byte in data
        )


_UNDEFINED = frozenset([0x81, 0x8D, 0x8F, 0x90, 0x9D])


def physical_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Split what a file yields (pieces that end with LF) at every kind of line end, which stays on its line."""
    for chunk in chunks:
        if b"\r" in chunk[:-2] or chunk.endswith(b"\r"):
            yield from _PIECES.findall(chunk)
        else:
            yield chunk


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Tell the records of a text, from lines that keep their ends. A blank line is a record of one blank cell.

    A cell is quoted if it begins with a quote (spaces may stand before); a doubled quote inside is a quote. Raises
    MalformedError for text after a closing quote, and for a quote that never closes.
    """
    source = enumerate(lines, 1)
    for number, line in source:
        if '"' not in line:
            yield Record(number, [cell or None for cell in line.rstrip("\r\n").split(delimiter)])
            continue
        cells: list[str | None] = []
        spaced = False
        at = 0
        rest: str = line
        while True:
            opening = _opening(rest, at)
            if opening < 0:
                end = rest.find(delimiter, at)
                cell = rest[at:end] if end >= 0 else rest[at:].rstrip("\r\n")
                cells.append(cell or None)
                if end < 0:
                    break
                at = end + 1
                continue
            spaced = spaced or opening > at
            value, rest, at = _quoted(rest, opening + 1, source, number)
            cells.append(value)
            after = len(rest) - len(rest[at:].lstrip(" ")) if rest[at : at + 1] == " " else at
            spaced = spaced or after > at
            at = after
            if at >= len(rest) or rest[at] in "\r\n":
                break
            if rest[at] != delimiter:
                raise MalformedError(number, f"cell {len(cells)}: text follows the closing quote")
            at += 1
        yield Record(number, cells, spaced)


def _opening(text: str, at: int) -> int:
    """Where the quote stands that opens the cell at ``at``, or -1."""
    while text[at : at + 1] == " ":
        at += 1
    return at if text[at : at + 1] == '"' else -1


def _quoted(text: str, at: int, source: Iterator[tuple[int, str]], number: int) -> tuple[str, str, int]:
    """Read on behind an opening quote: the value, the line it ends on, and the place behind the closing quote."""
    parts: list[str] = []
    while True:
        end = text.find('"', at)
        if end < 0:
            parts.append(text[at:])
            following = next(source, None)
            if following is None:
                raise MalformedError(number, "a quote opens here and never closes")
            text, at = following[1], 0
        elif text[end + 1 : end + 2] == '"':
            parts.append(text[at : end + 1])
            at = end + 2
        else:
            parts.append(text[at:end])
            return "".join(parts), text, end + 1


def sniff(text: str, usual: str) -> tuple[str | None, tuple[str, ...]]:
    """Find the delimiter of a text from its first lines: the best, and all that fit as well.

    A delimiter fits if the header has it and nine of ten records have as many cells as the header. ``usual`` wins
    among equals, then the one that makes more columns. None: no delimiter fits.
    """
    scores: list[tuple[float, bool, int, str]] = []
    lines = text.splitlines(keepends=True)
    for delimiter in DELIMITERS:
        counts = _widths(lines, delimiter)
        if not counts or counts[0] < 2:
            continue
        even = sum(count == counts[0] for count in counts) / len(counts)
        scores.append((even, delimiter == usual, counts[0], delimiter))
    scores.sort(reverse=True)
    if not scores:
        return None, ()
    fits = tuple(delimiter for even, _, _, delimiter in scores if even >= max(0.9, scores[0][0]))
    return scores[0][3], fits


def _widths(lines: list[str], delimiter: str) -> list[int]:
    """How many cells each of the first records has, as far as they can be told; blank lines do not count."""
    counts = []
    try:
        for record in records(lines, delimiter):
            if record.cells != [None]:
                counts.append(len(record.cells))
            if len(counts) >= _SNIFFED:
                break
    except MalformedError:
        pass
    return counts
