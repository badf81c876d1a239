"""Acts that join several capabilities. They print nothing and return values."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.workflows.backfilling import BackfillRequest, PointResult, backfill
    from hotpass.workflows.comparing import (
        CompareRequest,
        compare_sides,
        decide_bump,
        open_comparison,
    )
    from hotpass.workflows.demo.story import DemoResult, run_demo, write_lists
    from hotpass.workflows.errors import NeedsTerminalError
    from hotpass.workflows.foreseeing import open_changes
    from hotpass.workflows.hooks import Fault, find_bad_profiles, find_disagreements, find_raw_data
    from hotpass.workflows.identifying import Found, identify
    from hotpass.workflows.judging import judge
    from hotpass.workflows.keys import key_columns_of
    from hotpass.workflows.opening import open_frames
    from hotpass.workflows.publishing.publish import Published, PublishedVersion, PublishRequest, publish
    from hotpass.workflows.publishing.repair import repair
    from hotpass.workflows.publishing.verified import Place, Verified, VerifiedVersion, VerifyRequest
    from hotpass.workflows.publishing.verify import verify
    from hotpass.workflows.querying import Answer, open_query
    from hotpass.workflows.refining import (
        Prepared as PreparedRun,
    )
    from hotpass.workflows.refining import (
        RefineRequest,
        RefineResult,
        check_report,
        complete_run,
        explained,
        prepare_run,
    )
    from hotpass.workflows.reviewing import Pair, Review, open_review
    from hotpass.workflows.sides import Side, find_side, find_sides, open_side
    from hotpass.workflows.targets import check_target
    from hotpass.workflows.tracing import Traced, TracedCell, TraceEvent, TraceRequest, trace
    from hotpass.workflows.workplace import Workplace, open_workplace

# Loaded when first used: most verbs need none of the engine.
_HOMES = {
    "Answer": "querying",
    "BackfillRequest": "backfilling",
    "CompareRequest": "comparing",
    "DemoResult": "demo.story",
    "Fault": "hooks",
    "Found": "identifying",
    "NeedsTerminalError": "errors",
    "Pair": "reviewing",
    "Place": "publishing.verified",
    "PointResult": "backfilling",
    "PublishRequest": "publishing.publish",
    "Published": "publishing.publish",
    "PublishedVersion": "publishing.publish",
    "RefineRequest": "refining",
    "RefineResult": "refining",
    "Review": "reviewing",
    "Side": "sides",
    "TraceEvent": "tracing",
    "TraceRequest": "tracing",
    "Traced": "tracing",
    "TracedCell": "tracing",
    "Verified": "publishing.verified",
    "VerifiedVersion": "publishing.verified",
    "VerifyRequest": "publishing.verified",
    "Workplace": "workplace",
    "backfill": "backfilling",
    "check_report": "refining",
    "check_target": "targets",
    "compare_sides": "comparing",
    "complete_run": "refining",
    "decide_bump": "comparing",
    "explained": "refining",
    "find_bad_profiles": "hooks",
    "find_disagreements": "hooks",
    "find_raw_data": "hooks",
    "find_side": "sides",
    "find_sides": "sides",
    "identify": "identifying",
    "judge": "judging",
    "key_columns_of": "keys",
    "open_changes": "foreseeing",
    "open_comparison": "comparing",
    "open_frames": "opening",
    "open_query": "querying",
    "open_review": "reviewing",
    "open_side": "sides",
    "open_workplace": "workplace",
    "prepare_run": "refining",
    "publish": "publishing.publish",
    "repair": "publishing.repair",
    "run_demo": "demo.story",
    "verify": "publishing.verify",
    "trace": "tracing",
    "write_lists": "demo.story",
}

__all__ = [
    "Answer",
    "BackfillRequest",
    "CompareRequest",
    "DemoResult",
    "Fault",
    "Found",
    "NeedsTerminalError",
    "Pair",
    "Place",
    "PointResult",
    "PreparedRun",
    "PublishRequest",
    "Published",
    "PublishedVersion",
    "RefineRequest",
    "RefineResult",
    "Review",
    "Side",
    "TraceEvent",
    "TraceRequest",
    "Traced",
    "TracedCell",
    "Verified",
    "VerifiedVersion",
    "VerifyRequest",
    "Workplace",
    "backfill",
    "check_report",
    "check_target",
    "compare_sides",
    "complete_run",
    "decide_bump",
    "explained",
    "find_bad_profiles",
    "find_disagreements",
    "find_raw_data",
    "find_side",
    "find_sides",
    "identify",
    "judge",
    "key_columns_of",
    "open_changes",
    "open_comparison",
    "open_frames",
    "open_query",
    "open_review",
    "open_side",
    "open_workplace",
    "prepare_run",
    "publish",
    "repair",
    "run_demo",
    "trace",
    "verify",
    "write_lists",
]


def __getattr__(name: str) -> Any:
    if name == "PreparedRun":
        return import_module(f"{__name__}.refining").Prepared
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
