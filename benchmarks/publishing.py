"""Sending a release to a remote, against ``dvc push``, and looking whether many releases are there."""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.measure import Contender, RunFailedError
from benchmarks.repositories import DATASETS, PLACES, released, tracked
from benchmarks.scratch import DVC, HOTPASS, Scratch

_SCOPE = (
    "AWS4-HMAC-SHA256 Credential=made-up/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
)


def folder(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Send a folder of small files to a local folder."""

    def aim(repository: Path, round_: int) -> None:
        _aim(repository, f"url = {scratch.root / 'remotes' / f'{repository.name}-{round_}'}\n")

    return _both(scratch, size, aim)


def s3(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Send a folder of small files to a server that speaks S3 (moto), on this machine."""
    url = _serve(scratch)

    def aim(repository: Path, round_: int) -> None:
        bucket = f"{repository.name}-{round_}-{os.urandom(4).hex()}"
        _ask("PUT", f"{url}/{bucket}")
        keys = "access_key_id = made-up-key\nsecret_access_key = made-up-secret\n"
        _aim(repository, f"url = s3://{bucket}/data\nendpointurl = {url}\n{keys}")

    return _both(scratch, size, aim)


def again(scratch: Scratch, size: int) -> Sequence[Contender]:
    """Look at everything again when all is there."""
    repository = _ours(scratch, size)
    _aim(repository, f"url = {scratch.root / 'remotes' / 'again'}\n")
    scratch.run([*HOTPASS, "publish", "--create-remote"], repository)
    theirs = tracked(scratch, "dvc", "tree", size, "dvc")
    _aim(theirs, f"url = {scratch.root / 'remotes' / 'again-dvc'}\n")
    scratch.run([*DVC, "push"], theirs)
    return [
        Contender("hotpass", lambda _: [(*HOTPASS, "publish", "--all")], repository),
        Contender("dvc push", lambda _: [(*DVC, "push")], theirs),
        Contender("hotpass, remembered", lambda _: [(*HOTPASS, "publish")], repository),
    ]


def verify(scratch: Scratch, count: int) -> Sequence[Contender]:
    """Look for every byte of that many releases on an S3 server; it is one listing, whatever their number."""
    repository = released(scratch, "hotpass", "workbook", 1)
    _give_server(scratch, repository)
    url = _serve(scratch)
    bucket = f"verify-{os.urandom(4).hex()}"
    _ask("PUT", f"{url}/{bucket}")
    keys = "access_key_id = made-up-key\nsecret_access_key = made-up-secret\n"
    _aim(repository, f"url = s3://{bucket}/data\nendpointurl = {url}\n{keys}")
    _make_releases(scratch, repository, count)
    scratch.run([*HOTPASS, "publish", "--tag-only"], repository)
    return [Contender("hotpass", lambda _: [(*HOTPASS, "verify", "--remote")], repository)]


def _make_releases(scratch: Scratch, repository: Path, count: int) -> None:
    """Make releases after 1.0.0 as hotpass would, a few bytes each, by the hundred."""
    dataset, place = DATASETS["workbook"], PLACES["workbook"]
    tag = f"{dataset}-v1.0.0"
    message = scratch.run(["git", "for-each-ref", "--format=%(contents)", f"refs/tags/{tag}"], repository)
    texts = {path: scratch.run(["git", "show", f"{tag}:{path}"], repository) for path in _both_files(place)}
    old = re.findall(r"^\s*-? ?md5: (\w+)", texts[f"{place}.dvc"], re.MULTILINE)[0]
    size = re.findall(r"^\s*size: (\d+)", texts[f"{place}.dvc"], re.MULTILINE)[0]
    branch = scratch.run(["git", "symbolic-ref", "HEAD"], repository).strip()
    tip = scratch.run(["git", "rev-parse", "HEAD"], repository).strip()
    stream = []
    for number in range(1, count):
        data = f"version {number}\n".encode()
        md5 = hashlib.md5(data).hexdigest()
        stored = repository / ".dvc" / "cache" / "files" / "md5" / md5[:2] / md5[2:]
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(data)
        version = f"1.{number}.0"

        def made(text: str, md5: str = md5, version: str = version, data: bytes = data) -> bytes:
            return (
                text.replace(old, md5)
                .replace("1.0.0", version)
                .replace(f"size: {size}", f"size: {len(data)}")
                .replace(f'"size": {size}', f'"size": {len(data)}')
                .replace(f"Size: {size}", f"Size: {len(data)}")
                .encode()
            )

        who = f"Bench <bench@example.org> {1_700_000_000 + number} +0000"
        parent = f"from {tip}\n" if number == 1 else ""
        stream.append(f"commit {branch}\nmark :{number}\ncommitter {who}\ndata 5\nCopy\n{parent}".encode())
        for path, text in texts.items():
            blob = made(text)
            stream.append(f"M 100644 inline {path}\ndata {len(blob)}\n".encode() + blob + b"\n")
        blob = made(message.strip() + "\n")
        name = f"{dataset}-v{version}"
        head = f"tag {name}\nfrom :{number}\ntagger {who}\ndata {len(blob)}\n"
        stream.append(head.encode() + blob + b"\n")
    scratch.run(["git", "fast-import", "--quiet"], repository, stdin=b"".join(stream))
    scratch.run(["git", "reset", "--quiet", "--hard"], repository)


def _both_files(place: str) -> tuple[str, str]:
    return f"{place}.dvc", f"{place}.version.json"


def _both(scratch: Scratch, size: int, aim: Callable[[Path, int], None]) -> list[Contender]:
    ours, theirs = _ours(scratch, size), tracked(scratch, "dvc", "tree", size, "dvc")

    def check(repository: Path) -> None:
        if "everything is up to date" not in scratch.run([*DVC, "push"], repository).lower():
            raise RunFailedError("dvc finds that not all was sent")

    return [
        Contender(
            "hotpass",
            lambda _: [(*HOTPASS, "publish", "--all", "--create-remote")],
            ours,
            reset=lambda round_: aim(ours, round_),
            check=lambda _: check(ours),
        ),
        Contender("dvc push", lambda _: [(*DVC, "push")], theirs, reset=lambda round_: aim(theirs, round_)),
    ]


def _ours(scratch: Scratch, size: int) -> Path:
    repository = released(scratch, "hotpass", "tree", size)
    _give_server(scratch, repository)
    return repository


def _give_server(scratch: Scratch, repository: Path) -> None:
    server = repository.with_name(f"{repository.name}.git")
    scratch.discard(server)
    scratch.run(["git", "init", "--quiet", "--bare", str(server)], repository)
    scratch.run(["git", "remote", "add", "origin", str(server)], repository)


def _aim(repository: Path, options: str) -> None:
    text = f"[core]\nremote = storage\n['remote \"storage\"']\n{options}"
    (repository / ".dvc" / "config.local").write_text(text)


def _serve(scratch: Scratch) -> str:
    """Start moto's server; it ends with this program."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=scratch.environment
    )
    atexit.register(process.terminate)
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise RunFailedError("moto's server does not start")


def _ask(method: str, url: str) -> None:
    with urlopen(Request(url, method=method, headers={"Authorization": _SCOPE}), timeout=20):
        pass
