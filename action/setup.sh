#!/usr/bin/env bash
# Put Hotpass on PATH: the one that the project installs itself, else the one of this action.
set -euo pipefail

if ! command -v hotpass > /dev/null; then
    python3 -m venv "$RUNNER_TEMP/hotpass"
    "$RUNNER_TEMP/hotpass/bin/python" -m pip install --quiet "$ACTION_PATH[$ACTION_EXTRAS]"
    echo "$RUNNER_TEMP/hotpass/bin" >> "$GITHUB_PATH"
    PATH="$RUNNER_TEMP/hotpass/bin:$PATH"
fi
hotpass --version
