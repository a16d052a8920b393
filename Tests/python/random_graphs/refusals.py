"""The forms that Tessera documents as not supported: what it says of them, with exit code 3."""

import re

REASONS = [
    r"a pooling window lies in the padding as a whole",
    r"arithmetic on \w+ at run time",
]


def reason(message):
    """The reason that every line of a message gives, one of `REASONS`; None where one gives none."""
    found = None
    for line in message.splitlines():
        if re.match(r"tessera: (warning|note): ", line):
            continue
        found = next((reason for reason in REASONS if re.search(reason, line)), None)
        if found is None:
            return None
    return found
