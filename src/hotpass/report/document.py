"""Results and errors as JSON documents, for ``--json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hotpass.errors import HotpassError
from hotpass.report.text import inert

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = 1
"""The number that goes up when a field changes its meaning or goes away."""


def result_document(verb: str, result: DataclassInstance) -> str:
    """A result's fields as one line of JSON."""
    return _text({"format": FORMAT, "verb": verb, **asdict(result)})


def value_document(verb: str, **fields: Any) -> str:
    """Single values as one line of JSON."""
    return _text({"format": FORMAT, "verb": verb, **fields})


def error_document(error: HotpassError) -> str:
    """An error's type, exit code, sentence, hint and facts as one line of JSON.

    Sentence and hint are for people and one line each, as on the screen; the facts are letter by letter.
    """
    return _text(
        {
            "format": FORMAT,
            "error": {
                "type": type(error).__name__,
                "exit_code": error.exit_code,
                "message": inert(str(error)),
                "hint": inert(error.hint),
                "facts": error.facts,
            },
        }
    )


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=True, allow_nan=False)
