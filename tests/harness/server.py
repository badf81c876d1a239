"""Runs Hotpass in forked children, one request a line: a real process for each run, without Python's start-up.

Started by :class:`harness.killing.Runner` as a program of its own, so that nothing of pytest is in the children.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import sys
from typing import Any

import dvc.repo  # noqa: F401  # what a run loads lazily is loaded once here
import ruamel.yaml  # noqa: F401

import hotpass.cli
from harness.kill import sitecustomize


def serve() -> None:
    """Answer each request with the wait status of its run."""
    for module in pkgutil.walk_packages(hotpass.__path__, "hotpass."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(request)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


def _run(request: dict[str, Any]) -> None:
    """Be the process that was asked for; does not return."""
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sitecustomize.arm(
        request["under"],
        request["at"],
        request["signal"],
        request["log"],
        with_git=request["with_git"],
        failure=sitecustomize.Failure(**request["failure"]) if request["failure"] else None,
    )
    code = 1
    try:
        code = hotpass.cli.main(request["args"])
    except BaseException as error:  # noqa: BLE001  # shown, and the test fails for it
        sys.stderr.write(f"traceback: {type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
