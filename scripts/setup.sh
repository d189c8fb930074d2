#!/bin/bash
# Installs what building and testing needs on Debian 12, and only what is missing. Needs root or sudo for
# that, and nothing at all when everything is there.
#   scripts/setup.sh [--windows] [--windows-x86] [--fuzz] [--bench]
#     --fuzz: also Clang with libFuzzer, for the preset fuzz
#     --windows: also the cross compiler and Wine, for the preset mingw-x64
#     --windows-x86: also the 32-bit cross compiler, for the preset mingw-x86, and, where apt knows i386 packages, the Wine that
#     runs what it makes
#     --bench: also what bench/echo compares with, counts with and draws with
set -euo pipefail

say() { printf '[setup] %s\n' "$*"; }

packages=(g++ cmake ninja-build pkg-config libasio-dev libspdlog-dev libfmt-dev catch2 python3 iproute2)
optional=(ccache)
for argument in "$@"; do
    case "$argument" in
        --windows)
            packages+=(g++-mingw-w64-x86-64-posix wine64)
            optional+=(lld)  # links the tests in no time
            ;;
        --windows-x86)
            packages+=(g++-mingw-w64-i686-posix)
            if dpkg --print-foreign-architectures 2>/dev/null | grep -qx i386; then
                optional+=(wine32:i386)
            fi
            ;;
        --fuzz) packages+=(clang libclang-rt-14-dev) ;;
        --bench) packages+=(libuv1-dev python3-matplotlib strace valgrind) ;;
        *) echo "usage: setup.sh [--windows] [--windows-x86] [--fuzz] [--bench]" >&2; exit 2 ;;
    esac
done

if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then
    say "no dpkg and apt-get here: nothing installed, the tools must be there already"
    exit 0
fi

is_installed() { dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed$'; }
# A tool that did not come as a package serves as well.
has_command() {
    case "$1" in
        g++ | cmake | ccache | python3 | pkg-config) command -v "$1" >/dev/null ;;
        ninja-build) command -v ninja >/dev/null ;;
        *) return 1 ;;
    esac
}

missing=()
for package in "${packages[@]}" "${optional[@]}"; do
    if ! is_installed "$package" && ! has_command "$package"; then
        missing+=("$package")
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    say "everything is installed"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        say "missing: ${missing[*]}"
        say "installing them needs root: run this script as root, or install sudo" >&2
        exit 1
    fi
    as_root=(sudo)
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"; }
install() { apt install --no-install-recommends "$@"; }

needed=()
wanted_too=()
for package in "${missing[@]}"; do
    if [[ " ${optional[*]} " == *" $package "* ]]; then
        wanted_too+=("$package")
    else
        needed+=("$package")
    fi
done

say "installing: ${missing[*]}"
if ! install "${missing[@]}" >/dev/null 2>&1; then
    say "the package lists are missing or old: apt-get update"
    apt update
    if [ ${#needed[@]} -gt 0 ]; then
        install "${needed[@]}"
    fi
    if [ ${#wanted_too[@]} -gt 0 ]; then
        for package in "${wanted_too[@]}"; do
            install "$package" || say "going on without $package"
        done
    fi
fi
say "done"
