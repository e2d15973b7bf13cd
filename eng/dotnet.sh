# shellcheck shell=bash
# Shared by ./run, ./hoiam and ./test: finds or fetches the .NET 10 SDK, and builds into a folder named after the sources, so that a
# running hub's files are never overwritten and nothing is built twice.

say() { printf 'hoiam: %s\n' "$*" >&2; }

has_sdk() { "$1" --list-sdks 2>/dev/null | grep -q '^10\.'; }

find_dotnet() {
  local root=$1
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  if command -v dotnet >/dev/null 2>&1 && has_sdk dotnet; then
    :
  elif [ -x "$root/.dotnet/dotnet" ] && has_sdk "$root/.dotnet/dotnet"; then
    export PATH="$root/.dotnet:$PATH" DOTNET_ROOT="$root/.dotnet"
  else
    fetch_dotnet "$root"
  fi
  if [ -z "${DOTNET_ROOT:-}" ]; then
    DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT
  fi
}

fetch_dotnet() {
  local root=$1 script
  script=$(mktemp)
  say "no .NET 10 SDK found; fetching one into ./.dotnet with Microsoft's install script"
  if { curl -fsSL --max-time 60 https://dot.net/v1/dotnet-install.sh -o "$script" || wget -qO "$script" https://dot.net/v1/dotnet-install.sh; } 2>/dev/null &&
    bash "$script" --channel 10.0 --install-dir "$root/.dotnet" >&2; then
    rm -f "$script"
    export PATH="$root/.dotnet:$PATH" DOTNET_ROOT="$root/.dotnet"
  else
    rm -f "$script"
    say "it cannot be fetched from here. Install it yourself, for example:"
    say "  sudo apt-get install -y dotnet-sdk-10.0     (or see https://dotnet.microsoft.com/download/dotnet/10.0)"
    exit 2
  fi
}

# A name for the state of the sources: contents, not times, so that a fresh clone of the same commit has the same one.
fingerprint() {
  (cd "$1" && find src Directory.Build.props Directory.Build.targets Directory.Packages.props global.json BannedSymbols.txt .editorconfig \
    -type d \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

# Prints the folder of the built program.
build_app() {
  local root=$1 print app lock work
  print=$(fingerprint "$root")
  app="$root/artifacts/app/$print"
  if [ -x "$app/hoiam" ]; then
    touch "$app" 2>/dev/null || true
    printf '%s' "$app"
    return
  fi
  mkdir -p "$root/artifacts/app"
  lock="$root/artifacts/app/.lock"
  exec 9>"$lock"
  if command -v flock >/dev/null 2>&1; then flock 9; fi
  if [ ! -x "$app/hoiam" ]; then
    say "building (first start, or the sources changed) …"
    work="$root/artifacts/app/.new.$$"
    rm -rf "$work"
    if ! dotnet publish "$root/src/HoiAm.Cli/HoiAm.Cli.csproj" -c Release -o "$work" --nologo -v quiet -p:PublishDocumentationFiles=false >"$root/artifacts/app/.log" 2>&1; then
      cat "$root/artifacts/app/.log" >&2
      rm -rf "$work"
      say "the build failed; the lines above say why"
      exit 2
    fi
    mv "$work" "$app"
    # Older builds may still run; those nobody used for a week go.
    find "$root/artifacts/app" -mindepth 1 -maxdepth 1 -type d -mtime +7 ! -name "$print" -exec rm -rf {} + 2>/dev/null || true
  fi
  exec 9>&-
  printf '%s' "$app"
}
