#!/usr/bin/env bash
# Checks that generated files are current, builds the tool, the libraries for C (release), the Python package, the tests, the
# example program and the documents' Swift blocks, then runs all tests. Fails on any compiler warning. Ends with the summary
# lines of pytest and of swift test.
set -euo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

build() {
  "$@" 2>&1 | tee "$log"
  if grep -q 'warning:' "$log"; then
    echo "the build printed warnings" >&2
    exit 1
  fi
}

Scripts/generate-proto.sh --check
.venv/bin/python Scripts/make_vgg_graphs.py --check
build swift build -c release
build Scripts/libraries.sh
build Scripts/wheel.sh
build swift build --build-tests
# Packages of their own, beside the tests, so that they find the library built.
build swift build --package-path Examples/ClassifyImage --scratch-path .build
.venv/bin/python Scripts/snippets.py
swift build --package-path .build/snippets --scratch-path .build
.venv/bin/python -m pytest -q -n 2 --dist loadfile --basetemp=.build/pytest Tests/python
swift test --skip-build
