#!/bin/sh
# Debian's chromium for the browser tests: installed when it is missing and we may.
set -eu
if command -v chromium >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    if apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null; then
        exit 0
    fi
fi
echo "no chromium: the browser tests will skip" >&2
