"""What the store lacks of releases comes from the remote, proved; what is nowhere is said to be."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import FILE, FILE_BYTES, FOLDER_BYTES, Repo, TwoClones
from harness.servers import S3


@pytest.fixture
def bare(two_clones: TwoClones) -> Repo:
    """A clone whose store is empty; every release is on its remote."""
    shutil.rmtree(two_clones.first.path(".dvc/cache"))
    return two_clones.first


def stored(repo: Repo) -> set[str]:
    top = repo.path(".dvc/cache/files/md5")
    return {path.parent.name + path.name for path in top.rglob("*") if path.is_file()}


def versions(repo: Repo, *args: str) -> list[tuple[str, str, int]]:
    done = repo.hotpass("fetch", *args, "--json").json
    return [(one["dataset"], one["version"], one["brought"]) for one in done["versions"]]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ((), {("refined_data", "1.0.0"), ("refined_data", "1.1.0"), ("data", "1.0.0"), ("data", "1.1.0")}),
        (("refined_data",), {("refined_data", "1.0.0"), ("refined_data", "1.1.0")}),
        (("data@1.0.0",), {("data", "1.0.0")}),
        (("data@latest",), {("data", "1.1.0")}),
        (("data@^1",), {("data", "1.0.0"), ("data", "1.1.0")}),
        (("data@~1.0.0",), {("data", "1.0.0")}),
    ],
)
def test_what_is_asked_for_comes_and_nothing_else(
    bare: Repo, args: tuple[str, ...], expected: set[tuple[str, str]]
) -> None:
    found = versions(bare, *args)
    assert {(name, version) for name, version, _ in found} == expected
    assert all(brought for _, _, brought in found)
    assert [brought for _, _, brought in versions(bare, *args)] == [0] * len(expected), "all is here now"
    shutil.rmtree(bare.remote)
    for name, version in expected:
        bare.hotpass("restore", f"{name}@{version}", "--to", f"../{name}-{version}")


def test_members_of_directories_come_along(bare: Repo) -> None:
    bare.hotpass("fetch", "data@1.0.0")
    assert len(stored(bare)) == 1 + len(FOLDER_BYTES["1.0.0"])
    shutil.rmtree(bare.remote)
    bare.hotpass("restore", "data@1.0.0", "--to", "../copy")
    assert Repo(bare.root.parent, bare.remote).files("copy") == FOLDER_BYTES["1.0.0"]


def test_a_withdrawn_release_is_left_out_of_ranges(bare: Repo) -> None:
    bare.hotpass("withdraw", "data@1.1.0", "--reason", "wrong")
    assert [version for _, version, _ in versions(bare, "data@^1")] == ["1.0.0"]
    assert [version for _, version, _ in versions(bare, "data@1.1.0")] == ["1.1.0"]


def test_rotten_objects_of_the_store_are_brought_anew(two_clones: TwoClones) -> None:
    clone = two_clones.first
    place = clone.object(clone.digest(FILE))
    place.chmod(0o644)
    place.write_bytes(b"rotten")
    clone.hotpass("fetch", "refined_data@1.1.0")
    assert place.read_bytes() == FILE_BYTES["1.1.0"]


def _lose(repo: Repo, data: bytes, *, rotten: bool) -> None:
    for path in (repo.remote / "files" / "md5").rglob("*"):
        if path.is_file() and path.read_bytes() == data:
            path.chmod(0o644)
            path.write_bytes(b"rotten") if rotten else path.unlink()


@pytest.mark.parametrize("rotten", [False, True])
@pytest.mark.parametrize(
    ("data", "lost"),
    [(FILE_BYTES["1.0.0"], "refined_data@1.0.0"), (FOLDER_BYTES["1.0.0"]["south/west.csv"], "data@1.0.0")],
)
def test_what_is_nowhere_is_said_and_the_rest_comes(bare: Repo, data: bytes, lost: str, rotten: bool) -> None:
    """Promise 4: exit 9 names the version; the others are whole."""
    _lose(bare, data, rotten=rotten)
    done = bare.hotpass("fetch", "--json", check=False)
    assert done.code == 9
    found = {f"{one['dataset']}@{one['version']}": one["lost"] for one in done.json["versions"]}
    assert {name for name, count in found.items() if count} == {lost}
    assert b"rotten" not in [
        path.read_bytes() for path in bare.path(".dvc/cache/files").rglob("*") if path.is_file()
    ]
    assert "1 lost" in bare.hotpass("fetch", check=False).stdout


def test_a_listing_that_leads_elsewhere_is_not_followed_and_the_rest_comes(bare: Repo) -> None:
    """Promise 6, and DVC-FACTS: a `.dir` listing may name `../../x`."""
    data = json.dumps([{"md5": hashlib.md5(b"x").hexdigest(), "relpath": "../../x"}]).encode()
    md5 = hashlib.md5(data).hexdigest() + ".dir"
    place = bare.remote / "files" / "md5" / md5[:2] / md5[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    bare.write("evil.dvc", f"outs:\n- md5: {md5}\n  size: 1\n  nfiles: 1\n  hash: md5\n  path: evil\n")
    done = bare.hotpass("fetch", "--json", check=False)
    assert done.code == 9
    assert {one["dataset"] for one in done.json["versions"] if one["lost"]} == {"evil"}
    assert len([one for one in done.json["versions"] if one["brought"]]) >= 4


def test_a_remote_that_is_not_there_is_not_lost_data(bare: Repo) -> None:
    shutil.rmtree(bare.remote)
    done = bare.hotpass("fetch", check=False)
    assert done.code == 7, str(done)
    assert not bare.remote.exists()


def test_without_a_remote_it_says_how_to_add_one(bare: Repo) -> None:
    bare.write(".dvc/config", "")
    done = bare.hotpass("fetch", check=False)
    assert done.code == 6
    assert "dvc remote add" in done.stderr


def test_another_remote_by_its_name(bare: Repo, tmp_path: Path) -> None:
    shutil.copytree(bare.remote, tmp_path / "second-remote")
    bare.write(".dvc/config.local", f"['remote \"second\"']\n    url = {tmp_path / 'second-remote'}\n")
    shutil.rmtree(bare.remote)
    assert bare.hotpass("fetch", "--remote-name", "second", "--json").json["remote"] == "second"
    unknown = bare.hotpass("fetch", "--remote-name", "third", check=False)
    assert unknown.code == 3


def test_a_moved_tag_is_refused(two_clones: TwoClones) -> None:
    """Case 34."""
    first, second = two_clones.first, two_clones.second
    first.git("tag", "-f", "-a", "-m", "moved", "refined_data-v1.0.0", "refined_data-v1.1.0^{}")
    first.git("push", "-q", "-f", "origin", "refined_data-v1.0.0")
    done = second.hotpass("fetch", "refined_data@1.0.0", check=False)
    assert done.code == 9
    assert "tag moved: refined_data-v1.0.0 was" in done.stderr
    second.hotpass("fetch", "data")
    second.git("tag", "-d", "refined_data-v1.0.0")
    second.git("fetch", "-q", "origin", "tag", "refined_data-v1.0.0")
    # The tag's pointer says 1.1.0: whoever took it knows that now, too.
    assert "tag moved" not in second.hotpass("fetch", "refined_data@1.0.0", check=False).stderr


def test_a_tag_that_was_seen_otherwise_is_refused_even_offline(two_clones: TwoClones) -> None:
    clone = two_clones.first
    clone.hotpass("publish")
    clone.git("remote", "remove", "origin")
    clone.git("tag", "-f", "-a", "-m", "moved", "refined_data-v1.0.0", "refined_data-v1.1.0^{}")
    done = clone.hotpass("fetch", check=False)
    assert done.code == 9
    assert "tag moved: refined_data-v1.0.0 was" in done.stderr


def test_a_server_that_cannot_be_asked_is_a_remark(two_clones: TwoClones, bare: Repo) -> None:
    shutil.rmtree(two_clones.origin)
    done = bare.hotpass("fetch", "data")
    assert "whether tags were moved is not known" in done.stderr


def test_a_draft_that_was_sent_comes_and_goes_where_it_is_asked_for(two_clones: TwoClones) -> None:
    first, second = two_clones.first, two_clones.second
    first.write(FILE, FILE_BYTES["1.1.0"] + b"4,New Place,014\n")
    first.hotpass("version", "--bump", "minor", "--dataset", "refined_data")
    first.commit("draft", FILE + ".dvc", FILE + ".version.json")
    first.dvc("push", "-q")
    first.git("push", "-q")
    second.git("pull", "-q")
    done = second.hotpass("fetch", "refined_data")
    assert "1.2.0 (draft)" in done.stdout
    second.hotpass("fetch", "refined_data", "--to", "../draft.csv")
    assert (second.root.parent / "draft.csv").read_bytes() == first.read(FILE)
    second.hotpass("fetch", "refined_data@1.0.0", "--to", "../old.csv")
    assert (second.root.parent / "old.csv").read_bytes() == FILE_BYTES["1.0.0"]


@pytest.mark.parametrize(
    ("args", "code"),
    [(("--to", "x"), 2), (("--from", "."), 2), (("data", "--from", "."), 2), (("dta",), 3), (("data@9",), 3)],
)
def test_what_cannot_be_asked(released: Repo, args: tuple[str, ...], code: int) -> None:
    assert released.hotpass("fetch", *args, check=False).code == code


@pytest.mark.slow
def test_killed_anywhere_the_same_command_fetches_the_rest(bare: Repo, runner: Runner) -> None:
    command = ["fetch", "data"]
    trial = Repo(bare.root.parent / "trial", bare.remote)
    shutil.copytree(bare.root, trial.root, symlinks=True)
    events = len(runner.run(trial, command).events)
    whole = stored(trial)
    for at in range(1, events + 1, max(1, events // 6)):
        shutil.rmtree(bare.path(".dvc/cache"), ignore_errors=True)
        assert runner.run(bare, command, at=at).killed
        assert stored(bare) <= whole, "nothing has a name that is not its content"
        assert runner.run(bare, command).code == 0
        assert stored(bare) == whole
        assert not bare.path(".dvc/cache/hotpass-tmp").exists(), at


@pytest.mark.slow
def test_fetch_and_clean_work_with_a_served_remote(
    released: Repo, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same through a server that speaks S3."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    url = f"{s3.bucket('fetching')}/data"
    settings = f"    url = {url}\n    endpointurl = {s3.url}\n    region = us-east-1\n"
    released.write(".dvc/config", f"[core]\n    remote = storage\n['remote \"storage\"']\n{settings}")
    released.commit("S3", ".dvc/config")
    origin = released.root.parent / "origin.git"
    released.git("init", "-q", "--bare", str(origin))
    released.git("remote", "add", "origin", str(origin))
    released.hotpass("publish")
    whole = stored(released)
    shutil.rmtree(released.path(".dvc/cache"))
    released.hotpass("fetch")
    assert stored(released) == whole
    s3.put(f"fetching/data/files/md5/ab/{'c' * 30}", b"another project's")
    done = released.hotpass("clean", "--remote", "--yes", "--json").json
    assert (done["unneeded"], done["others"], done["needed"]) == ([], 1, len(whole))
    outside = tmp_path / "outside.csv"
    released.hotpass("fetch", "refined_data@1.0.0", "--from", str(origin), "--to", str(outside))
    assert outside.read_bytes() == FILE_BYTES["1.0.0"]
    md5 = hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()
    s3.put(f"fetching/data/files/md5/{md5[:2]}/{md5[2:]}", b"rotten")
    released.object(md5).unlink()
    assert released.hotpass("fetch", "refined_data@1.0.0", check=False).code == 9
    assert not released.object(md5).exists()
