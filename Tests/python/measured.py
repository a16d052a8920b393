"""Runs the tool `tessera` and measures what it took."""

import os
import subprocess
import sys

import tool

# A process starts with the peak of the one that makes it, so a small one makes it.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
with open(int(sys.argv[1]), "w") as report:
    print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime, file=report)
"""


class Measured:
    """A finished process, its peak of resident memory in bytes and the seconds of CPU that it took."""

    def __init__(self, *arguments):
        arguments = [str(argument) for argument in arguments]
        reader, writer = os.pipe()
        finished = subprocess.run(
            [sys.executable, "-S", "-c", MEASURE, str(writer), str(tool.PATH), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[writer],
            check=True,
        )
        os.close(writer)
        with open(reader) as report:
            exit_code, peak, seconds = report.read().split()
        self.output = finished.stdout
        self.exit = int(exit_code)
        self.peak = int(peak) * 1024
        self.seconds = float(seconds)
