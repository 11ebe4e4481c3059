#!/bin/sh
# Installs exactly what uv.lock says into .venv: with uv if it is there, else with a uv of our own.
set -eu
uv_version=$1

# Version managers put shims on the path that exist but do not work for every Python.
works() { "$@" --version >/dev/null 2>&1; }

if works uv; then
    uv=uv
elif [ -x var/uv/bin/uv ] && works var/uv/bin/uv; then
    uv=var/uv/bin/uv
else
    for candidate in python3.13 python3 python; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "${python:-}" ]; then
        echo "Loadmark needs Python 3.13 with venv, or uv. On Debian 13: apt-get install python3 python3-venv" >&2
        exit 1
    fi
    echo "  Installing uv into var/uv" >&2
    mkdir -p var || { echo "Cannot write to $(pwd)/var: free some space, or use a folder you may write to." >&2; exit 1; }
    "$python" -m venv var/uv
    var/uv/bin/pip install --quiet --disable-pip-version-check "uv==$uv_version"
    uv=var/uv/bin/uv
fi

echo "  Installing the locked packages into .venv" >&2
if ! "$uv" sync --locked --quiet --compile-bytecode; then
    echo "The packages could not be installed (see above). Check the network and the free space, then run this again." >&2
    exit 1
fi
