#!/bin/sh
# Make sure that commands and libraries are there, installing Debian packages for those that are not, and saying so.
# Usage: tools/system-packages.sh COMMAND=PACKAGE[,PACKAGE…] lib:LIBRARY=PACKAGE …
set -eu
PATH="$PATH:/usr/sbin:/sbin"
there() {
  case "$1" in
    lib:*) ldconfig -p 2>/dev/null | grep -q "${1#lib:}" ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}
missing=""
for pair in "$@"; do
  there "${pair%%=*}" || missing="$missing $(printf '%s' "${pair#*=}" | tr ',' ' ')"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing:$missing. This is not Debian: please install what gives these commands yourself." >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1; then as_root="sudo"; else
    echo "Missing:$missing. Install them as root: apt-get install$missing" >&2
    exit 1
  fi
fi
echo "Installing Debian packages:$missing"
# Postfix is here for its test tools, and for the tests' own instances: without a configuration of the system's own,
# no service of it runs.
case "$missing" in *postfix*)
  echo "postfix postfix/main_mailer_type select No configuration" | $as_root debconf-set-selections || true ;;
esac
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
