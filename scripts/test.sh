#!/bin/bash
# Sets up, configures, builds and tests the given presets; without any, the preset dev.
#   scripts/test.sh [--quick] [dev|release|asan|tsan|fuzz|mingw-x64|mingw-x86 ...]
# With --quick each test program is built in one of the presets dev, asan and tsan only, that which tells most about it, and
# fuzz runs each target for 5 seconds instead of 30.
# Exit code 0 when every preset was built and all its tests passed. All presets are run even if one fails.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

say() { printf '\n[test] %s\n' "$*"; }

configure_arguments=()
if [ "${1:-}" = --quick ]; then
    configure_arguments=(-DSPINDLE_QUICK_TESTS=ON)
    shift
fi
presets=("$@")
if [ ${#presets[@]} -eq 0 ]; then
    presets=(dev)
fi

setup_arguments=()
for preset in "${presets[@]}"; do
    case "$preset" in
        dev | release | asan | tsan) ;;
        fuzz) setup_arguments+=(--fuzz) ;;
        mingw-x64) setup_arguments+=(--windows) ;;
        mingw-x86) setup_arguments+=(--windows-x86) ;;
        *) echo "test.sh: there is no preset '$preset' (dev, release, asan, tsan, fuzz, mingw-x64, mingw-x86)" >&2; exit 2 ;;
    esac
done
scripts/setup.sh "${setup_arguments[@]}"

# ThreadSanitizer's fixed address layout does not survive kernels that randomise more address bits than it
# expects.
fixed_layout=()
if command -v setarch >/dev/null && setarch -R true 2>/dev/null; then
    fixed_layout=(setarch -R)
fi

run_preset() {
    local preset=$1
    local launcher=()
    say "$preset: configure" && cmake --preset "$preset" "${configure_arguments[@]}" || return 1
    say "$preset: build" && cmake --build --preset "$preset" || return 1
    if [ "$preset" = tsan ]; then
        launcher=("${fixed_layout[@]}")
    fi
    if [ "$preset" = mingw-x64 ] && ! grep -q '^SPINDLE_WINE:FILEPATH=/' "build/$preset/CMakeCache.txt"; then
        echo "test.sh: the preset mingw-x64 needs Wine to run its tests" >&2
        return 1
    fi
    say "$preset: ctest" && "${launcher[@]}" ctest --preset "$preset" 2>&1 | tee "build/$preset/ctest.log"
}

# The line in which CTest sums a run up.
ctest_verdict() {
    grep -E '^[0-9]+% tests passed' "build/$1/ctest.log" 2>/dev/null || echo "no tests were run"
}

summary=()
failures=0
for preset in "${presets[@]}"; do
    start=$SECONDS
    rm -f "build/$preset/ctest.log"
    if run_preset "$preset"; then
        result=passed
    else
        result=FAILED
        failures=$((failures + 1))
    fi
    summary+=("$(printf '%-10s %-6s %4d s  %s' "$preset" "$result" $((SECONDS - start)) "$(ctest_verdict "$preset")")")
done

say "summary"
printf '%s\n' "${summary[@]}"
for preset in "${presets[@]}"; do
    sed -n "/^The following tests FAILED/,/^Errors while/s/^\t/$preset failed: /p" "build/$preset/ctest.log" 2>/dev/null || true
done
[ "$failures" -eq 0 ]
