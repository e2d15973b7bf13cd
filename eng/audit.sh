#!/usr/bin/env bash
# Fails when a package that the hub uses has a known vulnerability. Where no advisory source answers, says so and passes.
set -uo pipefail
report=$(dotnet list HoiAm.slnx package --vulnerable --include-transitive 2>&1)
if grep -q 'has the following vulnerable packages' <<<"$report"; then
  printf '%s\n' "$report"
  exit 1
fi
exit 0
