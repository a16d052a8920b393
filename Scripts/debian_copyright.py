#!/usr/bin/env python3
"""Prints Debian's copyright file, with the licence of each part that is linked in. usage: debian_copyright.py SWIFT-LICENCE"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def quoted(text):
    """As the text of a field."""
    return "".join(f" {line.rstrip() or '.'}\n" for line in text.strip().splitlines())


def main():
    swift = pathlib.Path(sys.argv[1]).read_text()
    exception = swift[swift.index("## Runtime Library Exception"):]
    (statement,) = [line for line in (ROOT / "README.md").read_text().splitlines() if "licence" in line and "granted" in line]
    sys.stdout.write(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: Tessera\n\n"
        "Files: *\nCopyright: the maintainers of Tessera\nLicense: none\n" + quoted(statement)
        + "\nFiles: usr/bin/tessera usr/lib/*/libtessera*.so.1\n"
        "Comment: Swift's runtime, Dispatch and Foundation, which are linked in\n"
        "Copyright: Apple Inc. and the Swift project authors\nLicense: Apache-2.0 with Swift-exception\n"
        + quoted("On Debian systems the licence is /usr/share/common-licenses/Apache-2.0. The exception:\n\n" + exception)
        + "\nFiles: usr/bin/tessera usr/lib/*/libtessera.so.1\nComment: ICU, which is part of Foundation\n"
        "Copyright: Unicode, Inc. and others\nLicense: Unicode-3.0\n"
        + quoted((ROOT / "Packaging/licences/ICU.txt").read_text()))


main()
