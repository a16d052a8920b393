#!/usr/bin/env bash
# Installs what building and testing need, and only what is missing:
#   Scripts/setup.sh debian      the Debian packages of debian-packages.txt
#   Scripts/setup.sh packaging   those that `make deb` needs besides, of debian-packages-packaging.txt
#   Scripts/setup.sh python      the Python environment .venv with the packages of requirements.txt
#   Scripts/setup.sh fashion     the pictures of Fashion-MNIST, of debian-packages-fashion.txt
#   Scripts/setup.sh fronts      the Python environment .venv-fronts with the packages of requirements-fronts.txt
#   Scripts/setup.sh             the first two
set -euo pipefail
cd "$(dirname "$0")/.."

# install_debian_packages LIST
install_debian_packages() {
  local list=$1
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian system; install what $list names yourself"
    return
  fi
  local package missing=() as_root=()
  while read -r package; do
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      missing+=("$package")
    fi
  done < <(grep -v '^#' "$list")
  if [[ ${#missing[@]} -eq 0 ]]; then return; fi

  if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "setup: as root, run: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "setup: installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

# install_python_packages ENVIRONMENT LIST. The stamp holds the list that is installed and the Python that installed it.
install_python_packages() {
  local environment=$1 list=$2
  local stamp=$environment/installed
  local wanted
  wanted=$(python3 --version; cat "$list")
  if [[ -f $stamp && $(cat "$stamp") == "$wanted" ]]; then return; fi
  echo "setup: installing the Python packages of $list in $environment"
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --requirement "$list"
  echo "$wanted" >"$stamp"
}

check_swift() {
  if ! command -v swift >/dev/null; then
    echo "setup: no Swift found; install Swift 6.3 or newer (https://www.swift.org/install)" >&2
    exit 1
  fi
}

case "${1:-all}" in
  debian) install_debian_packages Scripts/debian-packages.txt ;;
  packaging) install_debian_packages Scripts/debian-packages-packaging.txt ;;
  fashion) install_debian_packages Scripts/debian-packages-fashion.txt ;;
  python) install_python_packages .venv Scripts/requirements.txt ;;
  fronts) install_python_packages .venv-fronts Scripts/requirements-fronts.txt ;;
  all)
    check_swift
    install_debian_packages Scripts/debian-packages.txt
    install_python_packages .venv Scripts/requirements.txt
    ;;
  *)
    echo "usage: Scripts/setup.sh [debian|packaging|fashion|python|fronts]" >&2
    exit 2
    ;;
esac
