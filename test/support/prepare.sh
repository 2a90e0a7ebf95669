#!/usr/bin/env bash
# Gets what the tests need from the system's package manager: a redis-server and a Chromium. Where they are missing and
# may not be installed, says how to install them and which tests are left out; the others run.
set -u

declare -A left_out=(
  [redis-server]="the tests of the Redis cache, and of the gateway behind Redis"
  [chromium]="the tests of the screens in a browser"
)
missing=()
for program in redis-server chromium; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "prepare: $install" >&2
  { apt-get update && DEBIAN_FRONTEND=noninteractive $install; } >/dev/null 2>&1 || echo "prepare: that failed" >&2
fi
for program in "${missing[@]}"; do
  command -v "$program" >/dev/null && continue
  echo "prepare: $program is missing; ${left_out[$program]} are LEFT OUT. Install it, on Debian by: sudo $install" >&2
done
