#!/usr/bin/env bash
# Runs a fuzzer for a while: tests/fuzz/run.sh promql|legacy [SECONDS]. What it finds stays in build-fuzz/NAME.corpus.
#
# Seeds are the expressions of the examples, and of published rule files where TOCSIN_CORPUS names a folder of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=${1:?which fuzzer}
seconds=${2:-600}
corpus=build-fuzz/$name.corpus
mkdir -p "$corpus"

number=0
while IFS= read -r expression; do
  number=$((number + 1))
  if [[ $name == legacy ]]; then
    printf 'ALERT A%s IF %s FOR 5m LABELS {a="b"}\njob:x = %s\n' "$number" "$expression" "$expression"
  else
    printf '\0%s' "$expression"
  fi >"$corpus/seed-$number"
done < <(grep -rhoE '^ *(- )?expr: .+' examples "${TOCSIN_CORPUS:-examples}" --include='*.yml' --include='*.yaml' |
  sed -E 's/^ *(- )?expr: //' | sort -u | head -2000)

exec "build-fuzz/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=5 -max_len=4096 -rss_limit_mb=2048 \
  -dict="tests/fuzz/$name.dict" -artifact_prefix="build-fuzz/$name-" "$corpus"
