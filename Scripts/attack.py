"""Attacks every reader of untrusted bytes, and the kernels, as long as one says, and prints what was run.

    Scripts/attack.py [--minutes M] [--jobs N] [--readers NAME,…] [--seed S] [--only PART]

Half of the time goes to seeded mutations under the address sanitizer, half to coverage-guided inputs by
libFuzzer under the same. Then come sessions at once under the thread sanitizer, and the leak checks. Inputs
that reproduce a fault are left in `.build/attack/faults`, what was run in `.build/attack/counts.json`,
which adds up over all calls.
"""

import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORK = ROOT / ".build/attack"
FAULTS = WORK / "faults"
COUNTS = WORK / "counts.json"
FUZZER_RESIDENT_MB = 4096
ENVIRONMENT = {
    **os.environ,
    # The sanitizers print the stack; Swift's own backtrace takes half a minute.
    "SWIFT_BACKTRACE": "enable=no",
    "TMPDIR": "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp",
    "ASAN_OPTIONS": "allocator_may_return_null=0:max_allocation_size_mb=8192:hard_rss_limit_mb=4096",
}


def build(kind, product, sanitizers, environment=None):
    """Builds a product in a folder of its own; returns the program."""
    flags = [f"--sanitize={name}" for name in sanitizers]
    scratch = ROOT / ".build" / kind
    command = ["swift", "build", "-c", "release", *flags, "--scratch-path", scratch, "--product", product]
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True
    )
    if result.returncode != 0:
        sys.exit(f"attack: cannot build {product}\n{result.stdout}{result.stderr}")
    return scratch / "release" / product


def call(*command, **environment):
    return subprocess.run(
        [str(word) for word in command],
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def keep_fault(name, log, input_path=None):
    """Says what reproduces a fault, once."""
    (FAULTS / f"{name}.log").write_text(log)
    lines = [line for line in log.splitlines() if re.search(r"fault:|ERROR|SUMMARY|Fatal error", line)]
    where = input_path or FAULTS / f"{name}.log"
    print(f"FAULT {where}: {' / '.join(lines)[:600] or log[-300:]}", flush=True)


def mutate(tool, name, seconds, seed):
    """Tries seeds for so long; goes on behind one that ends the process."""
    progress = WORK / f"{name}.seed"
    inputs = accepted = faults = 0
    end = time.monotonic() + seconds
    while (left := math.ceil(end - time.monotonic())) > 0 and faults < 20:
        result = call(tool, "mutate", name, left, seed, progress)
        if found := re.search(r"inputs (\d+) accepted (\d+)", result.stdout):
            inputs += int(found[1])
            accepted += int(found[2])
            seed += int(found[1])
        if result.returncode != 0:
            faults += 1
            last = int.from_bytes(progress.read_bytes(), "little") if progress.exists() else seed
            if not found:
                inputs += last - seed + 1
            seed = last + 1
            path = FAULTS / f"{name}-seed-{last}"
            call(tool, "write", name, last, path)
            keep_fault(path.name, result.stdout, path)
    return {"mutated": inputs, "accepted": accepted, "faults": faults, "seconds": seconds}


def fuzz(tool, fuzzer, name, seconds):
    """Lets libFuzzer look for inputs that reach code not reached before; keeps them for the next call."""
    corpus = WORK / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    call(tool, "samples", name, corpus)
    inputs = faults = 0
    end = time.monotonic() + seconds
    while (left := math.ceil(end - time.monotonic())) > 0 and faults < 20:
        result = call(
            fuzzer,
            corpus,
            f"-max_total_time={left}",
            "-timeout=30",
            f"-rss_limit_mb={FUZZER_RESIDENT_MB}",
            "-max_len=65536",
            "-print_final_stats=1",
            f"-artifact_prefix={FAULTS}/{name}-",
            ATTACK_READER=name,
        )
        if found := re.search(r"number_of_executed_units: (\d+)", result.stdout):
            inputs += int(found[1])
        if result.returncode != 0:
            faults += 1
            written = re.search(r"Test unit written to (\S+)", result.stdout)
            path = pathlib.Path(written[1]) if written else None
            keep_fault(path.name if path else f"{name}-fuzzer", result.stdout, path)
    return {"guided": inputs, "faults": faults, "seconds": seconds}


def print_table(counts):
    print("| reader | mutated | guided | accepted of the mutated | minutes | faults |")
    print("|---|---:|---:|---:|---:|---:|")
    total = {}
    for name, entry in counts.items():
        for key, value in entry.items():
            total[key] = total.get(key, 0) + value
    for name, entry in [*counts.items(), ("**all**", total)]:
        numbers = [entry.get(key, 0) for key in ("mutated", "guided", "accepted")]
        cells = [name, *(f"{n:,}" for n in numbers), f"{entry.get('seconds', 0) / 60:.1f}"]
        print(f"| {' | '.join(cells)} | {entry.get('faults', 0)} |")


def report(seed, results):
    """Prints what this call ran, and all calls so far."""
    here = {}
    for name, result in results:
        add(here, name, result)
    print(f"seed {seed}, in this call:")
    print_table(here)
    counts = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    for name, result in results:
        add(counts, name, result)
    COUNTS.write_text(json.dumps(counts, indent=1))
    print("in all calls so far:")
    print_table(counts)


def add(counts, name, result):
    entry = counts.setdefault(name, {})
    for key, value in result.items():
        entry[key] = entry.get(key, 0) + value


def check_sessions():
    tool = build("thread", "AttackTool", ["thread"])
    result = call(tool, "sessions", 16, 500)
    print(f"16 sessions over one plan, thread sanitizer: {result.stdout.strip()[-200:]}", flush=True)
    if result.returncode != 0 or "ThreadSanitizer" in result.stdout:
        keep_fault("sessions", result.stdout)
        return 1
    return 0


def check_leaks(sanitized):
    """Growth without a sanitizer, and what the leak sanitizer finds when the same work ends."""
    tool = build("plain", "AttackTool", [])
    result = call(tool, "leaks", 20_000, 500)
    print(f"20,000 runs and 500 compilations, bytes: {' '.join(result.stdout.split())}", flush=True)
    growths = [int(n) for n in re.findall(r"growth (-?\d+)", result.stdout)]
    leaks = call(sanitized, "leaks", 2_000, 100, ASAN_OPTIONS="detect_leaks=1")
    fine = result.returncode == 0 and len(growths) == 2 and max(growths) < 1 << 20
    fine = fine and leaks.returncode == 0
    if not fine:
        keep_fault("leaks", result.stdout + leaks.stdout)
    return 0 if fine else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--readers", help="only these, separated by commas")
    parser.add_argument("--seed", type=int, default=time.time_ns() >> 10)
    parser.add_argument("--only", choices=["mutate", "fuzz", "sessions", "leaks"])
    arguments = parser.parse_args()
    FAULTS.mkdir(parents=True, exist_ok=True)

    def wanted(part):
        return arguments.only in (None, part)

    tool = build("address", "AttackTool", ["address"])
    names = call(tool, "list").stdout.split()
    if arguments.readers:
        wanted_names = arguments.readers.split(",")
        if unknown := set(wanted_names) - set(names):
            parser.error(f"no reader {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        names = wanted_names
    parts = wanted("mutate") + wanted("fuzz")
    seconds = max(1, int(arguments.minutes * 60 * arguments.jobs / max(1, len(names) * parts)))
    jobs = []
    if wanted("mutate"):
        jobs += [(name, mutate, (tool, name, seconds, arguments.seed)) for name in names]
    if wanted("fuzz"):
        fuzzer = build("fuzzer", "AttackFuzzer", ["fuzzer", "address"], {"TESSERA_FUZZER": "1"})
        jobs += [(name, fuzz, (tool, fuzzer, name, seconds)) for name in names]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda job: (job[0], job[1](*job[2])), jobs))
    if results:
        report(arguments.seed, results)
    faults = sum(result["faults"] for _, result in results)
    faults += check_sessions() if wanted("sessions") else 0
    faults += check_leaks(tool) if wanted("leaks") else 0
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
