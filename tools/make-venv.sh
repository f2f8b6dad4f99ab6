#!/bin/sh
# Make .venv with the first Python of 3.11 or newer that is found; on Debian, install what that needs.
set -eu
cd "$(dirname "$0")/.."
find_python() {
  for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return 0
    fi
  done
  return 1
}
python=$(find_python) || { sh tools/system-packages.sh python3-of-3.11=python3,python3-venv; python=$(find_python); } || {
  echo "Python 3.11 or newer is needed and was not found. Install it, or say PYTHON=/path/to/python3." >&2
  exit 1
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  sh tools/system-packages.sh "python$version-venv-missing=python$version-venv"
fi
echo "Making .venv with $("$python" --version)"
rm -rf .venv
"$python" -m venv .venv
