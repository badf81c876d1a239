"""Results as text for people and as JSON for programs. Prints nothing.

:mod:`hotpass.report.text` makes lines, :mod:`hotpass.report.document` one JSON document with a ``format`` number.
What shows data itself is loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.report.answer import answer_document, answer_lines, write_answer_csv
    from hotpass.report.comparison import (
        comparison_document,
        comparison_lines,
        comparison_markdown,
        write_comparison_csv,
        write_comparison_html,
    )
    from hotpass.report.publishing import (
        published_lines,
        published_notes,
        verified_lines,
        verified_problems,
    )
    from hotpass.report.refinement import (
        comparison_part,
        refinement_document,
        refinement_lines,
        write_refinement_html,
    )
    from hotpass.report.refining import (
        explanation_document,
        explanation_lines,
        pair_document,
        pair_lines,
        point_document,
        point_line,
        refine_document,
        result_lines,
        result_notes,
    )
    from hotpass.report.tracing import traced_lines

_HOMES = {
    "answer_document": "answer",
    "answer_lines": "answer",
    "comparison_document": "comparison",
    "comparison_lines": "comparison",
    "comparison_markdown": "comparison",
    "comparison_part": "refinement",
    "explanation_document": "refining",
    "explanation_lines": "refining",
    "pair_document": "refining",
    "pair_lines": "refining",
    "point_document": "refining",
    "point_line": "refining",
    "published_lines": "publishing",
    "published_notes": "publishing",
    "refine_document": "refining",
    "refinement_document": "refinement",
    "refinement_lines": "refinement",
    "result_lines": "refining",
    "result_notes": "refining",
    "traced_lines": "tracing",
    "verified_lines": "publishing",
    "verified_problems": "publishing",
    "write_answer_csv": "answer",
    "write_comparison_csv": "comparison",
    "write_comparison_html": "comparison",
    "write_refinement_html": "refinement",
}

__all__ = [
    "answer_document",
    "answer_lines",
    "comparison_document",
    "comparison_lines",
    "comparison_markdown",
    "comparison_part",
    "explanation_document",
    "explanation_lines",
    "pair_document",
    "pair_lines",
    "point_document",
    "point_line",
    "published_lines",
    "published_notes",
    "refine_document",
    "refinement_document",
    "refinement_lines",
    "result_lines",
    "result_notes",
    "traced_lines",
    "verified_lines",
    "verified_problems",
    "write_answer_csv",
    "write_comparison_csv",
    "write_comparison_html",
    "write_refinement_html",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
