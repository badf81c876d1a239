"""Servers for tests of remotes, each a process of its own on 127.0.0.1 that ends with the test session."""

from __future__ import annotations

import getpass
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@dataclass(frozen=True)
class Served:
    """A server that DVC can use as a remote: the options of a remote there, and one whose bytes can be changed."""

    options: dict[str, str]


@contextmanager
def ssh_server(folder: Path) -> Iterator[Served]:
    """Start an OpenSSH server with keys of its own; raises RuntimeError where there is none that starts."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise RuntimeError("OpenSSH's server is not installed")
    if os.geteuid() == 0:
        # Where it shuts its unprivileged part in; a service's start makes it otherwise.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True, capture_output=True)
    (folder / "authorized").write_bytes((folder / "user.pub").read_bytes())
    (folder / "authorized").chmod(0o600)
    port, log = free_port(), folder / "sshd.log"
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nPidFile none\n"
        f"AuthorizedKeysFile {folder / 'authorized'}\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nSubsystem sftp internal-sftp\nMaxStartups 100\nMaxSessions 100\n"
    )
    with log.open("wb") as sink:
        process = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "config")], stderr=sink)
    try:
        _wait_for(port, process)
        (folder / "remote").mkdir()
        url = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{folder}/remote/place"
        yield Served({"url": url, "keyfile": str(folder / "user")})
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def azure_server(folder: Path) -> Iterator[Served]:
    """Start azurite (``npm install azurite``); raises RuntimeError where it is not on PATH."""
    program = shutil.which("azurite-blob")
    if program is None:
        raise RuntimeError("azurite is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [program, "--silent", "--skipApiVersionCheck", "--inMemoryPersistence"]
    command += ["--blobHost", "127.0.0.1", "--blobPort", str(port)]
    with (folder / "azurite.log").open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, cwd=folder)
    try:
        _wait_for(port, process)
        # The account and key that every copy of azurite has, made public by its documentation.
        key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
        connection = (
            f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};"
            f"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"
        )
        from azure.storage.blob import BlobServiceClient

        BlobServiceClient.from_connection_string(connection).create_container("made-up")
        yield Served({"url": "azure://made-up/place", "connection_string": connection})
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def gcs_server(folder: Path) -> Iterator[Served]:
    """Start a stand-in for GCS (``pip install gcp-storage-emulator``); raises RuntimeError where it is not on PATH."""
    program = shutil.which("gcp-storage-emulator")
    if program is None:
        raise RuntimeError("gcp-storage-emulator is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        program,
        "start",
        "--host=127.0.0.1",
        f"--port={port}",
        "--in-memory",
        "--default-bucket=made-up",
    ]
    with (folder / "gcs.log").open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, cwd=folder)
    try:
        _wait_for(port, process)
        yield Served(
            {
                "url": "gs://made-up/place",
                "endpointurl": f"http://127.0.0.1:{port}",
                "allow_anonymous_login": "true",
            }
        )
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def standing_before(server: S3, answer: Callable[[str, str], int | None]) -> Iterator[str]:
    """A server before an S3 server: where ``answer(method, path)`` is a status it says that and asks nobody.

    It is how a server lies (200, and nothing is kept), refuses (403) or is ill (500).
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = answer(self.command, self.path)
            headers: list[tuple[str, str]] = []
            data = b""
            if status is None:
                asked = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
                kept = {key: value for key, value in self.headers.items() if key.lower() != "connection"}
                asked.request(self.command, self.path, body, kept)
                got = asked.getresponse()
                status, data, headers = got.status, got.read(), got.getheaders()
                asked.close()
            elif status == 200:
                headers = [("ETag", '"' + hashlib.md5(body).hexdigest() + '"')]
            self.send_response(status)
            for key, value in headers:
                if key.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                    self.send_header(key, value)
            length = dict(headers).get("Content-Length", "0") if self.command == "HEAD" else str(len(data))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815  # names of the standard library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Front(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that has gone is no news, and would be told in the middle of what a test reads."""

    front = Front(("127.0.0.1", 0), Handler)
    threading.Thread(target=front.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{front.server_port}"
    finally:
        front.shutdown()
        front.server_close()
