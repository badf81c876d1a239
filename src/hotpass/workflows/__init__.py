"""Acts that join several capabilities. They print nothing and return values."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.workflows.demo.story import DemoResult, run_demo
    from hotpass.workflows.judging import judge

_HOMES = {"DemoResult": "demo.story", "judge": "judging", "run_demo": "demo.story"}

__all__ = ["DemoResult", "judge", "run_demo"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
