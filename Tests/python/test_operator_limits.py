"""What ONNX allows and we refuse is a limit that `tessera operators` states, and each limit refuses something."""

import re

import onnx

import tool
from operator_cases import CASES, Case, model_and_inputs

# What a refusal says, by the words of the limit that states it.
SENTENCES = {
    "constants are floating-point": "not supported on constants of",
    "constant|known at compile time": "expected constants|only (on )?constants|known only at run time",
    "2-D images": "only 2-D images are supported|only 2 are supported",
    "in the padding as a whole": "in the padding as a whole",
    "at most [0-9]+ elements|at most 1024": "is not supported, only by up to|beyond|to [0-9]+ elements by",
    "no output|no outputs|no .*types|no sparse_value|no bool": "(is|are) not supported",
    "inference": "in training|training .* is not supported",
    "spatial = 1": "spatial = 0",
    "stash_type = 1": "stash_type",
}
# Of an operator whose type is not `any`.
OTHER_TYPE = r"arithmetic on \w+ at run time is not supported"

VOLUME = "float[1,2,4,4,4] x"
STATISTICS = "float[2] x, float[2,2] s, float[2,2] b, float[2,2] m, float[2,2] v"
REFUSED = [
    Case("Conv", (22,), f"{VOLUME}, float[3,2,3,3,3] w", "y = Conv (x, w)"),
    Case("ConvTranspose", (22,), f"{VOLUME}, float[2,3,3,3,3] w", "y = ConvTranspose (x, w)"),
    Case("ConvTranspose", (22,), "float[1,1,1,1] x, float[1,1,2,2] w", "y = ConvTranspose <strides = [2000, 1]> (x, w)"),
    *[
        Case(name, (22,), VOLUME, f"y = {name} {attributes} (x)")
        for name, attributes in (
            ("MaxPool", "<kernel_shape = [2, 2, 2]>"), ("AveragePool", "<kernel_shape = [2, 2, 2]>"),
            ("GlobalMaxPool", ""), ("GlobalAveragePool", ""), ("LRN", "<size = 3>"),
        )
    ],
    *[
        Case(name, (11,), "float[1,1,4,4] x", f"y = {name} <kernel_shape = [1, 1], pads = [1, 0, 0, 0]> (x)")
        for name in ("MaxPool", "AveragePool")
    ],
    Case("MaxPool", (12,), "float[1,1,4,4] x", "y, i = MaxPool <kernel_shape = [2, 2]> (x)", "", "float[] y, int64[] i"),
    Case("BatchNormalization", (7,), "float[1,2,3,3] x, float[2,3,3] s, float[2,3,3] b, float[2,3,3] m, float[2,3,3] v",
         "y = BatchNormalization <spatial = 0> (x, s, b, m, v)"),
    Case("BatchNormalization", (15,), "float[1,2,3,3] x, float[2] s, float[2] b, float[2] m, float[2] v",
         "y, p, q = BatchNormalization <training_mode = 1> (x, s, b, m, v)", "", "float[] y, float[] p, float[] q"),
    Case("Cast", (19,), "float[2] x", "y = Cast <to = 8> (x)", "", "string[] y"),
    Case("Constant", (13,), "", 'y = Constant <value_string = "a"> ()', "", "string y"),
    Case("ConstantOfShape", (9,), "int64[2] x", "y = ConstantOfShape (x)"),
    Case("Range", (11,), "int64 x", "y = Range (x, limit, delta)", "int64 limit = {4}, int64 delta = {1}", "int64[] y"),
    Case("Range", (27,), "", "y = Range <stash_type = 10> (a, b, c)",
         "float16 a = {0}, float16 b = {4}, float16 c = {1}", "float16[] y"),
    Case("Dropout", (22,), "float[2] x", "y = Dropout (x, ratio, training)", "float ratio = {0.5}, bool training = {1}"),
    Case("Dropout", (22,), "float[2] x", "y, m = Dropout (x)", "", "float[] y, bool[] m"),
    Case("LayerNormalization", (17,), "float[2,3] x, float[3] s", "y, m = LayerNormalization (x, s)", "", "float[] y, float[] m"),
    *[
        Case(name, (20,), "bool[2,3] x", f"y = {name} (x)", "", "bool[] y") for name in ("ReduceMax", "ReduceMin")
    ],
    *[
        Case(name, (18,), "", f"y = {name} (c)", "int32[2] c = {3, 4}", "int32[] y")
        for name in ("ReduceMean", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp")
    ],
    Case("Pad", (18,), "float[2] x", 'y = Pad <mode = "edge"> (x, p)', "int64[2] p = {0, 70000}"),
    Case("Resize", (13,), "float[1,1,1,2] x", "y = Resize (x, , s)", "float[4] s = {1, 1, 1, 1000000}"),
    Case("Upsample", (9,), "float[1,1,1,2] x", "y = Upsample (x, s)", "float[4] s = {1, 1, 1, 1000000}"),
]


def models():
    """(operator, model): those that must be refused, and the models of one node with every constant an input."""
    for case in REFUSED:
        yield case.name, onnx.load_from_string(model_and_inputs(case, case.opsets[-1])[0])
    for case in CASES:
        model = onnx.load_from_string(model_and_inputs(case, case.opsets[-1])[0])
        operators = {node.op_type for node in model.graph.node}
        if len(operators) > 1:
            continue
        names = {value.name for value in model.graph.input}
        model.graph.input.extend(
            onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            for tensor in model.graph.initializer if tensor.name not in names
        )
        del model.graph.initializer[:]
        yield *operators, model


def explains(limit, sentence):
    words = next((words for words in SENTENCES if re.search(words, limit)), None)
    return words is not None and re.search(SENTENCES[words], sentence)


def test_refusals_are_stated_and_limits_refuse(tessera, tmp_path):
    operators = {entry["name"]: entry for entry in tessera("operators", "--json").json["operators"]}
    unused = {(name, limit) for name, entry in operators.items() for limit in entry["limits"]}
    unstated = set()
    path = tmp_path / "model.onnx"
    for index, (name, model) in enumerate(models()):
        onnx.save(model, path)
        result = tool.call("compile", path, "-o", tmp_path / "network.plan")
        assert result.exit in (0, 3) and (result.exit == 3 or index >= len(REFUSED)), f"{name}\n{result}"
        for sentence in result.stderr.splitlines() if result.exit else []:
            stating = {(name, limit) for limit in operators[name]["limits"] if explains(limit, sentence)}
            unused -= stating
            is_of_type = operators[name]["element_types"] != "any" and re.search(OTHER_TYPE, sentence)
            if not stating and not is_of_type:
                unstated.add((name, sentence))
    assert sorted(unstated) == []
    assert sorted(unused) == []
