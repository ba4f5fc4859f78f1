"""One line that shows how far a long piece of work has come, and how long it still takes."""

import sys
import time

from helpers import notebook

SECONDS_BETWEEN_UPDATES = 0.25


def clock(seconds):
    """A duration in words: `7 s`, `3 min 20 s`, `2 h 05 min`."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


class TimeLeft:
    """A status line that is rewritten in place, at most four times a second.

    In a notebook it is one output that changes, in a terminal one line; where the output goes
    to a file, only the last state is written. The last state carries no time, so that a saved
    notebook is the same after every run.

    Parameters
    ----------
    total : int
        How many steps there are.
    label : str
        What is being done, for example ``"training"``.
    before : int
        How many of the steps were done at another time, in work that goes on where it was stopped.
    """

    def __init__(self, total, label, before=0):
        self.total = total
        self.before = before
        self.label = label
        self._start = time.monotonic()
        self._last_update = 0.0
        self._display = None
        self._width = 0

    def update(self, done, note=""):
        """Say that `done` of the steps are behind us; `note` is added to the line."""
        now = time.monotonic()
        if now - self._last_update < SECONDS_BETWEEN_UPDATES or done <= self.before:
            return
        self._last_update = now
        left = (now - self._start) / (done - self.before) * (self.total - done)
        percent = int(100 * done / self.total)
        self._write(" · ".join(filter(None, [self.label, f"{percent} %", note, f"{clock(left)} left"])))

    def close(self, note="done"):
        """Write the last state of the line."""
        self._write(f"{self.label} · {note}", last=True)

    def _write(self, text, last=False):
        if notebook.is_running():
            if self._display is None:
                self._display = notebook.display_text(text)
            else:
                notebook.update_text(self._display, text)
        elif sys.stdout.isatty():
            print("\r" + text.ljust(self._width), end="\n" if last else "", flush=True)
            self._width = len(text)
        elif last:
            print(text)


def fit_progress():
    """A Keras callback that shows one line for a whole training: epoch, scores, time left.

    Use it with ``model.fit(..., verbose=0, callbacks=[fit_progress()])``.
    """
    import keras

    class FitProgress(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.steps_seen = 0
            self.epoch = 0
            self.scores = ""
            # Keras knows the number of batches only for data with a length; without one, count epochs.
            self.steps = self.params["steps"] or 1
            self.line = None

        def on_train_batch_end(self, batch, logs=None):
            if not self.params["steps"]:
                return
            self.steps_seen += 1
            if self.line is None:  # the first batch also waits for the graph, so the time is taken from here on
                self._begin()
            self.line.update(self.steps_seen, self._note())

        def on_epoch_begin(self, epoch, logs=None):
            if epoch and not self.epoch:  # the training goes on from a checkpoint
                self.steps_seen = epoch * self.steps
                print(f"going on after epoch {epoch} of {self.params['epochs']}", flush=True)
            self.epoch = epoch + 1
            if self.line is None and not self.params["steps"]:
                self._begin()

        def on_epoch_end(self, epoch, logs=None):
            shown = {name: logs[name] for name in ("accuracy", "val_accuracy", "loss", "val_loss") if name in logs}
            if "val_accuracy" in shown or "accuracy" in shown:
                shown = {name: value for name, value in shown.items() if "accuracy" in name}
            self.scores = " · ".join(
                f"{name.replace('val_', 'validation ')} {value:.4f}" for name, value in shown.items()
            )
            self.steps_seen = self.epoch * self.steps
            self.line.update(self.steps_seen, self._note())

        def on_train_end(self, logs=None):
            if self.line is not None:
                self.line.close(self._note())

        def _begin(self):
            self.line = TimeLeft(self.params["epochs"] * self.steps, "training", before=self.steps_seen)

        def _note(self):
            return " · ".join(filter(None, [f"epoch {self.epoch} of {self.params['epochs']}", self.scores]))

    return FitProgress()
