"""Acts that join several capabilities. They print nothing and return values."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.workflows.demo.story import DemoResult, run_demo

_HOMES = {"DemoResult": "demo.story", "run_demo": "demo.story"}

__all__ = ["DemoResult", "run_demo"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
