"""Our reader and writer of ONNX's textual syntax against `onnx.parser` and `onnx.printer`."""

import random

import ml_dtypes
import numpy as np
import onnx
import onnx.parser
import onnx.printer
import pytest
from onnx import TensorProto, helper, numpy_helper
from tessera_cli import ROOT, conv_model, run

NUMPY_TYPES = [
    np.float32, np.float64, np.float16, ml_dtypes.bfloat16, np.int8, np.int16, np.int32, np.int64,
    np.uint8, np.uint16, np.uint32, np.uint64, np.bool_,
]  # fmt: skip
SPECIAL_FLOATS = [0.0, -0.0, 0.1, 1e-45, 3.4e38, 1e20, 123456789.0, float("inf"), -float("inf")]
NAMES = ["a", "a_1", "_", "a/b", "a.b:0", "1x", "a b", 'q"q', "back\\slash", "π", "float", "nan", "inf"]


def content(model):
    """What a model says, without the forms in which it may say it."""

    def value_type(value):
        if not value.HasField("type"):
            return None
        tensor = value.type.tensor_type
        if not tensor.HasField("shape"):
            return tensor.elem_type, None
        return tensor.elem_type, [
            dim.dim_value if dim.HasField("dim_value") else dim.dim_param for dim in tensor.shape.dim
        ]

    def tensor_content(tensor):
        array = numpy_helper.to_array(tensor)
        return tensor.data_type, array.shape, array.tobytes()

    def attribute_content(attribute):
        value = helper.get_attribute_value(attribute)
        if isinstance(value, TensorProto):
            return attribute.type, tensor_content(value)
        return attribute.type, np.array(value).tobytes() if isinstance(value, float) else value

    graph = model.graph
    made = {name for node in graph.node for name in node.output}
    shown = {value.name for value in [*graph.input, *graph.output]}
    return {
        "ir_version": model.ir_version,
        "opsets": {entry.domain: entry.version for entry in model.opset_import},
        "producer": (model.producer_name, model.producer_version, model.domain, model.doc_string),
        "metadata": {entry.key: entry.value for entry in model.metadata_props},
        "graph": graph.name,
        "inputs": [(value.name, value_type(value)) for value in graph.input],
        "outputs": [(value.name, value_type(value)) for value in graph.output],
        "values": {
            value.name: value_type(value)
            for value in graph.value_info
            if value.name in made - shown
        },
        "initializers": {tensor.name: tensor_content(tensor) for tensor in graph.initializer},
        "nodes": [
            (
                node.name, node.domain, node.op_type, list(node.input), list(node.output),
                {entry.name: attribute_content(entry) for entry in node.attribute},
            )
            for node in graph.node
        ],
    }  # fmt: skip


def random_model(seed):
    """A model without a meaning: names, types, attributes and constants of all sorts."""
    choose = random.Random(seed)
    elements = np.random.default_rng(seed)
    names = iter(f"{choose.choice(NAMES)}{suffix}" for suffix in ["", *range(1000)])

    def fresh():
        return next(names)

    def value_info(name):
        dims = choose.choice([None, [], [0], ["N", None, 3], ["batch size", 2, "s+1", "float"]])
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(choose.choice(NUMPY_TYPES)))
        return helper.make_tensor_value_info(name, kind, dims)

    def tensor(name):
        dtype = np.dtype(choose.choice(NUMPY_TYPES))
        shape = choose.choice([[], [0, 2], [3], [2, 2]])
        size = int(np.prod(shape))
        if dtype in (np.float32, np.float64):
            array = np.array([choose.choice(SPECIAL_FLOATS) for _ in range(size)]).astype(dtype)
            array = array.reshape(shape)
        elif dtype == np.bool_:
            array = elements.integers(0, 2, shape).astype(dtype)
        else:
            array = np.frombuffer(elements.bytes(size * dtype.itemsize), dtype).reshape(shape)
        kind = helper.np_dtype_to_tensor_dtype(dtype)
        if choose.random() < 0.5 and dtype not in (np.float16, ml_dtypes.bfloat16):
            return helper.make_tensor(name, kind, shape, array.flatten().tolist())
        return numpy_helper.from_array(array, name)

    def attribute(name):
        value = choose.choice([
            choose.choice([0, -1, 2**63 - 1, -(2**63)]), choose.choice(SPECIAL_FLOATS),
            choose.choice(NAMES), "two\nlines", "", [1, -2], [1.0, 2.5], ["a", ""], tensor(""),
        ])  # fmt: skip
        return helper.make_attribute(name, value)

    inputs = [value_info(fresh()) for _ in range(choose.randrange(4))]
    initializers = [tensor(fresh()) for _ in range(choose.randrange(4))]
    known = [value.name for value in [*inputs, *initializers]]
    nodes = []
    for _ in range(choose.randrange(1, 5)):
        operands = [choose.choice([*known, ""]) for _ in range(choose.randrange(4))]
        results = [fresh() for _ in range(choose.randrange(1, 3))]
        domain = choose.choice(["", "ai.onnx.ml", "my_domain"])
        node = helper.make_node("Op", operands, results, choose.choice(["", *NAMES]), domain=domain)
        node.attribute.extend(attribute(f"k{index}") for index in range(choose.randrange(4)))
        if choose.random() < 0.2:
            empty = helper.make_attribute("e", [], attr_type=onnx.AttributeProto.INTS)
            node.attribute.append(empty)
        nodes.append(node)
        known.extend(results)
    outputs = [value_info(name) for name in nodes[-1].output]
    between = [value_info(name) for node in nodes[:-1] for name in node.output if choose.random() < 0.5]
    graph = helper.make_graph(
        nodes, choose.choice(NAMES), inputs, outputs, initializers, value_info=between
    )
    model = helper.make_model(
        graph,
        ir_version=10,
        opset_imports=[
            helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3),
            helper.make_opsetid("my_domain", 1),
        ],
    )  # fmt: skip
    if choose.random() < 0.5:
        model.producer_name, model.doc_string = 'a "b" \\ c', "two\nlines"
        helper.set_model_props(model, {"k": "v", 'q"': "\\"})
    return model


@pytest.mark.parametrize("seed", range(40))
def test_onnx_parser_reads_what_we_print(tmp_path, seed):
    model = random_model(seed)
    onnx.save(model, tmp_path / "m.onnx")
    run("convert", tmp_path / "m.onnx", "-o", tmp_path / "m.onnxtxt")
    parsed = onnx.parser.parse_model((tmp_path / "m.onnxtxt").read_text())
    assert content(parsed) == content(model)


@pytest.mark.parametrize("seed", range(40))
def test_we_read_what_onnx_printer_prints(tmp_path, seed):
    model = random_model(seed)
    (tmp_path / "m.onnxtxt").write_text(onnx.printer.to_text(model))
    run("convert", tmp_path / "m.onnxtxt", "-o", tmp_path / "m.onnx")
    assert content(onnx.load(tmp_path / "m.onnx")) == content(model)


@pytest.mark.parametrize("path", sorted((ROOT / "Graphs").glob("vgg-*.onnxtxt")), ids=lambda path: path.stem)
def test_graphs_are_valid_onnx_and_survive_conversion(tmp_path, path):
    model = onnx.parser.parse_model(path.read_text())
    onnx.checker.check_model(model, full_check=True)
    run("convert", path, "-o", tmp_path / "m.onnx")
    assert content(onnx.load(tmp_path / "m.onnx")) == content(model)


@pytest.mark.parametrize("name", ["m.onnx", "m.onnxtxt"])
def test_external_data_is_read_by_onnx_and_by_us(tmp_path, name):
    model = onnx.load(conv_model(tmp_path / "source.onnx"))
    run("convert", tmp_path / "source.onnx", "-o", tmp_path / name, "--external-data")
    assert (tmp_path / f"{name}.data").stat().st_size >= 4 * 5 * 64
    if name.endswith(".onnx"):
        assert content(onnx.load(tmp_path / name)) == content(model)
    run("convert", tmp_path / name, "-o", tmp_path / "inside.onnx")
    assert content(onnx.load(tmp_path / "inside.onnx")) == content(model)
