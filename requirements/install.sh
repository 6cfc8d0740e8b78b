#!/bin/sh
# Makes .venv/ and installs what requirements/$1.txt pins, unless that is done ($1: base, demo, or dev; each has all of
# the one before).
# PYTHON names the Python to use; without it, the first that is new enough is taken.
set -eu

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# Prints the first Python that is new enough: of the one that PYTHON names, or of the usual names.
find_python() {
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.14 python3.13 python3.12 python3.11; fi
    for candidate; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed, and $1 is older or missing. On Debian 12 or newer:
  apt install python3 python3-venv"
}

# Tried out rather than looked for: an environment stops working when the Python that it was made of is removed.
if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "This Python cannot make virtual environments. On Debian: apt install python3-venv"
    echo "Making the virtual environment .venv/…"
    rm -rf .venv
    "$python" -m venv .venv || fail "The virtual environment could not be made; the reason stands above."
fi

is_installed() {
    cmp -s "requirements/$1.txt" ".venv/installed-$1.txt"
}

if ! is_installed "$1"; then
    echo "Installing packages, which takes a minute or two the first time…"
    rm -f .venv/installed-*.txt
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "requirements/$1.txt" ||
        fail "The packages could not be installed; pip says above why. It needs the network to a package index."
    [ "$1" != dev ] || cp requirements/demo.txt .venv/installed-demo.txt
    cp "requirements/$1.txt" ".venv/installed-$1.txt"
fi
