#!/usr/bin/env bash
# run.sh BUILD_DIR CONSUMER_DIR: installs the core into a scratch prefix and builds a program against it.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$1" --prefix "$prefix/kaiku" --component core >"$prefix/log" 2>&1 || { cat "$prefix/log"; exit 1; }
cmake -S "$2" -B "$prefix/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix/kaiku" >"$prefix/log" 2>&1 || { cat "$prefix/log"; exit 1; }
cmake --build "$prefix/build" >"$prefix/log" 2>&1 || { tail -n 30 "$prefix/log"; exit 1; }
"$prefix/build/consumer"
