"""How long it takes to make a model ready, and in how much memory.

`tessera compile` of an .onnx file, the plan written, nothing tuned, is timed from the start of its process to its
end. ONNX Runtime's session is timed in Python around its creation alone, in a process of its own: the start of
Python and the import of the package do not count against it. A plan is made once, a session in every process.
"""

import statistics
import tempfile
from pathlib import Path

import bars
import cell
import environment
import models
import process
import report
import suites
from contenders import CONTENDERS, TESSERA

BATCH = 1
# What `tessera compile` should stay below: its peak of resident memory over the size of the model.
PEAK_TARGET = 2.5
TESSERA_NAME, PEER_NAME = "tessera compile", "ONNX Runtime session"


class Preparing:
    """Both ways to prepare one network, repeated in turns."""

    def __init__(self, network, threads):
        self.network, self.threads = network, threads
        self.seconds = {TESSERA_NAME: [], PEER_NAME: []}
        self.measured = {TESSERA_NAME: [], PEER_NAME: []}
        self.failed = {}
        self.model_bytes = 0

    def repeat(self, index):
        ways = [(TESSERA_NAME, self.compile), (PEER_NAME, self.create_session)]
        for name, way in ways[::-1] if index % 2 else ways:
            if name in self.failed:
                continue
            try:
                model = models.onnx(self.network)
                self.model_bytes = model.stat().st_size
                cell.warm_page_cache(model)
                measured, seconds = way(model)
            except (process.Failed, OSError, ValueError, KeyError) as error:
                self.failed[name] = str(error)
                continue
            self.measured[name].append(measured)
            self.seconds[name].append(seconds)

    def compile(self, model):
        with tempfile.TemporaryDirectory(dir=environment.WORK) as folder:
            measured = process.run([TESSERA, "compile", model, "-o", Path(folder) / "prepared.plan", "--shapes",
                                    f"data:{suites.dimensions(suites.NETWORKS[self.network].shape(BATCH))}", "--threads", self.threads])
        return measured, measured.end - measured.start

    def create_session(self, model):
        peer = next(contender for contender in CONTENDERS if contender.name == "ONNX Runtime")
        return peer.load(model, models.data(self.network, BATCH), self.threads)

    def rows(self):
        own = self.seconds[TESSERA_NAME]
        for name, seconds in self.seconds.items():
            row = {"network": self.network, "what": name, "threads": self.threads, "model_bytes": self.model_bytes}
            if name in self.failed:
                yield {**row, "failed": self.failed[name]}
                continue
            row |= {"min_s": min(seconds), "median_s": statistics.median(seconds), "times_s": seconds,
                    "peak_bytes": max(measured.peak_bytes for measured in self.measured[name]),
                    "anonymous_bytes": max(measured.anonymous_bytes for measured in self.measured[name])}
            if own and TESSERA_NAME not in self.failed:
                row |= {"min_ratio_to_tessera": row["min_s"] / min(own),
                        "median_ratio_to_tessera": row["median_s"] / statistics.median(own)}
            yield row


def table(rows):
    header = ["network", "what", "threads", "min s", "median s", "min ÷ Tessera's", "median ÷ Tessera's", "peak MB",
              "peak ÷ model", "anonymous MB", "anonymous ÷ model"]
    lines = []
    for row in rows:
        if "failed" in row:
            continue
        ratios = [f"{row[name]:.2f}" if name in row else "" for name in
                  ["min_ratio_to_tessera", "median_ratio_to_tessera"]]
        lines.append([row["network"], row["what"], str(row["threads"]), f"{row['min_s']:.2f}",
                      f"{row['median_s']:.2f}", *ratios, *memory(row, "peak_bytes"),
                      *memory(row, "anonymous_bytes")])
    failures = [f"{row['what']} of {row['network']} failed: {row['failed']}" for row in rows if "failed" in row]
    return "\n\n".join([report.table(header, lines), verdict(rows), *failures])


def memory(row, name):
    return f"{row[name] / 1e6:.0f}", f"{row[name] / row['model_bytes']:.2f}"


def verdict(rows):
    """Whether the target is kept."""
    worst = {name: max((row[name] / row["model_bytes"] for row in rows
                        if row["what"] == TESSERA_NAME and "failed" not in row), default=float("nan"))
             for name in ["peak_bytes", "anonymous_bytes"]}
    kept = "kept" if worst["peak_bytes"] < PEAK_TARGET else "missed"
    return (f"Of {min((len(row['times_s']) for row in rows if 'times_s' in row), default=0)} repetitions in turns. "
            f"The peak of `tessera compile` should be below {PEAK_TARGET} times the model's file: {kept} at "
            f"{worst['peak_bytes']:.2f}. Pages of mapped files count in it: those of the model, which can be dropped at "
            "any time, and those of the plan, which can once they are written. Memory of no file is "
            f"{worst['anonymous_bytes']:.2f}, sampled every {1000 * process.SAMPLING_INTERVAL:.0f} ms.")


def chart(rows, about):
    panels = {"median time, s": {}, "peak memory over the model's file": {}}
    time, peak = panels.values()
    names = {TESSERA_NAME: "Tessera", PEER_NAME: "ONNX Runtime"}
    for row in rows:
        name, network = names[row["what"]], row["network"].upper()
        for groups in [time, peak]:
            groups.setdefault(network, [])
        if "failed" in row:
            time[network].append(bars.Bar(name, None, "failed"))
            continue
        ratio = row.get("median_ratio_to_tessera", 1)
        label = f"{row['median_s']:.2f}" + (f"  ({ratio:.2f} ×)" if ratio != 1 else "")
        time[network].append(bars.Bar(name, row["median_s"], label))
        multiple = row["peak_bytes"] / row["model_bytes"]
        anonymous = row["anonymous_bytes"] / row["model_bytes"]
        peak[network].append(bars.Bar(name, multiple, f"{multiple:.2f}  ({anonymous:.2f})"))
    subtitles = ["From .onnx: tessera compile, nothing tuned, and the creation of an ONNX Runtime session; "
                 "in parentheses the time over Tessera's",
                 "Peaks with mapped files; in parentheses the part that belongs to no file",
                 f"{about['cpu']}, {about['cores']} cores, {about['date']}"]
    return bars.chart("Making a model ready: less is better", subtitles, panels)
