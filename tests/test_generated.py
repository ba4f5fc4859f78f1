"""Distances between sets of pictures, against what theory says of Gaussians, and the walk and the grid."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers import gallery, generated


def test_the_distance_between_two_known_gaussians():
    """For diagonal covariances d² is the sum of (difference of means)² + (difference of standard deviations)²."""
    rng = np.random.default_rng(0)
    a = rng.normal([0, 1, -2, 0], [1, 2, 0.5, 3], size=(200_000, 4))
    b = rng.normal([1, 1, -2, 2], [1, 1, 1.5, 3], size=(200_000, 4))
    assert generated.frechet_distance(a, b) == pytest.approx(1 + 4 + 1 + 1, rel=0.02)


def test_the_distance_does_not_depend_on_the_axes():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 500, 5)) * np.arange(1, 6)
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    assert generated.frechet_distance(a @ turn + 3, b @ turn + 3) == pytest.approx(generated.frechet_distance(a, b))


def test_the_distance_of_a_set_to_itself_is_zero_and_of_one_distribution_falls_with_its_size():
    rng = np.random.default_rng(2)
    a = rng.normal(size=(1000, 20))
    assert generated.frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    distances = [generated.frechet_distance(*rng.normal(size=(2, n, 20))) for n in (50, 500, 5000)]
    assert distances[0] > 3 * distances[1] > 9 * distances[2] > 0


def test_fewer_rows_than_features():
    few = np.random.default_rng(3).normal(size=(2, 10, 40))
    assert np.isfinite(generated.frechet_distance(*few))


@pytest.mark.parametrize("shapes", [((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5,), (5,))])
def test_features_that_do_not_fit(shapes):
    with pytest.raises(ValueError, match="expected \\(n, features\\)"):
        generated.frechet_distance(*(np.ones(shape) for shape in shapes))


def test_the_nearest_picture():
    rng = np.random.default_rng(4)
    among = rng.integers(0, 256, (30, 28, 28)).astype(np.uint8)
    index, distance = generated.nearest(among[[7, 3]] ^ np.uint8(1), among)
    assert index.tolist() == [7, 3]
    assert distance == pytest.approx([1.0, 1.0])


def test_features_are_what_the_last_layer_sees():
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "relu"), keras.layers.Dense(10)])
    x = np.ones((2, 4), "float32")
    kernel, bias = model.layers[-1].get_weights()
    assert model(x).numpy() == pytest.approx(generated.features(model)(x).numpy() @ kernel + bias, abs=1e-5)


def test_the_grid_shows_every_picture_once():
    pictures = np.arange(1, 13, dtype=np.uint8)[:, None, None] * np.ones((12, 4, 3), np.uint8)
    whole = gallery.grid(pictures, columns=5)
    assert whole.shape == (3 * 6, 5 * 5)
    for value in range(1, 13):
        assert np.sum(whole == value) == 12


def test_a_page_is_written_whole(tmp_path):
    gallery.save(tmp_path / "page.png", np.full((3, 4, 4), 255, np.uint8), columns=3)
    assert [path.name for path in tmp_path.iterdir()] == ["page.png"]
    assert np.asarray(Image.open(tmp_path / "page.png")).min() == 0


def test_an_animation_keeps_every_frame(monkeypatch):
    shown = []
    monkeypatch.setattr(gallery.notebook, "is_running", lambda: True)
    monkeypatch.setattr(
        gallery.notebook, "display_picture", lambda picture, alt, *_, **kind: shown.append((picture, alt))
    )
    frames = gallery.Frames(columns=4)
    for step in range(5):
        frames.add(np.full((4, 8, 8), 50 * step, np.uint8), f"step {step}")
    frames.play()
    assert "4 generated pictures, step 4" in shown[4][1]
    assert Image.open(io.BytesIO(shown[-1][0])).n_frames == 5


def test_nothing_to_play(capsys):
    gallery.Frames().play()
    assert "Did the training run" in capsys.readouterr().out


def test_the_slider_moves_the_picture_and_says_what_goes_wrong(monkeypatch):
    boxes = []
    monkeypatch.setattr(gallery.notebook, "is_running", lambda: True)
    monkeypatch.setattr(gallery.notebook, "display_widget", lambda box, otherwise: boxes.append(box))

    def picture_at(place):
        if place > 0.9:
            raise ValueError("no such place")
        return np.full((4, 4), round(100 * place), np.uint8)

    gallery.walk(picture_at)
    slider, picture, message = boxes[0].children
    before = bytes(picture.value)
    slider.value = 0.5
    assert bytes(picture.value) != before
    assert message.value == ""
    slider.value = 1.0
    assert message.value == "ValueError: no such place"
