"""What the scripts of the peers share: arguments, clocks and results.

    SCRIPT version
    SCRIPT convert ONNX MODEL EXTENT…
    SCRIPT load MODEL INPUT THREADS
    SCRIPT run MODEL INPUT THREADS SECONDS ITERATIONS [LOGITS]

Results are JSON on the last line that is printed. `load` loads the model only and gives the seconds that this took.
`run` loads the model, computes one result, and then measures further ones until both SECONDS and ITERATIONS are
reached. It gives the monotonic clock at the first result in seconds, and the times in ms.
"""

import json
import sys
import time


def main(version, convert, load):
    """`load(model, input, threads)` gives a function from the input to the logits; both are numpy arrays."""
    command, *arguments = sys.argv[1:]
    if command == "version":
        print(json.dumps(version()))
    elif command == "convert":
        onnx, model, *shape = arguments
        convert(onnx, model, [int(extent) for extent in shape])
    elif command == "load":
        measure_load(load, *arguments)
    else:
        measure(load, *arguments)


def measure_load(load, model, data, threads):
    import numpy

    images = numpy.load(data)
    start = time.perf_counter()
    load(model, images, int(threads))
    print(json.dumps({"load": time.perf_counter() - start}))


def measure(load, model, data, threads, seconds, iterations, output=None):
    import numpy

    images = numpy.load(data)
    run = load(model, images, int(threads))
    logits = run(images)
    first_result = time.monotonic()
    times = []
    while len(times) < int(iterations) or sum(times) < 1000 * float(seconds):
        start = time.perf_counter()
        run(images)
        times.append(1000 * (time.perf_counter() - start))
    if output:
        numpy.save(output, logits)
    print(json.dumps({"first_result": first_result, "times_ms": times}))
