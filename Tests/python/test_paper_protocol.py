"""The oracle of `tessera evaluate` itself: what it must give by hand, by symmetry and by exact arithmetic."""

import numpy as np
import pytest
from PIL import Image

import image_zoo
import labelled_images
import protocol_networks
from labelled_images import array_image
from paper_protocol import (
    MODES,
    Network,
    Protocol,
    evaluate,
    grid_offsets,
    image_posteriors,
    rescaled,
    softmax,
    tensor,
    top,
    top_error,
    view_posteriors,
)

LN2 = np.log(2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def digits():
    return Network(protocol_networks.DIGITS)


@pytest.fixture(scope="module")
def exact(folder):
    return Network(protocol_networks.exact_network(folder / "exact.onnx"))


@pytest.fixture(scope="module")
def corners(folder):
    return Network(protocol_networks.corner_network(folder / "corners.onnx"))


def picture(rows):
    return Image.fromarray(np.array(rows, np.uint8))


def noise(width, height, seed=0):
    return picture(np.random.default_rng(seed).integers(0, 256, (height, width)))


def posteriors(network, image, *arguments, **options):
    """The image's [classes] at the one scale."""
    (result,) = image_posteriors(network, image, Protocol(*arguments, **options))
    return result


# The fully convolutional network


def test_at_its_own_size_it_is_the_plain_network(exact, digits):
    image = np.asarray(noise(6, 6), np.float32)[None, None]
    np.testing.assert_array_equal(exact.score_maps(image, True), exact.score_maps(image, False))
    # Sums of up to 1568 float32 terms in another order: about sqrt(1568) * 2^-24 = 2.4e-6 of their size.
    image = np.asarray(noise(28, 28), np.float32)[None, None]
    dense, plain = digits.score_maps(image, True), digits.score_maps(image, False)
    assert dense.shape == (1, 10, 1, 1)
    np.testing.assert_allclose(dense, plain, rtol=0, atol=1e-5 * np.abs(plain).max())


def test_each_position_is_the_plain_network_of_a_window(exact):
    image = np.asarray(noise(11, 15), np.float32)
    maps = exact.score_maps(image[None, None], True)
    assert maps.shape == (1, 4, 5, 3)
    for i in range(5):
        for j in range(3):
            window = image[2 * i : 2 * i + 6, 2 * j : 2 * j + 6]
            plain = exact.score_maps(np.ascontiguousarray(window)[None, None], False)
            np.testing.assert_array_equal(maps[..., i : i + 1, j : j + 1], plain)


def test_the_last_softmax_is_left_out(exact):
    image = np.asarray(noise(6, 6), np.float32)[None, None]
    assert np.abs(exact.score_maps(image, False)).max() > 1


# Views


@pytest.mark.parametrize(
    "extent, offsets",
    [
        (224, [0, 0, 0, 0, 0]),
        (225, [0, 0, 1, 1, 1]),
        (226, [0, 1, 1, 2, 2]),
        (234, [0, 3, 5, 8, 10]),
        (256, [0, 8, 16, 24, 32]),
        (341, [0, 29, 59, 88, 117]),
    ],
)
def test_the_grid_of_crops(extent, offsets):
    assert grid_offsets(extent, 224) == offsets


@pytest.mark.parametrize(
    "size, shorter, expected",
    [
        ((6, 4), 3, (5, 3)),
        ((4, 6), 3, (3, 5)),
        ((4, 10), 3, (3, 8)),
        ((500, 375), 256, (341, 256)),
        ((375, 500), 384, (384, 512)),
        ((1, 9), 16, (16, 144)),
        ((7, 7), 16, (16, 16)),
    ],
)
def test_the_larger_side_is_rounded_half_up(size, shorter, expected):
    assert rescaled(Image.new("L", size), shorter, Image.Resampling.BILINEAR).size == expected


def test_values_are_samples_less_mean_times_scale_in_the_order_of_the_channels():
    view = Image.new("RGB", (1, 1), (10, 20, 30))
    protocol = Protocol(mean=(1, 2, 3), scale=(1, 10, 100), color="bgr")
    assert tensor(view, protocol).ravel().tolist() == [29, 180, 700]
    assert tensor(view, Protocol()).ravel().tolist() == [10, 20, 30]


# A network by hand: its scores are the left and the right pixel of the upper row, times ln 2


def test_single_by_hand(corners):
    # The centre is the two middle columns. Scores 3 ln 2 and 1 ln 2.
    image = picture([[9, 3, 1, 9], [9, 9, 9, 9]])
    by_hand = [8 / 10, 2 / 10]
    np.testing.assert_allclose(posteriors(corners, image, scale=(LN2,)), by_hand, rtol=1e-6)
    both = posteriors(corners, image, scale=(LN2,), flips=True)
    np.testing.assert_allclose(both, [1 / 2, 1 / 2], rtol=1e-6)


def test_dense_by_hand(corners):
    # The two positions have scores (0, 1) and (1, 4) times ln 2; their mean is (1/2, 5/2).
    image = picture([[0, 1, 4], [7, 7, 7]])
    scores = posteriors(corners, image, "dense", "scores", flips=False, scale=(LN2,))
    np.testing.assert_allclose(scores, [1 / 5, 4 / 5], rtol=1e-6)
    # Posteriors (1/3, 2/3) and (1/9, 8/9).
    each = posteriors(corners, image, "dense", "posteriors", flips=False, scale=(LN2,))
    np.testing.assert_allclose(each, [2 / 9, 7 / 9], rtol=1e-6)


def test_crops_by_hand(corners):
    # The 25 crops of 3x2 have the columns 0, 0, 1, 1, 1 five times: (1/3, 2/3) 10 times, (1/9, 8/9) 15 times.
    image = picture([[0, 1, 4], [7, 7, 7]])
    crops = posteriors(corners, image, "crop", flips=False, scale=(LN2,))
    np.testing.assert_allclose(crops, [2 / 15 + 1 / 15, 4 / 15 + 8 / 15], rtol=1e-6)
    both = posteriors(corners, image, "dense+crop", flips=False, scale=(LN2,))
    np.testing.assert_allclose(both, [(1 / 5 + 1 / 5) / 2, (4 / 5 + 4 / 5) / 2], rtol=1e-6)
    both = posteriors(corners, image, "dense+crop", "posteriors", flips=False, scale=(LN2,))
    np.testing.assert_allclose(both, [(2 / 9 + 1 / 5) / 2, (7 / 9 + 4 / 5) / 2], rtol=1e-6)


# Averages


@pytest.mark.parametrize("mode", MODES)
def test_a_mirrored_image_has_the_same_posteriors(exact, mode):
    # The margins are multiples of 4, so that the grid of crops is its own mirror image.
    image = noise(14, 10)
    mirrored = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    options = {"scales": (10,), "scale": (1 / 2550,)}
    for order in ("scores", "posteriors"):
        one, other = (posteriors(exact, i, mode, order, flips=True, **options) for i in (image, mirrored))
        np.testing.assert_allclose(one, other, rtol=1e-12)
        straight = posteriors(exact, image, mode, order, flips=False, **options)
        assert np.abs(straight - one).max() > 1e-6


def test_the_order_matters_where_there_are_several_positions(exact, digits):
    for mode, differs in [("dense", True), ("dense+crop", True), ("crop", False), ("single", False)]:
        options = {"scales": (10,), "scale": (1 / 2550,)}
        scores, each = (
            posteriors(exact, noise(14, 10), mode, o, **options) for o in ("scores", "posteriors")
        )
        assert (np.abs(scores - each).max() > 1e-6) == differs
    scores, each = (posteriors(digits, noise(28, 28), "dense", order) for order in ("scores", "posteriors"))
    np.testing.assert_array_equal(scores, each)


def test_orders_of_a_score_map_by_hand():
    maps = LN2 * np.array([[[[0.0, 2.0]], [[2.0, 2.0]]]])
    np.testing.assert_allclose(view_posteriors(maps, "scores"), [[1 / 3, 2 / 3]])
    np.testing.assert_allclose(view_posteriors(maps, "posteriors"), [[0.35, 0.65]])


def test_several_scales_are_averaged(exact):
    images = [array_image("a", 1, np.asarray(noise(14, 10)))]
    first, second, both = (
        evaluate([exact], images, Protocol("crop", scales=scales, scale=(1 / 2550,)))
        for scales in [(10,), (7,), (10, 7)]
    )
    assert both.posteriors.shape == (1, 2, 1, 4)
    assert np.abs(first.fused - second.fused).max() > 1e-6
    np.testing.assert_allclose(both.fused, (first.fused + second.fused) / 2, rtol=1e-12)


def test_fusion_is_the_mean_of_networks(digits, folder):
    disturbed = Network(protocol_networks.disturbed_digits(folder / "disturbed.onnx"))
    pictures, labels = protocol_networks.held_back_digits(30)
    images = [array_image(str(i), l, p) for i, (p, l) in enumerate(zip(pictures, labels))]
    one, other, both = (evaluate(n, images, Protocol()) for n in ([digits], [disturbed], [digits, disturbed]))
    np.testing.assert_allclose(both.fused, (one.fused + other.fused) / 2, rtol=1e-12)
    assert not np.array_equal(top(one.fused), top(other.fused))
    np.testing.assert_allclose(both.fused.sum(axis=1), 1, rtol=1e-12)
    # The digits are held back but shrunk and shifted; a network at random has 0.9.
    assert top_error(one.fused, one.labels, 1) < 0.4
    assert top_error(other.fused, one.labels, 1) < 0.5


def test_softmax_of_large_scores():
    np.testing.assert_allclose(softmax(np.array([[1e4, 1e4 + LN2, -1e4]])), [[1 / 3, 2 / 3, 0]])


def test_errors_and_ties():
    values = np.array([[0.1, 0.3, 0.3, 0.1, 0.1, 0.1], [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]])
    assert top(values).tolist() == [[1, 2, 0, 3, 4], [0, 1, 2, 3, 4]]
    assert top_error(values, np.array([2, 0]), 1) == 0.5
    assert top_error(values, np.array([5, 5]), 5) == 1
    assert top(np.array([[0.2, 0.8]])).tolist() == [[1, 0]]
    assert top_error(np.array([[0.2, 0.8]]), np.array([0]), 5) == 0


# Data


def test_the_zoo(tmp_path):
    specimens = image_zoo.write(tmp_path)
    images = labelled_images.folder(tmp_path)
    assert [i.name for i in images] == [s.name for s in specimens]
    classes = ["broken", "jpeg", "names", "png", "sizes"]
    assert [classes[i.label] for i in images] == [s.name.split("/")[0] for s in specimens]
    network = Network(protocol_networks.color_network(tmp_path / "colors.onnx"))
    result = evaluate([network], images, Protocol("dense", mean=(110,), scale=(1 / 60,)))
    assert [name for name, _ in result.failures] == [s.name for s in specimens if not s.is_readable]
    assert result.names == [s.name for s in specimens if s.is_readable]
    assert [images[i].name for i in result.indices] == result.names
    assert np.isfinite(result.fused).all()


def test_decoding(tmp_path):
    specimens = image_zoo.write(tmp_path)
    assert len({s.name for s in specimens}) == len(specimens)
    image = image_zoo.photo(31, 23)
    read = labelled_images.decoded
    assert image_zoo.png(read(tmp_path / "png/16-bit-rgb.png")) == image_zoo.png(image)
    assert read(tmp_path / "png/16-bit-grey.png").tobytes() == read(tmp_path / "png/grey.png").tobytes()
    upright, turned = (read(tmp_path / f"jpeg/orientation-{n}.jpg") for n in (1, 6))
    assert upright.transpose(Image.Transpose.ROTATE_270).tobytes() == turned.tobytes()


def test_the_same_data_as_folder_list_and_npz(tmp_path):
    random = np.random.default_rng(6)
    arrays, labels = random.integers(0, 256, (6, 8, 9, 3), np.uint8), np.array([0, 0, 1, 1, 2, 2])
    lines = []
    for index, (pixels, label) in enumerate(zip(arrays, labels)):
        path = tmp_path / "data" / "abc"[label] / f"the {index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
        lines.append(f"{path.relative_to(tmp_path / 'data')} {label}\n")
    (tmp_path / "list.txt").write_text("".join(lines))
    np.savez(tmp_path / "data.npz", images=arrays, labels=labels)
    for images in (
        labelled_images.folder(tmp_path / "data"),
        labelled_images.list_file(tmp_path / "list.txt", root=tmp_path / "data"),
        labelled_images.npz(tmp_path / "data.npz"),
    ):
        assert [i.label for i in images] == labels.tolist()
        for image, pixels in zip(images, arrays, strict=True):
            np.testing.assert_array_equal(np.asarray(image.read()), pixels)
    named = labelled_images.folder(tmp_path / "data", labels=["c", "x", "a", "b"])
    assert [i.label for i in named] == [2, 2, 3, 3, 0, 0]
