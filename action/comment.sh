#!/usr/bin/env bash
# Post ACTION_PAGE as one comment of the pull request, or put it in the place of the one that is there.
set -euo pipefail

api=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The token goes in by standard input: arguments can be read by others.
call() {
    printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" |
        curl --config - --silent --show-error --fail --max-time 60 --header 'Accept: application/vnd.github+json' "$@"
}

python3 - "$ACTION_PAGE" > "$scratch/body.json" << 'PYTHON'
import json, sys

LIMIT = 60_000  # GitHub takes 65,536 characters
text = open(sys.argv[1], encoding="utf-8").read()
if len(text) > LIMIT:
    text = text[:LIMIT].rpartition("\n")[0] + "\n~~~~~~~~\n\nThe rest is in the summary of the job.\n"
print(json.dumps({"body": text}))
PYTHON

number=1
known=
while :; do
    call "$api/$ACTION_PULL_REQUEST/comments?per_page=100&page=$number" > "$scratch/comments.json"
    read -r count known < <(python3 - "$scratch/comments.json" << 'PYTHON'
import json, sys

comments = json.load(open(sys.argv[1], encoding="utf-8"))
# A person's comment that begins like ours stays that person's.
ours = [one["id"] for one in comments if one["body"].startswith("<!-- hotpass -->") and one["user"]["type"] == "Bot"]
print(len(comments), ours[0] if ours else "")
PYTHON
    )
    if [ -n "$known" ] || [ "$count" -lt 100 ]; then break; fi
    number=$((number + 1))
done

if [ -n "$known" ]; then
    call --request PATCH --data "@$scratch/body.json" "$api/comments/$known" > /dev/null
    echo "updated comment $known"
else
    call --request POST --data "@$scratch/body.json" "$api/$ACTION_PULL_REQUEST/comments" > /dev/null
    echo "posted a comment"
fi
