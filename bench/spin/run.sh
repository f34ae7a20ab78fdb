#!/bin/sh
# Compares RcuEmu with SPIN on the INT3 protocol: 3 cores, 3 rounds each, stale fetch. Needs: spin, gcc (Debian packages).
# Prints states, seconds and memory of both. The argument is the most seconds that RcuEmu may take (60).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/int3.pml" "$work"
cd "$work"
spin -a int3.pml
gcc -O2 -DSAFETY -DMEMLIM=8192 -o pan pan.c
/usr/bin/time -f 'spin: %U s processor time, %M KiB' ./pan -m100000 -w24 2>&1 | grep -E 'states, stored|transitions|errors|assert|total actual memory|^spin:'
cd "$here/../.."
/usr/bin/time -f 'rcuemu: %U s processor time, %M KiB' ./rcuemu explore bench/spin/int3.yaml --time "${1:-60}" || true
