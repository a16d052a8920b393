"""Small files of every format that the tool reads, and damaged copies of them."""

import io
import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
import onnx
import safetensors.numpy
from PIL import Image

import caffe_writer
import damage

TEXT = """<ir_version: 10, opset_import: ["" : 21]>
small (float[N,3,8,8] x) => (float[N,4] y)
<float[8,3,3,3] w, float[8] b, float[8] s, float[8] m, float[8] v, float[4,32] f, int64[2] shape = {0, -1}>
{
  [conv] a = Conv <kernel_shape = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1], group = 1> (x, w, b)
  [norm] n = BatchNormalization <epsilon = 0.001> (a, s, b, m, v)
  [relu] r = Relu (n)
  [pool] p = MaxPool <kernel_shape = [4, 4], strides = [4, 4]> (r)
  [flat] l = Reshape (p, shape)
  [full] g = Gemm <transB = 1> (l, f)
  [soft] y = Softmax <axis = 1> (g)
}
"""
WITH_WEIGHTS_AS_INPUTS = """<ir_version: 10, opset_import: ["" : 21]>
small (float[N,3,8,8] x, float[5,192] w, float[5] b) => (float[N,5] y)
{
  l = Flatten (x)
  y = Gemm <transB = 1> (l, w, b)
}
"""


@dataclass
class Sample:
    """A sound file with the others that the command needs beside it, and how it can be damaged."""

    name: str
    # By file name; the first is the one to damage.
    files: dict
    # The arguments; a word that is one of the files' names, or out…, means that file.
    command: list
    # (name, bytes) of damaged copies. `refused` must give an exit code of 1 or 3. `detectable` may also
    # pass where the result is then that of the sound file. `undetectable` may pass.
    refused: list = field(default_factory=list)
    detectable: list = field(default_factory=list)
    undetectable: list = field(default_factory=list)
    undetectable_exits: tuple = (0, 1, 3)

    @property
    def target(self):
        return next(iter(self.files))


def small_model(external=False, typed=False):
    model = onnx.parser.parse_model(TEXT)
    random = np.random.default_rng(3)
    sizes = {"w": (8, 3, 3, 3), "b": (8,), "s": (8,), "m": (8,), "v": (8,), "f": (4, 32)}
    kept = [t for t in model.graph.initializer if t.name not in sizes]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    declared = [v for v in model.graph.value_info if v.name not in sizes]
    del model.graph.value_info[:]
    model.graph.value_info.extend(declared)
    payload = b""
    for name, shape in sizes.items():
        array = random.uniform(0.5, 1, shape).astype(np.float32)
        if typed:
            tensor = onnx.helper.make_tensor(name, onnx.TensorProto.FLOAT, shape, array.ravel().tolist())
        else:
            tensor = onnx.numpy_helper.from_array(array, name)
        if external:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            for key, value in [("location", "w.bin"), ("offset", len(payload)), ("length", array.nbytes)]:
                tensor.external_data.add(key=key, value=str(value))
            payload += array.tobytes()
        model.graph.initializer.append(tensor)
    return model, payload


def model_lies(make):
    """(name, bytes): models of which one statement is wrong."""

    def node(model, name):
        return next(n for n in model.graph.node if n.name == name)

    def weight(model, name):
        return next(t for t in model.graph.initializer if t.name == name)

    def attribute(model, node_name, name, **values):
        target = next(a for a in node(model, node_name).attribute if a.name == name)
        for key, value in values.items():
            if isinstance(value, list):
                getattr(target, key)[:] = value
            else:
                setattr(target, key, value)

    def dims(*values):
        return lambda m: weight(m, "w").dims.__setitem__(slice(None), values)

    lies = {
        "dims larger than the data": dims(9, 3, 3, 3),
        "dims smaller than the data": dims(7, 3, 3, 3),
        "a negative extent": dims(8, -3, 3, 3),
        "two negative extents": dims(8, -3, -3, 3),
        "an extent of 2^62": dims(8, 3, 3, 2**62),
        "a product that wraps to the right size": dims(2**63 - 1, 2, 3, 3),
        "a product that wraps to 0": dims(2**32, 2**32, 1, 1),
        "no dims": dims(),
        "many dims": dims(*[1] * 5000),
        "zero channels": dims(0, 3, 3, 3),
        "an unknown element type": lambda m: setattr(weight(m, "w"), "data_type", 999),
        "another element type": lambda m: setattr(weight(m, "w"), "data_type", onnx.TensorProto.DOUBLE),
        "integer weights": lambda m: setattr(weight(m, "w"), "data_type", onnx.TensorProto.INT32),
        "kernel_shape differs": lambda m: attribute(m, "conv", "kernel_shape", ints=[5, 3]),
        "kernel_shape of 1 extent": lambda m: attribute(m, "conv", "kernel_shape", ints=[3]),
        "kernel_shape of 2^62": lambda m: attribute(m, "pool", "kernel_shape", ints=[2**62, 2**62]),
        "kernel_shape 0": lambda m: attribute(m, "pool", "kernel_shape", ints=[0, 4]),
        "kernel_shape negative": lambda m: attribute(m, "pool", "kernel_shape", ints=[-4, 4]),
        "kernel larger than the image": lambda m: attribute(m, "pool", "kernel_shape", ints=[100, 4]),
        "strides 0": lambda m: attribute(m, "conv", "strides", ints=[0, 1]),
        "strides negative": lambda m: attribute(m, "conv", "strides", ints=[-1, 1]),
        "pads of 2^62": lambda m: attribute(m, "conv", "pads", ints=[2**62] * 4),
        "pads of 2^63-1": lambda m: attribute(m, "conv", "pads", ints=[2**63 - 1] * 4),
        "pads negative": lambda m: attribute(m, "conv", "pads", ints=[-9, 0, 0, 0]),
        "pads of 3 numbers": lambda m: attribute(m, "conv", "pads", ints=[1, 1, 1]),
        "pads that make 10^18 pixels": lambda m: attribute(m, "conv", "pads", ints=[10**9] * 4),
        "group 0": lambda m: attribute(m, "conv", "group", i=0),
        "group negative": lambda m: attribute(m, "conv", "group", i=-1),
        "group 7": lambda m: attribute(m, "conv", "group", i=7),
        "group 2^62": lambda m: attribute(m, "conv", "group", i=2**62),
        "an attribute of another type": lambda m: attribute(
            m, "conv", "group", type=onnx.AttributeProto.STRING
        ),
        "an attribute twice": lambda m: node(m, "conv").attribute.append(node(m, "conv").attribute[0]),
        "axis 99": lambda m: attribute(m, "soft", "axis", i=99),
        "axis -2^63": lambda m: attribute(m, "soft", "axis", i=-(2**63)),
        "a reshape to the wrong size": lambda m: setattr(
            weight(m, "shape"), "raw_data", struct.pack("<2q", 3, 7)
        ),
        "a reshape to -1, -1": lambda m: setattr(weight(m, "shape"), "raw_data", struct.pack("<2q", -1, -1)),
        "a reshape to -2": lambda m: setattr(weight(m, "shape"), "raw_data", struct.pack("<2q", 0, -2)),
        "a reshape to 2^62": lambda m: setattr(weight(m, "shape"), "raw_data", struct.pack("<2q", 2**62, 4)),
        "an unknown operator": lambda m: setattr(node(m, "relu"), "op_type", "Rleu"),
        "an unknown domain": lambda m: setattr(node(m, "relu"), "domain", "com.example"),
        "our own domain": lambda m: setattr(node(m, "relu"), "domain", "tessera"),
        "no operator": lambda m: setattr(node(m, "relu"), "op_type", ""),
        "an unknown input": lambda m: node(m, "relu").input.__setitem__(0, "nobody"),
        "a missing input": lambda m: node(m, "conv").input.__delitem__(slice(1, None)),
        "an empty input": lambda m: node(m, "conv").input.__setitem__(0, ""),
        "too many inputs": lambda m: node(m, "relu").input.extend(["a"] * 300),
        "no output": lambda m: node(m, "relu").output.__delitem__(0),
        "a cycle": lambda m: node(m, "conv").input.__setitem__(0, "r"),
        "a value made twice": lambda m: node(m, "relu").output.__setitem__(0, "a"),
        "a value that hides an input": lambda m: node(m, "relu").output.__setitem__(0, "x"),
        "an output that nobody makes": lambda m: setattr(m.graph.output[0], "name", "nobody"),
        "no graph outputs": lambda m: m.graph.output.__delitem__(0),
        "an output of another type": lambda m: setattr(m.graph.output[0].type.tensor_type, "elem_type", 7),
        "an input without a type": lambda m: m.graph.input[0].ClearField("type"),
        "an input with 4 channels": lambda m: setattr(
            m.graph.input[0].type.tensor_type.shape.dim[1], "dim_value", 4
        ),
        "an input with -3 channels": lambda m: setattr(
            m.graph.input[0].type.tensor_type.shape.dim[1], "dim_value", -3
        ),
        "an input of 2^40 × 2^40": lambda m: [
            setattr(m.graph.input[0].type.tensor_type.shape.dim[i], "dim_value", 2**40) for i in (2, 3)
        ],
        "an input of element type 0": lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", 0),
        "an input twice": lambda m: m.graph.input.append(m.graph.input[0]),
        "an initializer twice": lambda m: m.graph.initializer.append(m.graph.initializer[0]),
        "an initializer without a name": lambda m: setattr(weight(m, "w"), "name", ""),
        "opset 6": lambda m: setattr(m.opset_import[0], "version", 6),
        "opset 9999": lambda m: setattr(m.opset_import[0], "version", 9999),
        "opset -1": lambda m: setattr(m.opset_import[0], "version", -1),
        "no opset": lambda m: m.opset_import.__delitem__(0),
        "no graph": lambda m: m.ClearField("graph"),
    }
    result = []
    for name, lie in lies.items():
        model = make()
        lie(model)
        result.append((name, model.SerializeToString()))
    return result


def external_lies():
    def entry(model, key, value):
        tensor = next(t for t in model.graph.initializer if t.name == "w")
        next(e for e in tensor.external_data if e.key == key).value = value

    changes = [
        ("location", "../w.bin"),
        ("location", "/etc/passwd"),
        ("location", "sub/../../w.bin"),
        ("location", "missing.bin"),
        ("location", ""),
        ("location", "."),
        ("location", "model.onnx\0w.bin"),
        ("offset", "-4"),
        ("offset", "1000000"),
        ("offset", str(2**63 - 1)),
        ("offset", str(2**64)),
        ("offset", "abc"),
        ("length", "-1"),
        ("length", "1"),
        ("length", str(2**62)),
        ("length", str(2**63 - 1)),
        ("length", "0x360"),
    ]
    result = []
    for key, value in changes:
        model, _ = small_model(external=True)
        entry(model, key, value)
        result.append((f"{key} {value!r}", model.SerializeToString()))
    return result


def npy(array, version=(1, 0)):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return file.getvalue()


def npy_lies(data):
    header = data[10 : 10 + struct.unpack("<H", data[8:10])[0]].decode()

    def with_header(text):
        text = text.rstrip() + "\n"
        return data[:8] + struct.pack("<H", len(text)) + text.encode() + data[10 + len(header) :]

    pairs = [
        ("(1, 3, 8, 8)", "(1, 3, 8, 9)"),
        ("(1, 3, 8, 8)", "(1, 3, 8, 7)"),
        ("(1, 3, 8, 8)", "(1, 3, -8, -8)"),
        ("(1, 3, 8, 8)", "(9223372036854775807, 3, 8, 8)"),
        ("(1, 3, 8, 8)", "(99999999999999999999999, 3)"),
        ("(1, 3, 8, 8)", "(4294967296, 4294967296, 0)"),
        ("(1, 3, 8, 8)", "(8, 3, 8)"),
        ("(1, 3, 8, 8)", "192"),
        ("(1, 3, 8, 8)", "(1.5, 3)"),
        ("(1, 3, 8, 8)", "((((((((((((1"),
        ("(1, 3, 8, 8)", "(" + "1, " * 8000 + ")"),
        ("<f4", "<f8"),
        ("<f4", "<f3"),
        ("<f4", "|O"),
        ("<f4", "<U4"),
        ("<f4", ""),
        ("'<f4'", "[('a', '<f4')]"),
        ("'descr'", "'other'"),
        ("'shape'", "'descr'"),
        ("False", "Maybe"),
        ("{", "("),
        ("}", ""),
    ]
    result = [(f"{old} is {new[:30]}", with_header(header.replace(old, new, 1))) for old, new in pairs]
    result.append(("header of 65535 bytes", data[:8] + b"\xff\xff" + data[10:]))
    result.append(("header of 0 bytes", data[:8] + b"\x00\x00" + data[10:]))
    result.append(("version 9", data[:6] + b"\x09\x00" + data[8:]))
    result.append(("another magic number", b"\x93NUMPZ" + data[6:]))
    return result


def npz(compress):
    file = io.BytesIO()
    save = np.savez_compressed if compress else np.savez
    save(file, x=image_array(), other=np.arange(5))
    return file.getvalue()


def npz_lies(data):
    central = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")

    def patched(name, offset, value):
        return name, data[:offset] + value + data[offset + len(value) :]

    return [
        patched("stored size 4 GB", central + 20, b"\xfe\xff\xff\xff"),
        patched("plain size 4 GB", central + 24, b"\xfe\xff\xff\xff"),
        patched("plain size 0", central + 24, b"\0\0\0\0"),
        patched("sizes in a ZIP64 field that is missing", central + 20, b"\xff" * 8),
        patched("another CRC", central + 16, b"\1\2\3\4"),
        patched("an unknown method", central + 10, b"\x63\0"),
        patched("encrypted", central + 8, b"\1\0"),
        patched("a name of 65535 bytes", central + 28, b"\xff\xff"),
        patched("an extra field of 65535 bytes", central + 30, b"\xff\xff"),
        patched("a local header at 4 GB", central + 42, b"\xf0\xff\xff\xff"),
        patched("a local header that is none", central + 42, b"\x05\0\0\0"),
        patched("65535 entries", end + 8, b"\xff\xff\xff\xff"),
        patched("a directory of 4 GB", end + 12, b"\xf0\xff\xff\xff"),
        patched("a directory at 4 GB", end + 16, b"\xf0\xff\xff\xff"),
    ]


def image_array():
    return np.random.default_rng(5).normal(0, 1, (1, 3, 8, 8)).astype(np.float32)


def picture(format, mode="RGB", size=(8, 8), **options):
    channels = {"RGB": 3, "L": 1, "P": 1}[mode]
    pixels = np.random.default_rng(6).integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_chunk(kind, payload):
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png_lies(data):
    """IHDR with a correct CRC that says what the pixels do not bear out."""

    def header(width=8, height=8, depth=8, color=2, compression=0, filter=0, interlace=0):
        fields = struct.pack(">IIBBBBB", width, height, depth, color, compression, filter, interlace)
        return data[:8] + png_chunk(b"IHDR", fields) + data[33:]

    return [
        ("width 2^31-1", header(width=2**31 - 1)),
        ("width 2^32-1", header(width=2**32 - 1)),
        ("width 0", header(width=0)),
        ("height 0", header(height=0)),
        ("height 9", header(height=9)),
        ("60000 × 60000", header(width=60000, height=60000)),
        ("1 × 2^31-1", header(width=1, height=2**31 - 1)),
        ("depth 3", header(depth=3)),
        ("color 7", header(color=7)),
        ("a palette that is missing", header(color=3)),
        ("compression 1", header(compression=1)),
        ("filter 1", header(filter=1)),
        ("interlace 9", header(interlace=9)),
        ("no IHDR", data[:8] + data[33:]),
        ("no IDAT", data[:33] + png_chunk(b"IEND", b"")),
        (
            "an IDAT that is no zlib stream",
            data[:33] + png_chunk(b"IDAT", b"no zlib") + png_chunk(b"IEND", b""),
        ),
        (
            "an IDAT of one byte of pixels",
            data[:33] + png_chunk(b"IDAT", zlib.compress(b"\0")) + png_chunk(b"IEND", b""),
        ),
        ("an unknown critical chunk", data[:33] + png_chunk(b"ABCD", b"1") + data[33:]),
    ]


def jpeg_lies(data):
    frame = data.index(b"\xff\xc0")
    scan = data.index(b"\xff\xda")
    quantization = data.index(b"\xff\xdb")

    def patched(name, offset, value):
        return name, data[:offset] + value + data[offset + len(value) :]

    return [
        patched("65535 × 65535", frame + 5, b"\xff\xff\xff\xff"),
        patched("0 rows", frame + 5, b"\0\0"),
        patched("0 columns", frame + 7, b"\0\0"),
        patched("7 components", frame + 9, b"\7"),
        patched("0 components", frame + 9, b"\0"),
        patched("12 bits", frame + 4, b"\x0d"),
        patched("sampling 0", frame + 11, b"\0"),
        patched("sampling 15", frame + 11, b"\xff"),
        patched("a frame of 65535 bytes", frame + 2, b"\xff\xff"),
        patched("a frame of 0 bytes", frame + 2, b"\0\0"),
        patched("no frame", frame, b"\xff\xfe"),
        patched("an unknown Huffman table", scan + 6, b"\x33"),
        patched("quantization table 15", quantization + 4, b"\x0f"),
    ]


def safetensors_lies(data):
    size = struct.unpack("<Q", data[:8])[0]
    header, payload = data[8 : 8 + size].decode(), data[8 + size :]

    def with_header(text):
        return struct.pack("<Q", len(text.encode())) + text.encode() + payload

    pairs = [
        ("[5,192]", "[5,193]"),
        ("[5,192]", "[5,191]"),
        ("[5,192]", "[-5,-192]"),
        ("[5,192]", "[9223372036854775807,192]"),
        ("[5,192]", "[99999999999999999999]"),
        ("[5,192]", "[5.5,192]"),
        ("[5,192]", "[" * 3000),
        ('"F32"', '"F64"'),
        ('"F32"', '"X99"'),
        ('"F32"', "7"),
        ('"data_offsets":[', '"data_offsets":[-1,'),
        ('"data_offsets":[', '"data_offsets":[99999999999,'),
        ('"data_offsets"', '"offsets"'),
        ('"w"', '"b"'),
        ("{", ""),
        ("}", ""),
        (":", ""),
    ]
    result = [(f"{old} is {new[:30]}", with_header(header.replace(old, new, 1))) for old, new in pairs]
    for name, number in [
        ("2^63-1", 2**63 - 1),
        ("2^64-1", 2**64 - 1),
        ("0", 0),
        ("7", 7),
        ("all", len(data)),
    ]:
        result.append((f"a header of {name} bytes", struct.pack("<Q", number) + data[8:]))
    return result


def samples():
    """All samples except plans, which the tool itself must make."""
    model, _ = small_model()
    array = image_array()
    x = {"x.npy": npy(array)}
    run_model = ["run", "model.onnx", "--input", "x=x.npy", "--output-dir", "out"]

    raw = model.SerializeToString()
    yield Sample(
        "onnx",
        {"model.onnx": raw, **x},
        run_model,
        refused=damage.truncations(raw, 20) + model_lies(lambda: small_model()[0]),
        undetectable=damage.bit_flips(raw, 60) + damage.overwritten(raw, 20),
    )
    typed = small_model(typed=True)[0].SerializeToString()
    yield Sample(
        "onnx with typed fields",
        {"model.onnx": typed, **x},
        run_model,
        refused=damage.truncations(typed, 8),
        undetectable=damage.bit_flips(typed, 20),
    )
    external, payload = small_model(external=True)
    external = external.SerializeToString()
    yield Sample(
        "onnx with external data",
        {"model.onnx": external, "w.bin": payload, **x},
        run_model,
        refused=external_lies(),
        undetectable=damage.bit_flips(external, 10),
    )
    yield Sample(
        "external data",
        {"w.bin": payload, "model.onnx": external, **x},
        run_model,
        refused=damage.truncations(payload, 6),
    )
    yield Sample(
        "convert",
        {"model.onnx": raw},
        ["convert", "model.onnx", "-o", "out.onnxtxt"],
        refused=damage.truncations(raw, 8),
        undetectable=damage.bit_flips(raw, 20),
    )
    yield Sample(
        "gradient",
        {"model.onnx": raw},
        ["gradient", "model.onnx", "--with-respect-to", "weights", "-o", "out.onnxtxt"],
        refused=damage.truncations(raw, 8),
        undetectable=damage.bit_flips(raw, 20),
    )

    text = onnx.printer.to_text(model).encode()
    # What remains must not be a whole model: not even a line break follows the last brace.
    text = text.rstrip()
    lies = damage.substitutions(
        text,
        ("float[8,3,3,3] w", "float[9,3,3,3] w"),
        ("float[8,3,3,3] w", "float[8,-3,3,3] w"),
        ("float[8,3,3,3] w", "float[99999999999999999999,3,3,3] w"),
        ("float[8,3,3,3] w", "float[4294967296,4294967296,3,3] w"),
        ("float[8,3,3,3] w", "flota[8,3,3,3] w"),
        ("float[8,3,3,3] w =", "float[8,3,3,3] w = {}, float[8,3,3,3] w ="),
        ("kernel_shape", "kernel_shape = [3, 3], kernel_shape"),
        ("kernel_shape: ints = [3, 3]", "kernel_shape: ints = [3, 3"),
        ("kernel_shape: ints = [3, 3]", "kernel_shape: ints = [" + "[" * 5000),
        ("kernel_shape: ints = [3, 3]", "kernel_shape: ints = [3, 99999999999999999999]"),
        ("kernel_shape: ints = [3, 3]", 'kernel_shape: ints = ["3", 3]'),
        ("kernel_shape: ints = [3, 3]", "kernel_shape: ints = [3.5, 3]"),
        ("group: int = 1", "group: int = 1e400"),
        ("epsilon: float = 0.001", "epsilon: float = abc"),
        ("Relu", "Rleu"),
        ("Relu (n)", "Relu (nobody)"),
        ("Relu (n)", "Relu (n, n)"),
        ("Relu (n)", "Relu (n"),
        ("Relu (n)", "Relu (n))"),
        ("Relu (n)", '"unfinished (n)'),
        ("Relu (n)", "Relu (\0)"),
        ("=> (float[N,4] y)", "=> (float[N,4] nobody)"),
        ("=> (float[N,4] y)", "=> ()"),
        ("=>", "->"),
        ("ir_version: 10", "ir_version: ten"),
        ('"" : 21', '"" : 9999'),
        ('"" : 21', '"" : -21'),
        ("{0,-1}", "{0, -1, 5}"),
        ("{0,-1}", "{0}"),
        ("{0,-1}", "{0, x}"),
        ("{0,-1}", "{" * 20000),
    )
    yield Sample(
        "onnxtxt",
        {"model.onnxtxt": text, **x},
        ["run", "model.onnxtxt", "--input", "x=x.npy", "--output-dir", "out"],
        refused=damage.truncations(text, 20) + lies,
        undetectable=damage.bit_flips(text, 40),
    )

    sound = npy(array)
    run_input = ["run", "model.onnx", "--output-dir", "out", "--input"]
    yield Sample(
        "npy",
        {"x.npy": sound, "model.onnx": raw},
        [*run_input, "x=x.npy"],
        refused=damage.truncations(sound, 15) + npy_lies(sound) + [("a byte too many", sound + b"\0")],
        undetectable=damage.bit_flips(sound, 20, last=128),
    )
    for name, compress in (("npz", False), ("npz deflated", True)):
        archive = npz(compress)
        yield Sample(
            name,
            {"x.npz": archive, "model.onnx": raw},
            [*run_input, "x=x.npz"],
            refused=damage.truncations(archive, 10) + npz_lies(archive),
            detectable=damage.bit_flips(archive, 30),
        )
    tensor = onnx.numpy_helper.from_array(array, "x").SerializeToString()
    yield Sample(
        "pb",
        {"x.pb": tensor, "model.onnx": raw},
        [*run_input, "x=x.pb"],
        refused=damage.truncations(tensor, 12),
        undetectable=damage.bit_flips(tensor, 20, last=20),
    )
    pictures = [
        ("png", "png", picture("PNG"), png_lies),
        ("png grey", "png", picture("PNG", "L"), None),
        ("jpg", "jpg", picture("JPEG", quality=90), jpeg_lies),
        ("jpg progressive", "jpg", picture("JPEG", size=(40, 30), progressive=True), None),
    ]
    for name, suffix, data, lies in pictures:
        flips = damage.bit_flips(data, 25)
        yield Sample(
            name,
            {f"x.{suffix}": data, "model.onnx": raw},
            [*run_input, f"x=x.{suffix}"],
            refused=damage.truncations(data, 10)
            + (lies(data) if lies else [])
            + (flips if suffix == "png" else []),
            undetectable=flips if suffix == "jpg" else [],
        )

    weights = {
        "w": np.random.default_rng(7).normal(0, 1, (5, 192)).astype(np.float32),
        "b": np.arange(5, dtype=np.float32),
    }
    text = WITH_WEIGHTS_AS_INPUTS.encode()
    compile_with = ["compile", "model.onnxtxt", "-o", "out.plan", "--weights"]
    stored = safetensors.numpy.save(weights)
    header_end = 8 + struct.unpack("<Q", stored[:8])[0]
    yield Sample(
        "safetensors",
        {"w.safetensors": stored, "model.onnxtxt": text},
        [*compile_with, "w.safetensors"],
        refused=damage.truncations(stored, 12) + safetensors_lies(stored),
        undetectable=damage.bit_flips(stored, 25, last=header_end),
    )
    archive = io.BytesIO()
    np.savez(archive, **weights)
    archive = archive.getvalue()
    yield Sample(
        "npz weights",
        {"w.npz": archive, "model.onnxtxt": text},
        [*compile_with, "w.npz"],
        refused=damage.truncations(archive, 8),
    )
    yield from caffe_samples()


def caffe_samples():
    """Caffe's networks and weights, in both forms."""
    x = np.random.default_rng(1).normal(0, 1, (1, 3, 6, 6)).astype(np.float32)
    command = ["run", "n.prototxt", "--weights", "w.caffemodel"]
    command += ["--input", "data=x.npy", "--output-dir", "out"]
    for form in ("layers", "layer"):
        network = caffe_writer.small(form)
        weights = network.SerializeToString()
        text = caffe_writer.text(caffe_writer.without_blobs(network)).encode()
        others = {"x.npy": npy(x)}
        yield Sample(
            f"caffemodel, {form}",
            {"w.caffemodel": weights, "n.prototxt": text, **others},
            command,
            refused=caffemodel_lies(form),
            # The file's last fields are not those of weights.
            detectable=damage.truncations(weights, 25),
            undetectable=damage.bit_flips(weights, 60) + damage.overwritten(weights, 40),
        )
        yield Sample(
            f"prototxt, {form}",
            {"n.prototxt": text, "w.caffemodel": weights, **others},
            command,
            refused=prototxt_lies(text, form),
            # What is left of a text may be a whole network of fewer layers.
            undetectable=damage.truncations(text, 40)
            + damage.bit_flips(text, 80)
            + damage.overwritten(text, 10),
        )


def caffemodel_lies(form):
    """(name, bytes): weights of which one statement is wrong."""

    def blob(network, layer=0, index=0):
        layers = [each for each in getattr(network, form) if each.blobs]
        return layers[layer].blobs[index]

    def extents(*values):
        def change(network):
            target = blob(network)
            if form == "layer":
                target.shape.dim[:] = values
            else:
                target.num, target.channels, target.height, target.width = values

        return change

    lies = {
        "more elements than stored": extents(5, 3, 3, 3),
        "fewer elements than stored": extents(3, 3, 3, 3),
        "two extents swapped": extents(3, 4, 3, 3),
        "two negative extents": extents(-4, -3, 3, 3),
        "a product that wraps to 0": extents(2**31 - 1, 2**31 - 1, 2**31 - 1, 4),
        "extents of 0": extents(0, 3, 3, 3),
        "no elements": lambda n: blob(n).ClearField("data"),
        "one element more": lambda n: blob(n).data.append(1),
        "doubles too few": lambda n: blob(n).double_data.append(1),
        "no shape": lambda n: [blob(n).ClearField(f) for f in ("shape", "num", "channels", "height", "width")],
        "a blob more": lambda n: getattr(n, form)[0].blobs.add(),
        "a blob less": lambda n: getattr(n, form)[0].blobs.pop(),
        "a layer less": lambda n: getattr(n, form).pop(),
        "a layer twice": lambda n: getattr(n, form).add().CopyFrom(getattr(n, form)[0]),
        "another name": lambda n: setattr(getattr(n, form)[0], "name", "Conv"),
        "no layers": lambda n: n.ClearField(form),
    }
    result = []
    for name, lie in lies.items():
        network = caffe_writer.small(form)
        lie(network)
        result.append((name, network.SerializeToString()))
    return result


def prototxt_lies(text, form):
    """(name, bytes): networks of which one word is wrong."""
    relu = "type: RELU" if form == "layers" else 'type: "ReLU"'
    pool = "type: POOLING" if form == "layers" else 'type: "Pooling"'
    return damage.substitutions(
        text,
        (relu, relu.replace("R", "Q", 1)),
        (relu, ""),
        (relu, f"{relu} {relu}"),
        (relu, "type: 3.5"),
        (pool, f"{pool} colour: 1"),
        ('"conv"', '"conv'),
        ('bottom: "conv"', 'bottom: "nobody"'),
        ('bottom: "conv"', ""),
        ('top: "pool"', ""),
        ('top: "pool"', 'top: "conv" top: "conv"'),
        ("num_output: 4", "num_output: 5"),
        ("num_output: 4", "num_output: 0"),
        ("num_output: 4", "num_output: -4"),
        ("num_output: 4", "num_output: 4294967295"),
        ("num_output: 4", "num_output: 99999999999999999999"),
        ("num_output: 4", "num_output: four"),
        ("num_output: 4", 'num_output: "4"'),
        ("num_output: 4", "num_output: [4, 4]"),
        ("num_output: 5", "num_output: 6"),
        ("pad: 1", "pad: 16777216"),
        ("pad: 1", "pad: 4294967295"),
        ("pad: 1", "pad: 1 pad: 1 pad: 1"),
        ("kernel_size: 3", "kernel_size: 0"),
        ("kernel_size: 3", "kernel_size: 4"),
        ("kernel_size: 3", "kernel_h: 3"),
        ("kernel_size: 3", "kernel_size: 3 group: 0"),
        ("kernel_size: 3", "kernel_size: 3 group: 2"),
        ("kernel_size: 3", "kernel_size: 3 axis: -2147483648"),
        ("kernel_size: 3", "kernel_size: 3 bias_term: false"),
        ("kernel_size: 2", "kernel_size: 100"),
        ("kernel_size: 2", "kernel_size: 2 pad: 2"),
        ("stride: 2", "stride: 0"),
        ("stride: 2", "stride: 4294967295"),
        ("input_dim: 3", "input_dim: 4"),
        ("input_dim: 3", ""),
        ("input_dim: 3", "input_dim: -3"),
        ("input_dim: 6", "input_dim: 2147483647"),
        ("input_dim: 6", "input_dim: 7"),
        ('input: "data"', 'input: "data" input: "data"'),
        ('input: "data"', 'input: ""'),
        (form, form + " {" * 3000),
        (form, f"{form} {{ include {{ phase: TRAIN }} exclude {{ phase: TEST }} type: 'ReLU' }} {form}"),
        ("{", "["),
        ("}", ""),
        ("name:", "name"),
    )


def plan_sample(plan):
    """What `plan`, the bytes of a plan, can suffer. Any damage breaks a checksum."""
    weights, end = damage.plan_field(plan, 16), damage.plan_field(plan, 16) + damage.plan_field(plan, 24)
    return Sample(
        "plan",
        {"x.plan": plan, "x.npy": npy(image_array())},
        ["run", "x.plan", "--input", "x=x.npy", "--output-dir", "out"],
        refused=damage.truncations(plan, 20)
        + damage.bit_flips(plan, 30, last=damage.PLAN_HEADER_BYTE_COUNT)
        + damage.bit_flips(plan, 30, first=weights, last=end)
        + damage.bit_flips(plan, 60, first=damage.plan_field(plan, 32))
        + damage.overwritten(plan, 20, first=damage.plan_field(plan, 32))
        + [("a byte too many", plan + b"\0")],
        undetectable=damage.plan_lies(plan, 150),
        # A lie may give the input another name, which makes the command's wrong.
        undetectable_exits=(0, 1, 2, 3),
    )
