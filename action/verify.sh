#!/usr/bin/env bash
# Every release is on the remote, whole: exit 9 where something is lost, 7 where that could not be looked at.
set -euo pipefail

hotpass verify --remote ${ACTION_REMOTE_NAME:+--remote-name "$ACTION_REMOTE_NAME"}
