"""The console blocks of a document: what is typed after `$ `, and what is printed below.

In what is printed, … stands for whatever varies within a line; a line that is only … for any number of lines.
A block that cannot be run begins with ```console (not run: REASON).
"""

import os
import re
import subprocess

import tool

BLOCK = re.compile(r"^```console(?: \(not run: ([^)\n]+)\))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def commands(document):
    """The commands of all blocks that are run, in order, each with the lines that it prints."""
    found = []
    for reason, block in BLOCK.findall(document):
        for line in [] if reason else block.splitlines():
            if found and found[-1][0].endswith("\\"):
                found[-1] = (f"{found[-1][0]}\n{line}", [])
            elif line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def not_run(document):
    """Why blocks are not run, in order."""
    return [reason for reason, _ in BLOCK.findall(document) if reason]


def matches(expected, printed):
    """Whether the lines of a document are those that were printed."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else ".*".join(re.escape(part) for part in line.split("…")) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def prepare(folder):
    """What documents take for granted: the tool, and the repository's folder of graphs."""
    (folder / "bin").mkdir()
    (folder / "bin/tessera").symlink_to(tool.PATH)
    (folder / "Graphs").symlink_to(tool.ROOT / "Graphs")


def run(command, folder):
    """The lines that a command prints in a shell, both streams, and its exit code."""
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    process = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=300)
    return process.stdout.splitlines(), process.returncode


def check(entries, folder):
    """Requires of each command that it prints what its document says."""
    for command, expected in entries:
        printed, code = run(command, folder)
        assert code == 0 and matches(expected, printed), "\n".join([command, *printed])
