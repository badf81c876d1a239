#!/usr/bin/env bash
# Write ACTION_PAGE, in Markdown: what a pull request changes in the data since the newest release, dataset by dataset.
# It holds counts, names and addresses, never a value; what a command says beside that is not shown, for it might.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
page=$scratch/page.md

# Prints "NAME<tab>PATH" of every dataset whose pointer the pull request changes. A pointer that Hotpass did not write can
# give any name: one that is no dataset's is not repeated where it could mention people or hold markup.
changed() {
    git diff --name-only -z "$ACTION_BASE...HEAD" -- ':(glob)**/*.dvc' > "$scratch/changed"
    hotpass version --status --json > "$scratch/status.json" || true
    python3 - "$scratch" << 'PYTHON'
import json, pathlib, re, sys

scratch = pathlib.Path(sys.argv[1])
pointers = set(scratch.joinpath("changed").read_text("utf-8", "surrogateescape").split("\0"))
status = json.loads(scratch.joinpath("status.json").read_text())
if "datasets" not in status:
    sys.exit(f"hotpass version --status: {status['error']['type']}")
for dataset in status["datasets"]:
    if dataset["path"] + ".dvc" in pointers:
        named = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", dataset["dataset"])
        print(dataset["dataset"] if named else "", dataset["path"], sep="\t")
PYTHON
}

# Says in a few words why a command failed: the kind of error and the code.
failure() {
    python3 - "$1" << 'PYTHON'
import json, sys

try:
    error = json.load(open(sys.argv[1], encoding="utf-8"))["error"]
    print(f"{error['type']}, exit code {error['exit_code']}")
except (ValueError, KeyError, TypeError):
    print("no answer")
PYTHON
}

describe() {
    local name=$1 path=$2 new said=$scratch/said.json
    new=$scratch/$name/$(basename "$path")
    mkdir -p "$scratch/$name"
    if ! hotpass fetch "$name" --to "$new" --json ${ACTION_REMOTE_NAME:+--remote-name "$ACTION_REMOTE_NAME"} \
        > "$said" 2> /dev/null; then
        printf '### %s\n\nIts data could not be fetched (%s). Was it sent to the remote?\n' "$name" "$(failure "$said")"
    elif [ "$(git tag -l "$name-v*" | wc -l)" -eq 0 ]; then
        printf '### %s\n\nThis is its first version.\n' "$name"
    elif hotpass compare "$name@latest" "$new" --markdown "$scratch/section.md" --json > "$said" 2> /dev/null; then
        cat "$scratch/section.md"
    else
        printf '### %s\n\nIt could not be compared with the newest release (%s).\n' "$name" "$(failure "$said")"
    fi
    echo
}

changed > "$scratch/datasets"
{
    echo '<!-- hotpass -->'
    echo '## Changes in the data'
    echo
    if [ -s "$scratch/datasets" ]; then
        while IFS= read -r line; do
            if [ -n "${line%%$'\t'*}" ]; then
                describe "${line%%$'\t'*}" "${line#*$'\t'}" < /dev/null
            else
                printf 'One more pointer is changed, whose name is no name of a dataset.\n\n'
            fi
        done < "$scratch/datasets"
        echo 'Compared with the newest release. Look at the values with `hotpass compare NAME@latest NAME`.'
    else
        echo 'No dataset is changed here.'
    fi
} > "$page"
cp "$page" "$ACTION_PAGE"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$page" >> "$GITHUB_STEP_SUMMARY"
fi
