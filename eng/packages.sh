# shellcheck shell=bash
# Debian packages that some tests need. Without root or off Debian nothing is installed; those tests then skip themselves and say so.
install_packages() {
  local missing=()
  command -v chromium >/dev/null 2>&1 || missing+=(chromium)
  command -v php >/dev/null 2>&1 || missing+=(php-cli)
  [ -x /usr/lib/postgresql/15/bin/initdb ] || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  command -v cc >/dev/null 2>&1 || missing+=(gcc libc6-dev)
  [ -x /usr/sbin/ip ] || [ -x /sbin/ip ] || missing+=(iproute2)
  # Its package starts a server on port 80 where services are started: nobody who only runs tests asked for that.
  [ -x /usr/sbin/nginx ] || [ -d /run/systemd/system ] || missing+=(nginx)
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    say "not installed: ${missing[*]} (needs root on Debian or Ubuntu); tests that need them are skipped"
    return 0
  fi
  say "installing ${missing[*]}"
  if ! { apt-get install -y -qq --no-install-recommends "${missing[@]}" || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; }; } >/dev/null 2>&1; then
    say "could not install ${missing[*]}; tests that need them are skipped"
  fi
  return 0
}
