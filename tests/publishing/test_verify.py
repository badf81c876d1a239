"""Verify: for each way to lose or damage an object it says which version, where, and nothing is green."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.repository import FILE_BYTES, FOLDER_BYTES, Repo, revised
from publishing.conftest import Server

WHOLE = hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()
MEMBER = hashlib.md5(FOLDER_BYTES["1.0.0"]["south/west.csv"]).hexdigest()


def remote_object(repo: Repo, md5: str) -> Path:
    return repo.remote / "files" / "md5" / md5[:2] / md5[2:]


def overwrite(path: Path, data: bytes) -> None:
    """Damage an object and leave its mode as DVC trusts it."""
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)


def listing_of(repo: Repo, tag: str = "data-v1.0.0") -> str:
    text = repo.git("show", f"{tag}:data.dvc").stdout
    return text.split("md5: ")[1].split("\n")[0].strip()


Damage = Callable[[Repo], None]


def _gone(md5: str, *places: str) -> Damage:
    def act(repo: Repo) -> None:
        for place in places:
            (repo.object(md5) if place == "store" else remote_object(repo, md5)).unlink()

    return act


def _changed(md5: str, data: bytes, *places: str) -> Damage:
    def act(repo: Repo) -> None:
        for place in places:
            overwrite(repo.object(md5) if place == "store" else remote_object(repo, md5), data)

    return act


def _listing_gone(repo: Repo) -> None:
    md5 = listing_of(repo)
    repo.object(md5).unlink()
    remote_object(repo, md5).unlink()


def _listing_damaged(repo: Repo) -> None:
    overwrite(remote_object(repo, listing_of(repo)), b"[]")


def _folder_in_its_place(repo: Repo) -> None:
    remote_object(repo, WHOLE).unlink()
    remote_object(repo, WHOLE).mkdir()


def _dangling_link(repo: Repo) -> None:
    repo.object(WHOLE).unlink()
    repo.object(WHOLE).symlink_to("/nowhere/at/all")
    remote_object(repo, WHOLE).unlink()


def _dvc_gc_everywhere(repo: Repo) -> None:
    repo.dvc("gc", "-w", "-f", "-q", "-c")


def _hostile_listing(repo: Repo) -> None:
    # Its name is its content, and it leads out of the directory: of no use to anybody.
    data = b'[{"md5": "%s", "relpath": "../../x"}]' % MEMBER.encode()
    md5 = hashlib.md5(data).hexdigest() + ".dir"
    for path in (repo.object(md5), remote_object(repo, md5)):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    text = repo.read("data.dvc").decode().replace(listing_of(repo, "HEAD"), md5)
    repo.write("data.dvc", re.sub(r"\n +meta:(\n {4}.*)+", "", text))
    repo.git("rm", "-q", "-f", "data.version.json")
    repo.commit("hostile")
    repo.git("tag", "-a", "-m", "made by hand", "data-v3.0.0")


# What was done, which version it hits, with which options it must be found, and a word of the answer.
WAYS = {
    "gone from both": (_gone(WHOLE, "store", "remote"), "refined_data@1.0.0", (), "no copy found"),
    "gone from the remote": (
        _gone(WHOLE, "remote"),
        "refined_data@1.0.0",
        ("--remote",),
        "1 missing on storage",
    ),
    "a member gone from both": (_gone(MEMBER, "store", "remote"), "data@1.0.0", (), "no copy found"),
    "a member gone from the remote": (
        _gone(MEMBER, "remote"),
        "data@1.0.0",
        ("--remote",),
        "missing on storage",
    ),
    "the listing gone from both": (_listing_gone, "data@1.0.0", (), "no copy found"),
    "the listing damaged on the remote": (
        _listing_damaged,
        "data@1.0.0",
        ("--remote",),
        "damaged on storage",
    ),
    "other bytes of the same length in the store": (
        _changed(WHOLE, b"x" * len(FILE_BYTES["1.0.0"]), "store"),
        "refined_data@1.0.0",
        (),
        "damaged in the store",
    ),
    "other bytes of the same length on the remote": (
        _changed(WHOLE, b"x" * len(FILE_BYTES["1.0.0"]), "remote"),
        "refined_data@1.0.0",
        ("--remote",),
        "damaged on storage",
    ),
    "cut short in both": (_changed(MEMBER, b"", "store", "remote"), "data@1.0.0", (), "no copy found"),
    "a folder in its place": (
        _folder_in_its_place,
        "refined_data@1.0.0",
        ("--remote",),
        "missing on storage",
    ),
    "a link to nothing in its place": (_dangling_link, "refined_data@1.0.0", (), "no copy found"),
    "dvc gc with the remote": (_dvc_gc_everywhere, "refined_data@1.0.0", (), "no copy found"),
    "a listing that leads out": (_hostile_listing, "data@3.0.0", (), "the listing of its files"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_lose_or_damage_an_object_is_named(published: Repo, way: str) -> None:
    act, name, options, word = WAYS[way]
    act(published)
    done = published.hotpass("verify", *options, check=False)
    assert done.code == 9, str(done)
    line = next(line for line in done.stderr.splitlines() if name in line)
    assert word in line, line
    dataset, version = name.split("@")
    found = published.hotpass("verify", *options, "--json", check=False)
    assert found.code == 9
    verdicts = {(entry["dataset"], entry["version"]): entry["verdict"] for entry in found.json["versions"]}
    assert verdicts.pop((dataset, version)) != "whole"
    assert "whole" in verdicts.values()


def test_a_large_object_of_the_right_size_is_found_out_by_a_deep_look(released: Repo, server: Server) -> None:
    released.write("dist/refined_data.csv", b"id,name\n" + b"1,made up row\n" * 100_000)
    released.hotpass("version", "--bump", "major", "--tag", "--dataset", "refined_data")
    released.hotpass("publish")
    md5 = released.digest("dist/refined_data.csv")
    place = remote_object(released, md5)
    overwrite(place, b"x" + place.read_bytes()[1:])
    quick = released.hotpass("verify", "refined_data@2", "--remote")
    assert "whole (sizes)" in quick.stdout, "a quick look says what it looked at"
    done = released.hotpass("verify", "refined_data@2", "--remote", "--deep", check=False)
    assert done.code == 9
    assert "refined_data@2.0.0" in done.stderr


def test_all_is_well_and_a_range_is_enough(published: Repo) -> None:
    done = published.hotpass("verify")
    assert "4 of 4 version(s) can be brought back" in done.stdout
    assert done.stdout.count("not asked") == 8, "the store has everything: no remote was asked"
    found = published.hotpass("verify", "data@1.0", "--remote", "--json").json["versions"]
    assert [entry["version"] for entry in found] == ["1.0.0"]
    assert published.hotpass("verify", "data@7", check=False).code == 3


def test_an_empty_store_is_made_good_by_the_remote(published: Repo) -> None:
    shutil.rmtree(published.root / ".dvc" / "cache")
    done = published.hotpass("verify", "--json")
    assert {entry["store"]["state"] for entry in done.json["versions"]} == {"missing"}
    assert {entry["remote"]["state"] for entry in done.json["versions"]} == {"whole"}
    assert not list((published.root / ".dvc").glob("cache/files/md5/*")), "verify repairs nothing by itself"


def test_a_remote_that_was_emptied_is_no_published_remote(published: Repo, server: Server) -> None:
    """Case 20, the store gone as well; and once more with what is here still whole."""
    kept = published.root / "kept"
    shutil.copytree(published.root / ".dvc" / "cache", kept)
    shutil.rmtree(published.remote / "files")
    shutil.rmtree(published.root / ".dvc" / "cache")
    assert "no copy found" in published.hotpass("verify", check=False).stderr
    done = published.hotpass("publish", check=False)
    assert done.code == 9
    assert "refined_data@1.0.0" in done.stderr
    kept.rename(published.root / ".dvc" / "cache")
    assert sum(entry["sent"] for entry in published.hotpass("publish", "--json").json["versions"]) == 9
    assert published.hotpass("verify", "--remote").code == 0


def test_a_remote_that_is_away_is_not_missing(published: Repo) -> None:
    published.remote.rename(published.remote.with_name("away"))
    done = published.hotpass("verify", "--remote", check=False)
    assert done.code == 7
    assert "could not look" in done.stderr
    assert "missing" not in done.stderr
    assert published.hotpass("verify").code == 0, "what is here can be brought back from here"
    shutil.rmtree(published.root / ".dvc" / "cache")
    done = published.hotpass("verify", "--json", check=False)
    assert done.code == 7
    assert {entry["verdict"] for entry in done.json["versions"]} == {"unknown"}


def test_a_foreign_gc_of_the_store_is_named_version_by_version(published: Repo) -> None:
    published.dvc("gc", "-w", "-f", "-q")
    found = published.hotpass("verify", "--json").json["versions"]
    states = {(entry["dataset"], entry["version"]): entry["store"]["state"] for entry in found}
    assert states["refined_data", "1.0.0"] == "missing"
    assert states["data", "1.0.0"] in ("partial", "missing")
    assert states["data", "1.1.0"] == "whole"


def test_a_moved_tag_is_told(published: Repo, server: Server) -> None:
    published.hotpass("verify")
    was = published.rev("refined_data-v1.0.0")
    published.git("tag", "-f", "-a", "-m", "moved", "refined_data-v1.0.0", "HEAD")
    done = published.hotpass("verify", check=False)
    assert done.code == 9
    assert f"tag moved: refined_data-v1.0.0 was {was[:12]}" in done.stderr
    refused = published.hotpass("restore", "refined_data@1.0.0", check=False)
    assert refused.code == 9
    assert "tag moved" in refused.stderr
    # It stays so until the user takes one of the two.
    assert published.hotpass("verify", check=False).code == 9
    published.git("tag", "-d", "refined_data-v1.0.0")
    published.hotpass("verify")
    published.git("fetch", "-q", "--tags")
    assert published.hotpass("verify").code == 0
    assert published.rev("refined_data-v1.0.0") == was


def test_a_tag_that_moved_on_the_server_is_told(published: Repo, server: Server) -> None:
    published.git("tag", "-a", "-m", "moved", "scratch", "HEAD")
    published.git("push", "-q", "-f", "origin", "scratch:refined_data-v1.0.0")
    done = published.hotpass("verify", "--remote", check=False)
    assert done.code == 9
    assert "tag moved on the server" in done.stderr


def test_a_record_of_other_bytes_is_told(published: Repo) -> None:
    published.write(
        "dist/refined_data.csv.version.json",
        published.read("dist/refined_data.csv.version.json").replace(WHOLE.encode(), b"0" * 32),
    )
    record = published.read("dist/refined_data.csv.version.json").decode()
    published.write("dist/refined_data.csv.version.json", record.replace('"size": ', '"size": 1'))
    published.write("dist/refined_data.csv", revised("Kite Lane"))
    published.hotpass("version", "--bump", "patch", "--tag", "--dataset", "refined_data")
    published.write("dist/refined_data.csv.version.json", "{")
    published.commit("broken record", "dist/refined_data.csv.version.json")
    published.git(
        "tag",
        "-f",
        "-a",
        "-m",
        published.git("tag", "-l", "--format=%(contents)", "refined_data-v1.1.1").stdout,
        "refined_data-v1.1.1",
    )
    done = published.hotpass("verify", "refined_data", check=False)
    assert done.code == 9
    assert "refined_data@1.1.1" in done.stderr
    assert "version.json" in done.stderr


@pytest.mark.parametrize("place", ["store", "remote"])
def test_repair_copies_the_good_side_and_keeps_the_evidence(published: Repo, place: str) -> None:
    bad = b"x" * len(FILE_BYTES["1.0.0"])
    _changed(WHOLE, bad, place)(published)
    done = published.hotpass("verify", "--remote", "--repair")
    assert "repaired" in done.stdout
    for path in (published.object(WHOLE), remote_object(published, WHOLE)):
        assert path.read_bytes() == FILE_BYTES["1.0.0"]
    kept = list((published.root / ".git" / "hotpass" / "evidence").rglob(f"{WHOLE}-*"))
    assert [path.read_bytes() for path in kept] == [bad]
    assert published.hotpass("verify", "--remote", "--deep").code == 0


def test_repair_sends_what_the_remote_lacks_and_mends_nothing_from_two_bad_sides(published: Repo) -> None:
    _gone(MEMBER, "remote")(published)
    published.hotpass("verify", "--remote", "--repair")
    assert remote_object(published, MEMBER).is_file()
    _changed(WHOLE, b"x", "store", "remote")(published)
    done = published.hotpass("verify", "--repair", check=False)
    assert done.code == 9
    assert published.object(WHOLE).read_bytes() == b"x"
    assert remote_object(published, WHOLE).read_bytes() == b"x"
