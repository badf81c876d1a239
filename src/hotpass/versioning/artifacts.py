"""What GTO and DVC's model registry need to see releases: an entry in ``dvc.yaml``, and tags of their form.

Asked for by ``[datasets.NAME] gto = true``. The tag is :func:`hotpass.versioning.version.twin_name`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from hotpass.errors import HotpassError
from hotpass.files import read_small
from hotpass.versioning.gitobjects import Oid
from hotpass.versioning.project import Dataset, Project

DVC_YAML = "dvc.yaml"
_LIMIT = 4 << 20


def artifact_text(
    project: Project, dataset: Dataset, committed: Mapping[str, Oid], staged: Mapping[str, Oid]
) -> tuple[str | None, str, str]:
    """The text of ``dvc.yaml`` with an entry for a dataset (None: as it is), the text that it has now, and a remark.

    Where the file has changes that are not committed it is left as it is: they are not the release's.
    """
    if not project.preferences.dataset(dataset.name).gto:
        return None, "", ""
    try:
        data = read_small(project.root / DVC_YAML, _LIMIT)
        text = (data or b"").decode("utf-8")
        new = with_artifact(text, dataset.name, dataset.path)
    except (HotpassError, UnicodeDecodeError, ValueError):
        return None, "", f"{DVC_YAML} cannot be read: it gets no entry for {dataset.name}"
    if new == text:
        return None, text, ""
    here = None if data is None else project.git.blob_id(data)
    if not here == committed.get(DVC_YAML) == staged.get(DVC_YAML):
        return None, text, f"{DVC_YAML} has uncommitted changes: it gets no entry for {dataset.name}"
    return new, text, ""


def with_artifact(text: str, name: str, path: str) -> str:
    """The text of a ``dvc.yaml`` with an artifact of this name and path, all else as it is; raises ValueError."""
    from ruamel.yaml import YAML  # loaded for those who ask for it
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.width = 1_000_000
    yaml.preserve_quotes = True
    try:
        content: Any = yaml.load(text)
    except (YAMLError, RecursionError) as error:
        raise ValueError("it is no YAML") from error
    if content is not None and not isinstance(content, Mapping):
        raise ValueError("it is no mapping")
    whole: Any = {} if content is None else content
    artifacts: Any = whole.get("artifacts")
    if "artifacts" not in whole:
        gap = "" if not text or text.endswith("\n") else "\n"
        entry = f"artifacts:\n  {json.dumps(name)}:\n    path: {json.dumps(path, ensure_ascii=False)}\n    type: dataset\n"
        return f"{text}{gap}{entry}"
    if artifacts is not None and not isinstance(artifacts, dict):
        raise ValueError("its artifacts are no mapping")
    known = artifacts.get(name) if artifacts else None
    if isinstance(known, Mapping) and known.get("path") == path:
        return text
    if artifacts is None:
        whole["artifacts"] = artifacts = {}
    if isinstance(known, dict):
        known["path"] = path
    else:
        artifacts[name] = {"path": path, "type": "dataset"}
    stream = io.StringIO()
    yaml.dump(whole, stream)
    return stream.getvalue()
