"""Promise 7: a clone is a stranger. What could run a program is refused until the user accepts it, outside the clone."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.repository import FILE, Repo
from harness.servers import S3

from hotpass.versioning import read_settings
from hotpass.versioning.programs import chain_of, programs_in
from hotpass.versioning.trust import TrustFileError, is_trusted, trust_path

SETTING = "['remote \"storage\"']\n    url = webdav://127.0.0.1:1/x\n    bearer_token_command = ./token.sh\n"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield


@pytest.fixture
def hostile(released: Repo) -> Repo:
    """A clone whose settings run ``token.sh``, which leaves a mark."""
    released.write(".dvc/config", "[core]\n    remote = storage\n" + SETTING)
    released.write("token.sh", "#!/bin/sh\ntouch ran\necho token\n").chmod(0o755)
    return released


def _lose(repo: Repo) -> None:
    """Take the data of 1.0.0 out of the store, so that a restore needs the remote."""
    text = repo.git("show", f"refined_data-v1.0.0:{FILE}.dvc").stdout
    md5 = next(line.split()[-1] for line in text.splitlines() if line.startswith("- md5"))
    repo.object(md5).unlink()


def _trusted(repo: Repo) -> bool:
    return read_settings(repo.root).trusted


def test_what_needs_the_remote_is_refused_and_what_is_local_works(hostile: Repo) -> None:
    _lose(hostile)
    done = hostile.hotpass("restore", "refined_data@1.0.0", check=False)
    assert done.code == 10
    assert "can run programs by bearer_token_command" in done.stderr
    assert "hotpass trust" in done.stderr
    assert not hostile.path("ran").exists()
    hostile.hotpass("version", "--status")
    hostile.hotpass("restore", "data@1.0.0")
    hostile.write(FILE, b"id,name,phone\n9,New,1\n")
    hostile.hotpass(
        "version", "--bump", "major", "--tag", "--dataset", "refined_data", "--description", "new"
    )
    assert not hostile.path("ran").exists()


def test_trust_lists_asks_and_is_kept_outside_for_the_owner_alone(hostile: Repo) -> None:
    refused = hostile.hotpass("trust", check=False)
    assert refused.code == 10
    assert "bearer_token_command = ./token.sh" in refused.stdout
    assert "token.sh" in refused.stdout.split("file ")[1]
    assert "hotpass trust --yes" in refused.stderr
    assert not trust_path().exists()
    done = hostile.hotpass("trust", "--yes")
    assert "are trusted" in done.stdout
    assert stat.S_IMODE(trust_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(trust_path().parent.stat().st_mode) == 0o700
    assert hostile.root not in trust_path().parents
    assert hostile.status() == " M .dvc/config\n?? token.sh\n"
    assert read_settings(hostile.root).program_settings("storage") == ()
    _lose(hostile)
    assert hostile.hotpass("restore", "refined_data@1.0.0", check=False).code == 7, "now DVC is asked"


CHANGES = {
    "the command": (".dvc/config", SETTING.replace("./token.sh", "./other.sh")),
    "the address it is for": (".dvc/config", SETTING.replace("127.0.0.1:1", "127.0.0.1:2")),
    "the script": ("token.sh", "#!/bin/sh\necho another\n"),
    "a second setting": (
        ".dvc/config.local",
        "['remote \"other\"']\n    url = s3://x/y\n    configpath = a\n",
    ),
}


@pytest.mark.parametrize(("path", "text"), CHANGES.values(), ids=CHANGES.keys())
def test_any_change_asks_again(hostile: Repo, path: str, text: str) -> None:
    hostile.hotpass("trust", "--yes")
    assert _trusted(hostile)
    core = "[core]\n    remote = storage\n" if path == ".dvc/config" else ""
    hostile.write(path, core + text)
    assert not _trusted(hostile)
    assert hostile.hotpass("trust", check=False).code == 10


def test_doctor_says_what_is_not_trusted(hostile: Repo) -> None:
    assert "can run programs (bearer_token_command)" in hostile.hotpass("doctor").stdout
    hostile.hotpass("trust", "--yes")
    assert "can run programs" not in hostile.hotpass("doctor").stdout


def test_another_clone_is_another_stranger(hostile: Repo, tmp_path: Path) -> None:
    hostile.hotpass("trust", "--yes")
    hostile.commit("settings")
    subprocess.run(["git", "clone", "-q", str(hostile.root), str(tmp_path / "other")], check=True)
    assert not _trusted(Repo(tmp_path / "other", hostile.remote))
    assert _trusted(hostile)


def test_trust_is_listed_and_taken_back(hostile: Repo) -> None:
    assert hostile.hotpass("trust", "--list").stdout == "nothing was accepted\n"
    hostile.hotpass("trust", "--yes")
    listed = hostile.hotpass("trust", "--list", "--json").json["trusted"]
    assert [one["root"] for one in listed] == [os.path.realpath(hostile.root)]
    assert hostile.hotpass("trust").code == 0, "nothing is asked that was answered"
    hostile.hotpass("trust", "--revoke")
    assert not _trusted(hostile)
    assert hostile.hotpass("trust", "--list").stdout == "nothing was accepted\n"
    assert hostile.hotpass("trust", "--list", "--yes", check=False).code == 2


def test_a_clone_without_such_settings_has_nothing_to_accept(released: Repo) -> None:
    done = released.hotpass("trust", "--yes", check=False)
    assert done.code == 3
    assert "can run a program" in done.stderr


@pytest.mark.parametrize("args", [("--json",), (), ("--yes",), ("--yes", "--json"), ("-v", "--yes")])
def test_secrets_beside_a_setting_are_not_shown(hostile: Repo, args: tuple[str, ...]) -> None:
    """Case 43."""
    text = SETTING.replace("webdav://", "webdav://me:hush@") + "    password = hush\n    token = hush\n"
    hostile.write(".dvc/config", text)
    done = hostile.hotpass("trust", *args, check=False)
    assert "hush" not in done.stdout + done.stderr
    assert "hush" not in (trust_path().read_text() if trust_path().exists() else "")


@pytest.mark.slow
def test_a_cache_of_dvcs_that_a_clone_brings_along_is_not_opened(released: Repo, tmp_path: Path) -> None:
    """DVC unpickles what lies there."""
    released.write(".dvc/config", "[core]\n    site_cache_dir = ../hostile\n")
    released.write("new.csv", "a\n1\n")
    released.hotpass("version", "--add", "new.csv")
    assert not released.path("hostile").exists()
    assert not released.path(".dvc/hostile").exists()
    assert not (tmp_path / "hostile").exists()


def test_a_yes_at_a_terminal_accepts(hostile: Repo) -> None:
    main, other = pty.openpty()
    child = subprocess.Popen(
        hostile.command("trust"), cwd=hostile.root, stdin=other, stdout=other, stderr=other
    )
    os.write(main, b"y\n")
    assert child.wait(30) == 0
    os.close(other)
    os.close(main)
    assert _trusted(hostile)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_record_that_others_can_write_is_not_believed(hostile: Repo, mode: int) -> None:
    hostile.hotpass("trust", "--yes")
    trust_path().chmod(mode)
    _lose(hostile)
    done = hostile.hotpass("restore", "refined_data@1.0.0", check=False)
    assert done.code == 10
    assert "can run programs" in done.stderr
    asked = hostile.hotpass("trust", check=False)
    assert asked.code == 10
    assert "others can write it" in asked.stderr
    hostile.hotpass("version", "--status")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "trusted": {"/x": 1}}', "\0"]
)
def test_a_damaged_record_is_no_trust(hostile: Repo, text: str) -> None:
    hostile.hotpass("trust", "--yes")
    trust_path().write_text(text)
    done = hostile.hotpass("trust", check=False)
    assert done.code == 10
    assert "cannot be believed" in done.stderr


def test_a_record_inside_the_clone_is_the_clones_own_word(
    hostile: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile.hotpass("trust", "--yes")
    record = json.loads(trust_path().read_text())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(hostile.root / "config"))
    hostile.write("config/hotpass/trusted.json", json.dumps(record)).chmod(0o600)
    assert not _trusted(hostile)
    with pytest.raises(TrustFileError, match="inside the repository"):
        is_trusted(hostile.root, "any")


OPTIONS = {
    "bearer_token_command": "['remote \"storage\"']\n    url = webdav://h/x\n    bearer_token_command = a\n",
    "in quotes": '[\'remote "storage"\']\n    url = webdav://h/x\n    "bearer_token_command" = a\n',
    "in capitals": "['REMOTE \"Storage\"']\n    url = webdav://h/x\n    Bearer_Token_Command = a\n",
    "configpath": "['remote \"storage\"']\n    url = s3://b/x\n    configpath = ../aws\n",
    "credentialpath": "['remote \"storage\"']\n    url = s3://b/x\n    credentialpath = ../aws\n",
    "unpickled": "[core]\n    site_cache_dir = ../cache\n['remote \"storage\"']\n    url = s3://b/x\n",
    "by reference": "['remote \"storage\"']\n    url = remote://base/x\n['remote \"base\"']\n    url = webdav://h\n    bearer_token_command = a\n",
    "odd section": "['remote \"storage\"'] # ]\n    url = webdav://h\n    bearer_token_command = a\n",
}


@pytest.mark.parametrize("text", OPTIONS.values(), ids=OPTIONS.keys())
def test_every_way_to_run_something_counts(released: Repo, text: str) -> None:
    released.write(".dvc/config", text)
    assert read_settings(released.root).program_settings("storage")


@pytest.mark.slow
def test_a_file_of_credentials_runs_its_program_only_once_it_is_trusted(
    released: Repo, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What DVC-FACTS says of `configpath` holds for `credentialpath`: botocore joins both files."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    mark = tmp_path / "ran"
    released.write("creds", f"[default]\ncredential_process = touch {mark}\n")
    url = s3.bucket("trusting")
    settings = f"    url = {url}\n    endpointurl = {s3.url}\n    credentialpath = ../creds\n"
    released.write(".dvc/config", f"[core]\n    remote = storage\n['remote \"storage\"']\n{settings}")
    _lose(released)
    for verb in (
        ("restore", "refined_data@1.0.0"),
        ("fetch",),
        ("verify", "--remote"),
        ("clean", "--remote"),
    ):
        assert released.hotpass_process(*verb, check=False).code == 10, verb
    assert not mark.exists()
    assert str(released.path("creds")) in released.hotpass("trust", check=False).stdout
    released.hotpass("trust", "--yes")
    released.hotpass_process("fetch", check=False)
    assert mark.exists(), "else this test proves nothing"


def test_another_remotes_command_does_not_count(released: Repo) -> None:
    text = "['remote \"a\"']\n    url = webdav://h\n    bearer_token_command = a\n['remote \"b\"']\n    url = ../x\n"
    released.write(".dvc/config", text)
    settings = read_settings(released.root)
    assert settings.program_settings("a") == ("bearer_token_command",)
    assert settings.program_settings("b") == ()


def test_the_users_own_command_needs_no_trust(
    released: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config").write_text("['remote \"storage\"']\n    bearer_token_command = mine\n")
    assert read_settings(released.root).program_settings("storage") == ()


def test_remotes_that_lead_to_one_another_end() -> None:
    remotes = {"a": {"url": "remote://b/x"}, "b": {"url": "remote://A/y"}}
    assert chain_of("a", remotes) == ("a", "b")


def test_what_counts_is_what_dvc_knows() -> None:
    """A DVC with another option that could run something must be looked at before it is used here."""
    from dvc.config_schema import REMOTE_SCHEMAS, SCHEMA

    names = {str(getattr(key, "schema", key)) for schema in REMOTE_SCHEMAS.values() for key in schema}
    suspicious = {
        name
        for name in names
        if any(word in name for word in ("command", "process", "exec", "path", "script"))
    }
    assert suspicious == {"bearer_token_command", "configpath", "credentialpath", "cert_path", "key_path"} | (
        suspicious & {"gdrive_service_account_json_file_path"}
    )
    assert "site_cache_dir" in SCHEMA["core"]


def test_a_file_that_a_setting_names_is_part_of_what_is_trusted(tmp_path: Path) -> None:
    sections = [{"'remote \"a\"'": {"url": "s3://b", "configpath": "../aws"}}]
    first = programs_in(tmp_path, sections)
    (tmp_path / "aws").write_text("[default]\ncredential_process = x\n")
    (tmp_path / ".dvc").mkdir()
    assert programs_in(tmp_path, sections) != first
