#!/usr/bin/env bash
# Adds up the TRX files of a test run and prints the closing line. A run without any test is a failure.
set -euo pipefail
passed=0 failed=0 skipped=0
shopt -s nullglob
for trx in "$1"/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$trx" | head -n 1)
  number() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  passed=$((passed + $(number passed)))
  failed=$((failed + $(number failed) + $(number error) + $(number timeout) + $(number aborted)))
  skipped=$((skipped + $(number notExecuted)))
done
if [ $((passed + failed)) -eq 0 ]; then failed=1; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
