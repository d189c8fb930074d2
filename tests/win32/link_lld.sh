#!/bin/sh
# gcc -wrapper link_lld.sh: links with LLVM's ld.lld in place of GNU ld, which takes half a minute for a test program, for it
# looks at each section once for each other one.
set -u
case "$1" in
    */collect2) shift ;;
    *) exec "$@" ;;
esac
# What GNU ld alone knows is left out: the plugin for link-time optimisation, and numbers in the file's head.
count=$#
while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    count=$((count - 1))
    case "$argument" in
        -plugin | --major-image-version | --minor-image-version)
            shift
            count=$((count - 1))
            ;;
        -plugin-opt=*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec ld.lld "$@"
