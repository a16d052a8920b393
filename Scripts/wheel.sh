#!/usr/bin/env bash
# Puts the Python package with the library of .build/libraries into .build/python and makes a wheel of it, in .build/wheel,
# for every Python on x86-64 Linux with glibc 2.34 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
package=.build/python
rm -rf "$package" .build/wheel
mkdir -p "$package" .build/wheel
cp -r Python/. "$package"
find "$package" -name __pycache__ -prune -exec rm -r {} +
cp .build/libraries/lib/libtessera.so.1 "$package/tessera/"
.venv/bin/python Python/declarations.py .build/libraries/include "$package/tessera/_declarations.py" >/dev/null
sed -n 's/.*tesseraVersion = \(".*"\)/__version__ = \1/p' Sources/Base/Tensors/Version.swift >"$package/tessera/_version.py"
.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
  --wheel-dir "$package/linux" "$package"
PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m auditwheel repair --plat manylinux_2_34_x86_64 \
  --wheel-dir .build/wheel "$package"/linux/*.whl >/dev/null
rm -r "$package/linux"
