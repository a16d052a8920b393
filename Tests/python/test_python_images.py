"""Images in Python are what they are for the tool."""

import numpy as np
import pytest

import python_package  # noqa: F401
import tessera
import tool
from tessera import ErrorKind, Session, TesseraError

MODEL = tool.ROOT / "Graphs/digits.onnx"
PICTURES = sorted((tool.ROOT / "Graphs/digits").glob("*.png"))


def test_digits_as_classify_reads_them(tmp_path):
    plan = tessera.compile(MODEL, tmp_path / "digits.plan")
    session = Session(plan)
    report = tool.tessera("classify", tmp_path / "digits.plan", *PICTURES, "--json").json
    for path, image in zip(PICTURES, report["images"], strict=True):
        (scores,) = session.run(None, plan.read_images([path]))
        (again,) = session.run(None, plan.read_images([path.read_bytes()]))
        assert scores.tobytes() == again.tobytes()
        best = int(scores[0].argmax())
        assert image["predictions"][0]["class"] == best and plan.labels[best] == path.name[0]
        assert np.float32(image["predictions"][0]["probability"]) == scores[0, best]


def test_features_are_those_of_the_tool(tmp_path):
    names = ["fc4", "probabilities"]
    plan = tessera.compile(
        MODEL, tmp_path / "digits.plan", outputs=names, shapes=[{"image": [batch, 1, 28, 28]} for batch in [5, 1]])
    session = Session(plan)
    found = session.features(PICTURES)
    tool.tessera("features", plan.path, "--data", PICTURES[0].parent, "-o", tmp_path / "f.npz")
    expected = np.load(tmp_path / "f.npz")
    for name in names:
        np.testing.assert_array_equal(found[name], expected[name])
    (again,) = session.features((path.read_bytes() for path in PICTURES), names[:1], batch=5).values()
    np.testing.assert_allclose(again, found[names[0]], rtol=1e-4)
    # The rows of a batch are its images', the last batch has two.
    (whole,) = session.run(names[:1], plan.read_images(PICTURES[5:10]))
    np.testing.assert_array_equal(again[5:10], whole)
    assert again.shape == (12, 10) and session.features([])["fc4"].shape == (0, 10)


def test_plans_that_give_no_features():
    with pytest.raises(TesseraError, match=r"batches of 3, found \[5\]"):
        Session(tessera.compile(MODEL, shapes={"image": [5, 1, 28, 28]})).features(PICTURES, batch=3)


def test_what_is_no_image_is_told():
    plan = tessera.compile(MODEL)
    with pytest.raises(TesseraError, match=r"files\[1\]: ") as problem:
        plan.read_images([PICTURES[0], b"no image"])
    assert problem.value.kind == ErrorKind.INVALID_INPUT
    with pytest.raises(FileNotFoundError):
        plan.read_images(["none.png"])
