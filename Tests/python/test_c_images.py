"""The library for C makes the inputs of image files that the tool makes of them."""

import ctypes

import numpy as np
import pytest

import c_library
import tool
from c_library import INVALID_INPUT, INVALID_USAGE

library = c_library.Library("tessera")
FILES = sorted((tool.ROOT / "Graphs/digits").glob("*.png"))[:3]


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    path = tmp_path_factory.mktemp("images") / "digits.plan"
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", path)
    return library.open(path)


def read(plan, files, pixels):
    entries = [c_library.Memory(ctypes.cast(ctypes.c_char_p(file), ctypes.c_void_p), len(file)) for file in files]
    library.check(
        "plan_read_images", plan, (c_library.Memory * len(files))(*entries), len(files), pixels.ctypes.data, pixels.nbytes)


def test_pixels(plan):
    from PIL import Image
    pixels = np.zeros((3, 1, 28, 28), np.float32)
    read(plan, [path.read_bytes() for path in FILES], pixels)
    assert (pixels[:, 0] == [np.asarray(Image.open(path), np.float32) for path in FILES]).all()


def test_what_is_wrong_is_told(plan):
    sound = FILES[0].read_bytes()
    pixels = np.zeros((2, 1, 28, 28), np.float32)
    for file in [b"", b"no image", sound[:100], sound[:-20] + bytes(20)]:
        with pytest.raises(c_library.Failure, match=r"files\[1\]: ") as failure:
            read(plan, [sound, file], pixels)
        assert failure.value.status == INVALID_INPUT
    for room in [pixels[:1], pixels[:, :, 1:]]:
        with pytest.raises(c_library.Failure, match="expected 6272 bytes for 2 images in 'pixels', found") as failure:
            read(plan, [sound, sound], room)
        assert failure.value.status == INVALID_USAGE
