"""The line that shows how far work has come leaves nothing behind."""

from __future__ import annotations

import pytest

from hotpass.cli import meter
from hotpass.cli.meter import Meter


def test_what_is_done_after_the_end_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(meter, "_PATIENCE", 0.0)
    monkeypatch.setattr(meter, "_INTERVAL", 0.0)
    line = Meter()
    line.advance(7)
    assert capsys.readouterr().err == ""
    line.begin("refining", 5, "steps")
    line.advance(1)
    assert capsys.readouterr().err == "\r\x1b[Krefining 1 of 5 steps (20 %)"
    line.end()
    assert capsys.readouterr().err == "\r\x1b[K"
    line.advance(270_549)
    assert capsys.readouterr().err == ""
    line.begin("reading", 10, "bytes")
    line.advance(10)
    assert "reading" in capsys.readouterr().err
