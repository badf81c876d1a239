"""DVC's settings as we read them, beside what DVC itself reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from harness.repository import Repo

from hotpass.versioning.dvcconfig import (
    has_password,
    read_config,
    read_settings,
    secrets_in,
)
from hotpass.versioning.errors import DamagedConfigError
from hotpass.versioning.programs import remote_name


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a project whose DVC settings are written by the test."""
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("")
    return tmp_path


def write(root: Path, text: str, name: str = "config") -> Path:
    file = root / ".dvc" / name
    file.write_text(text)
    return file


def by_dvc(root: Path) -> dict[str, Any]:
    from dvc.config import Config

    return dict(Config(str(root / ".dvc"), validate=False))


def test_without_settings_the_cache_is_in_the_project(root: Path) -> None:
    settings = read_settings(root)
    assert settings.cache == root / ".dvc" / "cache"
    assert settings.link_types == ("reflink", "copy")
    assert (settings.shared, settings.default_remote, dict(settings.remotes)) == (False, "", {})


def test_a_project_without_a_settings_file_reads_as_an_empty_one(tmp_path: Path) -> None:
    assert read_settings(tmp_path).cache == tmp_path / ".dvc" / "cache"


AGREE = {
    "as dvc writes it": "[core]\n    remote = storage\n['remote \"storage\"']\n    url = s3://bucket/x\n",
    "several remotes": (
        "[core]\n    remote = b\n['remote \"a\"']\n    url = ../a\n['remote \"b\"']\n    url = /b\n"
    ),
    "options of a remote": (
        "['remote \"a\"']\n    url = s3://x\n    endpointurl = http://127.0.0.1:1\n    use_ssl = false\n"
    ),
    "cache in a folder beside": "[cache]\n    dir = ../../shared cache\n",
    "cache absolute": "[cache]\n    dir = /srv/dvc-cache\n",
    "cache at home": "[cache]\n    dir = ~/dvc-cache\n",
    "cache with dots": "[cache]\n    dir = ./a/../b/.\n",
    "link types": "[cache]\n    type = reflink,hardlink,copy\n",
    "link types quoted": '[cache]\n    type = "reflink,symlink"\n',
    "one link type": "[cache]\n    type = symlink\n",
    "shared": "[cache]\n    shared = group\n",
    "quoted values": "[core]\n    remote = \"storage\"\n[cache]\n    dir = '../x y'\n",
    "names in capitals": "[core]\n    Remote = storage\n[Cache]\n    DIR = ../x\n",
    "no indentation": "[core]\nremote = storage\n['remote \"storage\"']\nurl = ../r\n",
    "comment lines": "# words\n[core]\n    # words\n    remote = storage\n",
    "comment behind a value": "[core]\n    remote = storage # the big one\n[cache]\n    dir = ../x # words\n",
    "hash in quotes": "[cache]\n    dir = '../x # y'\n",
    "hash without a space": "[cache]\n    dir = ../x#y\n",
    "an equals sign in a value": "['remote \"a\"']\n    url = https://host/x?a=b\n",
    "a remote's name with a space": "['remote \"my store\"']\n    url = ../r\n",
    "a remote's name unquoted outside": '[remote "a"]\n    url = ../r\n',
    "another section twice": "['remote \"a\"']\n    url = ../r\n[core]\n    autostage = true\n",
    "windows line ends": "[core]\r\n    remote = storage\r\n[cache]\r\n    dir = ../x\r\n",
    "percent signs": "[cache]\n    dir = ../100%\n",
    "a line deeper than the one above": "[core]\nremote = storage\n    autostage = true\n  [cache]\n      dir = ../x\n",
    "empty values": "[core]\n    remote =\n[cache]\n    type = ''\n",
    "comment behind quotes": '[cache]\n    dir = "../x y" # words\n',
    "a comment alone": "[core]\n    remote = # storage\n",
    "a remote's name in capitals": "['remote \"Big\"']\n    url = ../r\n",
    "not ascii": "[cache]\n    dir = ../caf\u00e9\n",
    "no last newline": "[core]\n    remote = storage",
}


@pytest.mark.parametrize("text", AGREE.values(), ids=AGREE.keys())
def test_we_read_what_dvc_reads(root: Path, text: str) -> None:
    write(root, text)
    ours, theirs = read_settings(root), by_dvc(root)
    cache = theirs.get("cache", {})
    assert str(ours.cache) == os.path.normpath(cache.get("dir") or root / ".dvc" / "cache")
    assert ours.default_remote == theirs.get("core", {}).get("remote", "")
    assert set(ours.remotes) == set(theirs.get("remote", {}))
    assert ours.shared == (cache.get("shared") == "group")
    if kinds := cache.get("type"):
        kinds = kinds if isinstance(kinds, list) else kinds.split(",")
        assert ours.link_types == tuple(kind.strip() for kind in kinds)
    for name, options in theirs.get("remote", {}).items():
        plain = {key: value for key, value in options.items() if key != "url"}
        assert {key: value for key, value in ours.remotes[name].items() if key != "url"} == plain
        assert "url" in ours.remotes[name]


def test_local_settings_go_before_shared_ones_and_those_before_the_users(root: Path) -> None:
    write(root, "[core]\n    remote = shared\n[cache]\n    dir = ../a\n    shared = group\n")
    write(root, "[core]\n    remote = mine\n", "config.local")
    user = Path(os.environ["DVC_GLOBAL_CONFIG_DIR"]) / "config"
    user.parent.mkdir(parents=True, exist_ok=True)
    user.write_text("[core]\n    remote = user\n[cache]\n    dir = /users\n    type = symlink\n")
    try:
        settings, theirs = read_settings(root), by_dvc(root)
    finally:
        user.unlink()
    assert settings.default_remote == theirs["core"]["remote"] == "mine"
    assert str(settings.cache) == theirs["cache"]["dir"] == str(root / "a")
    assert settings.link_types == ("symlink",)
    assert settings.shared


def test_the_options_of_one_remote_come_from_all_files(root: Path) -> None:
    write(root, "['remote \"a\"']\n    url = s3://x\n")
    write(root, "['remote \"a\"']\n    secret_access_key = hush\n", "config.local")
    assert dict(read_settings(root).remotes["a"]) == {"url": "s3://x", "secret_access_key": "hush"}


@pytest.mark.parametrize("text", ["[core\n", "words\n", "[core]\nremote\n", "= x\n", "\0"])
def test_settings_that_cannot_be_read_are_named(root: Path, text: str) -> None:
    file = write(root, text)
    with pytest.raises(DamagedConfigError) as caught:
        read_settings(root)
    assert caught.value.exit_code == 6
    assert caught.value.path == str(file)
    assert "\n" not in str(caught.value)


def test_settings_that_are_not_utf_8_are_named(root: Path) -> None:
    (root / ".dvc" / "config").write_bytes(b"[core]\n    remote = \xff\n")
    with pytest.raises(DamagedConfigError):
        read_settings(root)


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("'remote \"storage\"'", "storage"),
        ('remote "storage"', "storage"),
        ("remote 'storage'", "storage"),
        ("'remote \"my store\"'", "my store"),
        ("core", None),
        ("remote", None),
        ("remotes", None),
        ("'remote \"\"'", None),
    ],
)
def test_the_name_of_a_remote_is_read_from_its_section(section: str, name: str | None) -> None:
    assert remote_name(section) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("['remote \"a\"']\n    url = s3://x\n    profile = work\n", ()),
        ("['remote \"a\"']\n    secret_access_key = hush\n", ("remote a.secret_access_key",)),
        ("['remote \"a\"']\n    url = ssh://user:hush@host/x\n", ("remote a.url",)),
        ("['remote \"a\"']\n    url = ssh://user@host/x\n", ()),
        ("['remote \"a\"']\n    PASSWORD = hush\n", ("remote a.password",)),
        ("['remote \"a\"']\n    sas_token = hush\n    account_name = me\n", ("remote a.sas_token",)),
        ("", ()),
    ],
)
def test_secrets_are_found_and_only_their_names_are_told(
    root: Path, text: str, names: tuple[str, ...]
) -> None:
    """Case 43."""
    found = secrets_in(write(root, text))
    assert found == names
    assert "hush" not in str(found)


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://user:hush@host/x", True),
        ("ssh://user:p%40ss@host:22/x", True),
        ("https://user@host/x", False),
        ("https://host:8080/a@b", False),
        ("s3://bucket/a:b@c", False),
        ("/srv/a:b@c", False),
        ("", False),
    ],
)
def test_a_password_in_an_address_is_seen(url: str, answer: bool) -> None:
    assert has_password(url) is answer


@pytest.mark.parametrize(
    "option", ["bearer_token_command", "ask_password_command", "credential_process", "configpath"]
)
def test_options_that_run_programs_are_named(root: Path, option: str) -> None:
    """Promise 7."""
    write(root, f"['remote \"a\"']\n    url = x\n    {option} = y\n['remote \"b\"']\n    url = z\n")
    settings = read_settings(root)
    assert settings.program_settings("a") == (option,)
    assert settings.program_settings("b") == ()
    assert settings.program_settings("none such") == ()


def test_a_settings_file_that_is_no_file_does_not_hang(root: Path) -> None:
    os.unlink(root / ".dvc" / "config")
    os.mkfifo(root / ".dvc" / "config")
    with pytest.raises(Exception, match="not a regular file"):
        read_config(root / ".dvc" / "config")


@pytest.mark.slow
def test_a_remote_with_capitals_is_added_once(initialised: Repo) -> None:
    for added in ("added to", "is already in"):
        done = initialised.hotpass("version", "--init", "--remote", "s3://bucket/x", "--remote-name", "Big")
        assert f"remote big {added} .dvc/config" in done.stdout
    assert initialised.dvc("remote", "list").stdout.split()[-2:] == ["big", "s3://bucket/x"]
