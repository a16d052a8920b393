#!/usr/bin/env bash
# Makes .venv-fronts, where the model server and batches on many machines run, and installs the wheel of .build/wheel there.
# Only what is missing or has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh fronts
wheels=(.build/wheel/tessera-*.whl)
if [[ ! -f ${wheels[0]} ]]; then
  echo "fronts: .build/wheel has no wheel; build it: make wheel" >&2
  exit 1
fi
stamp=.venv-fronts/wheel
wanted=$(sha256sum "${wheels[0]}")
if [[ -f $stamp && $(cat $stamp) == "$wanted" ]]; then exit; fi
.venv-fronts/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-index --no-deps --force-reinstall \
  "${wheels[0]}"
echo "$wanted" >$stamp
