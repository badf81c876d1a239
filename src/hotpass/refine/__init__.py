"""Raw sheets → one refined table and everything that was decided on the way.

:func:`read_inputs` reads a folder, :func:`refine` does the rest: its :class:`Refined` holds the output, the rows set
aside, and every decision with the cells it rests on. ``previous`` keeps ids steady from version to version. Each step
is a pure function on values, a module or package for each; reading is the only one that touches a disk.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotpass.refine.findings import Findings
    from hotpass.refine.inputs import Inputs, read_inputs
    from hotpass.refine.pipeline import Refined, refine
    from hotpass.refine.previous import Previous, previous_of
    from hotpass.refine.profiles import Profile, load_profile

# Loaded when first used: most verbs refine nothing.
_HOMES = {
    "Findings": "findings",
    "Inputs": "inputs",
    "Previous": "previous",
    "Profile": "profiles",
    "Refined": "pipeline",
    "load_profile": "profiles",
    "previous_of": "previous",
    "read_inputs": "inputs",
    "refine": "pipeline",
}

__all__ = [
    "Findings",
    "Inputs",
    "Previous",
    "Profile",
    "Refined",
    "load_profile",
    "previous_of",
    "read_inputs",
    "refine",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
