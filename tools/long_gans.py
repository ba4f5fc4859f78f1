"""Five seeds of the long run of lesson 4 into the ledger, judged as in the lesson: `make long-gans`, half an hour."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from helpers import device, digits, final_model, generated, long_gan, timeleft
from tools import lesson, measure, notebooks

SAMPLES = 5000


def main():
    notebooks.require_mnist()
    device.start(only="tensorflow")
    import keras

    data = digits.load()
    judge = lesson.run(
        "04_gan",
        "judge",
        keras=keras,
        np=np,
        prepare=final_model.prepare,
        fit_progress=timeleft.fit_progress,
        data=data,
        x=final_model.prepare(data.x_train),
        SEED=1,
    )
    features = generated.features(judge["classifier"])

    def features_of(pictures):
        return features.predict(final_model.prepare(pictures), verbose=0, batch_size=500)

    order = np.random.default_rng(1).permutation(len(data.x_test))
    real, other = (features_of(data.x_test[half]) for half in (order[:SAMPLES], order[SAMPLES:]))
    runs = {"seconds": [], "sure": [], "rarest": [], "obeyed": [], "distance": []}
    line = timeleft.TimeLeft(len(measure.SEEDS), "long runs")
    with tempfile.TemporaryDirectory() as folder:
        for done, seed in enumerate(measure.SEEDS, start=1):
            start = time.perf_counter()
            command = [sys.executable, "-m", "helpers.long_gan", f"{folder}/{seed}", "--seed", str(seed)]
            subprocess.run(command, check=True)
            runs["seconds"].append(round(time.perf_counter() - start))
            generator = keras.models.load_model(Path(folder, str(seed), "generator.keras"))
            wanted = np.arange(SAMPLES) % 10
            pictures = long_gan.sample(generator, wanted, seed=100 + seed)
            probabilities = judge["classify"](pictures)
            sure, shares = judge["judge"](probabilities)
            runs["obeyed"].append(round(float(np.mean(probabilities.argmax(axis=1) == wanted)), 4))
            runs["sure"].append(round(float(sure), 4))
            runs["rarest"].append(round(float(min(shares)), 4))
            runs["distance"].append(round(generated.frechet_distance(features_of(pictures), other), 2))
            line.update(done)
            print({key: values[-1] for key, values in runs.items()})
    line.close()
    measure.save(
        "04_long_gan",
        measure.entry(
            "04_long_gan",
            "make long-gans",
            epochs=long_gan.EPOCHS,
            judge_accuracy=round(float(judge["judge_accuracy"]), 4),
            distance_real=round(generated.frechet_distance(real, other), 2),
            runs={"mnist": {"seed": list(measure.SEEDS)} | runs},
        ),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
