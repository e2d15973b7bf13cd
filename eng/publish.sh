#!/usr/bin/env bash
# Publishes hoiam as one file that needs nothing installed: eng/publish.sh [linux-x64|win-x64] …   (both without a word)
# The result is artifacts/single/RID/. The one for this machine is started, asked for its version, and serves for a moment.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=eng/dotnet.sh
. "$root/eng/dotnet.sh"
find_dotnet "$root"
[ $# -gt 0 ] || set -- linux-x64 win-x64

try_it() {
  local program=$1 folder pid url code=1
  folder=$(mktemp -d)
  "$program" --version
  "$program" decode 'https://shop.example/hook?SMSID=1&SendStatus=5&SendSuccess=1&TotalReceiver=1&TypeId=2' | head -1
  "$program" serve --sandbox --urls http://127.0.0.1:0 --data "$folder/data" >"$folder/out" 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    url=$(sed -n 's/^HoiAm listens on \(http[^ ,]*\).*/\1/p' "$folder/out")
    [ -n "$url" ] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  # The store writes, the dashboard's files are there, the page of the API is there.
  if [ -n "$url" ] && curl -fsS -o /dev/null "$url/readyz" && curl -fsS -o /dev/null "$url/docs/" &&
    curl -fsS -L "$url/" | grep -o '/assets/[^"]*app.css' | head -1 | while read -r css; do curl -fsS -o /dev/null "$url$css"; done; then
    code=0
  fi
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || code=1
  [ "$code" -eq 0 ] && say "$program serves and ends well" || { cat "$folder/out" >&2; say "$program does not serve"; }
  rm -rf "$folder"
  return "$code"
}

for rid in "$@"; do
  out="$root/artifacts/single/$rid"
  rm -rf "$out"
  say "publishing $rid"
  # Apart from the usual output and lock files: publishing one file restores an analyzer whose version is that of the SDK.
  dotnet publish "$root/src/HoiAm.Cli/HoiAm.Cli.csproj" -c Release -r "$rid" -p:PublishSingleFile=true \
    -p:ArtifactsPath="$root/artifacts/single/.work" -p:DebugType=embedded -p:RunAnalyzers=false -o "$out" --nologo -v quiet
  ls -lh "$out" | awk 'NR > 1 { print $5, $9 }'
  case "$rid-$(uname -s)-$(uname -m)" in
    linux-x64-Linux-x86_64) try_it "$out/hoiam" ;;
    *) say "$rid is not this machine: built, not started" ;;
  esac
done
