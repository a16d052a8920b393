"""The console blocks of a document: what is typed after `$ `, and what is printed below.

In what is printed, … stands for whatever varies within a line.
"""

import re
import subprocess


def commands(document):
    """The commands of all console blocks in order, each with the lines that it prints."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", document, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if found and found[-1][0].endswith("\\"):
                found[-1] = (f"{found[-1][0]}\n{line}", [])
            elif line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(expected, printed):
    """Whether the lines of a document are those that were printed."""
    patterns = [".*".join(re.escape(part) for part in line.split("…")) for line in expected]
    return len(patterns) == len(printed) and all(map(re.fullmatch, patterns, printed))


def run(command, folder, path):
    """The lines that a command prints in a shell, both streams, and its exit code."""
    process = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=300)
    return process.stdout.splitlines(), process.returncode
