"""Products of float32 matrices by OpenBLAS.

    SCRIPT LIBRARY THREADS SECONDS SHAPE…

LIBRARY is a file with the interface of C, or numpy for the build in NumPy's wheel. A SHAPE is ROWSxDEPTHxCOLUMNS, then NN, NT or
TN: which factor is transposed as it lies. Prints JSON: milliseconds of each product by shape.
"""

import ctypes
import json
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[2]

import numpy as np  # noqa: E402

ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112
POINTER = ctypes.POINTER(ctypes.c_float)


def by_library(path):
    multiply = ctypes.CDLL(path).cblas_sgemm
    multiply.argtypes = [*[ctypes.c_int] * 6, ctypes.c_float, POINTER, ctypes.c_int, POINTER, ctypes.c_int, ctypes.c_float, POINTER,
                         ctypes.c_int]
    multiply.restype = None

    def product(left, right, kind, rows, depth, columns):
        result = np.empty((rows, columns), np.float32)
        arguments = [ROW_MAJOR, *(TRANSPOSED if letter == "T" else PLAIN for letter in kind), rows, columns, depth, 1.0,
                     left.ctypes.data_as(POINTER), left.shape[1], right.ctypes.data_as(POINTER), right.shape[1], 0.0,
                     result.ctypes.data_as(POINTER), columns]
        return lambda: multiply(*arguments)

    return product


def by_numpy(left, right, kind, rows, _, columns):
    result = np.empty((rows, columns), np.float32)
    left, right = (factor.T if letter == "T" else factor for factor, letter in zip([left, right], kind))
    return lambda: np.matmul(left, right, out=result)


def times(call, seconds):
    call()
    found = []
    while len(found) < 3 or sum(found) < seconds * 1e3:
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1e3)
    return found


def main(library, _, seconds, *shapes):
    product = by_numpy if library == "numpy" else by_library(library)
    random = np.random.default_rng(1)
    found = {}
    for shape in shapes:
        rows, depth, columns = map(int, shape[:-2].split("x"))
        kind = shape[-2:]
        left = random.standard_normal((depth, rows) if kind[0] == "T" else (rows, depth), np.float32)
        right = random.standard_normal((columns, depth) if kind[1] == "T" else (depth, columns), np.float32)
        found[shape] = times(product(left, right, kind, rows, depth, columns), float(seconds))
    print(json.dumps(found))


main(*sys.argv[1:])
