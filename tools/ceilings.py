"""The best that is possible in lesson 5, at four lengths and with five seeds, into the ledger: `make ceilings`."""

import sys

import numpy as np

from helpers import interfaces, roughness
from tools import measure

LENGTHS, EACH = (64, 128, 256, 512), 1000
CLASSES = np.arange(1, 21) / 20


def ceiling(length, seed):
    """Accuracies with 20 classes, and root mean square errors of ζ, uniform between 0.05 and 1."""
    rng = np.random.default_rng(seed)
    classes = np.repeat(np.arange(20), EACH)
    heights = interfaces.heights(CLASSES[classes], length, rng)
    zeta = rng.uniform(0.05, 1.0, 20 * EACH)
    lines = interfaces.heights(zeta, length, rng)
    faulty, labels = interfaces.published(CLASSES, EACH, length, rng, shared_phases=False)
    q = interfaces.wavenumbers(length) + 2 * np.pi / length

    def rms(answers):
        return float(np.sqrt(np.mean((answers - zeta) ** 2)))

    return {
        "accuracy_known": float(np.mean(roughness.most_probable(heights, CLASSES, 1.0) == classes)),
        "accuracy_unknown": float(np.mean(roughness.most_probable(heights, CLASSES) == classes)),
        "accuracy_published": float(
            np.mean(roughness.most_probable(faulty, CLASSES, length / 16, q, parts=1) == labels)
        ),
        "likelihood_over_bound": rms(roughness.maximum_likelihood(lines)) / roughness.cramer_rao(length),
        "bayes_rms": rms(roughness.posterior_mean(lines)),
        "structure_factor_rms": rms(roughness.structure_factor_fit(lines)),
    }


def main():
    runs = {}
    for length in LENGTHS:
        results = [ceiling(length, seed) for seed in measure.SEEDS]
        runs[f"length{length}"] = {"seed": list(measure.SEEDS)} | {
            key: [round(result[key], 4) for result in results] for key in results[0]
        }
        print(length, {key: values[:2] for key, values in runs[f"length{length}"].items()}, flush=True)
    measure.save("05_ceilings", measure.entry("05_ceilings", "make ceilings", interfaces=20 * EACH, runs=runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
