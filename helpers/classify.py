"""Read a digit from a picture with a saved network: `python -m helpers.classify digits.keras picture.png`."""

import argparse
import sys
from pathlib import Path

import numpy as np

from helpers import device, drawing, final_model


def load(path):
    """Load a network for digits from a `.keras` file, without running anything that the file may carry.

    Raises
    ------
    ValueError
        If the file is no such network.
    OSError
        If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no model {path}. `python -m helpers.final_model {path}` trains one.")
    device.start()
    import keras

    try:
        model = keras.saving.load_model(path, safe_mode=True, compile=False)
    except Exception as error:  # a file that is no model makes Keras, zipfile and h5py fail in a dozen ways
        raise ValueError(f"{path} is not a Keras model that can be loaded ({_first_line(error)}).") from None
    if model.input_shape[1:] != (28, 28, 1) or model.output_shape[1:] != (10,):
        raise ValueError(
            f"{path} takes {model.input_shape[1:]} to {model.output_shape[1:]}; "
            "expected a network that takes pictures of (28, 28, 1) to ten probabilities."
        )
    return model


def _first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def classify(model, pictures):
    """The probabilities that a network gives to pictures, `uint8` of shape (n, 28, 28); shape (n, 10)."""
    return model.predict(final_model.prepare(pictures), verbose=0)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="a file made by helpers.final_model, ending in .keras")
    parser.add_argument("pictures", type=Path, nargs="+", help="pictures of one digit each: PNG, JPEG, ...")
    chosen = parser.parse_args(arguments)
    try:
        model = load(chosen.model)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    failed = 0
    for path in chosen.pictures:
        try:
            _, probabilities = drawing.answer(drawing.read(path), lambda pictures: classify(model, pictures))
        except (ValueError, OSError) as error:
            print(error, file=sys.stderr)
            failed = 1
            continue
        first, second = np.argsort(probabilities)[:-3:-1]
        print(f"{path}: {first} ({probabilities[first]:.1%} sure; next {second}, {probabilities[second]:.1%})")
    return failed


if __name__ == "__main__":
    sys.exit(main())
