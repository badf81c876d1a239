"""Beside DVC and GTO: pointers that others wrote stay theirs, and ours survive what their tools do."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest
from harness.killing import Runner
from harness.repository import FILE, FILE_BYTES, FOLDER, FOLDER_BYTES, Repo, revised
from ruamel.yaml import YAML

from hotpass.versioning.artifacts import with_artifact

BY_HAND = {FILE: revised("changed by hand"), FOLDER: b"a,b\n1,9\n"}
FOREIGN = """\
# The county's list. Ask Ms. Heron before changing it.
outs:
- md5: {md5}   # from the first delivery
  size: 53
  hash: md5
  path: refined_data.csv
  type: model
  labels:
  - county
  - yearly
  meta:
    owner: heron
    review: {{every: 12 months}}
meta:
  ticket: 17
desc: a list with a story
"""


def _out(repo: Repo, path: str) -> dict[str, object]:
    """The one out of a pointer, as YAML."""
    content = YAML(typ="safe", pure=True).load(repo.read(f"{path}.dvc"))
    out: dict[str, object] = content["outs"][0]
    return out


def _standing(repo: Repo, name: str = "refined_data") -> dict[str, object]:
    answer = repo.hotpass("version", "--json", "--status", "--dataset", name)
    entry: dict[str, object] = answer.json["datasets"][0]
    return entry


# ------------------------------------------------------------------------------ datasets that DVC made


@pytest.mark.slow
def test_what_dvc_add_made_is_a_dataset(initialised: Repo) -> None:
    """ARCHITECTURE, "Words": a pointer that Hotpass did not write is an unversioned dataset named by its stem."""
    repo = initialised
    repo.write("dist/book.csv", "one\n")
    repo.fill("raw", FOLDER_BYTES["1.0.0"])
    repo.dvc("add", "-q", "dist/book.csv", "raw")
    repo.commit("by dvc")
    for name in ("book", "raw"):
        assert _standing(repo, name)["release"] == "unversioned"
        assert repo.hotpass("version", "--get", name, check=False).code == 3
        repo.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", name)
    assert repo.status() == ""
    repo.write("dist/book.csv", "two\n")
    repo.fill("raw", FOLDER_BYTES["1.1.0"])
    for name in ("book", "raw"):
        repo.hotpass("version", "--bump", "major", "--tag", "--dataset", name)
        repo.hotpass("restore", f"{name}@1.0.0")
    assert repo.read("dist/book.csv") == b"one\n"
    assert repo.files("raw") == FOLDER_BYTES["1.0.0"]
    assert "up to date" in repo.dvc("status").stdout


def test_comments_labels_and_meta_of_others_stay_in_the_pointer(tracked: Repo) -> None:
    """DVC keeps them; so do set, bump, tag and add."""
    text = FOREIGN.format(md5=tracked.digest(FILE))
    tracked.write(f"{FILE}.dvc", text)
    tracked.hotpass(
        "version", "--set", "1.0.0", "--tag", "--dataset", "refined_data", "--description", "first"
    )
    tracked.write(FILE, revised("changed"))
    tracked.hotpass("version", "--bump", "minor", "--dataset", "refined_data")
    tracked.write(FILE, revised("changed again"))
    tracked.hotpass("version", "--add", FILE)
    now = tracked.read(f"{FILE}.dvc").decode()
    kept = [
        "# The county's list. Ask Ms. Heron before changing it.",
        "# from the first delivery",
        "  type: model",
        "  - county",
        "  - yearly",
        "owner: heron",
        "every: 12 months",
        "  ticket: 17",
        "desc: a list with a story",
    ]
    assert [line for line in kept if line not in now] == []
    out = _out(tracked, FILE)
    assert out["md5"] == tracked.digest(FILE)
    assert "up to date" in tracked.dvc("status", f"{FILE}.dvc").stdout


def test_a_restore_brings_the_pointer_of_the_release_byte_for_byte(tracked: Repo) -> None:
    tracked.write(f"{FILE}.dvc", FOREIGN.format(md5=tracked.digest(FILE)))
    tracked.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", "refined_data")
    first = tracked.read(f"{FILE}.dvc")
    tracked.write(FILE, revised("changed"))
    tracked.hotpass("version", "--bump", "minor", "--tag", "--dataset", "refined_data")
    tracked.hotpass("restore", "refined_data@1.0.0")
    assert tracked.read(f"{FILE}.dvc") == first


# ------------------------------------------------------------------- what DVC's commands do to ours


@pytest.mark.slow
@pytest.mark.parametrize("command", [("add", "-q"), ("commit", "-q", "-f")])
@pytest.mark.parametrize("path", [FILE, FOLDER])
def test_data_that_dvc_took_in_after_a_version_is_that_version_changed_since(
    released: Repo, command: tuple[str, ...], path: str
) -> None:
    """ARCHITECTURE, "pointer": status says so, a tag is refused, a bump gives it a number of its own."""
    name = Path(path).stem
    released.write(path if path == FILE else f"{path}/north.csv", BY_HAND[path])
    released.dvc(*command, path if command[0] == "add" else f"{path}.dvc")
    entry = _standing(released, name)
    assert (entry["version"], entry["fits"], entry["data"]) == ("1.1.0", False, "unchanged")
    assert "changed since" in released.hotpass("version", "--status").stdout
    got = released.hotpass("version", "--get", name)
    assert (got.stdout, "changed since" in got.stderr) == ("1.1.0\n", True)
    assert released.hotpass("version", "--status", "--check", check=False).code == 4
    refused = released.hotpass("version", "--tag", "--dataset", name, check=False)
    assert (refused.code, "changed since" in refused.stderr) == (10, True)
    answer = released.hotpass("version", "--json", "--bump", "patch", "--tag", "--dataset", name)
    assert answer.json["version"] == "1.1.1"
    assert _standing(released, name)["fits"] is True


@pytest.mark.slow
def test_dvc_commit_of_unchanged_data_keeps_every_field(released: Repo) -> None:
    before = {path: _out(released, path) for path in (FILE, FOLDER)}
    released.dvc("commit", "-q", "-f")
    assert {path: _out(released, path) for path in (FILE, FOLDER)} == before
    assert _standing(released)["release"] == "released"


@pytest.mark.slow
def test_a_dataset_that_dvc_moved_keeps_its_name_its_version_and_its_history(released: Repo) -> None:
    """DVC-FACTS: the fields survive `dvc move`; a restore puts old data where the dataset is now."""
    released.dvc("move", "-q", FILE, "dist/people.csv")
    entry = _standing(released)
    assert (entry["dataset"], entry["path"], entry["version"]) == ("refined_data", "dist/people.csv", "1.1.0")
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.read("dist/people.csv") == FILE_BYTES["1.0.0"]
    assert not released.path(FILE).exists()
    released.write("dist/people.csv", "new\n")
    answer = released.hotpass("version", "--json", "--bump", "major", "--tag", "--dataset", "refined_data")
    assert answer.json["version"] == "2.0.0"
    assert "up to date" in released.dvc("status").stdout


@pytest.mark.slow
def test_dvc_checkout_brings_back_what_hotpass_stored(released: Repo) -> None:
    shutil.rmtree(released.path(FOLDER))
    released.path(FILE).unlink()
    released.dvc("checkout", "-q")
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    assert released.files(FOLDER) == FOLDER_BYTES["1.1.0"]
    assert released.status() == ""


@pytest.mark.slow
def test_dvc_finds_nothing_to_complain_of_in_what_hotpass_wrote(released: Repo) -> None:
    """Issue A, "Done when": `dvc status`, `dvc data status`, `dvc push` and `dvc status --cloud`."""
    assert "up to date" in released.dvc("status").stdout
    assert released.dvc("data", "status", "--json").stdout.strip() == "{}"
    assert "pushed" in released.dvc("push").stdout
    assert "in sync" in released.dvc("status", "--cloud").stdout
    data = [FILE_BYTES["1.1.0"], *FOLDER_BYTES["1.1.0"].values()]
    pushed = [path for path in (released.remote / "files/md5").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in pushed if path.suffix != ".dir") == sorted(data)
    assert len(pushed) == len(data) + 1
    released.write(FILE, revised("changed"))
    released.write(f"{FOLDER}/north.csv", BY_HAND[FOLDER])
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
    assert "up to date" in released.dvc("status", f"{FILE}.dvc").stdout
    status = json.loads(released.dvc("data", "status", "--json", "--granular").stdout)
    assert f"{FOLDER}/north.csv" in status["uncommitted"]["modified"]
    assert FILE not in status["uncommitted"]["modified"]
    assert status["committed"]["modified"] == [FILE]


@pytest.mark.slow
def test_dvc_diff_names_what_changed_between_two_releases(released: Repo) -> None:
    difference = json.loads(released.dvc("diff", "--json", "refined_data-v1.0.0", "data-v1.1.0").stdout)
    named = {
        kind: sorted(entry["path"] for entry in difference[kind]) for kind in ("modified", "added", "deleted")
    }
    # At refined_data-v1.0.0 the folder was tracked already, at the same bytes as its own 1.0.0.
    assert named == {
        "modified": [f"{FOLDER}/", f"{FOLDER}/north.csv", FILE],
        "added": [f"{FOLDER}/far/coast.csv"],
        "deleted": [f"{FOLDER}/south/west.csv"],
    }


@pytest.mark.slow
def test_dvc_get_brings_a_release_out_of_the_repository(released: Repo, tmp_path: Path) -> None:
    root, file, folder = str(released.root), tmp_path / "old.csv", tmp_path / "old"
    released.dvc("get", "-q", "--rev", "refined_data-v1.0.0", root, FILE, "-o", str(file))
    released.dvc("get", "-q", "--rev", "data-v1.0.0", root, FOLDER, "-o", str(folder))
    assert file.read_bytes() == FILE_BYTES["1.0.0"]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.csv")}
    assert found == FOLDER_BYTES["1.0.0"]
    assert released.status() == ""


@pytest.mark.slow
def test_dvc_api_reads_every_release_by_its_tag(released: Repo) -> None:
    import dvc.api

    root = str(released.root)
    for version in ("1.0.0", "1.1.0"):
        assert dvc.api.read(FILE, repo=root, rev=f"refined_data-v{version}", mode="rb") == FILE_BYTES[version]
        name, data = next(iter(FOLDER_BYTES[version].items()))
        assert dvc.api.read(f"{FOLDER}/{name}", repo=root, rev=f"data-v{version}", mode="rb") == data


# ---------------------------------------------------------------------------------------- dvc gc


@pytest.mark.slow
def test_dvc_gc_of_all_tags_keeps_every_release(released: Repo) -> None:
    released.write(FILE, revised("a draft that nothing keeps"))
    released.hotpass("version", "--bump", "patch", "--dataset", "refined_data")
    draft = released.object(released.digest(FILE))
    assert draft.exists()
    released.hotpass("restore", "refined_data@1.1.0")
    released.dvc("gc", "-q", "-f", "--all-tags")
    assert not draft.exists()
    for version in ("1.0.0", "1.1.0"):
        released.hotpass("restore", f"refined_data@{version}")
        released.hotpass("restore", f"data@{version}")
        assert released.read(FILE) == FILE_BYTES[version]
        assert released.files(FOLDER) == FOLDER_BYTES[version]


@pytest.mark.slow
def test_what_dvc_gc_removed_is_fetched_again_or_named_as_lost(released: Repo) -> None:
    """FAULTS, promise of a restore: nothing in place of what cannot be had, and 9 for it."""
    released.dvc("gc", "-q", "-f", "-w")
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    before = released.status()
    # A remote that is gone is not one that has nothing: the first may come back with the bytes.
    released.remote.rmdir()
    assert released.hotpass("restore", "refined_data@1.0.0", check=False).code == 7
    released.remote.mkdir()
    assert released.hotpass("restore", "refined_data@1.0.0", check=False).code == 9
    assert released.read(FILE) == FILE_BYTES["1.1.0"]
    assert released.status() == before
    # Somebody else's remote has it.
    md5 = hashlib.md5(FILE_BYTES["1.0.0"]).hexdigest()
    place = released.remote / "files" / "md5" / md5[:2] / md5[2:]
    place.parent.mkdir(parents=True)
    place.write_bytes(FILE_BYTES["1.0.0"])
    released.hotpass("restore", "refined_data@1.0.0")
    assert released.read(FILE) == FILE_BYTES["1.0.0"]


# ------------------------------------------------------------------------------------- descriptions


DESCRIPTIONS = [
    "plain words",
    "Grüße, 数据, é and e\u0301, 🦉",
    "it's \"quoted\" and 'quoted'",
    "two\nlines\n\nand a paragraph",
    "colon: space, # hash, - dash, {brace}, [bracket], !bang, *star, &and, %percent, @at, `tick`",
    "yes",
    "1.0",
    "null",
    "  spaces around  ",
    "trailing colon:",
    "back\\slash \\n and tab\there",
    "Hotpass-Md5: 0123456789abcdef0123456789abcdef",
    "-----BEGIN PGP SIGNATURE-----",
    "# looks like a comment\nand # is none",
    "x" * 2_000,
    "Zeile mit\u2028Trenner und \u00a0 Leerzeichen",
]


@pytest.mark.slow
def test_descriptions_come_back_word_for_word_from_dvc_tag_record_and_pointer(tracked: Repo) -> None:
    for number, description in enumerate(DESCRIPTIONS, 1):
        tracked.write(FILE, revised(f"{number}"))
        tracked.hotpass(
            "version",
            "--set",
            f"{number}.0.0",
            "--tag",
            "--dataset",
            "refined_data",
            "--description",
            description,
        )
        wanted = description.strip()
        assert _standing(tracked)["description"] == wanted
        assert _out(tracked, FILE)["desc"] == wanted
        record = tracked.git("show", f"refined_data-v{number}.0.0:{FILE}.version.json").stdout
        assert YAML(typ="safe", pure=True).load(record)["description"] == wanted
        # The facts of the tag stay those of the release, whatever the description imitates.
        tag = tracked.git(
            "for-each-ref", "--format=%(contents)", f"refs/tags/refined_data-v{number}.0.0"
        ).stdout
        assert wanted in tag
        tracked.hotpass("restore", f"refined_data@{number}.0.0")
    tracked.dvc("commit", "-q", "-f")
    assert _standing(tracked)["description"] == DESCRIPTIONS[-1].strip()


@pytest.mark.slow
def test_descriptions_survive_being_rewritten_by_dvc_add(initialised: Repo) -> None:
    repo = initialised
    paths = [f"lists/part{number}.csv" for number in range(len(DESCRIPTIONS))]
    for path, description in zip(paths, DESCRIPTIONS, strict=True):
        repo.write(path, f"{path}\n")
        repo.hotpass("version", "--add", path)
        name = Path(path).stem
        repo.hotpass("version", "--set", "1.0.0", "--dataset", name, "--description", description)
        repo.write(path, f"{path}, changed\n")
    repo.dvc("add", "-q", *paths)
    answer = repo.hotpass("version", "--json", "--status")
    found = {entry["path"]: entry for entry in answer.json["datasets"]}
    for path, description in zip(paths, DESCRIPTIONS, strict=True):
        entry = found[path]
        assert (entry["description"], entry["version"]) == (description.strip(), "1.0.0")
        assert (entry["data"], entry["fits"]) == ("unchanged", False)


# ----------------------------------------------------------------------------------------------- GTO


@pytest.mark.slow
@pytest.mark.parametrize("command", ["show", "history"])
def test_gto_reads_a_repository_with_our_tags_without_complaint(released: Repo, command: str) -> None:
    """DVC-FACTS: its own tags are `name@vX.Y.Z`; ours must not be in its way."""
    program = Path(sys.executable).with_name("gto")
    if not program.exists():
        pytest.skip("gto is not installed")
    answer = released._run([str(program), *command.split()], True, None, None, "", 60.0)
    assert "Traceback" not in answer.stderr


GTO = Path(sys.executable).with_name("gto")


def _gto(repo: Repo, *args: str) -> str:
    if not GTO.exists():
        pytest.skip("gto is not installed")
    return repo._run([str(GTO), *args], True, None, None, "", 60.0).stdout


@pytest.mark.slow
def test_on_request_gto_and_dvc_see_the_releases(tracked: Repo, tmp_path: Path) -> None:
    repo = tracked
    repo.write("hotpass.toml", "[datasets.refined_data]\ngto = true\n")
    repo.write("dvc.yaml", "# ours\nstages: {}\n")
    repo.commit("settings")
    for version in ("1.0.0", "1.1.0"):
        repo.write(FILE, FILE_BYTES[version])
        repo.hotpass("version", "--set", version, "--tag", "--dataset", "refined_data")
    assert repo.status() == ""
    assert repo.tags() == [
        *("refined_data-v1.0.0", "refined_data-v1.1.0", "refined_data@v1.0.0", "refined_data@v1.1.0")
    ]
    assert repo.rev("refined_data@v1.0.0^{commit}") == repo.rev("refined_data-v1.0.0^{commit}")
    assert repo.read("dvc.yaml").decode() == (
        f'# ours\nstages: {{}}\nartifacts:\n  "refined_data":\n    path: "{FILE}"\n    type: dataset\n'
    )
    shown = json.loads(_gto(repo, "show", "--json"))
    assert shown["refined_data"]["version"] == "v1.1.0"
    events = json.loads(_gto(repo, "history", "refined_data", "--json"))
    assert {event["version"] for event in events} == {"v1.0.0", "v1.1.0"}
    repo.dvc("push", "-q")
    repo.dvc(
        "artifacts", "get", str(repo.root), "refined_data", "--rev", "v1.1.0", "-o", str(tmp_path / "got")
    )
    assert (tmp_path / "got").read_bytes() == FILE_BYTES["1.1.0"]
    assert "up to date" in repo.dvc("status").stdout
    entries = repo.hotpass("history", "refined_data", "--json").json["releases"]
    assert [entry["tag"] for entry in entries] == ["refined_data-v1.1.0", "refined_data-v1.0.0"]


@pytest.mark.slow
def test_killed_anywhere_both_tags_are_there_or_none(tracked: Repo, runner: Runner, tmp_path: Path) -> None:
    """Promise 1, with the tag of GTO's."""
    tracked.write("hotpass.toml", "[datasets.refined_data]\ngto = true\n")
    tracked.commit("settings")
    command = ["version", "--set", "1.0.0", "--tag", "--dataset", "refined_data"]
    trial = Repo(tmp_path / "trial" / "repo", tracked.remote)
    shutil.copytree(tracked.root, trial.root, symlinks=True)
    events = len(runner.run(trial, command, with_git=True).events)
    for at in range(2, events, max(1, events // 4)):
        copy = Repo(tmp_path / str(at) / "repo", tracked.remote)
        shutil.copytree(tracked.root, copy.root, symlinks=True)
        assert runner.run(copy, command, at=at, with_git=True).killed
        done = runner.run(copy, command)
        assert done.code == 0, f"{at}: {done}"
        assert copy.tags() == ["refined_data-v1.0.0", "refined_data@v1.0.0"], at
        assert copy.status() == "", at
        assert "artifacts:" in copy.git("show", "refined_data@v1.0.0:dvc.yaml").stdout


def test_a_draft_says_that_the_entry_is_to_be_committed(tracked: Repo) -> None:
    tracked.write("hotpass.toml", "[datasets.refined_data]\ngto = true\n")
    tracked.commit("settings")
    done = tracked.hotpass("version", "--set", "1.0.0", "--dataset", "refined_data")
    assert "dvc.yaml has an entry for refined_data now: commit it, too" in done.stderr
    tracked.commit("draft", "dvc.yaml", FILE + ".dvc", FILE + ".version.json")
    tracked.hotpass("version", "--tag", "--dataset", "refined_data")
    assert tracked.rev("refined_data@v1.0.0^{commit}") == tracked.rev("HEAD")


def test_without_the_request_there_is_neither_tag_nor_entry(released: Repo) -> None:
    assert not [tag for tag in released.tags() if "@" in tag]
    assert not released.path("dvc.yaml").exists()


def test_changes_of_the_users_to_dvc_yaml_stay_out_of_the_release(tracked: Repo) -> None:
    tracked.write("hotpass.toml", "[datasets.refined_data]\ngto = true\n")
    tracked.commit("settings")
    tracked.write("dvc.yaml", "# at work on it\n")
    done = tracked.hotpass("version", "--set", "1.0.0", "--tag", "--dataset", "refined_data")
    assert "dvc.yaml has uncommitted changes" in done.stderr
    assert tracked.read("dvc.yaml") == b"# at work on it\n"
    assert "dvc.yaml" not in tracked.git("ls-tree", "-r", "--name-only", "refined_data-v1.0.0").stdout


@pytest.mark.slow
@pytest.mark.parametrize("maker", ["gto", "git"])
def test_tags_in_the_form_of_gto_are_read_as_releases(tracked: Repo, maker: str) -> None:
    repo = tracked
    for version in ("v1.0.0", "v1.2.0"):
        repo.write(FILE, FILE_BYTES["1.0.0"] + version.encode())
        repo.hotpass("version", "--add", FILE)
        repo.commit(version, FILE + ".dvc")
        if maker == "gto":
            # It looks for a name in the home folder and the repository alone.
            repo.git("config", "user.name", "Test Person")
            repo.git("config", "user.email", "test@example.org")
            _gto(repo, "register", "refined_data", "--version", version)
        else:
            repo.git("tag", "-a", "-m", "by hand", f"refined_data@{version}")
    entries = repo.hotpass("history", "refined_data", "--json").json["releases"]
    assert [(entry["version"], entry["tag"]) for entry in entries] == [
        ("1.2.0", "refined_data@v1.2.0"),
        ("1.0.0", "refined_data@v1.0.0"),
    ]
    repo.hotpass("restore", "refined_data@1.0.0")
    assert repo.read(FILE) == FILE_BYTES["1.0.0"] + b"v1.0.0"
    repo.write(FILE, FILE_BYTES["1.0.0"] + b"v1.2.0, corrected")
    done = repo.hotpass("version", "--bump", "patch", "--dataset", "refined_data", "--json")
    assert done.json["version"] == "1.2.1", "numbers that others gave are taken"
    taken = repo.hotpass("version", "--set", "1.2.0", "--tag", "--dataset", "refined_data", check=False)
    assert taken.code == 8


DVC_YAMLS = {
    "": 'artifacts:\n  "a":\n    path: "dist/a.csv"\n    type: dataset\n',
    "stages: {}": 'stages: {}\nartifacts:\n  "a":\n    path: "dist/a.csv"\n    type: dataset\n',
    "artifacts: # ours\n  b:  # the other\n    path: x\n": None,
    "artifacts:\n  a:\n    path: old.csv\n    type: model # kept\n": None,
    "artifacts:\n": None,
    "artifacts:\n  a:\n    path: dist/a.csv\n": "artifacts:\n  a:\n    path: dist/a.csv\n",
}


@pytest.mark.parametrize("text", DVC_YAMLS)
def test_an_artifact_is_added_and_all_else_stays(text: str) -> None:
    new = with_artifact(text, "a", "dist/a.csv")
    assert DVC_YAMLS[text] in (None, new)
    before, after = (YAML(typ="safe").load(one) or {} for one in (text, new))
    assert after["artifacts"]["a"]["path"] == "dist/a.csv"
    for name in {**before, **(before.get("artifacts") or {})}:
        assert name in {**after, **after["artifacts"]}
    assert [word for word in ("# ours", "# the other", "# kept") if word in text and word not in new] == []
    assert with_artifact(new, "a", "dist/a.csv") == new


@pytest.mark.parametrize("text", ["- a\n", "{", "artifacts: 3\n", "artifacts: [a]\n"])
def test_a_dvc_yaml_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        with_artifact(text, "a", "x")
