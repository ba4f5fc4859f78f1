"""Each picture is drawn without a warning, and its text alternative states what it shows."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers import notebook, plots
from tests.figures import strict  # noqa: F401
from tests.wrong_answers.lesson01 import RELU, SOFTMAX, network

PICTURES = np.random.default_rng(0).integers(0, 256, (12, 28, 28))
LABELS = np.arange(12) % 10


HISTORY = SimpleNamespace(
    history={"loss": [2.0, 1.0], "val_loss": [2.1, 1.5], "accuracy": [0.5, 0.75], "val_accuracy": [0.4, 0.7]}
)


SPEEDS = [
    {"processor": f"{kind} (x)", "work": "matrix product", "seconds": s, "gflops": 2 / s, "parameters": 10}
    for kind, s in (("CPU", 0.1), ("GPU", 0.01))
]


def share_right(confidence, right, low, high):
    return right[(confidence >= low) & (confidence < high)].mean()


RUNS = {
    value: [{"val_accuracy": [0.5, 0.9 + seed / 100], "val_loss": [2.0, loss]} for seed in range(3)]
    for value, loss in (("relu", 0.2), ("tanh", 300.0), ("odd", float("nan")))
}


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.image(PICTURES[0], "label 5"), "titled label 5"),
        (lambda: plots.images(PICTURES), "12 pictures"),
        (lambda: plots.images(PICTURES, LABELS), "labelled 0, 1, 2"),
        (lambda: plots.images(PICTURES, LABELS, (LABELS + (LABELS > 7)) % 10, np.full(12, 0.9)), "wrong on 2 of them"),
        (lambda: plots.images(PICTURES[:1], LABELS[:1]), "1 pictures"),
        (lambda: plots.images(PICTURES[:0], LABELS[:0]), "no pictures"),
        (lambda: plots.learning_curves(HISTORY), "validation accuracy goes from 0.400 to 0.700"),
        (lambda: plots.confusion([0, 1, 2, 2], [0, 1, 1, 2]), "3 of 4 right; the most common mistake is 2 taken for 1"),
        (lambda: plots.confusion([0, 1], [0, 1], ["needle", "agglomerate"]), "2 of 2 right."),
        (lambda: plots.ladder({"network": 0.98, "chance": 0.1}), "chance 10.0%, network 98.0%"),
        (lambda: plots.ladder({"perfect": 1.0, "chance": 0.1}, images=50), "chance 10.0%, perfect 100.0%"),
        (lambda: plots.speeds(SPEEDS), "fastest is the matrix product on the GPU"),
        (lambda: plots.step_times(SPEEDS), "from 1e+02 to 1e+02 ms on the CPU"),
        (lambda: plots.feature_maps([PICTURES[0], PICTURES[1][:5]], ["a", "b"]), "2 maps: a, b."),
        (lambda: plots.kernels(PICTURES[:5, :5, :5]), "The 5 kernels of 5x5"),
        (lambda: plots.learning_rate(lambda step: 0.1 * (1 - step / 100), 100), "rises to 0.1 at about step 0"),
        (
            lambda: plots.calibration(
                np.array([0.6, 0.6, 0.9]), np.array([True, False, True]), [0, 0.7, 1], share_right
            ),
            "share of them that is right: 60.0% and 50.0% (2 images); 90.0% and 100.0% (1 images)",
        ),
        (lambda: plots.comparison("activation", RUNS, base="relu"), "relu (base) 91.0%, tanh 91.0%"),
        (lambda: plots.boxes(network(RELU, SOFTMAX)), "784 numbers through Dense to 512, Dense to 10; 407,050"),
    ],
)
def test_the_text_states_what_is_seen(draw, words, capsys):
    draw()
    assert words in capsys.readouterr().out


def test_without_graphviz_matplotlib_draws(monkeypatch, capsys):
    monkeypatch.setattr(plots.shutil, "which", lambda program: None)
    plots.architecture(network(RELU, SOFTMAX))
    printed = capsys.readouterr().out
    assert "apt install graphviz" in printed
    assert "brew install graphviz" in printed
    assert "winget install graphviz" in printed
    assert "407,050 parameters" in printed


def test_in_a_notebook_the_picture_carries_its_text(monkeypatch):
    shown = []
    monkeypatch.setattr(notebook, "is_running", lambda: True)
    monkeypatch.setattr(notebook, "display_picture", lambda png, alt, width: shown.append((png, alt, width)))
    plots.image(PICTURES[0], "label 5")
    [(png, alt, width)] = shown
    assert png.startswith(b"\x89PNG")
    assert "label 5" in alt
    assert 200 < width < 320


def test_a_search_is_drawn(capsys):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(lambda trial: trial.suggest_float("rate", 0, 1), n_trials=1)
    plots.study(study)
    assert "Importance: needs at least two" in capsys.readouterr().out
    study.optimize(lambda trial: trial.suggest_float("rate", 0, 1) + trial.suggest_int("depth", 1, 3), n_trials=5)
    plots.study(study)
    assert "Parallel coordinates of 6 finished trials, 6 in all; the best has" in capsys.readouterr().out
