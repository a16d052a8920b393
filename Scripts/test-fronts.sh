#!/usr/bin/env bash
# Tests the model server and batches on many machines, with the wheel of .build/wheel and the tool of .build/release. Options are pytest's.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/fronts.sh
.venv-fronts/bin/python -m pytest -q --basetemp=.build/pytest-fronts "$@" Tests/fronts
