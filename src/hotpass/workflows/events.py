"""OpenLineage events of a run, made of the same lineage as the version record, to a file or an HTTP endpoint."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotpass.versioning.release import Outcome
from hotpass.workflows.errors import LineageMissingError
from hotpass.workflows.workplace import Workplace

PRODUCER = "https://pypi.org/project/hotpass"
_SECONDS = 5.0


def check_events(target: str) -> None:
    """Raise LineageMissingError where events are asked for and cannot be made."""
    if target and importlib.util.find_spec("openlineage") is None:
        raise LineageMissingError


def send_events(workplace: Workplace, outcome: Outcome, lineage: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell that a version was made, where the settings say whom; notes on what went wrong.

    The version is there already: an endpoint that does not answer takes nothing of it back.
    """
    target = workplace.settings["lineage.to"]
    if not target:
        return ()
    from openlineage.client.transport.file import FileConfig, FileTransport
    from openlineage.client.transport.http import HttpConfig, HttpTransport

    try:
        if target.startswith(("http://", "https://")):
            options: dict[str, Any] = {"url": target, "timeout": _SECONDS}
            if key := os.environ.get("OPENLINEAGE_API_KEY"):
                options["auth"] = {"type": "api_key", "apiKey": key}
            transport: Any = HttpTransport(HttpConfig.from_dict(options))
        else:
            path = Path(os.path.abspath(workplace.root / Path(target).expanduser()))
            path.parent.mkdir(parents=True, exist_ok=True)
            transport = FileTransport(FileConfig(log_file_path=str(path), append=True))
        for event in events_of(workplace.root.name, outcome, lineage):
            transport.emit(event)
        transport.close()
    except Exception as error:  # noqa: BLE001  # whatever a library of the network raises
        return (f"no OpenLineage events went to {target}: {error}",)
    return ()


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
