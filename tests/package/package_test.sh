#!/bin/bash
# One step of the package tests; CMakeLists.txt says which there are. Environment: CC, CXX, CMAKE, WORK (a
# folder of the build tree that is ours alone).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
prefix="$WORK/prefix"

# A user's shell may know nothing of Spindle: no library path, no overrides.
run_in_empty_environment() { timeout 60 env -i PATH=/usr/bin:/bin "$@"; }

# pkg-config as a user has it who put Spindle into a prefix of his own.
flags_of() {
    local directory
    directory=$(dirname "$(find "$prefix" -name "$1.pc")")
    PKG_CONFIG_PATH="$directory" pkg-config --cflags --libs "$1"
}

step_install() {
    rm -rf "$WORK"
    mkdir -p "$WORK"
    "$CMAKE" --install "$1" --prefix "$prefix" >/dev/null
    test -f "$prefix/include/spindle/provider.hpp"
    test -f "$prefix/include/spindle/win32/winsock2.h"
    # Beside each other, or the host would not find the provider.
    local host
    host=$(find "$prefix" -name 'libspindle_ws2_32.so')
    test -f "$(dirname "$host")/libspindle_spi.so"
    test -f "$(dirname "$host")/libspindle_core.a"
    # What is installed needs no library beyond the compiler's and the C library's.
    if ldd "$host" "$(dirname "$host")/libspindle_spi.so" | grep -E 'spdlog|libfmt|not found'; then
        echo "an unwanted library is needed" >&2
        return 1
    fi
}

step_pkg_config_winsock() {
    local flags
    read -r -a flags <<<"$(flags_of spindle-ws2)"
    "$CC" -Wall -Wextra -Werror "$here/winsock_echo.c" "${flags[@]}" -o "$WORK/winsock_echo_c"
    run_in_empty_environment "$WORK/winsock_echo_c"
    "$CXX" -std=c++20 -Wall -Wextra -Werror "$here/winsock_echo.cpp" "${flags[@]}" -pthread \
        -o "$WORK/winsock_echo_cpp"
    run_in_empty_environment "$WORK/winsock_echo_cpp"
}

step_pkg_config_core() {
    local flags
    read -r -a flags <<<"$(flags_of spindle)"
    "$CXX" -std=c++20 -Wall -Wextra -Werror "$here/embedded_echo.cpp" "${flags[@]}" -o "$WORK/embedded_echo"
    run_in_empty_environment "$WORK/embedded_echo"
}

# build_consumer NAME GENERATOR CMAKE-ARGUMENT...
build_consumer() {
    local build="$WORK-$1" generator=$2
    shift 2
    rm -rf "$build"
    "$CMAKE" -S "$here/consumer" -B "$build" -G "$generator" "$@"
    "$CMAKE" --build "$build" --parallel 2
    local program
    for program in winsock_echo_c winsock_echo_cpp embedded_echo; do
        run_in_empty_environment "$build/bin/$program"
    done
    rm -rf "$build"
}

step_find_package() { build_consumer find_package "$1" -DCMAKE_PREFIX_PATH="$prefix"; }

# Compiles all of Spindle once more, so as cheaply as can be: what counts is that a user's project can.
step_add_subdirectory() {
    local arguments=(-DSPINDLE_SOURCE="$2" -DCMAKE_CXX_FLAGS=-O0 -DSPINDLE_PRECOMPILED_HEADERS=ON)
    if [ -n "${3:-}" ]; then
        arguments+=(-DCMAKE_C_COMPILER_LAUNCHER="$3" -DCMAKE_CXX_COMPILER_LAUNCHER="$3")
    fi
    build_consumer add_subdirectory "$1" "${arguments[@]}"
}

step=$1
shift
"step_$step" "$@"
