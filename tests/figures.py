"""What every test of pictures asks: no warning, and no figure left open. Import `strict` to have it in a module."""

import warnings

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    def close(figure, closing=plt.close):
        if figure != "all":
            figure.canvas.draw()  # a picture that cannot be laid out fails only now
        closing(figure)

    monkeypatch.setattr(plt, "close", close)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    left_open = plt.get_fignums()
    plt.close("all")
    assert left_open == []
