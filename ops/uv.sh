#!/usr/bin/env bash
# Run uv for this repository: `bash ops/uv.sh sync`, `bash ops/uv.sh run …`.
#
# Takes the uv on PATH where it is new enough, else the one in .uv/, which it makes when it is missing.
# Needs Python >= 3.11 with venv; git and bash are the only other tools. Never downloads a Python.
set -euo pipefail

uv_pinned=0.13.9   # what .uv/ gets
uv_oldest=0.6      # the same as required-version in pyproject.toml

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    if [ $# -gt 0 ]; then printf 'hint: %s\n' "$@" >&2; fi
    exit 5
}

# Print the real interpreter behind a name (not a shim, not a virtual environment), if it is new enough.
interpreter() {
    command -v "$1" >/dev/null 2>&1 || return 1
    "$1" -c 'import sys
if sys.version_info < (3, 11): sys.exit(1)
print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null
}

find_python() {
    local name
    # The environment that is there already comes first, so that it is not rebuilt for another version.
    for name in "$root/.venv/bin/python" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if interpreter "$name"; then return 0; fi
    done
    fail "Hotpass needs Python 3.11 or newer; python3 on PATH is $(python3 --version 2>/dev/null || echo missing)" \
        "install a newer Python and put it on PATH, or name one with UV_PYTHON=/path/to/python"
}

# True where this uv runs and is at least uv_oldest.
usable() {
    local text major minor
    text=$("$1" --version 2>/dev/null) || return 1
    text=${text#uv }
    major=${text%%.*}
    minor=${text#*.}
    minor=${minor%%.*}
    case "$major$minor" in '' | *[!0-9]*) return 1 ;; esac
    [ "$major" -gt "${uv_oldest%%.*}" ] ||
        { [ "$major" -eq "${uv_oldest%%.*}" ] && [ "$minor" -ge "${uv_oldest#*.}" ]; }
}

find_uv() {
    local found own=$root/.uv/bin/uv
    if found=$(command -v uv) && usable "$found"; then
        printf '%s\n' "$found"
        return
    fi
    if ! usable "$own"; then
        printf 'no uv >= %s on PATH: installing uv %s into .uv/\n' "$uv_oldest" "$uv_pinned" >&2
        "$python" -m venv --clear "$root/.uv" >&2 ||
            fail "$python cannot make a virtual environment" "on Debian and Ubuntu: apt-get install python3-venv"
        "$root/.uv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_pinned" >&2 ||
            fail "uv $uv_pinned could not be installed" "look at pip's message above, or install uv yourself and put it on PATH"
    fi
    printf '%s\n' "$own"
}

if [ -n "${UV_PYTHON:-}" ] && ! [ -x "$UV_PYTHON" ]; then
    # A request such as 3.12 is for uv to answer; making .uv/ only needs some Python.
    python=$(find_python)
elif [ -n "${UV_PYTHON:-}" ]; then
    python=$(interpreter "$UV_PYTHON") || fail "UV_PYTHON=$UV_PYTHON is not Python 3.11 or newer"
    UV_PYTHON=$python
else
    python=$(find_python)
    UV_PYTHON=$python
fi
uv=$(find_uv)

# The environment is always .venv in the repository, whatever is active in the caller's shell.
unset VIRTUAL_ENV
export UV_PYTHON UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT="$root/.venv"
exec "$uv" "$@"
