"""Tags here and on the server: a published one that is another there than here was moved by somebody."""

from __future__ import annotations

from collections.abc import Mapping

from hotpass.errors import IntegrityError
from hotpass.versioning.git import Oid


class TagMovedError(IntegrityError):
    """A published tag is not on the server what it is here."""

    tag: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"tag moved: {self.tag} was {self.was[:12]}, on the server it is now {self.now[:12]}"

    @property
    def hint(self) -> str:
        """How to take the server's word, for whoever is sure of it."""
        return f"ask who moved it; to take the server's: git tag -d {self.tag} && git fetch origin tag {self.tag}"


def check_unmoved(here: Mapping[str, Oid], there: Mapping[str, Oid]) -> None:
    """Raise TagMovedError for the first tag that a server has with another object than this repository."""
    for name in sorted(here.keys() & there.keys()):
        if here[name] != there[name]:
            raise TagMovedError(name, here[name], there[name])
