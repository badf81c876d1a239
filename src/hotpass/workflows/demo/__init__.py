"""The demonstration: what Hotpass does, on made-up lists, in a scratch repository.

``run_demo`` makes the repository, runs the commands a reader would type and proves that old bytes come back.
"""

from hotpass.workflows.demo.story import (
    DemoResult,
    NotEmptyError,
    ProofFailedError,
    StepFailedError,
    run_demo,
)

__all__ = ["DemoResult", "NotEmptyError", "ProofFailedError", "StepFailedError", "run_demo"]
