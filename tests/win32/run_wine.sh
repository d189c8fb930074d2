#!/bin/sh
# Runs a Windows program under Wine, headless and bounded: run_wine.sh <wine> <prefix folder> <seconds> <program> [arguments].
# The prefix is made on the first run; its server is ended afterwards, so that nothing outlives the test.
set -u
wine=$1
prefix=$2
limit=$3
shift 3

export WINEPREFIX="$prefix" WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
unset DISPLAY
mkdir -p "$prefix"
timeout -k 10 "$limit" "$wine" "$@"
status=$?
if command -v wineserver >/dev/null 2>&1; then
    timeout 30 wineserver -k
fi
exit "$status"
