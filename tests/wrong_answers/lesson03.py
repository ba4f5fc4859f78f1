"""Answers to the exercises of lesson 3."""

from functools import cache

import numpy as np

from tests.wrong_answers import Bank, Lazy

BASE = {
    "kernel": 3, "filters": 16, "depth": 2, "pooling": "max", "activation": "relu", "loss": "cross-entropy",
    "optimizer": "adam", "learning_rate": 1e-3, "batch_size": 64, "dropout": 0.25,
    "initialisation": "glorot_uniform", "normalisation": "none",
}  # fmt: skip
LEDGER = {
    "dropout": {"0.0": [], "0.5": []},
    "activation": {"relu": [], "tanh": []},
    "kernel": {"3": []},
    "depth": {},
    "batch_size": {"64": [], "256": []},
    "initialisation": {},
}


def _deviations_in_place(scores):
    mean = scores.mean()
    scores -= mean
    return mean, np.sqrt((scores**2).sum() / (len(scores) - 1))


EXERCISE_3_1 = Bank(
    wrong={
        "untouched": (lambda scores: ..., "blank"),
        "mean only": (lambda scores: scores.mean(), "two numbers"),
        "population": (lambda scores: (scores.mean(), scores.std()), "ddof=1"),
        "variance": (lambda scores: (scores.mean(), scores.var(ddof=1)), "square root"),
        "error of the mean": (lambda scores: (scores.mean(), scores.std(ddof=1) / 2), "single score"),
        "range": (lambda scores: (scores.mean(), np.ptp(scores)), "range"),
        "other order": (lambda scores: (scores.std(ddof=1), scores.mean()), "other order"),
        "the best": (lambda scores: (scores.max(), scores.std(ddof=1)), "return the mean"),
        "median": (lambda scores: (np.median(scores), scores.std(ddof=1)), "return the mean"),
        "three": (lambda scores: (1, 2, 3), "3 values"),
        "in place": (_deviations_in_place, "changes the array"),
    },
    right={
        "statistics": lambda scores: (sum(scores) / len(scores), np.sqrt(((scores - scores.mean()) ** 2).sum() / 3)),
        "array": lambda scores: np.array([scores.mean(), scores.std(ddof=1)]),
        "list of arrays": lambda scores: [np.mean(scores, keepdims=True), np.std(scores, ddof=1, keepdims=True)],
    },
)


def _spoils(name, values, run, seeds=(1, 2, 3)):
    result = {}
    for value in values:
        BASE[name] = value
        result[value] = [run(BASE, seed) for seed in seeds]
    return result


def _loops(name, values, run, seeds=(1, 2, 3)):
    result = {}
    for seed in seeds:
        for value in values:
            choices = BASE.copy()
            choices[name] = value
            result.setdefault(value, []).append(run(choices, seed))
    return result


def _counting_seeds(name, values, run, seeds=(1, 2, 3)):
    return {v: [run({**BASE, name: v}, 3 * k + j) for j in range(3)] for k, v in enumerate(values)}


def _growing(name, values, run, seeds=()):
    histories, found = [], {}
    for value in values:
        histories += [run({**BASE, name: value}, seed) for seed in seeds]
        found[value] = histories
    return found


EXERCISE_3_2 = Bank(
    given=(BASE,),
    wrong={
        "untouched": (lambda name, values, run, seeds=(): ..., "blank"),
        "changes BASE": (_spoils, "changes BASE itself"),
        "always BASE": (
            lambda name, values, run, seeds=(): {v: [run(BASE, s) for s in seeds] for v in values},
            "never gets into",
        ),
        "name in quotes": (
            lambda name, values, run, seeds=(): {v: [run({**BASE, "name": v}, s) for s in seeds] for v in values},
            "no quotes",
        ),
        "one seed": (
            lambda name, values, run, seeds=(): {v: [run({**BASE, name: v}, seeds[0])] for v in values},
            "for each",
        ),
        "other seeds": (_counting_seeds, "expected (5, 6, 7)"),
        "only the value": (
            lambda name, values, run, seeds=(): {v: [run(v, s) for s in seeds] for v in values},
            "whole dictionary",
        ),
        "without BASE": (
            lambda name, values, run, seeds=(): {v: [run({name: v}, s) for s in seeds] for v in values},
            "gets the one choice only",
        ),
        "a list that grows": (_growing, "a list of 6"),
        "a list": (
            lambda name, values, run, seeds=(): [run({**BASE, name: v}, s) for v in values for s in seeds],
            "expected a dictionary",
        ),
        "by seed": (
            lambda name, values, run, seeds=(): {s: [run({**BASE, name: v}, s) for v in values] for s in seeds},
            "expected the values",
        ),
        "histories lost": (
            lambda name, values, run, seeds=(): {v: [run({**BASE, name: v}, s) and 1 for s in seeds] for v in values},
            "do not hold",
        ),
    },
    right={
        "seeds outside": _loops,
        "union": lambda name, values, run, seeds=(): {v: [run(BASE | {name: v}, s) for s in seeds] for v in values},
        "tuples": lambda name, values, run, seeds=(): {
            v: tuple(run(dict(BASE, **{name: v}), s) for s in seeds) for v in values
        },
    },
)

EXERCISE_3_3 = Bank(
    wrong={
        "untouched": (lambda p: ..., "blank"),
        "by p": (lambda p: (-1 / p, -2 * (1 - p)), "dp/dz"),
        "sign": (lambda p: (1 - p, 2 * (1 - p) ** 2 * p), "sign"),
        "other order": (lambda p: (-2 * (1 - p) ** 2 * p, p - 1), "other order"),
        "a factor": (lambda p: (p - 1, -((1 - p) ** 2) * p), "squared error"),
        "one": (lambda p: p - 1, "two arrays"),
        "half": (lambda p: (p - 1, ...), "blank"),
    },
    right={
        "chain rule": lambda p: (-1 / p * p * (1 - p), -2 * (1 - p) * p * (1 - p)),
        "list": lambda p: [p - 1, -2 * p * (1 - 2 * p + p**2)],
        "one array": lambda p: np.stack([p - 1, -2 * p * (1 - p) ** 2]),
        "array": lambda p: (np.subtract(p, 1), np.multiply(-2 * p, (1 - p) ** 2)),
    },
)


def build(choices):
    """The lesson's own function."""
    from tools import notebooks

    names = {}
    for cell in notebooks.solution("03_hyperparameters").cells:
        if cell.source.startswith("def build("):
            import keras

            names["keras"] = keras
            exec(cell.source, names)
    return names["build"](choices)


EXERCISE_3_4 = Bank(
    given=(BASE, LEDGER, Lazy(lambda: build)),
    wrong={
        "untouched": ((..., ...), "blank"),
        "no such choice": (("colour", [1, 2]), "expected one of"),
        "learning rate": (("learning_rate", [1e-2, 1e-3]), "done live"),
        "in the ledger": (("dropout", [0.0, 0.5]), "Try something new"),
        "one value": (("dropout", [0.1]), "two to four"),
        "too many": (("dropout", [0.1, 0.2, 0.3, 0.4, 0.6]), "two to four"),
        "twice": (("dropout", [0.1, 0.1]), "twice"),
        "names for numbers": (("kernel", ["3", "5"]), "takes numbers"),
        "numbers for names": (("activation", [1, 2]), "takes names"),
        "half a kernel": (("kernel", [2.5, 3]), "whole numbers"),
        "all dropped": (("dropout", [0.9, 1.0]), "below 1"),
        "unknown activation": (("activation", ["relu", "gulu"]), "No network can be built"),
        "nothing left": (("pooling", ["max", "median"]), "is in the ledger"),
        "too deep": (("depth", [4, 9]), "No network can be built"),
        "with a point": (("kernel", [9.0, 11.0]), "without a point"),
        "one text": (("activation", "gelu"), "list of two to four"),
        "in the ledger, as a whole number": (("dropout", [0, 0.5]), "Try something new"),
        "all images twice": (("batch_size", [3000, 6000]), "the same training"),
    },
    right={
        "tuple": ("activation", ("gelu", "elu")),
        "array": ("dropout", np.array([0.1, 0.3])),
        "one known": ("dropout", [0.0, 0.1]),
        "range": ("kernel", range(3, 6)),
        "one that is not Keras's": ("initialisation", ["far too large", "lecun_normal"]),
    },
)


def _suggest(rate=(1e-4, 1e-1), log=True, filters="int", norm=("none", "batch"), **more):
    def suggest(trial):
        return {
            **BASE,
            "learning_rate": trial.suggest_float("learning_rate", *rate, log=log),
            "filters": getattr(trial, f"suggest_{filters}")("filters", 8, 32),
            "dropout": trial.suggest_float("dropout", 0.0, 0.6),
            "normalisation": trial.suggest_categorical("normalisation", list(norm)),
            **more,
        }

    return suggest


def _suggest_in_place(trial):
    BASE.update(_suggest()(trial))
    return BASE


def _suggest_line_by_line(trial):
    choices = dict(BASE)
    choices["normalisation"] = trial.suggest_categorical("normalisation", ("batch", "none"))
    choices["dropout"] = trial.suggest_float("dropout", 0, 0.6)
    choices["filters"] = trial.suggest_int("filters", 8, 32)
    choices["learning_rate"] = trial.suggest_float("learning_rate", 0.0001, 0.1, log=True)
    return choices


EXERCISE_3_5 = Bank(
    given=(BASE,),
    wrong={
        "untouched": (lambda trial: ..., "blank"),
        "plain scale": (_suggest(log=False), "log=True"),
        "other range": (_suggest(rate=(1e-3, 1e-1)), "expected 0.0001 to 0.1"),
        "12.7 filters": (_suggest(filters="float"), "suggest_int"),
        "layer": (_suggest(norm=("none", "layer")), "expected"),
        "changes BASE": (_suggest_in_place, "BASE itself"),
        "only the four": (lambda t: {k: v for k, v in _suggest()(t).items() if k in ("filters", "dropout")}, "keys"),
        "suggested, not used": (lambda t: {**_suggest()(t), "dropout": 0.25}, "the result has 0.25"),
        "kernel too": (_suggest(kernel=5), "must stay"),
        "no trial": (lambda t: {**BASE}, "suggests no"),
        "steps": (lambda t: _suggest()(t) | {"filters": t.suggest_int("filters", 8, 32, step=8)}, "in steps of 8"),
        "normalisation not used": (lambda t: {**_suggest()(t), "normalisation": "none"}, "does not use it"),
    },
    right={
        "line by line": _suggest_line_by_line,
        "union": lambda t: BASE | _suggest()(t),
        "a list, other order": _suggest(norm=("batch", "none")),
    },
)


def _tell(report=True, ask=True, swap=False, early=False, raises=True, always=False):
    def tell(trial, epoch, accuracy):
        import optuna

        if early and trial.should_prune():
            raise optuna.TrialPruned
        if report:
            trial.report(*((epoch, accuracy) if swap else (accuracy, epoch)))
        if (ask and trial.should_prune()) or always:
            if raises:
                raise optuna.TrialPruned()
            return optuna.TrialPruned()
        return None

    return tell


def _kwargs(trial, epoch, accuracy):
    import optuna

    trial.report(step=epoch, value=accuracy)
    if trial.should_prune():
        raise optuna.exceptions.TrialPruned(f"epoch {epoch}")
    return True


EXERCISE_3_6 = Bank(
    wrong={
        "untouched": (lambda trial, epoch, accuracy: ..., "blank"),
        "no report": (_tell(report=False), "told nothing"),
        "swapped": (_tell(swap=True), "value first"),
        "never pruned": (_tell(ask=False), "goes on"),
        "returned": (_tell(raises=False), "Only `raise`"),
        "always": (_tell(always=True), "although"),
        "asked first": (_tell(early=True), "after the report"),
        "an error of its own": (lambda trial, epoch, accuracy: None + 1, "NoneType"),
    },
    right={"plain": _tell(), "keywords, with a message": _kwargs, "the class": lambda *a: _tell()(*a)},
)


@cache
def small():
    """A final model that has seen a few steps, so that its weights are its own."""
    import keras

    from helpers import final_model

    keras.utils.set_random_seed(3)
    model = final_model.build()
    rng = np.random.default_rng(0)
    final_model.train(model, rng.random((64, 28, 28, 1), dtype="float32"), rng.integers(0, 10, 64), epochs=1, batch=16)
    return model


def _save(model, folder):
    model.save(folder / "digits.keras")
    model.save_weights(folder / "digits.weights.h5")


def _restore(folder):
    from helpers import final_model

    model = final_model.build()
    model.load_weights(folder / "digits.weights.h5")
    return model


def _not_loaded(folder):
    from helpers import final_model

    return final_model.build()


def _save_strings(model, folder):
    import keras

    keras.saving.save_model(model, f"{folder}/digits.keras")
    model.save_weights(f"{folder}/digits.weights.h5")
    return folder


def _restore_with_seed(folder):
    from helpers import final_model

    model = final_model.build(seed=7)
    model.load_weights(str(folder / "digits.weights.h5"))
    return model


def _rename(model, folder):
    model.save_weights(folder / "digits.weights.h5")
    (folder / "digits.keras").write_bytes((folder / "digits.weights.h5").read_bytes())


EXERCISE_3_7 = Bank(
    given=(Lazy(small),),
    wrong={
        "untouched": ((lambda model, folder: ..., lambda folder: ...), "blank"),
        "nothing saved": ((lambda model, folder: None, _restore), "writes no digits.keras"),
        "weights only": (
            (lambda model, folder: model.save_weights(folder / "digits.weights.h5"), _restore),
            "writes no",
        ),
        "whole only": ((lambda model, folder: model.save(folder / "digits.keras"), _restore), "digits.weights.h5"),
        "renamed": ((_rename, _restore), "not a whole model"),
        "not loaded": ((_save, _not_loaded), "other weights"),
        "saves what lies around": ((lambda model, folder: _save(small(), folder), _restore), "another model"),
        "from memory": ((_save, lambda folder: small()), "still in memory"),
        "the whole model": ((_save, lambda folder: _whole(folder)), "load the weights only"),
        "no return": ((_save, lambda folder: None), "load_weights returns nothing"),
    },
    right={
        "plain": (_save, _restore),
        "as text": (_save_strings, _restore),
        "another seed": (_save, _restore_with_seed),
    },
)


def _whole(folder):
    import keras

    return keras.saving.load_model(folder / "digits.keras")


EXERCISE_3_8 = Bank(
    wrong={
        "untouched": (lambda models, images, p, rng: ..., "blank"),
        "count": (lambda models, images, p, rng: rng.binomial(images, p, models).max(), "a count"),
        "per cent": (lambda models, images, p, rng: 100 * rng.binomial(images, p, models).max() / images, "per cent"),
        "whole division": (
            lambda models, images, p, rng: rng.binomial(images, p, models).max() // images,
            "divide with /",
        ),
        "one too many": (lambda models, images, p, rng: rng.binomial(images, p, models + 1).max() / images, "1 on 50"),
        "another generator": (
            lambda models, images, p, rng: np.random.default_rng().binomial(images, p, models).max() / images,
            "not from np.random",
        ),
        "Gaussian": (
            lambda models, images, p, rng: rng.normal(p, np.sqrt(p * (1 - p) / images), models).max(),
            "no whole number of images",
        ),
        "average": (lambda models, images, p, rng: rng.binomial(images, p, models).mean() / images, "average model"),
        "one model": (lambda models, images, p, rng: rng.binomial(images, p) / images, "average model"),
        "worst": (lambda models, images, p, rng: rng.binomial(images, p, models).min() / images, "worst"),
        "own generator": (
            lambda models, images, p, rng: np.random.default_rng(0).binomial(images, p, models).max() / images,
            "same number",
        ),
        "fixed": (lambda models, images, p, rng: rng.binomial(images, p, 100).max() / images, "5 on 50"),
        "changed places": (
            lambda models, images, p, rng: rng.binomial(models, p, images).max() / models,
            "best of 100",
        ),
    },
    right={
        "image by image": lambda models, images, p, rng: (rng.random((models, images)) < p).mean(axis=1).max(),
        "a loop": lambda models, images, p, rng: max(rng.binomial(images, p) for _ in range(models)) / images,
        "single precision": lambda models, images, p, rng: np.float32(rng.binomial(images, p, models).max() / images),
        "sorted": lambda models, images, p, rng: np.sort(rng.binomial(images, p, size=models))[-1] / images,
    },
)
