"""The demonstration: what Hotpass does, on made-up lists, in a scratch repository.

``run_demo`` makes the repository, runs the commands a reader would type and proves that old bytes come back;
``write_lists`` writes the lists alone, for readers who do the rest themselves.
"""

from hotpass.workflows.demo.story import (
    DemoResult,
    NotEmptyError,
    ProofFailedError,
    StepFailedError,
    UnexpectedVersionError,
    WrittenLists,
    run_demo,
    write_lists,
)

__all__ = [
    "DemoResult",
    "NotEmptyError",
    "ProofFailedError",
    "StepFailedError",
    "UnexpectedVersionError",
    "WrittenLists",
    "run_demo",
    "write_lists",
]
