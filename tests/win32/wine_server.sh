#!/bin/sh
# One server of Wine for all tests of a run: wine_server.sh start|stop <wine> <prefix folder>. Without it each program pays for
# the start of Wine's services. The prefix is made at the first start, so that no test's time limit pays for that either.
set -u
verb=$1
wine=$2
export WINEPREFIX="$3" WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
unset DISPLAY

# Debian's stands beside the loader and in nobody's PATH.
server=$(dirname "$(readlink -f "$wine")")/wineserver
[ -x "$server" ] || server=$(command -v wineserver) || server=

case "$verb" in
    start)
        mkdir -p "$WINEPREFIX"
        if [ -n "$server" ]; then
            timeout 30 "$server" -p </dev/null >/dev/null 2>&1
        fi
        timeout -k 10 300 "$wine" wineboot -i </dev/null >/dev/null 2>&1
        ;;
    stop)
        if [ -n "$server" ]; then
            timeout 30 "$server" -k
            timeout 30 "$server" -w
        fi
        ;;
    *)
        echo "usage: wine_server.sh start|stop <wine> <prefix folder>" >&2
        exit 2
        ;;
esac
