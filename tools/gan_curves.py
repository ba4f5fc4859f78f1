"""Four games of forged numbers that take different turns, for Exercise 4.4, into the ledger: `make gan-curves`.

They are played by the cells of the solution that are tagged `curves`.
"""

import sys

import numpy as np

from helpers import device, timeleft
from tools import lesson, measure

EPOCHS = 12
#: What happens in each is in `helpers.checks.lesson04.GAMES`, and a test compares it with what was measured.
SETTINGS = {
    "A": {"generator_rate": 3e-3, "discriminator_rate": 1e-4, "seed": 1},
    "B": {"generator_rate": 1e-6, "discriminator_rate": 3e-3, "seed": 2},
    "C": {"generator_rate": 1e-3, "discriminator_rate": 1e-3, "seed": 3},
    "D": {"generator_rate": 1e-4, "discriminator_rate": 2e-2, "seed": 2},
}


def main():
    device.start(only="tensorflow")
    import keras
    import tensorflow as tf

    names = lesson.run("04_gan", "curves", keras=keras, np=np, tf=tf, fit_progress=timeleft.fit_progress, SEED=1)
    games = {}
    for game, settings in SETTINGS.items():
        _, history, forged = names["play"](epochs=EPOCHS, **settings)
        games[game] = {
            name: [round(float(value), 4) for value in history[name]] for name in ("discriminator", "generator")
        }
        games[game]["spread"] = [round(float(numbers.std()), 4) for numbers in forged]
        games[game]["real_spread"] = round(float(names["real_numbers"](100_000, 0).std()), 4)
        print(game, {key: values[-3:] if isinstance(values, list) else values for key, values in games[game].items()})
    measure.save("04_gan_curves", measure.entry("04_gan_curves", "make gan-curves", settings=SETTINGS, games=games))
    return 0


if __name__ == "__main__":
    sys.exit(main())
