"""One short function a verb: call the library, show the result, return the exit code."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from hotpass import versioning, workflows
from hotpass.cli.screen import Screen
from hotpass.cli.surroundings import listen as _listen
from hotpass.cli.surroundings import project_of as _project
from hotpass.errors import DIFFERENCES_FOUND, IntegrityError, NotReadyError, UsageError
from hotpass.report import document, text

_REMOTE_QUESTION = """Where should DVC keep the data? For example
  /mnt/data/hotpass-dvc                    a local folder
  s3://my-bucket/hotpass-data              Amazon S3
  azure://my-container/hotpass-data        Azure Blob Storage
  gs://my-bucket/hotpass-data              Google Cloud Storage
  ssh://user@host/srv/hotpass-data         SSH
"""


def version(options: Namespace, screen: Screen) -> int:
    """``hotpass version``: one of its actions."""
    _listen(options)
    actions = {
        "init": _init,
        "add": _add,
        "status": _status,
        "get": _get,
        "set": _make,
        "bump": _make,
        "tag": _make,
    }
    return actions[options.action](options, screen)


def restore(options: Namespace, screen: Screen) -> int:
    """``hotpass restore``."""
    _listen(options)
    name, wanted = versioning.parse_release_name(options.release)
    if wanted is None:
        raise WhichReleaseError(name)

    def announce(restored: versioning.Restored) -> None:
        if screen.json:
            screen.data(document.result_document("restore", restored))
        else:
            screen.lines(text.restored_lines(restored))
            for kept in restored.kept:
                screen.talk(f"kept first: {kept}")
            for note in restored.notes:
                screen.talk(f"note: {note}")

    if options.to is not None:
        versioning.restore_to(
            _project(options), name, wanted, Path(options.to), announce, force=options.force
        )
    else:
        versioning.restore(_project(options), name, wanted, announce, force=options.force)
    return 0


def history(options: Namespace, screen: Screen) -> int:
    """``hotpass history``."""
    _listen(options)
    name = versioning.check_name(options.dataset)
    found = versioning.read_history(_project(options), name)
    if screen.json:
        screen.data(document.result_document("history", found))
    else:
        screen.lines(text.history_lines(found, screen.paint))
    return 0


def show(options: Namespace, screen: Screen) -> int:
    """``hotpass show``."""
    _listen(options)
    name, wanted = versioning.parse_release_name(options.release)
    shown = versioning.show_release(_project(options), name, wanted)
    if screen.json:
        screen.data(document.result_document("show", shown))
    else:
        screen.lines(text.shown_lines(shown))
    return 0


def identify(options: Namespace, screen: Screen) -> int:
    """``hotpass identify``."""
    _listen(options)
    found = workflows.identify(_project(options), Path(options.file))
    if screen.json:
        screen.data(document.result_document("identify", found))
    else:
        screen.lines(text.identified_lines(found))
    return 0


def doctor(options: Namespace, screen: Screen) -> int:
    """``hotpass doctor``."""
    _listen(options)
    found = versioning.examine(_project(options), fix=options.fix)
    if screen.json:
        screen.data(document.result_document("doctor", found))
    else:
        screen.lines(text.examination_lines(found, screen.paint))
    return 0 if found.healthy else NotReadyError.exit_code


def demo(options: Namespace, screen: Screen) -> int:
    """``hotpass demo``."""
    _listen(options)
    directory = Path(options.directory) if options.directory is not None else None
    if options.lists:
        written = workflows.write_lists(directory)
        if screen.json:
            screen.data(document.result_document("demo", written))
        else:
            screen.lines([text.inert(f"{written.directory}/{file}") for file in written.files])
        return 0
    result = workflows.run_demo(
        directory, lambda line: None if screen.json else screen.lines([text.inert(line)])
    )
    if screen.json:
        screen.data(document.result_document("demo", result))
    return 0


def _init(options: Namespace, screen: Screen) -> int:
    url = options.remote
    project = _project(options)
    asks = (
        url is None
        and not options.no_input
        and not screen.json
        and sys.stdin.isatty()
        and sys.stderr.isatty()
    )
    if asks and not versioning.has_default_remote(project):
        for line in _REMOTE_QUESTION.splitlines():
            screen.talk(line)
        sys.stderr.write("address (empty: none): ")
        sys.stderr.flush()
        url = sys.stdin.readline().strip() or None
    done = versioning.initialise(project, url, options.remote_name or project.preferences["remote_name"])
    if screen.json:
        screen.data(document.result_document("init", done))
        return 0
    screen.lines(text.initialised_lines(done))
    if done.created or done.remote_added:
        screen.talk('next: git add .dvc/config && git commit -m "Configure DVC remote storage"')
    return 0


def _add(options: Namespace, screen: Screen) -> int:
    def announce(tracked: versioning.Tracked) -> None:
        if screen.json:
            screen.data(document.result_document("add", tracked))
            return
        screen.lines(text.tracked_lines(tracked))
        for note in tracked.notes:
            screen.talk(f"note: {note}")

    if options.dataset is not None:
        # Before any program is started: a name that could be an option or a path reaches none.
        versioning.check_name(options.dataset)
    versioning.track(
        _project(options), Path(options.add), announce, name=options.dataset, repair=options.repair
    )
    return 0


def _status(options: Namespace, screen: Screen) -> int:
    status = versioning.read_status(_project(options), options.dataset)
    if screen.json:
        screen.data(document.result_document("status", status))
    else:
        screen.lines(text.status_lines(status, screen.paint))
    if status.damaged:
        return IntegrityError.exit_code
    return DIFFERENCES_FOUND if options.check and status.differs else 0


def _get(options: Namespace, screen: Screen) -> int:
    name = versioning.check_name(options.get)
    current = versioning.read_version(_project(options), name)
    if screen.json:
        screen.data(document.result_document("get", current))
        return 0
    screen.data(current.version)
    for note in current.notes:
        screen.talk(f"note: {note}")
    return 0


def _make(options: Namespace, screen: Screen) -> int:
    request = versioning.VersionRequest(
        action=options.action,
        value=getattr(options, options.action) if options.action != "tag" else "",
        dataset=options.dataset,
        description=options.description,
        tag=options.tag,
        force=options.force,
        allow_lower=options.allow_lower,
    )

    def announce(outcome: versioning.Outcome) -> None:
        if screen.json:
            screen.data(document.result_document(options.action, outcome))
            return
        screen.lines(text.outcome_lines(outcome))
        for note in outcome.notes:
            screen.talk(f"note: {note}")
        if not outcome.tag and not outcome.dry_run:
            screen.talk(f"release it: hotpass version --tag --dataset {outcome.dataset}")

    versioning.make_version(_project(options), request, announce, dry_run=options.dry_run)
    return 0


class WhichReleaseError(UsageError):
    """A dataset was named without a version."""

    name: str

    def __str__(self) -> str:
        return f"which version of {self.name}?"

    @property
    def hint(self) -> str:
        """How to name one."""
        return f"write {self.name}@X.Y.Z; git tag -l '{self.name}-v*' lists them"
