"""`tessera doctor`: what it finds, why so many threads, and systems that tell nothing."""

import os
import shutil
import subprocess
import sys

import pytest

from tessera_cli import ROOT, run, run_json

# Refuses to open what lies in these folders.
REFUSING = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
static int opened(const char *name, const char *path, int flags, int mode) {
  if (!strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5) || !strncmp(path, "/etc/os", 7))
    return errno = EACCES, -1;
  return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name))(path, flags, mode);
}
#define REFUSE(name) \\
  int name(const char *path, int flags, ...) { \\
    va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \\
    return opened(#name, path, flags, mode); \\
  }
REFUSE(open) REFUSE(open64)
"""


@pytest.fixture(scope="module")
def report():
    return run_json("doctor", environment={"TESSERA_NUM_THREADS": "", "OMP_NUM_THREADS": "", "TESSERA_ISA": ""})


def test_versions(report):
    assert run("--version").stdout.split()[1] == report["version"]
    assert f"format version ({report['plan_format_version']})" in (ROOT / "Docs/plan-format.md").read_text()
    source = (ROOT / "Sources/Kernels/Interface/KernelVersion.swift").read_text()
    assert f"kernelVersion = {report['kernel_version']}\n" in source


def test_what_the_system_tells(report):
    assert report["kernel"] == f"Linux {os.uname().release}"
    assert report["architecture"] == {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    assert report["cpus_affinity"] == len(os.sched_getaffinity(0))
    assert report["memory_bytes"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < report["memory_available_bytes"] <= report["memory_bytes"]
    assert report["instruction_set"] == report["instruction_sets"][0]
    assert report["instruction_sets"][-1] == "portable"


def test_peaks_are_those_of_this_machine(report):
    one, *several = report["peaks"]
    assert one["threads"] == 1
    assert [peak["threads"] for peak in several] == [report["threads"]] * (report["threads"] > 1)
    # A core since 2013 has at least 1e9 cycles a second; none has five units of 16 floats at 7e9.
    assert 2 < one["gflops"] < 2 * 5 * 16 * 7
    assert 0.2 < one["gbytes"] < 2000


@pytest.mark.parametrize("instruction_set", ["portable", "avx2", "avx512"])
def test_peaks_of_each_instruction_set(report, instruction_set):
    if instruction_set not in report["instruction_sets"]:
        pytest.skip(f"this CPU has no {instruction_set}")
    found = run_json("doctor", "--threads", 1, environment={"TESSERA_ISA": instruction_set})
    assert found["instruction_set"] == instruction_set
    assert len(found["peaks"]) == 1 and 1 < found["peaks"][0]["gflops"] < 2 * 5 * 16 * 7


def test_text(report):
    text = run("doctor", "--threads", 1).stdout
    titles = [line.split("  ")[0] for line in text.splitlines()]
    assert titles == ["tessera", "system", "CPU", "caches", "instruction sets", "CPUs", "threads", "variables", "memory",
                      "huge pages", "multiply-adds", "memory reads"]
    assert report["cpu"] in text and "GFLOP/s on 1 thread\n" in text


@pytest.mark.parametrize(
    "environment, threads, reason",
    [
        ({"TESSERA_NUM_THREADS": "3", "OMP_NUM_THREADS": "5"}, 3, "TESSERA_NUM_THREADS"),
        ({"TESSERA_NUM_THREADS": "", "OMP_NUM_THREADS": "5,2"}, 5, "OMP_NUM_THREADS"),
        ({"TESSERA_NUM_THREADS": "many"}, None, "TESSERA_NUM_THREADS is 'many'"),
    ],
)
def test_why_so_many_threads(environment, threads, reason):
    report = run_json("doctor", "--threads", 1, environment=environment)
    assert report["threads"] == threads and reason in report["threads_reason"]
    assert report["variables"]["TESSERA_NUM_THREADS"] == environment["TESSERA_NUM_THREADS"]


def test_the_affinity_mask():
    cpu = min(os.sched_getaffinity(0))
    command = [sys.executable, "-c", f"import os; os.sched_setaffinity(0, [{cpu}]); import test_doctor as t; "
               "print(t.run('doctor').stdout)"]
    text = subprocess.run(command, cwd=ROOT / "Tests/python", capture_output=True, text=True, check=True, env={
        name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}).stdout
    assert "1 in the affinity mask" in text and "1, by affinity mask" in text


def test_an_instruction_set_that_is_not_there():
    report = run_json("doctor", "--threads", 1, environment={"TESSERA_ISA": "vax"})
    assert report["instruction_set"] is None and len(report["instruction_sets"]) >= 1
    text = run("doctor", "--threads", 1, environment={"TESSERA_ISA": "vax"}).stdout
    assert "used: TESSERA_ISA is 'vax'" in text


def test_a_system_that_tells_nothing(tmp_path):
    compiler = shutil.which("clang") or shutil.which("cc")
    (tmp_path / "refusing.c").write_text(REFUSING)
    library = tmp_path / "refusing.so"
    subprocess.run([compiler, "-shared", "-fPIC", tmp_path / "refusing.c", "-o", library, "-ldl"], check=True)
    environment = {"LD_PRELOAD": str(library), "TESSERA_NUM_THREADS": "2"}
    report = run_json("doctor", environment=environment)
    unknown = ["kernel", "distribution", "cpu", "cpu_quota", "memory_bytes", "memory_available_bytes",
               "memory_limit_bytes", "huge_pages", "huge_page_bytes", "huge_page_share"]
    assert [name for name in unknown if report[name] is not None] == []
    assert report["caches"] == [] and report["threads"] == 2 and len(report["peaks"]) == 2
    lines = run("doctor", environment=environment).stdout.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith(("CPU ", "caches", "huge"))] == ["unknown"] * 3
    assert "available unknown" in next(line for line in lines if line.startswith("memory "))


def test_too_little_memory_to_measure():
    report = run_json("doctor", "--threads", 2, address_space=400 << 20)
    assert all(peak["gbytes"] is None and peak["gflops"] > 0 for peak in report["peaks"])
    assert "memory reads      unknown" in run("doctor", "--threads", 2, address_space=400 << 20).stdout
