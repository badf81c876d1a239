"""Servers for tests of remotes, each a process of its own on 127.0.0.1 that ends with the test session."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class S3:
    """An S3 server (moto). What it is asked is in ``log``, one line a request."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def bucket(self, name: str) -> str:
        """Make a bucket and return its address for DVC."""
        _request("PUT", f"{self.url}/{name}")
        return f"s3://{name}"

    def put(self, place: str, data: bytes) -> None:
        """Write an object as a stranger would; ``place`` is BUCKET/KEY."""
        _request("PUT", f"{self.url}/{place}", data)

    def get(self, place: str) -> bytes | None:
        """An object's bytes, None where there is none."""
        return _request("GET", f"{self.url}/{place}")

    def delete(self, place: str) -> None:
        """Remove an object."""
        _request("DELETE", f"{self.url}/{place}")

    def requests(self) -> list[str]:
        """What was asked since the server began, as "METHOD /path"."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line.split('"')[1].rsplit(" HTTP/", 1)[0] for line in lines if " HTTP/" in line]


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def s3_server(folder: Path) -> Iterator[S3]:
    """Start moto's server and end it."""
    folder.mkdir(parents=True, exist_ok=True)
    log, port = folder / "s3.log", free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, env=environment, cwd=folder)
    try:
        _wait_for(port, process)
        yield S3(f"http://127.0.0.1:{port}", log, process)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server does not listen")


def _request(method: str, url: str, data: bytes | None = None) -> bytes | None:
    # The server tells services apart by what a request is signed for, and looks at no signature.
    scope = "AWS4-HMAC-SHA256 Credential=made-up/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    request = Request(url, data=data, method=method, headers={"Authorization": scope})
    try:
        with urlopen(request, timeout=20) as answer:
            body: bytes = answer.read()
            return body
    except HTTPError as error:
        if error.code == 404:
            return None
        raise


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield int(listener.getsockname()[1])
