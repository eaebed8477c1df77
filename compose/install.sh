#!/bin/sh
# Installs the wheels in /wheels into /opt/venv: nothing is downloaded, every hash is checked.
set -eu

found=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
wanted=$(cat /wheels/python-version)
if [ "$found" != "$wanted" ]; then
    echo "the base image has Python $found, the wheels are for $wanted: choose another base/python" >&2
    exit 1
fi

python3 -m venv /opt/venv
/opt/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --no-index --find-links /wheels --no-deps --require-hashes -r /wheels/requirements.txt

packages=$(/opt/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
# Nothing is installed in a container.
rm -rf "$packages"/pip "$packages"/pip-*.dist-info "$packages"/setuptools "$packages"/setuptools-*.dist-info \
    "$packages"/pkg_resources "$packages"/_distutils_hack "$packages"/distutils-precedence.pth \
    /opt/venv/bin/pip*
# Of botocore only its signatures are used; the descriptions of every AWS service weigh 25 MB.
find "$packages/botocore/data" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} + 2>/dev/null || true
