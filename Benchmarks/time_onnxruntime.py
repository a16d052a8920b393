#!/usr/bin/env python3
"""Prints the times of single runs of ONNX Runtime in milliseconds, as a JSON list."""

import argparse
import json
import time

import numpy
import onnxruntime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    arguments = parser.parse_args()

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(arguments.model, options,
                                           providers=["CPUExecutionProvider"])
    [graph_input] = session.get_inputs()
    shape = [arguments.batch, *graph_input.shape[1:]]
    data = numpy.random.default_rng(0).standard_normal(shape, dtype=numpy.float32)
    times = []
    for iteration in range(arguments.warmup + arguments.iterations):
        start = time.perf_counter()
        session.run(None, {graph_input.name: data})
        if iteration >= arguments.warmup:
            times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
