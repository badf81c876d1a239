"""Pages read back: what a parser makes of markup, and the texts that try it."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import strategies as st

from harness.comparisons import HOSTILE

TEXTS = st.text() | st.sampled_from(HOSTILE) | st.text(st.sampled_from("<>&\"'`=/ on:\x1b\u202e\n!-"))


class Reader(HTMLParser):
    """What a parser finds: tags with their attributes, and text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self._texts.append(data)

    @property
    def text(self) -> str:
        """All text, in order."""
        return "".join(self._texts)
