"""Debian's chromium, driven over a pipe in its own debugging protocol: opens pages, reports what they try to do."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


@dataclass
class Page:
    """An open page. ``complaints`` are errors, warnings and refusals; ``requests`` the addresses it asked for."""

    browser: Browser
    session: str
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol, and its answer."""
        return self.browser.call(method, self.session, **parameters)

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Load a file and wait until it is drawn."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=path.as_uri())
        self.browser.wait(self.session, "Page.loadEventFired")
        if self.scripts:
            self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")

    def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text
            )

    def choose(self, control: str, value: str) -> None:
        """Set a control and tell the page, as a hand would; waits longer than the search does."""
        self.run(
            f"(() => {{ const it = document.getElementById({json.dumps(control)}); it.value = {json.dumps(value)};"
            " it.dispatchEvent(new Event('input', {bubbles: true})); it.dispatchEvent(new Event('change'));"
            " return new Promise(done => setTimeout(done, 200)); })()"
        )

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save a screenshot."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(b64decode(answer["data"]))

    def pdf(self) -> bytes:
        """The page as it prints."""
        return b64decode(self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"])


def need_chromium() -> None:
    """Skip the test, saying why, where chromium is missing."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")


class Browser:
    """A running chromium with an empty profile."""

    def __init__(self, profile: Path) -> None:
        read_commands, self._commands = os.pipe()
        self._answers, write_answers = os.pipe()
        self._process = subprocess.Popen(
            # The browser reads commands from descriptor 3 and answers on 4.
            ["bash", "-c", f'exec "$0" "$@" 3<&{read_commands} 4>&{write_answers}', str(CHROMIUM), *_FLAGS,
             f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(read_commands, write_answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        os.close(read_commands)
        os.close(write_answers)
        self._number = 0
        self._buffer = b""
        self._events: list[dict[str, Any]] = []
        self._pages: dict[str, Page] = {}

    def page(self, *, scripts: bool = True) -> Page:
        """A new page that watches what it loads and complains of."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, scripts)
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            page.call(f"{domain}.enable")
        if not scripts:
            page.call("Emulation.setScriptExecutionDisabled", value=True)
        return page

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; what happens meanwhile is noted."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(60)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def wait(self, session: str, event: str) -> None:
        """Wait for an event of a page that has come since the last wait, or will."""
        while True:
            for place, seen in enumerate(self._events):
                if seen == {"session": session, "method": event}:
                    del self._events[: place + 1]
                    return
            self._next(60)

    def close(self) -> None:
        """End this browser and the processes it started."""
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._commands)
        os.close(self._answers)

    def _next(self, seconds: float) -> dict[str, Any]:
        ends = time.monotonic() + seconds
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], max(0, ends - time.monotonic()))
            piece = os.read(self._answers, 1 << 20) if ready else b""
            if not piece:
                raise AssertionError("chromium does not answer")
            self._buffer += piece
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message and (page := self._pages.get(message.get("sessionId", ""))):
            self._note(page, message["method"], message["params"])
        return message

    def _note(self, page: Page, method: str, what: dict[str, Any]) -> None:
        self._events.append({"session": page.session, "method": method})
        if method == "Network.requestWillBeSent":
            page.requests.append(what["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            page.complaints.append(str(what["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            page.complaints.append(str(what["args"]))
        elif method == "Log.entryAdded":
            page.complaints.append(what["entry"]["text"])
        elif method in ("Audits.issueAdded", "Page.javascriptDialogOpening"):
            page.complaints.append(str(what))


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser for the length of a block."""
    running = Browser(profile)
    try:
        yield running
    finally:
        running.close()
