"""What every verb begins with: the repository that is meant, and who is told of progress."""

from __future__ import annotations

import sys
from argparse import Namespace

from hotpass import process, progress, versioning
from hotpass.cli.meter import Meter
from hotpass.errors import without_secrets
from hotpass.report.text import inert


def project_of(options: Namespace) -> versioning.Project:
    """The repository around ``--repo-root``."""
    return versioning.Project.find(options.repo_root, options.lock_timeout)


def listen(options: Namespace) -> None:
    """Show progress to a terminal, and each program that is started where the user asked for it."""
    watched = not (options.quiet or options.json) and sys.stderr.isatty()
    progress.watchers[:] = [Meter()] if watched else []
    trace = [lambda line: sys.stderr.write(f"+ {inert(without_secrets(line))}\n")]
    process.listeners[:] = trace if options.verbose else []
