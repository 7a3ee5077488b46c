#!/bin/sh
# install.sh VENV PROJECT...: a virtual environment of these workspace projects and what they need, nothing else.
# Every package comes at the version of requirements.lock and with a hash from there, or not at all; what the lock
# holds beyond that (the tools of development) stays out.
set -eu

venv=$1
shift
wheels=$(mktemp -d)
for project in "$@"; do
    uv build --quiet --wheel --no-build-isolation --out-dir "$wheels" "$project"
done
for wheel in "$wheels"/*.whl; do
    echo "$wheel --hash=sha256:$(sha256sum "$wheel" | cut -d ' ' -f 1)"
done > "$wheels/requirements.txt"

uv venv --quiet --python python3 "$venv"
VIRTUAL_ENV=$venv uv pip install --quiet --compile-bytecode --require-hashes \
    --constraint requirements.lock --requirement "$wheels/requirements.txt"
VIRTUAL_ENV=$venv uv pip check --quiet
rm -r "$wheels"
