#!/bin/sh
# Installs exactly what uv.lock says into .venv: with uv if it is there, else with a uv of our own.
set -eu
uv_version=$1
python_version=$(cat .python-version)

# Version managers put shims on the path that exist but do not work for every Python.
works() { "$@" --version >/dev/null 2>&1; }

say() { echo "  $1" >&2; }

stop() {
    echo "$1" >&2
    exit 1
}

writable() { mkdir -p "$1" 2>/dev/null && [ -w "$1" ]; }

# The first Python of the right version that can make a virtual environment.
find_python() {
    for candidate in "python$python_version" python3 python; do
        if "$candidate" -c 'import sys, venv, ensurepip
sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$python_version" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

missing="Loadmark needs Python $python_version with venv, or uv and a network to get it from. On Debian 13: apt-get install python3 python3-venv"

writable .venv || stop "Cannot write to $(pwd)/.venv: use a folder you may write to."

if works uv; then
    uv=uv
elif works var/uv/bin/uv; then
    uv=var/uv/bin/uv
else
    python=$(find_python)
    [ -n "$python" ] || stop "$missing"
    say "Installing uv into var/uv"
    writable var || stop "Cannot write to $(pwd)/var: use a folder you may write to."
    rm -rf var/uv
    if ! { "$python" -m venv var/uv && var/uv/bin/pip install --quiet --disable-pip-version-check "uv==$uv_version"; }; then
        stop "uv could not be installed (see above). Check the network and the free space, then run this again."
    fi
    uv=var/uv/bin/uv
fi

if ! "$uv" python find --quiet "$python_version" >/dev/null 2>&1; then
    say "There is no Python $python_version on this machine: uv gets one"
    "$uv" python install --quiet "$python_version" 2>/dev/null || stop "$missing"
fi

say "Installing the locked packages into .venv; the first time this takes a minute"
if ! "$uv" sync --locked --quiet --compile-bytecode; then
    stop "The packages could not be installed (see above). Check the network and the free space, then run this again."
fi
