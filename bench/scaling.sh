#!/bin/bash
# How the cost of a verdict grows: the INT3 protocol with a stale fetch (as bench/spin/int3.yaml), and its coherent form, over cores, rounds of each
# core, and the bound of preemptions. One line for each search: executions gone through to their end, states, steps, seconds of processor
# time, MiB at most, and how many times the steps of the line above. The argument is the most seconds that one search may take (60); a search that does not end then says so.
# Needs: time (Debian package).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
most=${1:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here"
./rcuemu --version > /dev/null

# cores rounds fetch: the last core patches, the others execute
scenario() {
  local cores=$1 rounds=$2 fetch=$3 i runs
  runs=$(for ((i = 0; i < rounds; i++)); do printf 'traced, '; done)
  cat << YAML
scenario: scaling
machine: { arch: x86-64, cores: $cores, fetch: $fetch }
kernel: { series: "6.12", preempt: full, ticks: 0 }
code:
  - function: traced
    callsite: fentry
    asm: ret
ops:
  - probe: { kind: static, traces: traced }
tasks:
$(for ((i = 0; i < cores - 1; i++)); do echo "  - worker$i: { core: $i, runs: [${runs%, }] }"; done)
programs:
  - ftrace.register: probe
  - ftrace.unregister: probe
always: [intended-instruction]
YAML
}

# label, options: one search and its line
previous=0
search() {
  local label=$1; shift
  /usr/bin/time -o "$work/time" -f '%U %M' ./rcuemu explore "$work/s.yaml" --json --time "$most" "$@" > "$work/json" || true
  local verdict executions states steps user kib
  field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"]*\).*/\1/p" "$work/json"; }
  verdict=$(field verdict) executions=$(field executions) states=$(field states) steps=$(field steps)
  read -r user kib < <(tail -n 1 "$work/time")
  local grows=''
  [ "$previous" = 0 ] || grows=$(awk -v a="$steps" -v b="$previous" 'BEGIN { printf "%.1f", a / b }')
  previous=$steps
  case $(field bound) in
    preemptions*) verdict='holds within the bound' ;;
    seconds*) verdict="not finished in $most s" ;;
  esac
  # More digits than a column holds are shortened: 3.1e+12.
  executions=$(awk -v n="$executions" 'BEGIN { if (n > 999999999) printf "%.1e", n; else printf "%d", n }')
  printf '%-22s %14s %12s %13s %8s %7d %6s  %s\n' "$label" "$executions" "$states" "$steps" "$user" $((kib / 1024)) "$grows" "$verdict"
}
head() {
  printf '\n%s\n%-22s %14s %12s %13s %8s %7s %6s  %s\n' "$1" '' ends states steps seconds MiB times verdict
  previous=0
}

for fetch in coherent modelled; do
  for cores in 2 3 4; do
    head "fetch: $fetch, $cores cores, $((cores - 1)) of them executing"
    for rounds in 1 2 3 4; do
      scenario $cores $rounds $fetch > "$work/s.yaml"
      search "$rounds rounds"
    done
  done
done

head "fetch: modelled, 3 cores, 2 rounds, by the bound of preemptions"
scenario 3 2 modelled > "$work/s.yaml"
for bound in 0 1 2 3; do search "at most $bound" --preemptions $bound; done
