#!/bin/bash
# Shows the obligation this project is about: a program sends files over many connections, calls WSACleanup the
# moment its last send has returned, and every byte arrives. Sets up and builds what it needs first.
#   scripts/demo.sh [--slow-link] [FILE ...]
#   --slow-link: as root, send over a link that is slowed down, instead of to a receiver that reads slowly
# Other options go to the demonstration as they are; --help lists them.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")

# File names are meant from where the caller stands, the rest happens in the project's folder.
arguments=()
for argument in "$@"; do
    if [ -e "$argument" ]; then
        argument=$(realpath -- "$argument")
    fi
    arguments+=("$argument")
done
cd "$root"

say() { printf '[demo] %s\n' "$*"; }

scripts/setup.sh
say "configure and build (preset release)"
cmake --preset release >/dev/null
cmake --build --preset release --target graceful_exit
say "run"
exec python3 examples/graceful_exit/demo.py --program build/release/bin/graceful_exit "${arguments[@]}"
