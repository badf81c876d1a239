#!/usr/bin/env bash
# Bring .venv to the pinned versions, with the extras named in HOTPASS_UV_EXTRAS (default: "dev versioning").
#
#   HOTPASS_UV_EXTRAS="dev versioning azure" bash ops/uv_sync_extras.sh
#
# Works from any directory. Set it to the empty string for the bare tool.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
extras=${HOTPASS_UV_EXTRAS-dev versioning}

options=()
IFS=$' \t\n,' read -r -d '' -a names <<<"$extras" || true
for name in ${names[@]+"${names[@]}"}; do
    options+=(--extra "$name")
done

exec bash "$root/ops/uv.sh" sync --project "$root" --compile-bytecode ${options[@]+"${options[@]}"}
