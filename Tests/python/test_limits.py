"""What a small file may ask for, and what happens where memory is refused. Docs/limits.md states it."""

import io
import os
import re
import struct
import zipfile
import zlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

import tool
from measured import Measured

MIB = 1 << 20


def refused(*arguments, peak=400 * MIB, seconds=20, says):
    """Runs the tool, which must give one sentence and exit code 1 within these limits."""
    result = Measured(*arguments)
    text = result.output.decode()
    assert result.exit == 1, text[:2000]
    assert re.search(says, text), text[:2000]
    assert text.count("\n") == 1, text[:2000]
    assert result.peak < peak, f"{result.peak} bytes"
    assert result.seconds < seconds, f"{result.seconds} s of CPU"


def add_model(folder, shape):
    """y = x + x as ONNX text."""
    extents = ", ".join(map(str, shape))
    path = folder / "add.onnxtxt"
    path.write_text(
        f'<ir_version: 8, opset_import: ["" : 17]>\n'
        f"add (float[{extents}] x) => (float[{extents}] y) {{ y = Add (x, x) }}\n"
    )
    return path


def archive(path, member, data, claimed=None):
    """A deflated .npz of one member, whose directory may claim another size."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        with file.open(member, "w") as entry:
            for piece in data:
                entry.write(piece)
    if claimed is not None:
        content = bytearray(path.read_bytes())
        place = content.index(b"PK\x01\x02")
        content[place + 24 : place + 28] = struct.pack("<I", claimed)
        path.write_bytes(content)
    return path


def npy_header(shape, dtype="<f4"):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": dtype, "fortran_order": False, "shape": tuple(shape)}
    )
    return header.getvalue()


def zeros(count):
    piece = bytes(1 << 24)
    while count > 0:
        yield piece[:count]
        count -= len(piece)


def test_an_array_that_nobody_wants_is_not_decompressed(tmp_path):
    model = add_model(tmp_path, [1, 8])
    count = 256 * MIB
    path = archive(tmp_path / "a.npz", "x.npy", [npy_header([count]), *zeros(4 * count)])
    assert path.stat().st_size < 2 * MIB
    refused("run", model, "--input", f"x={path}", peak=200 * MIB, says="expected a shape that fits")


def test_an_entry_that_is_larger_than_its_array_is_not_decompressed(tmp_path):
    model = add_model(tmp_path, [1, 8])
    path = archive(tmp_path / "a.npz", "x.npy", [npy_header([1, 8]), *zeros(1 << 30)])
    refused("run", model, "--input", f"x={path}", peak=200 * MIB, says="take 32 bytes, found 1073741824")


def test_an_array_that_ends_early_takes_no_more_than_there_is(tmp_path):
    model = add_model(tmp_path, [1, 256 * MIB])
    header = npy_header([1, 256 * MIB])
    data = os.urandom(2 * MIB)
    path = archive(tmp_path / "a.npz", "x.npy", [header, data], claimed=len(header) + (1 << 30))
    refused("run", model, "--input", f"x={path}", peak=200 * MIB, says="to give|cannot hold")


def test_weights_of_another_shape_are_not_decompressed(tmp_path):
    model = tmp_path / "conv.onnxtxt"
    model.write_text(
        '<ir_version: 8, opset_import: ["" : 17]>\n'
        "conv (float[1, 3, 8, 8] x, float[4, 3, 3, 3] w) => (float[1, 4, 6, 6] y) { y = Conv (x, w) }\n"
    )
    count = 256 * MIB
    path = archive(tmp_path / "w.npz", "w.npy", [npy_header([count]), *zeros(4 * count)])
    refused(
        "compile", model, "--weights", path, "-o", tmp_path / "p.plan", peak=200 * MIB,
        says="expected float\\[4, ?3, ?3, ?3\\], found shape",
    )


def test_random_weights_are_made_after_types_are_inferred(tmp_path):
    model = tmp_path / "conv.onnxtxt"
    model.write_text(
        '<ir_version: 8, opset_import: ["" : 17]>\n'
        "conv (float[1, 3, 8, 8] x, float[65536, 8, 64, 16] w) => (float[1, 4, 6, 6] y)"
        " { y = Conv (x, w) }\n"
    )
    refused(
        "compile", model, "--weights", "random:1", "-o", tmp_path / "p.plan", peak=200 * MIB,
        says="channels|kernel",
    )


def test_random_weights_beyond_the_memory_are_refused(tmp_path):
    model = tmp_path / "gemm.onnxtxt"
    model.write_text(
        '<ir_version: 8, opset_import: ["" : 17]>\n'
        "gemm (float[1, 4194304] x, float[4194304, 1048576] w) => (float[1, 1048576] y)"
        " { y = Gemm (x, w) }\n"
    )
    refused(
        "compile", model, "--weights", "random:1", "-o", tmp_path / "p.plan", peak=200 * MIB,
        says="three quarters of the [0-9]+ bytes of memory",
    )


@pytest.mark.parametrize("name", ["m.onnxtxt", "m.prototxt", "m"])
def test_a_text_model_has_a_size(name, tmp_path):
    path = tmp_path / name
    path.write_text("<" if name == "m" else " ")
    os.truncate(path, 10 << 30)
    refused("inspect", path, seconds=5, says="expected a text of at most 67108864 bytes")


def test_labels_and_lists_have_a_size(tmp_path):
    model = add_model(tmp_path, [1, 3, 8, 8])
    path = tmp_path / "l.txt"
    path.write_text("a 0\n")
    os.truncate(path, 10 << 30)
    says = "expected a text of at most [0-9]+ bytes, found 10737418240"
    refused("compile", model, "--labels", path, "-o", tmp_path / "p", seconds=5, says=says)
    classifier = tmp_path / "c.onnxtxt"
    classifier.write_text(
        '<ir_version: 8, opset_import: ["" : 17]>\n'
        "c (float[1, 3, 8, 8] x) => (float[1, 192] y) { y = Flatten (x) }\n"
    )
    refused("evaluate", classifier, "--data", path, "--scales", "8", seconds=5, says=says)


def progressive_jpeg(side, scan_count, picture=None):
    """An image whose last scan is there `scan_count` times."""
    file = io.BytesIO()
    picture = picture or Image.new("L", (side, side), 128)
    picture.save(file, "jpeg", progressive=True, optimize=True)
    data = file.getvalue()
    starts = [match.start() for match in re.finditer(b"\xff\xda", data)]
    last = data[starts[-1] : -2]
    return data[:-2] + last * scan_count + b"\xff\xd9"


def flatten_model(folder):
    model = folder / "c.onnxtxt"
    model.write_text(
        '<ir_version: 8, opset_import: ["" : 17]>\n'
        "c (float[1, 1, 8, 8] x) => (float[1, 64] y) { y = Flatten (x) }\n"
    )
    return model


def test_a_progressive_jpeg_has_no_more_scans_than_it_has_bytes_for(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(progressive_jpeg(6000, 480))
    assert path.stat().st_size < MIB
    refused(
        "run", flatten_model(tmp_path), "--input", f"x={path}", seconds=5,
        says="may have data for [0-9]+ samples",
    )


def test_a_progressive_jpeg_of_many_pixels_is_bounded_by_its_bytes(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(progressive_jpeg(0, 0, Image.new("RGB", (8000, 8000), (9, 9, 9))))
    refused(
        "run", flatten_model(tmp_path), "--input", f"x={path}", seconds=5,
        says="may take [0-9]+ bytes of memory",
    )


def test_ordinary_progressive_jpegs_are_read(tmp_path):
    generator = np.random.default_rng(1)
    noise = Image.fromarray(generator.integers(0, 256, (60, 80, 3), np.uint8))
    path = tmp_path / "a.jpg"
    for picture in [noise.resize((4000, 3000)), Image.new("RGB", (4000, 3000), (1, 2, 3))]:
        path.write_bytes(progressive_jpeg(0, 0, picture))
        result = Measured("run", flatten_model(tmp_path), "--input", f"x={path}")
        assert result.exit == 0, result.output


def png(width, height, bit_depth, color_type, bytes_per_pixel):
    """Zeros without a filter."""
    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    compressor = zlib.compressobj(9)
    row = bytes(1 + width * bytes_per_pixel)
    data = b"".join(compressor.compress(row) for _ in range(height)) + compressor.flush()
    header = struct.pack(">IIBBBBB", width, height, bit_depth, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_a_png_of_many_pixels_is_bounded_by_its_bytes(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(11000, 11000, 8, 2, 3))
    refused(
        "run", flatten_model(tmp_path), "--input", f"x={path}", seconds=5,
        says="may take [0-9]+ bytes of memory",
    )
    path.write_bytes(png(6000, 6000, 8, 2, 3))
    assert Measured("run", flatten_model(tmp_path), "--input", f"x={path}").exit == 0


def test_only_the_first_hundred_problems_of_a_kind_are_printed(tmp_path):
    """Two million inputs without a name, beside two million nodes without an operator that nobody needs."""
    count = 2 * MIB
    parts = b"\x5a\x00" * count + b"\x0a\x00" * count
    graph = b"\x3a" + varint(len(parts)) + parts
    path = tmp_path / "a.onnx"
    path.write_bytes(b"\x08\x08" + graph + b"\x42\x02\x10\x11")
    result = Measured("inspect", path)
    assert result.exit == 1
    lines = result.output.decode().splitlines()
    assert len(lines) <= 110, lines[:3]
    assert any(f"and {count - 100} more like 'a graph input has no name'" in line for line in lines)
    # Docs/limits.md says how much memory a byte of a model takes.
    assert result.peak < 1 << 30, result.peak
    assert result.seconds < 30


def test_a_list_of_images_that_are_not_there_is_not_printed(tmp_path):
    classifier = flatten_model(tmp_path)
    path = tmp_path / "l.txt"
    path.write_text("".join(f"{index} 1\n" for index in range(20_000)))
    result = Measured("evaluate", classifier, "--data", path, "--scales", "8")
    lines = result.output.decode().splitlines()
    assert result.exit == 1
    assert 100 <= len(lines) <= 110, lines[:3]
    assert any("and 19900 more like" in line for line in lines), lines[-5:]


def test_a_problem_is_told_once(tmp_path):
    path = tmp_path / "l.txt"
    path.write_text("a 1\n" * 20_000)
    result = Measured("evaluate", flatten_model(tmp_path), "--data", path, "--scales", "8")
    lines = result.output.decode().splitlines()
    assert len([line for line in lines if line.startswith("tessera: ")]) == 1, lines[:3]


def varint(value):
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def stored_as_floats(path, byte_count):
    """A model of one weight that lies in the field of its type, which is copied."""
    weights = helper.make_tensor(
        "w", TensorProto.FLOAT, [byte_count // 4], np.zeros(byte_count // 4, np.float32)
    )
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [byte_count // 4])],
        [weights],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture(scope="module")
def hungry(tmp_path_factory):
    """Commands by name that need a few hundred MiB of memory, and a file that some of them write."""
    folder = tmp_path_factory.mktemp("hungry")
    plan = folder / "p.plan"
    side = 2400
    model = add_model(folder, [1, 3, side, side])
    np.savez_compressed(folder / "x.npz", x=np.zeros((1, 3, side, side), np.float32))
    np.save(folder / "b.npy", np.zeros((1, 3, side, side), ">f4"))
    picture = Image.new("RGB", (side, side))
    picture.save(folder / "a.png")
    picture.save(folder / "a.jpg")
    (folder / "p.jpg").write_bytes(progressive_jpeg(0, 0, picture))
    (folder / "gemm.onnxtxt").write_text(
        '<ir_version: 8, opset_import: ["" : 17]>\n'
        "gemm (float[1, 6000] x, float[6000, 6000] w) => (float[1, 6000] y) { y = Gemm (x, w) }\n"
    )
    stored_as_floats(folder / "floats.onnx", 64 * MIB)
    compile = ["compile", "--threads", "1", "-o", plan]
    run = ["run", model, "--threads", "1", "--input"]
    return plan, {
        "npz": [*run, f"x={folder / 'x.npz'}"],
        "big-endian": [*run, f"x={folder / 'b.npy'}"],
        "png": [*run, f"x={folder / 'a.png'}"],
        "jpeg": [*run, f"x={folder / 'a.jpg'}"],
        "progressive": [*run, f"x={folder / 'p.jpg'}"],
        "random": [*compile, folder / "gemm.onnxtxt", "--weights", "random:1"],
        "floats": [*compile, folder / "floats.onnx"],
        "bench": ["bench", model, "--threads", "1", "--warmup", "0", "--iterations", "1"],
    }


@pytest.mark.parametrize(
    "name", ["npz", "big-endian", "png", "jpeg", "progressive", "random", "floats", "bench"]
)
def test_refused_memory_is_a_sentence(name, hungry):
    """And exit code 1, whatever needs the memory: never a signal."""
    plan, commands = hungry
    messages = 0
    for address_space in range(140 * MIB, 380 * MIB, 40 * MIB):
        plan.unlink(missing_ok=True)
        result = tool.call(*commands[name], address_space=address_space)
        assert result.exit in (0, 1), f"{address_space >> 20} MiB: {result}"
        if result.exit == 1:
            assert re.search("memory", result.stderr), result
            assert not plan.exists()
            messages += 1
    assert messages > 0
