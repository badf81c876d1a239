"""Publish: data first, proved by looking, then branch and tags together."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from harness.repository import FILE, FILE_BYTES, Repo, revised
from harness.servers import silent_server
from publishing.conftest import Server, give_server


def objects(remote: Path) -> set[str]:
    """The names of all objects in a folder."""
    return {path.parent.name + path.name for path in (remote / "files" / "md5").glob("??/*")}


def leftovers(remote: Path) -> list[Path]:
    """What is in a remote's folder besides objects and the note."""
    return [
        path
        for path in remote.rglob("*")
        if path.is_file() and path.name != "hotpass-remote.json" and path.parent.parent.name != "md5"
    ]


def remote_to(repo: Repo, url: str, **options: str) -> None:
    """Point the default remote elsewhere, in the settings that git does not keep."""
    lines = ["[core]", "remote = storage", "['remote \"storage\"']", f"url = {url}"]
    lines += [f"{key} = {value}" for key, value in options.items()]
    repo.write(".dvc/config.local", "\n".join(lines) + "\n")


def test_everything_is_sent_and_then_tagged(released: Repo, server: Server) -> None:
    done = released.hotpass("publish", "--json")
    assert server.tags() == released.tags()
    assert len(objects(released.remote)) == 9
    assert [entry["tag"] for entry in done.json["versions"]] == released.tags()
    assert sum(entry["sent"] for entry in done.json["versions"]) == 9
    assert server.refs()["refs/heads/main"] == released.rev("main")
    assert not leftovers(released.remote)
    again = released.hotpass("publish")
    assert "0 version(s) published" in again.stdout
    assert "4 published before" in again.stdout
    # And all of them looked at again: everything is there.
    all_again = released.hotpass("publish", "--all", "--json").json
    assert [entry["sent"] for entry in all_again["versions"]] == [0, 0, 0, 0]


def test_one_dataset_goes_out_alone(released: Repo, server: Server) -> None:
    done = released.hotpass("publish", "refined_data", "--json").json
    assert server.tags() == ["refined_data-v1.0.0", "refined_data-v1.1.0"]
    assert {entry["dataset"] for entry in done["versions"]} == {"refined_data"}
    assert len(objects(released.remote)) == 2


def test_a_dry_run_sends_nothing(released: Repo, server: Server) -> None:
    shutil.rmtree(released.remote)
    done = released.hotpass("publish", "--dry-run")
    assert "4 version(s) would be published" in done.stdout
    assert not released.remote.exists()
    assert server.refs() == {}


def test_what_dvc_pushed_before_counts_as_there(released: Repo, server: Server) -> None:
    released.dvc("push", "-q")
    done = released.hotpass("publish", "--json").json
    assert {entry["tag"]: entry["sent"] for entry in done["versions"]} == {
        "data-v1.0.0": 3,
        "data-v1.1.0": 0,
        "refined_data-v1.0.0": 1,
        "refined_data-v1.1.0": 0,
    }


def test_damaged_and_half_there_objects_are_sent_again(released: Repo, server: Server) -> None:
    released.dvc("push", "-q")
    short, wrong = sorted((released.remote / "files" / "md5").glob("??/*"))[:2]
    for path, data in ((short, b""), (wrong, b"x" * wrong.stat().st_size)):
        path.chmod(0o644)
        path.write_bytes(data)
    released.hotpass("publish")
    assert short.stat().st_size
    assert wrong.read_bytes() != b"x" * wrong.stat().st_size
    assert released.hotpass("verify", "--remote", "--deep").code == 0


def test_without_a_git_server_nothing_is_sent(released: Repo) -> None:
    done = released.hotpass("publish", check=False)
    assert done.code == 6
    assert "git remote add origin" in done.stderr
    assert not objects(released.remote)


def test_without_a_remote_the_command_is_named(released: Repo, server: Server) -> None:
    released.write(".dvc/config", "")
    done = released.hotpass("publish", check=False)
    assert done.code == 6
    assert "no remote configured: dvc remote add -d storage <remote-url>" in done.stderr
    assert "not published" in released.hotpass("version", "--status").stdout
    assert server.refs() == {}
    unknown = released.hotpass("publish", "--remote-name", "prod", check=False)
    assert unknown.code == 3
    assert "there is no remote 'prod'" in unknown.stderr


def test_a_detached_head_publishes_tags_alone(released: Repo, server: Server) -> None:
    released.git("checkout", "-q", "data-v1.0.0")
    done = released.hotpass("publish", check=False)
    assert done.code == 10
    assert "--tag-only" in done.stderr
    released.hotpass("publish", "--tag-only")
    assert server.tags() == released.tags()
    assert "refs/heads/main" not in server.refs()


def test_a_protected_branch_is_named_and_the_tags_go_out_alone(released: Repo, server: Server) -> None:
    hook = server.path / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/*) echo "main is protected" >&2; exit 1;; esac\n')
    hook.chmod(0o755)
    done = released.hotpass("publish", check=False)
    assert done.code == 7
    assert "hotpass publish --tag-only" in done.stderr
    assert server.refs() == {}
    released.hotpass("publish", "--tag-only")
    assert server.tags() == released.tags()


def test_a_secret_in_tracked_settings_is_not_published(released: Repo, server: Server) -> None:
    config = released.read(".dvc/config").decode()
    released.write(".dvc/config", config + "    secret_access_key = made-up-secret\n")
    for _ in range(2):
        done = released.hotpass("publish", check=False)
        assert done.code == 10
        assert "secret_access_key" in done.stderr
        assert "made-up-secret" not in done.stdout + done.stderr
        # Taken out of the file, it is still in the commit that would be published.
        released.commit("secret", ".dvc/config")
        released.write(".dvc/config", config)
    assert not objects(released.remote)


# --- races -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_loser_of_a_race_keeps_everything_and_can_go_on(
    published: Repo, server: Server, tmp_path: Path
) -> None:
    other = server.clone(tmp_path / "other", published.remote)
    for repo, word in ((other, "Owl Court"), (published, "Kite Lane")):
        repo.hotpass("restore", "refined_data@1.1.0")
        repo.write(FILE, revised(word))
        repo.hotpass(
            "version", "--bump", "patch", "--tag", "--dataset", "refined_data", "--description", word
        )
    other.hotpass("publish")
    before, mine = server.refs(), published.rev("refined_data-v1.1.1")
    sent = objects(published.remote)
    done = published.hotpass("publish", check=False)
    assert done.code == 8, str(done)
    assert "refined_data-v1.1.1" in done.stderr
    assert server.refs() == before
    assert objects(published.remote) == sent
    assert published.rev("refined_data-v1.1.1") == mine
    assert published.read(FILE) == revised("Kite Lane")
    # What the hint says, word for word.
    command = done.stderr.split("next number: ")[1].split("\n")[0]
    ran = published._run(["bash", "-c", command], True, None, None, "", 60.0)
    assert ran.code == 0
    published.hotpass("publish")
    assert published.read(FILE) == revised("Kite Lane")
    assert [tag for tag in server.tags() if tag not in before]
    assert len(server.tags()) == 6
    assert server.refs()["refs/tags/refined_data-v1.1.1"] == before["refs/tags/refined_data-v1.1.1"]


def test_a_branch_that_went_on_is_pulled_first(published: Repo, server: Server, tmp_path: Path) -> None:
    other = server.clone(tmp_path / "other", published.remote)
    other.write("more.txt", "more\n")
    other.commit("more")
    other.git("push", "-q", "origin", "main")
    published.write(FILE, revised("Kite Lane"))
    published.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    before = server.refs()
    done = published.hotpass("publish", check=False)
    assert done.code == 8
    assert "git pull" in done.stderr
    assert server.refs() == before
    published.hotpass("publish", "--tag-only")
    assert "refined_data-v1.1.1" in server.tags()


# --- remotes that vanish, refuse, hang -----------------------------------------------------------------------------


def test_a_vanished_remote_is_not_made_again(published: Repo, server: Server) -> None:
    moved = published.remote.with_name("unmounted")
    published.remote.rename(moved)
    published.write(FILE, revised("Kite Lane"))
    published.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    before = server.refs()
    for mount_point in (False, True):
        if mount_point:
            published.remote.mkdir()
        done = published.hotpass("publish", check=False)
        assert done.code == 7, str(done)
        assert "--create-remote" in done.stderr
        assert not published.remote.exists() or not list(published.remote.iterdir())
        assert server.refs() == before
    done = published.hotpass("publish", "--create-remote", "--json")
    assert len(done.json["versions"]) == 5, "everything is looked at again in a remote that begins anew"
    assert published.hotpass("verify", "--remote").code == 0


def test_a_fresh_clone_knows_that_the_remote_was_there(
    published: Repo, server: Server, tmp_path: Path
) -> None:
    clone = server.clone(published.root.parent / "clone", published.remote)
    shutil.rmtree(published.remote)
    done = clone.hotpass("publish", check=False)
    assert done.code == 7
    assert "--create-remote" in done.stderr
    assert not published.remote.exists()


def test_a_lost_version_is_named_and_nothing_goes_out(released: Repo, server: Server) -> None:
    gone = released.digest(FILE)
    released.object(gone).unlink()
    done = released.hotpass("publish", check=False)
    assert done.code == 9
    assert "refined_data@1.1.0" in done.stderr
    assert gone in done.stderr
    assert server.refs() == {}


def test_a_rotten_object_is_not_sent(released: Repo, server: Server) -> None:
    path = released.object(released.digest(FILE))
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)
    path.chmod(0o444)
    done = released.hotpass("publish", check=False)
    assert done.code == 9
    assert "refined_data@1.1.0" in done.stderr
    assert released.digest(FILE) not in objects(released.remote)
    assert server.refs() == {}


def test_an_old_lost_version_does_not_stop_new_ones(published: Repo, server: Server) -> None:
    import hashlib

    gone = hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()
    published.object(gone).unlink()
    (published.remote / "files" / "md5" / gone[:2] / gone[2:]).unlink()
    published.write(FILE, revised("Kite Lane"))
    published.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    done = published.hotpass("publish", "--all", check=False)
    assert done.code == 9
    assert "refined_data@1.0.0" in done.stderr
    assert "refined_data-v1.1.1" in server.tags()


@pytest.mark.slow
def test_a_refusing_and_a_hanging_server_are_not_missing_data(
    released: Repo, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTPASS_REMOTE_TIMEOUT", "1")
    keys = {"access_key_id": "made-up-key", "secret_access_key": "made-up-secret"}
    with silent_server() as port:
        for url in (f"http://127.0.0.1:{port}", "http://127.0.0.1:1"):
            remote_to(released, "s3://made-up/place", endpointurl=url, **keys)
            for verb in (("publish",), ("verify", "--remote")):
                done = released.hotpass(*verb, check=False)
                assert done.code == 7, str(done)
                assert "missing" not in done.stderr
                assert "made-up-secret" not in done.stdout + done.stderr
    assert server.refs() == {}


def test_a_git_server_that_cannot_be_asked_is_told_before_sending(released: Repo, server: Server) -> None:
    shutil.move(server.path, server.path.with_name("away.git"))
    done = released.hotpass("publish", check=False)
    assert done.code == 7
    assert "origin" in done.stderr
    assert not objects(released.remote)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a read-only file system")
def test_a_read_only_remote_is_refused_whole(released: Repo, server: Server) -> None:
    mounted = released._run(
        ["mount", "-t", "tmpfs", "-o", "ro", "none", str(released.remote)], False, None, None, "", 20.0
    )
    if mounted.code:
        pytest.skip(f"cannot mount here: {mounted.stderr.strip()}")
    try:
        done = released.hotpass("publish", check=False)
        assert done.code == 7
        assert "Read-only file system" in done.stderr
        assert server.refs() == {}
    finally:
        released._run(["umount", str(released.remote)], True, None, None, "", 20.0)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small file system")
def test_a_full_remote_leaves_no_rest_and_the_next_run_completes(released: Repo, server: Server) -> None:
    released.write(FILE, b"id,name\n" + b"1,made up row\n" * 40_000)
    released.hotpass("version", "--bump", "major", "--tag", "--dataset", "refined_data")
    small = ["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(released.remote)]
    mounted = released._run(small, False, None, None, "", 20.0)
    if mounted.code:
        pytest.skip(f"cannot mount here: {mounted.stderr.strip()}")
    try:
        done = released.hotpass("publish", check=False)
        assert done.code == 7
        assert "is full" in done.stderr
        assert "free" in done.stderr
        assert server.refs() == {}
        assert not leftovers(released.remote)
        released._run(["mount", "-o", "remount,size=8m", str(released.remote)], True, None, None, "", 20.0)
        released.hotpass("publish")
        assert server.tags() == released.tags()
    finally:
        released._run(["umount", str(released.remote)], True, None, None, "", 20.0)


def test_what_is_published_is_remembered_and_dated(published: Repo, server: Server) -> None:
    status = published.hotpass("version", "--status", "--json").json
    assert all(entry["published"].startswith("published 20") for entry in status["datasets"])
    place = published.root / ".git" / "hotpass" / "known" / "releases.json"
    known = json.loads(place.read_text())
    assert set(known["sightings"]) == set(published.tags())
    # A memory that is damaged is none.
    place.write_text("{")
    assert "not checked" in published.hotpass("version", "--status").stdout
    assert "4 version(s) published" in published.hotpass("publish").stdout


def test_each_branch_has_its_remote(released: Repo, server: Server) -> None:
    released.dvc("remote", "add", "-q", "prod", "../prod")
    released.write("hotpass.toml", '[publish]\nremote = "main=prod, *=storage"\n')
    released.commit("remotes")
    assert released.hotpass("publish", "--json").json["remote"] == "prod"
    assert objects(released.remote.with_name("prod"))
    assert not objects(released.remote)
    released.git("switch", "-q", "-c", "work")
    # Another remote: what is published to one is not published to the other.
    done = released.hotpass("publish", "--json").json
    assert (done["remote"], len(done["versions"])) == ("storage", 4)
    assert (
        released.hotpass("publish", "--remote-name", "prod", "--dry-run", "--json").json["remote"] == "prod"
    )


def test_a_second_server_is_given_by_git_settings(released: Repo) -> None:
    give_server(released)
    released.git("remote", "rename", "origin", "upstream")
    assert "upstream" in released.hotpass("publish", "--dry-run").stdout
