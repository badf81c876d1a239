"""What most commands do not need is not loaded for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ("duckdb", "dvc", "fastexcel", "openpyxl", "pandas", "polars", "pyarrow", "python_calamine", "splink")


@pytest.mark.parametrize("module", ["hotpass", "hotpass.cli", "hotpass.tables", "hotpass.compare"])
def test_no_engine_is_loaded_at_the_start(module: str) -> None:
    script = f"import sys, {module}; print(sorted(set(sys.modules) & set({SLOW!r})))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_the_command_line_loads_no_tables() -> None:
    script = (
        "import sys, hotpass.cli; print([name for name in sys.modules if name.startswith('hotpass.tables')])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
