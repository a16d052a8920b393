#!/usr/bin/env python3
"""Prints the newest section of a changelog in the form of Keep a Changelog as Debian has it: an entry for each line.

usage: debian_changelog.py FILE VERSION MAINTAINER, with SOURCE_DATE_EPOCH for the date."""

import email.utils
import os
import re
import sys
import textwrap


def entries(text):
    """The items of the newest section, without markup."""
    section = re.split(r"^## .*$", text, flags=re.MULTILINE)[1]
    for item in re.split(r"^- ", section, flags=re.MULTILINE)[1:]:
        item = re.split(r"\n(?! )", item)[0]
        item = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item).replace("`", "")
        yield " ".join(item.split())


def main():
    path, version, maintainer = sys.argv[1:]
    with open(path) as file:
        items = list(entries(file.read()))
    if not items:
        sys.exit(f"{path}: expected entries in the first section, found none")
    print(f"tessera ({version}) unstable; urgency=medium\n")
    for item in items:
        print(textwrap.fill(item, 78, initial_indent="  * ", subsequent_indent="    ", break_long_words=False))
    date = email.utils.formatdate(int(os.environ["SOURCE_DATE_EPOCH"]))
    print(f"\n -- {maintainer}  {date}")


main()
