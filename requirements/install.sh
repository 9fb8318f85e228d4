#!/bin/sh
# Make the environment $VENV and install a lock of this folder into it: install.sh base|dev|biologic
# Needs Python and its pip, nothing else: the environment is made without ensurepip, which Debian packages
# apart, and filled from outside. uv does it in seconds; where there is none, pip checks the same hashes.
set -eu
lock=requirements/$1.txt
python=$VENV/bin/python

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "labdb needs Python 3.11 or newer, and $PYTHON is not; name one: make run PYTHON=python3.12" >&2
    exit 1
}
if ! [ -x "$python" ]; then
    echo "Making the environment $VENV"
    "$PYTHON" -m venv --without-pip "$VENV" || {
        echo "$PYTHON cannot make an environment; on Debian: apt-get install python3-venv python3-pip" >&2
        exit 1
    }
fi

install_with_pip() {
    "$PYTHON" -m pip --version >/dev/null 2>&1 || {
        echo "$PYTHON has no pip; on Debian: apt-get install python3-pip" >&2
        exit 1
    }
    "$PYTHON" -m pip --python "$python" install --quiet --disable-pip-version-check --no-input --require-hashes "$@"
}

if ! [ -x "$VENV/bin/uv" ]; then
    # Only a wheel: building uv from source takes longer than pip does without it.
    install_with_pip --only-binary :all: --requirement requirements/uv.txt || echo "uv is not available; pip takes longer" >&2
fi
echo "Installing $lock"
if [ -x "$VENV/bin/uv" ]; then
    export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
    "$VENV/bin/uv" pip install --quiet --python "$python" --require-hashes --requirement "$lock" && exit 0
    # uv reads neither pip.conf nor PIP_INDEX_URL: behind a lab's own package index it is pip that knows the way.
    echo "uv could not; trying pip" >&2
fi
install_with_pip --requirement "$lock"
