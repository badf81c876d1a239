"""OpenLineage events of a run, made of the same lineage as the version record, to a file or an HTTP endpoint.

They name datasets, versions, files, times and counts, as the record does; no value of a cell is in them.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hotpass.errors import RefusedError, without_secrets
from hotpass.versioning.release import Outcome
from hotpass.workflows.errors import LineageMissingError, TargetIsDataError
from hotpass.workflows.sides import Side
from hotpass.workflows.targets import check_target
from hotpass.workflows.workplace import Workplace

PRODUCER = "https://pypi.org/project/hotpass"
_API_KEY, _VARIABLE = "OPENLINEAGE_API_KEY", "HOTPASS_LINEAGE_TO"
_ANSWER_SECONDS = 5.0
"""How long an endpoint may keep silent."""
_SECONDS = 10.0
"""How long all of it may take: an endpoint that dribbles is left alone then."""


class StrangersAddressError(RefusedError):
    """A repository's own settings say to which server lineage goes."""

    address: str
    variable: str

    def __str__(self) -> str:
        return f"this repository's settings would send lineage to {without_secrets(self.address)}"

    @property
    def hint(self) -> str:
        """How the user says so themselves."""
        return f"name the server in your environment if you trust it: {self.variable}=ADDRESS"


def check_events(workplace: Workplace, source: Path, output: Path) -> None:
    """Raise where events are asked for and cannot be made, or should not be.

    LineageMissingError; TargetIsDataError for a file of data; StrangersAddressError for a server that the user did not
    name: what a clone is used for, and when, is nobody's business.
    """
    target = workplace.settings["lineage.to"]
    if not target:
        return
    if _is_address(target) and not _is_own(workplace):
        raise StrangersAddressError(target, _VARIABLE)
    if importlib.util.find_spec("openlineage") is None:
        raise LineageMissingError
    if not _is_address(target):
        path = _file_of(workplace, target)
        for place in (source, output):
            check_target(path, Side("", place=place, project=workplace.project))


def send_events(workplace: Workplace, outcome: Outcome, lineage: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell that a version was made, where the settings say whom; notes on what went wrong.

    The version is there already: an endpoint that refuses, hangs or is not there takes nothing of it back and holds
    nobody up for more than ten seconds. Each event is tried once.
    """
    target = workplace.settings["lineage.to"]
    if not target:
        return ()
    events = events_of(workplace.root.name, outcome, lineage)
    failures: list[str] = []

    def send() -> None:
        try:
            _send(_transport(workplace, target), events)
        except Exception as error:  # noqa: BLE001  # whatever a library of the network raises
            failures.append(_reason(error))

    # A thread, for no time limit of an HTTP library is one for the whole.
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    sender.join(_SECONDS)
    if sender.is_alive():
        failures.append(f"it takes longer than {_SECONDS:.0f} seconds")
    return tuple(f"no OpenLineage events went to {without_secrets(target)}: {why}" for why in failures[:1])


def _is_address(target: str) -> bool:
    return target.startswith(("http://", "https://"))


def _is_own(workplace: Workplace) -> bool:
    """Whether the user says where events go. A repository's file may be a stranger's."""
    return workplace.is_users_own("lineage.to")


def _file_of(workplace: Workplace, target: str) -> Path:
    """The file that events go to; raises TargetIsDataError where a repository names one outside of itself."""
    path = Path(os.path.realpath(workplace.root / Path(target).expanduser()))
    if not _is_own(workplace) and Path(os.path.realpath(workplace.root)) not in path.parents:
        raise TargetIsDataError(str(path), f"it is outside of the repository; {_VARIABLE} may name it")
    return path


def _transport(workplace: Workplace, target: str) -> Any:
    if _is_address(target):
        from openlineage.client.transport.http import HttpConfig, HttpTransport

        options: dict[str, Any] = {"url": target, "timeout": _ANSWER_SECONDS, "retry": {"total": 0}}
        if key := os.environ.get(_API_KEY):
            options["auth"] = {"type": "api_key", "apiKey": key}
        return HttpTransport(HttpConfig.from_dict(options))
    from openlineage.client.transport.file import FileConfig, FileTransport

    path = _file_of(workplace, target)
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileTransport(FileConfig(log_file_path=str(path), append=True))


def _send(transport: Any, events: Sequence[Any]) -> None:
    for event in events:
        transport.emit(event)
    transport.close()


def _reason(error: Exception) -> str:
    """Why nothing was sent, on one line and without what an address may give away."""
    import requests

    match error:
        case requests.HTTPError() if error.response is not None:
            return f"it answers {error.response.status_code}"
        case requests.Timeout():
            return f"no answer within {_ANSWER_SECONDS:.0f} seconds"
        case requests.ConnectionError():
            return "no connection"
        case _:
            lines = without_secrets(str(error)).strip().splitlines()
            return lines[0] if lines else type(error).__name__


def events_of(namespace: str, outcome: Outcome, lineage: Mapping[str, Any]) -> list[Any]:
    """The events START and COMPLETE of a run, with the version of each dataset."""
    from openlineage.client import event_v2 as event
    from openlineage.client import facet_v2 as facet

    def version(number: str) -> Any:
        return facet.dataset_version_dataset.DatasetVersionDatasetFacet(
            datasetVersion=number, producer=PRODUCER
        )

    known = lineage["input_dataset"]
    if known is not None:
        named = [(known["name"], known["version"])]
    else:
        named = [(file["path"], file["md5"]) for file in lineage["inputs"]]
    inputs = [
        event.InputDataset(namespace=namespace, name=name, facets={"version": version(number)})
        for name, number in named
    ]
    statistics = facet.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=lineage["rows"]["out"], size=outcome.size, producer=PRODUCER
    )
    output = event.OutputDataset(
        namespace=namespace,
        name=outcome.dataset,
        facets={"version": version(outcome.version)},
        outputFacets={"outputStatistics": statistics},
    )
    engine = facet.processing_engine_run.ProcessingEngineRunFacet(
        version=lineage["hotpass"], name="Hotpass", producer=PRODUCER
    )
    run = event.Run(runId=lineage["run"], facets={"processing_engine": engine})
    job = event.Job(namespace=namespace, name=f"refine.{outcome.dataset}")
    states = ((event.RunState.START, "started"), (event.RunState.COMPLETE, "finished"))
    return [
        event.RunEvent(
            eventType=state,
            eventTime=lineage[moment],
            run=run,
            job=job,
            inputs=inputs,
            outputs=[output] if state is event.RunState.COMPLETE else [],
            producer=PRODUCER,
        )
        for state, moment in states
    ]
