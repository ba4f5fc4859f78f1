"""Drawings, from the canvas and from files: brought into MNIST's form, or refused in one sentence."""

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import center_of_mass

from helpers import drawing, notebook

THREE = [[(22, 30), (60, 18), (84, 40), (54, 66), (88, 88), (66, 122), (22, 112)]]


def ink():
    return drawing.strokes(THREE)


def test_as_mnist_fills_the_box_and_centres_the_mass():
    for drawn in (ink(), ink().T, np.pad(ink(), ((0, 300), (50, 0)))):
        picture = drawing.as_mnist(drawn)
        assert picture.shape == (28, 28)
        assert picture.dtype == np.uint8
        assert picture.max() == 255
        rows, columns = np.nonzero(picture > 20)
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        assert np.allclose(center_of_mass(picture), 14, atol=0.6)


def test_as_mnist_does_not_depend_on_place_or_size():
    large = np.kron(ink(), np.ones((2, 2), np.uint8))
    assert np.abs(drawing.as_mnist(large).astype(int) - drawing.as_mnist(ink())).mean() < 3
    assert np.array_equal(drawing.as_mnist(np.roll(ink(), (90, 60), axis=(0, 1))), drawing.as_mnist(ink()))


def test_as_mnist_leaves_a_digit_of_mnist_as_it_is():
    from helpers import digits

    path = digits.find()
    if path is None:
        pytest.skip("MNIST is not here")
    pictures = digits.read_mnist(path).x_train[:200]
    distances = [np.abs(drawing.as_mnist(picture).astype(int) - picture).mean() for picture in pictures]
    assert np.median(distances) < 6  # of 255, and a shift by one pixel makes about 20


def test_specks_are_left_out():
    speckled = ink().copy()
    speckled[270:274, 270:274] = 255
    assert np.array_equal(drawing.as_mnist(speckled), drawing.as_mnist(ink()))


def test_a_fine_pen_leaves_a_digit():
    fine = drawing.as_mnist(drawing.strokes(THREE, pen=2))
    assert (fine > 100).sum() > 60
    usual = [(drawing.as_mnist(drawing.strokes(THREE, pen=pen)) > 100).sum() for pen in (12, 18)]
    assert (fine > 100).sum() > 0.5 * min(usual)


@pytest.mark.parametrize("shape", [(1, 280), (280, 1), (1, 1), (3, 1000)])
def test_as_mnist_of_odd_shapes(shape):
    assert drawing.as_mnist(np.full(shape, 255, np.uint8)).max() == 255


@pytest.mark.parametrize("empty", [np.zeros((280, 280)), np.full((280, 280), 9), np.zeros((0, 0))])
def test_an_empty_drawing(empty):
    with pytest.raises(ValueError, match="is empty"):
        drawing.as_mnist(empty)


def saved(path, array, **settings):
    Image.fromarray(array).save(path, **settings)
    return path


def same_digit(path):
    return np.abs(drawing.as_mnist(drawing.read(path)).astype(int) - drawing.as_mnist(ink())).mean() < 8


def test_files_of_many_kinds(tmp_path):
    dark_on_light = 255 - ink()
    assert same_digit(saved(tmp_path / "grey.png", dark_on_light))
    assert same_digit(saved(tmp_path / "grey.jpg", dark_on_light, quality=60))
    assert same_digit(saved(tmp_path / "inverted.png", ink()))
    assert same_digit(saved(tmp_path / "one bit.png", dark_on_light > 127))
    assert same_digit(saved(tmp_path / "palette.gif", dark_on_light))
    blue_pen = np.stack([dark_on_light, dark_on_light, np.maximum(dark_on_light, 140)], axis=2)
    assert same_digit(saved(tmp_path / "blue pen.png", blue_pen))
    yellow_paper = np.where(ink()[..., np.newaxis] > 127, (20, 20, 30), (240, 220, 150)).astype(np.uint8)
    assert same_digit(saved(tmp_path / "yellow paper.png", yellow_paper))
    green_board = np.where(ink()[..., np.newaxis] > 127, (220, 220, 210), (28, 44, 36)).astype(np.uint8)
    assert same_digit(saved(tmp_path / "chalk.png", green_board))
    sixteen_bits = dark_on_light.astype(np.uint16) * 200
    assert same_digit(saved(tmp_path / "16 bits.tif", sixteen_bits))
    assert same_digit(saved(tmp_path / "fractions.tif", dark_on_light.astype(np.float32) / 255))
    assert same_digit(saved(tmp_path / "größe mit ümlaut.png", dark_on_light))


def test_transparent_pictures(tmp_path):
    transparent = np.zeros((280, 280, 4), np.uint8)
    transparent[..., 3] = ink()
    assert same_digit(saved(tmp_path / "black on nothing.png", transparent))
    transparent[..., :3] = 255
    assert same_digit(saved(tmp_path / "white on nothing.png", transparent))
    transparent[..., 3] = 0
    with pytest.raises(ValueError, match="empty"):
        drawing.read(saved(tmp_path / "nothing on nothing.png", transparent))


def test_a_photograph_of_a_paper(tmp_path):
    """Uneven light, grain, a dark grey pen."""
    rng = np.random.default_rng(0)
    light = np.linspace(170, 215, 280)[np.newaxis] + rng.normal(0, 4, (280, 280))
    photograph = (light - 130 * (np.asarray(ink()) / 255)).clip(0, 255).astype(np.uint8)
    assert same_digit(saved(tmp_path / "photograph.jpg", photograph))


def refusals(folder):
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:300, :400]
    landscape = np.stack([90 + rows / 3, 200 - rows / 3, 60 + columns / 3], axis=2) + rng.normal(0, 15, (300, 400, 3))
    saved(folder / "holiday.jpg", landscape.clip(0, 255).astype(np.uint8))
    saved(folder / "grey holiday.jpg", np.hypot(rows - 150, columns - 200).astype(np.uint8))
    saved(folder / "empty.png", np.full((50, 50), 240, np.uint8))
    (folder / "notes.png").write_text("a digit", encoding="utf-8")
    (folder / "nothing.png").write_bytes(b"")
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(folder / "rare.png", format="PCX")
    (folder / "large.png").write_bytes(bytes(21_000_000))
    saved(folder / "many pixels.png", np.zeros((7000, 6000), np.uint8))
    whole = saved(folder / "whole.png", rng.integers(0, 255, (99, 99)).astype(np.uint8)).read_bytes()
    (folder / "cut off.png").write_bytes(whole[: len(whole) // 2])
    (folder / "folder.png").mkdir()
    return {
        "holiday.jpg": "looks like a colour photograph",
        "grey holiday.jpg": "not one digit on plain paper",
        "empty.png": "is empty",
        "notes.png": "not a picture that can be read",
        "nothing.png": "not a picture that can be read",
        "rare.png": "not a picture that can be read",
        "large.png": "has 21 MB",
        "many pixels.png": "has 6000 x 7000 pixels",
        "cut off.png": "is damaged",
        "folder.png": "is a folder",
        "missing.png": "no file",
    }


def test_bad_files_get_one_sentence(tmp_path, recwarn):
    for name, words in refusals(tmp_path).items():
        with pytest.raises((ValueError, OSError)) as caught:
            drawing.read(tmp_path / name)
        text = str(caught.value)
        assert words in text
        assert name in text
        assert "\n" not in text
    assert [str(warning.message) for warning in recwarn.list] == []


def test_the_canvas_answers(monkeypatch):
    from helpers.canvas import Canvas

    seen = []

    def classify(pictures):
        seen.append(pictures)
        return np.eye(10)[[3]]

    canvas = Canvas(classify)
    canvas.ink = memoryview(ink().tobytes())  # what the page sends
    assert seen[0].shape == (1, 28, 28)
    assert canvas.reading["message"] == "The network reads a 3, and is 100.0% sure."
    assert canvas.reading["probabilities"][3] == 1
    canvas.ink = bytes(280 * 280)
    assert canvas.reading["message"].startswith("Draw a digit")
    faint = np.zeros((280, 280), np.uint8)
    faint[0, 0] = 3
    canvas.ink = faint.tobytes()
    assert "is empty" in canvas.reading["message"]


def test_the_canvas_says_what_is_wrong_with_the_network():
    from helpers.canvas import Canvas

    def broken(pictures):
        raise KeyError("model")

    for classify, words in ((broken, "stops with KeyError: 'model'"), (lambda pictures: [1, 2], "2 numbers")):
        canvas = Canvas(classify)
        canvas.ink = ink().tobytes()
        assert words in canvas.reading["message"]


def test_without_a_notebook_or_the_widget_there_is_a_way(monkeypatch, capsys):
    drawing.pad(None)
    assert "drawing.read(" in capsys.readouterr().out
    monkeypatch.setattr(notebook, "is_running", lambda: True)
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    monkeypatch.delitem(__import__("sys").modules, "helpers.canvas", raising=False)
    drawing.pad(None)
    assert "drawing.read(" in capsys.readouterr().out


def test_a_page_that_cannot_show_widgets_shows_the_way(monkeypatch):
    from IPython import display

    shown = []
    monkeypatch.setattr(display, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(notebook, "is_running", lambda: True)
    drawing.pad(lambda pictures: np.eye(10)[[3]])
    assert "drawing.read(" in shown[0]["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown[0]
