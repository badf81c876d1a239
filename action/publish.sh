#!/usr/bin/env bash
# Release what was merged, if asked to, then send data and tags. The branch itself is not pushed: it may be protected.
set -euo pipefail

if [ "${ACTION_RELEASE_DRAFTS:-false}" = true ]; then
    export GIT_AUTHOR_NAME=${GIT_AUTHOR_NAME:-github-actions} GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL:-actions@users.noreply.github.com}
    export GIT_COMMITTER_NAME=${GIT_COMMITTER_NAME:-$GIT_AUTHOR_NAME} GIT_COMMITTER_EMAIL=${GIT_COMMITTER_EMAIL:-$GIT_AUTHOR_EMAIL}
    hotpass version --status --json |
        python3 -c 'import json, sys; [print(one["dataset"]) for one in json.load(sys.stdin)["datasets"] if one["release"] == "draft"]' |
        while read -r name; do
            hotpass fetch "$name" ${ACTION_REMOTE_NAME:+--remote-name "$ACTION_REMOTE_NAME"} < /dev/null
            hotpass version --tag --dataset "$name" < /dev/null
        done
fi
hotpass publish --tag-only ${ACTION_REMOTE_NAME:+--remote-name "$ACTION_REMOTE_NAME"}
