"""A hundred synthetic photographs with each of five seeds, from image to error bar: `make photographs`."""

import sys

import numpy as np

from helpers import calibration, photographs
from helpers.timeleft import TimeLeft
from tools import measure

PHOTOGRAPHS, COLUMNS, BLUR = 100, (512, 1024), 1.2


def estimate(zeta, columns, rng):
    """ζ and its interval from one photograph, by the steps of the lesson."""
    image, _ = photographs.levelled(photographs.grey(photographs.synthetic(zeta, rng, columns=columns)))
    heights, _ = photographs.profile(photographs.largest_cluster(photographs.threshold(image)))
    width = photographs.levelled_heights(heights).std()
    return calibration.calibrate(len(heights), width, BLUR, rng).estimate(heights)


def main():
    line = TimeLeft(len(COLUMNS) * len(measure.SEEDS) * PHOTOGRAPHS, "photographs")
    runs, done = {}, 0
    for columns in COLUMNS:
        rows = {
            "seed": list(measure.SEEDS),
            "within_a_tenth": [],
            "covered": [],
            "bias": [],
            "rms": [],
            "half_width": [],
            "refused": [],
        }
        for seed in measure.SEEDS:
            rng = np.random.default_rng(seed)
            truth, got = rng.uniform(0.2, 0.9, PHOTOGRAPHS), []
            for zeta in truth:
                try:
                    got.append(estimate(zeta, columns, rng))
                except ValueError as refusal:
                    print(f"seed {seed}, ζ = {zeta:.2f}: {refusal}")
                    got.append((np.nan, np.nan, np.nan))
                done += 1
                line.update(done)
            zeta, low, high = np.array(got).T
            rows["within_a_tenth"].append(round(float(np.mean(np.abs(zeta - truth) < 0.1)), 3))
            rows["covered"].append(round(float(np.mean((low <= truth) & (truth <= high))), 3))
            rows["bias"].append(round(float(np.nanmean(zeta - truth)), 4))
            rows["rms"].append(round(float(np.sqrt(np.nanmean((zeta - truth) ** 2))), 4))
            rows["half_width"].append(round(float(np.nanmedian((high - low) / 2)), 4))
            rows["refused"].append(int(np.isnan(zeta).sum()))
        runs[f"columns{columns}"] = rows
        print(columns, rows, flush=True)
    line.close()
    measure.save("05_photographs", measure.entry("05_photographs", "make photographs", count=PHOTOGRAPHS, runs=runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
