"""Writes the array files of this folder with NumPy and safetensors.

Every array holds 0, 1, 2, … in row-major order, so a test can say what it expects.
"""

import pathlib

import numpy as np
from numpy.lib import format as npy
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).resolve().parent
CODES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]


def counting(shape, code="<f4"):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(code)


def main():
    for code in CODES:
        np.save(FOLDER / f"{code}.npy", counting((2, 3), "<" + code))
    np.save(FOLDER / "b1.npy", np.array([[True, False, True]]))
    np.save(FOLDER / "big-endian.npy", counting((2, 3), ">i4"))
    np.save(FOLDER / "fortran.npy", np.asfortranarray(counting((2, 3, 4))))
    np.save(FOLDER / "scalar.npy", np.float64(7))
    np.save(FOLDER / "empty.npy", counting((0, 3)))
    np.save(FOLDER / "complex.npy", counting((2,), "<c8"))
    np.save(FOLDER / "structured.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
    for version in ((2, 0), (3, 0)):
        with open(FOLDER / f"version{version[0]}.npy", "wb") as file:
            npy.write_array(file, counting((2, 3)), version)

    arrays = {"weight": counting((2, 3)), "bias": counting((3,), "<f2"), "fortran": np.asfortranarray(counting((3, 2)))}
    np.savez(FOLDER / "stored.npz", **arrays)
    np.savez_compressed(FOLDER / "deflated.npz", zeros=np.zeros((64, 64), np.float32), **arrays)
    save_file({"weight": counting((2, 3)), "bias": counting((3,), "<f2"), "flag": np.array([True, False])},
              FOLDER / "small.safetensors", metadata={"format": "pt"})  # fmt: skip


if __name__ == "__main__":
    main()
