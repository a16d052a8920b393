"""Runs `tessera-train-mpi` on several ranks of this machine."""

import pathlib
import signal
import subprocess

import tool
from training_data import command

PATH = tool.PATH.with_name("tessera-train-mpi")
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--quiet"]
# A checkpoint reaches a busy disk within these seconds, which mpirun waits out after a signal.
PATIENT = ["--mca", "odls_base_sigkill_timeout", "4"]


def line(ranks, options=()):
    """The command line of a job: for each rank what mpirun is told of it, and its arguments."""
    line = [*MPIRUN, *options]
    for index, (options, arguments) in enumerate(ranks):
        line += [":"] if index else []
        line += map(str, ["-np", 1, *options, PATH, *arguments])
    return line


def start(ranks):
    """A job that is running."""
    return subprocess.Popen(
        line(ranks, PATIENT), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        # A shell's background jobs ignore the signal, and so would the job.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def process(job, rank):
    """The process of a rank of a job."""
    wanted = f"OMPI_COMM_WORLD_RANK={rank}".encode()
    for path in pathlib.Path(f"/proc/{job.pid}/task").glob("*/children"):
        for number in path.read_text().split():
            if wanted in pathlib.Path(f"/proc/{number}/environ").read_bytes().split(b"\0"):
                return int(number)
    raise LookupError(f"no rank {rank}")


def run(ranks, exit=0, **options):
    """Runs a job to its end and requires its exit code."""
    arguments = line(ranks)
    process = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, **options)
    result = tool.Result(arguments, process.returncode, process.stdout, process.stderr)
    assert result.exit == exit, str(result)
    return result


def ranks(count, folder, output, *arguments, threads=1, **settings):
    """As many ranks that do what `training_data.train` does; rank r takes `threads` + r mod 3 threads."""
    _, *arguments = command(folder, output, *arguments, **settings)
    return [([], [*arguments, "--threads", 1 + (threads - 1 + rank) % 3]) for rank in range(count)]


def train(count, folder, output, *arguments, exit=0, **settings):
    return run(ranks(count, folder, output, *arguments, **settings), exit)
