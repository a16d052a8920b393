#!/usr/bin/env bash
# Makes Debian packages of what Scripts/libraries.sh has linked, in .build/deb, and lets lintian judge them.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh packaging
root=$PWD
version=$(sed -n 's/.*tesseraVersion = "\(.*\)"/\1/p' Sources/Base/Tensors/Version.swift)
maintainer=$(git log -1 --format='%an <%ae>')
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
rm -rf .build/deb
source=.build/deb/tessera-$version
mkdir -p "$source"
cp -r Packaging/debian "$source/debian"
sed -i "s|@MAINTAINER@|$maintainer|" "$source/debian/control"
# The first section of CHANGELOG.md, each entry on a line of its own.
python3 Scripts/debian_changelog.py CHANGELOG.md "$version" "$maintainer" >"$source/debian/changelog"
python3 Scripts/debian_copyright.py "$(dirname "$(readlink -f "$(command -v swiftc)")")/../share/swift/LICENSE.txt" >"$source/debian/copyright"
(cd "$source" && TESSERA=$root dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes >"$root/.build/deb/log" 2>&1) || {
  tail -n 30 .build/deb/log >&2
  exit 1
}
lintian --allow-root --fail-on error .build/deb/*.deb
ls -1 .build/deb/*.deb
