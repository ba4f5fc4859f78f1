"""The line with the time left."""

import numpy as np
import pytest

from helpers import timeleft


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")]
)
def test_durations_in_words(seconds, text):
    assert timeleft.clock(seconds) == text


@pytest.fixture
def clocked(monkeypatch):
    """A line of a thousand steps, the time that it sees, and what it writes."""
    now, written = [100.0], []
    monkeypatch.setattr(timeleft.time, "monotonic", lambda: now[0])
    line = timeleft.TimeLeft(1000, "work")
    monkeypatch.setattr(line, "_write", lambda text, last=False: written.append(text))
    return line, now, written


def test_the_time_left_is_worked_out_and_the_last_state_has_none(clocked):
    line, now, written = clocked
    for done in range(0, 1001, 100):
        line.update(done)
        now[0] += 2.0
    line.close()
    assert written[0] == "work · 10 % · 18 s left"
    assert written[-2] == "work · 100 % · 0 s left"
    assert written[-1] == "work · done"


def test_the_line_is_throttled(clocked):
    line, now, written = clocked
    for done in range(1000):
        now[0] += 0.01
        line.update(done)
    assert len(written) <= 1000 * 0.01 / timeleft.SECONDS_BETWEEN_UPDATES + 1


def test_to_a_file_goes_the_last_state_only(capsys):
    line = timeleft.TimeLeft(2, "work")
    line.update(1)
    line.update(2)
    line.close()
    assert capsys.readouterr().out == "work · done\n"


def generator():
    while True:
        yield np.ones((4, 3), "float32"), np.zeros(4, int)


@pytest.mark.parametrize("source", ["arrays", "generator"])
def test_training_shows_epochs_and_scores(capsys, source):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = next(generator())
    data = (
        {"x": x, "y": y, "validation_data": (x, y)}
        if source == "arrays"
        else {"x": generator(), "steps_per_epoch": 2, "shuffle": False}
    )
    model.fit(**data, epochs=2, verbose=0, callbacks=[timeleft.fit_progress()])
    printed = capsys.readouterr().out
    assert printed.startswith("training · epoch 2 of 2 · accuracy ")
    assert ("validation accuracy" in printed) == (source == "arrays")
