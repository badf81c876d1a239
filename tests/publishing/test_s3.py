"""Publish and verify on a server that speaks S3: one that keeps, one that loses, one that lies, refuses or is ill."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from harness.repository import FILE_BYTES, FOLDER_BYTES, Repo
from harness.servers import S3, standing_before
from publishing.conftest import Server

WHOLE = hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()
MEMBER = hashlib.md5(FOLDER_BYTES["1.0.0"]["south/west.csv"]).hexdigest()
SECRET = "made-up-secret-of-nobody"


@pytest.fixture
def bucket(s3: S3, released: Repo, server: Server) -> str:
    """`released` has a git server, and an empty bucket as its remote."""
    name = f"made-up-{os.urandom(4).hex()}"
    s3.bucket(name)
    aim(released, s3.url, name)
    return name


def aim(repo: Repo, url: str, bucket: str) -> None:
    repo.write(
        ".dvc/config.local",
        f"[core]\nremote = cloud\n['remote \"cloud\"']\nurl = s3://{bucket}/team\nendpointurl = {url}\n"
        f"access_key_id = made-up-key\nsecret_access_key = {SECRET}\n",
    )


def key(bucket: str, md5: str) -> str:
    return f"{bucket}/team/files/md5/{md5[:2]}/{md5[2:]}"


def test_what_is_lost_or_changed_there_is_named(
    s3: S3, bucket: str, released: Repo, server: Server, tmp_path: Path
) -> None:
    done = released.hotpass("publish", "-v")
    assert server.tags() == released.tags()
    assert "dvc remote add --local -f -d cloud s3://" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    whole = released.hotpass("verify", "--remote")
    assert "whole (digests)" in whole.stdout
    before = len(s3.requests())
    released.hotpass("verify", "--remote")
    asked = [request.split("?")[0] for request in s3.requests()[before:]]
    assert len(asked) <= 12, asked
    # A fresh clone gets it from there.
    clone = server.clone(tmp_path / "clone", released.remote)
    aim(clone, s3.url, bucket)
    clone.hotpass("restore", "refined_data@1.0.0", "--force")
    assert clone.read("dist/refined_data.csv") == FILE_BYTES["1.0.0"]
    s3.put(key(bucket, WHOLE), b"x" * len(FILE_BYTES["1.0.0"]))
    s3.delete(key(bucket, MEMBER))
    done = released.hotpass("verify", "--remote", check=False)
    assert done.code == 9
    lines = done.stderr.splitlines()
    assert any("refined_data@1.0.0" in line and "damaged on cloud" in line for line in lines)
    assert any("data@1.0.0" in line and "1 missing on cloud" in line for line in lines)
    released.hotpass("verify", "--remote", "--repair")
    assert s3.get(key(bucket, WHOLE)) == FILE_BYTES["1.0.0"]
    assert s3.get(key(bucket, MEMBER)) == FOLDER_BYTES["1.0.0"]["south/west.csv"]


def test_a_server_that_lies_gets_no_tag(s3: S3, bucket: str, released: Repo, server: Server) -> None:
    with standing_before(
        s3, lambda method, path: 200 if method == "PUT" and WHOLE[2:] in path else None
    ) as url:
        aim(released, url, bucket)
        done = released.hotpass("publish", check=False)
    assert done.code == 9, str(done)
    assert WHOLE in done.stderr
    assert server.refs() == {}
    # The same command, with a server that keeps what it takes.
    aim(released, s3.url, bucket)
    released.hotpass("publish")
    assert server.tags() == released.tags()


@pytest.mark.slow
@pytest.mark.parametrize("case", ["GET 403", "PUT 403", "GET 500"])
def test_a_server_that_refuses_or_is_ill_is_not_missing_data(
    s3: S3, bucket: str, released: Repo, server: Server, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, status = case.split()
    monkeypatch.setenv("HOTPASS_REMOTE_TIMEOUT", "1.5")
    with standing_before(s3, lambda asked, _: int(status) if asked in (method, "HEAD") else None) as url:
        aim(released, url, bucket)
        # Ill alone takes a process: what a client leaves undone is told at its end.
        run = released.hotpass_process if status == "500" else released.hotpass
        for verb in (("publish",), ("verify", "--remote"))[: 2 if case == "GET 403" else 1]:
            done = run(*verb, check=False)
            assert done.code == 7, str(done)
            assert "missing" not in done.stderr
            assert "lost:" not in done.stderr
            assert "Traceback" not in done.stderr
            assert "nclosed" not in done.stderr
    assert server.refs() == {}
