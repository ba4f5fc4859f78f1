"""Tests, and the kernels that nbval starts, keep their progress away from the student's own file."""

import os
import tempfile


def pytest_configure(config):
    config._progress = tempfile.TemporaryDirectory()
    os.environ["WORKSHOP_PROGRESS"] = os.path.join(config._progress.name, "progress.jsonl")


def pytest_unconfigure(config):
    config._progress.cleanup()
