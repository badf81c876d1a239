"""OpenLineage: events to a file and to a real server, whole and without values; a server that fails costs no release."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from harness.repository import Repo
from openlineage.client import event_v2, facet_v2

from hotpass.workflows import events

VALUES = ("Heron House", "0191 498 0000", "+441914980000", "jo@heron.example")
ROWS = f"Name,Phone,Email\nHeron House,{VALUES[1]},{VALUES[3]}\nFinch Row,0191 498 0001,ann@finch.example\n"


@dataclass
class Endpoint:
    """An endpoint on this machine. ``answer`` is a status, or 0 to keep silent, or -1 to dribble."""

    url: str
    answer: int = 201
    got: list[tuple[str, str, Any]] = field(default_factory=list)


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    """A real HTTP server on 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((self.path, self.headers.get("Authorization", ""), json.loads(body)))
            if told.answer > 0:
                self.send_response(told.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            for _ in range(40):
                time.sleep(0.1)
                if told.answer < 0:
                    self.wfile.write(b"H")

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    try:
        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    except OSError as error:
        pytest.skip(f"no server can listen on 127.0.0.1: {error}")
    listening.daemon_threads = True
    listening.block_on_close = False
    told = Endpoint(f"http://127.0.0.1:{listening.server_address[1]}")
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield told
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def endpoint(server: Endpoint) -> Endpoint:
    """The same server, as it is at first."""
    server.answer = 201
    server.got.clear()
    return server


@pytest.fixture
def listed(initialised: Repo) -> Repo:
    """A list to be refined, in the repository."""
    initialised.write("data/list.csv", ROWS)
    return initialised


def _refine(repo: Repo, to: str, check: bool = True) -> Any:
    repo.write("hotpass.toml", f'[refine]\ncountry = "GB"\n[lineage]\nto = "{to}"\n')
    return repo.hotpass(
        "refine", "--bump", "auto", "--tag", "--output-path", "dist/refined_data.csv", "--json", check=check
    )


def _lineage(repo: Repo) -> Any:
    record = repo.git("show", "refined_data-v1.0.0:dist/refined_data.csv.version.json").stdout
    return json.loads(record)["metadata"]["lineage"]


def _check(found: list[Any], lineage: Any) -> None:
    """Two events of OpenLineage 2, of one run, that say what the record says."""
    start, complete = found
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert (start["eventTime"], complete["eventTime"]) == (lineage["started"], lineage["finished"])
    for one in found:
        assert one["schemaURL"].startswith("https://openlineage.io/spec/2-")
        assert one["producer"] == events.PRODUCER
        assert one["run"]["runId"] == lineage["run"]
        assert one["job"]["name"] == "refine.refined_data"
        (given,) = one["inputs"]
        assert (given["name"], given["facets"]["version"]["datasetVersion"]) == ("data", "1.0.0")
        assert not any(value in json.dumps(one) for value in VALUES)
        # The library's own classes take it: they check run id, times and addresses.
        event_v2.RunEvent(
            eventType=event_v2.RunState(one["eventType"]),
            eventTime=one["eventTime"],
            run=event_v2.Run(runId=one["run"]["runId"]),
            job=event_v2.Job(namespace=one["job"]["namespace"], name=one["job"]["name"]),
            producer=one["producer"],
        )
    assert start["outputs"] == []
    (made,) = complete["outputs"]
    version = made["facets"]["version"]
    assert (
        version["_schemaURL"] == facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet("1")._schemaURL
    )
    assert (made["name"], version["datasetVersion"]) == ("refined_data", "1.0.0")
    assert made["outputFacets"]["outputStatistics"]["rowCount"] == lineage["rows"]["out"] == 2


def test_a_server_is_told_of_each_release_and_of_nothing_else(
    listed: Repo, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "made-up-key")
    monkeypatch.setenv("HOTPASS_LINEAGE_TO", endpoint.url)
    result = _refine(listed, "the environment knows better").json
    assert result["notes"] == []
    assert {(path, key) for path, key, _ in endpoint.got} == {("/api/v1/lineage", "Bearer made-up-key")}
    _check([event for _, _, event in endpoint.got], _lineage(listed))
    endpoint.got.clear()
    assert _refine(listed, endpoint.url).json["outcome"]["already"] is True
    assert endpoint.got == []


def test_a_file_gets_a_line_for_each_event(listed: Repo) -> None:
    assert _refine(listed, "logs/lineage.jsonl").json["notes"] == []
    lines = listed.path("logs/lineage.jsonl").read_text().splitlines()
    _check([json.loads(line) for line in lines], _lineage(listed))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "said"), [(500, "it answers 500"), (0, "no answer within"), (-1, "it takes longer than")]
)
def test_a_server_that_fails_or_hangs_costs_a_note_and_no_release(
    listed: Repo, endpoint: Endpoint, answer: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(events, "_SECONDS", 1.5)
    endpoint.answer = answer
    address = endpoint.url.replace("//", "//ada:made-up-secret@") + "/?token=made-up-token"
    monkeypatch.setenv("HOTPASS_LINEAGE_TO", address)
    result = _refine(listed, address)
    (note,) = result.json["notes"]
    assert said in note
    assert "made-up" not in result.stdout + result.stderr
    assert "//***@127.0.0.1" in note
    assert listed.tags() == ["data-v1.0.0", "refined_data-v1.0.0"]
    assert len(endpoint.got) == 1, "it was tried again"


def test_nobody_there_and_a_file_that_cannot_be_are_notes(
    listed: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("HOTPASS_LINEAGE_TO", address)
        result = _refine(listed, address)
        monkeypatch.delenv("HOTPASS_LINEAGE_TO")
    assert "no connection" in result.json["notes"][0]
    listed.write("notes", "a file where a folder is asked for")
    listed.write("data/list.csv", f"{ROWS}Wren Hall,0191 498 0002,kim@wren.example\n")
    (note,) = _refine(listed, "notes/lineage.jsonl").json["notes"]
    assert note.startswith("no OpenLineage events went to notes/lineage.jsonl: ")
    assert listed.tags()[-1] == "refined_data-v1.1.0"


def test_a_repository_gets_neither_the_users_files_nor_a_call_to_its_server(
    listed: Repo, endpoint: Endpoint
) -> None:
    """Promises 6 to 8: a clone is a stranger, and its settings are its own."""
    outside = listed.root.parent / "outside.txt"
    outside.write_text("mine")
    listed.path("link").symlink_to(outside)
    for to in ("../outside.txt", str(outside), "~/outside.txt", "link"):
        refused = _refine(listed, to, check=False)
        assert refused.code == 10, to
        assert "outside of the repository" in refused.json["error"]["message"]
    assert outside.read_text() == "mine"
    assert listed.tags() == []
    refused = _refine(listed, endpoint.url, check=False)
    assert refused.code == 10
    assert refused.json["error"]["type"] == "StrangersAddressError"
    assert endpoint.got == []
    assert listed.tags() == []


@pytest.mark.parametrize("to", ["dist/refined_data.csv", "data/list.csv", ".git/config"])
def test_events_are_not_written_over_data(listed: Repo, to: str) -> None:
    before = listed.read("data/list.csv"), listed.read(".git/config")
    refused = _refine(listed, to, check=False)
    assert refused.code == 10
    assert refused.json["error"]["type"] == "TargetIsDataError"
    assert (listed.read("data/list.csv"), listed.read(".git/config")) == before
    assert listed.tags() == []
