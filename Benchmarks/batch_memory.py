#!/usr/bin/env python3
"""Peak memory of the scheduler and of the driver of `python -m tessera.batch`, for lists of more and more paths.

    .venv-fronts/bin/python Benchmarks/batch_memory.py [COUNT…]

The paths are those of the digits, again and again; by default 10,000, 100,000 and 1,000,000 of them. Prints a line a list.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BIN = pathlib.Path(sys.executable).parent
DIGITS = sorted((ROOT / "Graphs/digits").glob("*.png"))


def peak(process):
    """The most memory that a process has had, in MB."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000


def measure(count, plan, folder):
    """Peaks of scheduler and driver in MB, with two workers."""
    images = folder / f"{count}.txt"
    with images.open("w") as file:
        file.writelines(f"{DIGITS[index % len(DIGITS)]}\n" for index in range(count))
    address_file = folder / f"{count}.json"
    scheduler = subprocess.Popen(
        [BIN / "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0",
         "--scheduler-file", address_file], stderr=subprocess.DEVNULL)
    workers = []
    try:
        while not (found := address_file.exists() and re.search(r'"address": "(.*?)"', address_file.read_text())):
            if scheduler.poll() is not None:
                sys.exit("batch_memory: the scheduler has ended")
            time.sleep(0.05)
        address = found[1]
        workers = [
            subprocess.Popen(
                [BIN / "dask", "worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", folder],
                stderr=subprocess.DEVNULL) for _ in range(2)]
        driver = subprocess.Popen(
            [sys.executable, "-m", "tessera.batch", "classify", plan, "--images", images, "-o", folder / f"out-{count}",
             "--scheduler", address, "--top", "1"], stdout=subprocess.DEVNULL)
        driver_peak = 0
        while driver.poll() is None:
            try:
                driver_peak = max(driver_peak, peak(driver))
                driver.wait(timeout=0.2)
            except (subprocess.TimeoutExpired, TypeError):
                pass
        if driver.returncode:
            sys.exit("batch_memory: the driver has failed")
        return peak(scheduler), driver_peak
    finally:
        for process in [*workers, scheduler]:
            process.terminate()
            process.wait()


def main():
    counts = [int(word) for word in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        plan = folder / "digits.plan"
        subprocess.run(
            [ROOT / ".build/release/tessera", "compile", ROOT / "Graphs/digits.onnx", "--shapes", "image:8x1x28x28", "-o", plan],
            check=True, stdout=subprocess.DEVNULL)
        for count in counts:
            scheduler, driver = measure(count, plan, folder)
            print(f"{count:>9,} paths: scheduler {scheduler:.0f} MB, driver {driver:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
