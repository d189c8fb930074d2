#!/bin/sh
# Runs a Windows program under Wine, headless and bounded: run_wine.sh <wine> <prefix folder> <seconds> <program> [arguments].
# A server that the tests share is not this script's (wine_server.sh); one that the program starts ends some seconds after it.
set -u
wine=$1
prefix=$2
limit=$3
shift 3

# Without explorer.exe: who makes the first window starts it and waits for it, which without a display takes ten to twenty seconds.
export WINEPREFIX="$prefix" WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,explorer.exe='
unset DISPLAY
mkdir -p "$prefix"
exec timeout -k 10 "$limit" "$wine" "$@"
