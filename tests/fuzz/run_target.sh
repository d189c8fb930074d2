#!/bin/bash
# Runs a fuzz target from a seed that it prints. An input that breaks the target stays in FOUND/failures and is printed
# as hexadecimal digits, so that a log is enough to have it again:
#   echo DIGITS | xxd -r -p > input && bin/fuzz_TARGET input
# usage: run_target.sh PROGRAM CORPUS FOUND SECONDS; SPINDLE_FUZZ_SEED takes the place of a random seed
set -u
program=$1 corpus=$2 found=$3 seconds=$4
name=$(basename "$program")
seed=${SPINDLE_FUZZ_SEED:-$((RANDOM * 32768 + RANDOM + 1))}
kept=$found/$name
failures=$found/failures
mkdir -p "$kept" "$failures"
before=$(mktemp) && trap 'rm -f "$before"' EXIT

echo "$name: seed $seed, $seconds s"
"$program" -seed="$seed" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=1024 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="$failures/$name-" "$kept" "$corpus"
result=$?
if [ "$result" -ne 0 ]; then
    find "$failures" -name "$name-*" -newer "$before" | while read -r input; do
        echo "$name: seed $seed, $(basename "$input"):"
        od -An -v -tx1 "$input" | tr -d ' \n'
        echo
    done
fi
exit "$result"
