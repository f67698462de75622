#!/usr/bin/env bash
# Runs a fuzzer for a while: tests/fuzz/run.sh promql|legacy|yaml|template|configuration [SECONDS]. What it finds stays in build-fuzz/NAME.corpus.
#
# Seeds are the expressions, texts or files of the examples, and of published ones where TOCSIN_CORPUS names a folder
# of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=${1:?which fuzzer}
seconds=${2:-600}
corpus=build-fuzz/$name.corpus
mkdir -p "$corpus"

sources=(examples)
[ -n "${TOCSIN_CORPUS:-}" ] && sources+=("$TOCSIN_CORPUS")

# seeds_of_lines PATTERN: what follows a key, line by line.
seeds_of_lines() {
  grep -rhoE "$1" "${sources[@]}" --include='*.yml' --include='*.yaml' | sed -E 's/^[^:]*: //' | sort -u | head -2000
}

number=0
add_seed() {
  number=$((number + 1))
  printf "$@" >"$corpus/seed-$number"
}

case $name in
promql)
  while IFS= read -r expression; do add_seed '\0%s' "$expression"; done < <(seeds_of_lines '^ *(- )?expr: .+')
  ;;
legacy)
  while IFS= read -r expression; do
    add_seed 'ALERT A%s IF %s FOR 5m LABELS {a="b"}\njob:x = %s\n' "$number" "$expression" "$expression"
  done < <(seeds_of_lines '^ *(- )?expr: .+')
  ;;
template)
  while IFS= read -r text; do add_seed '%s' "$text"; done < <(seeds_of_lines '^ *[a-z_]+: .*\{\{.+')
  ;;
yaml | configuration)
  while IFS= read -r file; do
    number=$((number + 1))
    head -c 4096 "$file" >"$corpus/seed-$number"
  done < <(grep -rlE '^(groups|route|receivers|global)' "${sources[@]}" --include='*.yml' --include='*.yaml')
  ;;
esac

exec "build-fuzz/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=5 -max_len=4096 -rss_limit_mb=2048 \
  -dict="tests/fuzz/$name.dict" -artifact_prefix="build-fuzz/$name-" "$corpus"
