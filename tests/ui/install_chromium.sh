#!/bin/sh
# Debian's chromium for the tests of the UI; anywhere else, say what is needed.
set -eu
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing chromium for the tests of the UI"
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core >/dev/null
else
  echo "The tests of the UI need chromium on the PATH: install it with your system's package manager." >&2
  exit 1
fi
