"""Answers to the exercises of lesson 4."""

import numpy as np
from scipy.linalg import sqrtm

from tests.wrong_answers import Bank, Lazy


def _cross_entropy(labels, scores):
    import keras

    return keras.losses.BinaryCrossentropy(from_logits=True)(labels, scores)


def _ones(scores):
    import tensorflow as tf

    return tf.ones_like(scores)


def _zeros(scores):
    import tensorflow as tf

    return tf.zeros_like(scores)


def _called(scores, label):
    """The cross-entropy of scores against one label."""
    return _cross_entropy(_ones(scores) if label else _zeros(scores), scores)


def _sigmoid(scores):
    return 1 / (1 + np.exp(-np.asarray(scores)))


def _both_at_once(real, fake):
    import tensorflow as tf

    labels = tf.concat([_ones(real), _zeros(fake)], axis=0)
    return 2 * _cross_entropy(labels, tf.concat([real, fake], axis=0))


def _softplus(scores):
    import tensorflow as tf

    return tf.reduce_mean(tf.nn.softplus(scores))


EXERCISE_4_1 = Bank(
    wrong={
        "untouched": (lambda r, f: ..., "blank"),
        "labels changed": (lambda r, f: _called(r, 0) + _called(f, 1), "changed places"),
        "all real": (lambda r, f: _called(r, 1) + _called(f, 1), "labelled 1 as well"),
        "all forged": (lambda r, f: _called(r, 0) + _called(f, 0), "labelled 0 as well"),
        "real only": (lambda r, f: _called(r, 1), "Only the real ones"),
        "forged only": (lambda r, f: _called(f, 0), "Only the forged ones"),
        "half": (lambda r, f: (_called(r, 1) + _called(f, 0)) / 2, "half of it"),
        "sign": (lambda r, f: -_called(r, 1) - _called(f, 0), "sign is turned round"),
        "sums": (lambda r, f: 6 * (_called(r, 1) + _called(f, 0)), "the sum over the examples"),
        "sigmoid first": (
            lambda r, f: _cross_entropy(_ones(r), _sigmoid(r)) + _cross_entropy(_zeros(f), _sigmoid(f)),
            "through a sigmoid first",
        ),
        "labels and scores changed": (
            lambda r, f: _cross_entropy(r, _ones(r)) + _cross_entropy(f, _zeros(f)),
            "are swapped",
        ),
        "all together": (_both_at_once, "With two real and six"),
        "numpy": (
            lambda r, f: np.mean(np.log1p(np.exp(-r.numpy()))) + np.mean(np.log1p(np.exp(f.numpy()))),
            "no slope comes through",
        ),
    },
    right={
        "by hand": lambda r, f: _softplus(-r) + _softplus(f),
        "smooth labels of no effect": lambda r, f: _cross_entropy(_ones(r) - 0.0, r) + _called(f, 0),
        "the other order": lambda r, f: sum([_called(f, 0), _called(r, 1)]),
    },
)

EXERCISE_4_2 = Bank(
    wrong={
        "untouched": (lambda f: ..., "blank"),
        "called forged": (lambda f: _called(f, 0), "what the *discriminator* wants"),
        "saturating": (lambda f: -_called(f, 0), "falls silent"),
        "found out": (lambda f: -_called(f, 1), "found out"),
        "sum": (lambda f: 6 * _called(f, 1), "the sum over the examples"),
        "score": (lambda f: -np.mean(f), "mean score"),
        "changed": (lambda f: _cross_entropy(f, _ones(f)), "For six scores"),
        "numpy": (lambda f: np.mean(np.log1p(np.exp(-f.numpy()))), "no slope comes through"),
    },
    right={
        "by hand": lambda f: _softplus(-f),
        "labels from zeros": lambda f: _cross_entropy(1 - _zeros(f), f),
    },
)


def gan(kind=""):
    """The class of Exercise 4.3, or a wrong turn of it."""

    def make():
        import keras
        import tensorflow as tf

        class GAN(keras.Model):
            def __init__(self, generator, discriminator, noise_size):
                super().__init__()
                self.generator, self.discriminator = generator, discriminator
                self.noise_size, self.seed = noise_size, keras.random.SeedGenerator(1)

            def compile(self, generator_optimizer, discriminator_optimizer):
                super().compile()
                self.generator_optimizer, self.discriminator_optimizer = generator_optimizer, discriminator_optimizer

            def train_step(self, real):
                seed = 1 if "same noise" in kind else self.seed
                noise = keras.random.normal((tf.shape(real)[0], self.noise_size), seed=seed)
                with tf.GradientTape(persistent=True) as tape:
                    fake = self.generator(noise, training=True)
                    real_scores = self.discriminator(real, training=True)
                    fake_scores = self.discriminator(fake, training=True)
                    labels = (0, 1) if "labels" in kind else (1, 0)
                    d_loss = _called(real_scores, labels[0]) + _called(fake_scores, labels[1])
                    g_loss = _called(fake_scores, 1)
                if kind == "untouched":
                    return ...
                own = {
                    "d": (d_loss, self.discriminator.trainable_variables, self.discriminator_optimizer),
                    "g": (g_loss, self.generator.trainable_variables, self.generator_optimizer),
                }
                if "moves both" in kind:
                    own["d"] = (d_loss, self.trainable_variables, self.discriminator_optimizer)
                if kind == "generator moves both":
                    own["g"] = (g_loss, self.trainable_variables, self.generator_optimizer)
                    own["d"] = (d_loss, self.discriminator.trainable_variables, self.discriminator_optimizer)
                if kind == "the other's loss":
                    own["g"] = (d_loss, *own["g"][1:])
                if kind == "one loss for all":
                    own["d"] = (g_loss, *own["d"][1:])
                if kind == "all weights":
                    own["g"] = (g_loss, self.generator.weights, self.generator_optimizer)
                if kind == "trainable weights":
                    own["g"] = (g_loss, self.generator.trainable_weights, self.generator_optimizer)
                if kind == "a third optimizer":
                    own["g"] = (*own["g"][:2], self.optimizer)
                if kind == "one optimizer":
                    own["g"] = (*own["g"][:2], self.discriminator_optimizer)
                if kind == "optimizers changed":
                    (a, b, c), (d, e, f) = own["d"], own["g"]
                    own = {"d": (a, b, f), "g": (d, e, c)}
                for name, (loss, weights, optimizer) in own.items():
                    if kind not in (f"no {name}", "idle"):
                        if kind == "by zip":
                            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
                        elif kind == "no slopes":
                            optimizer.apply(weights, weights)
                        else:
                            optimizer.apply(tape.gradient(loss, weights), weights)
                if kind != "no report":
                    return {"discriminator": d_loss, "generator": g_loss}

        return GAN

    return Lazy(make)


def _two_tapes():
    import tensorflow as tf

    class TwoTapes(gan().make()):
        def train_step(self, real):
            noise = tf.random.normal((tf.shape(real)[0], self.noise_size))
            losses = []
            for network, optimizer in (
                (self.discriminator, self.discriminator_optimizer),
                (self.generator, self.generator_optimizer),
            ):
                with tf.GradientTape() as tape:
                    scores = self.discriminator(self.generator(noise))
                    loss = _called(scores, 1)
                    if network is self.discriminator:
                        loss = _called(scores, 0) + _called(self.discriminator(real), 1)
                optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
                losses.append(loss)
            return {"discriminator": losses[0], "generator": losses[1]}

    return TwoTapes


def mended(noise="fresh", concat="forged first"):
    """The class of Exercise 4.5 with the other two faults mended, and this noise and order."""

    def make():
        import keras
        import tensorflow as tf

        random = np.random.default_rng(0)

        def drawn(game, n):
            shape = (n, game.noise_size)
            return {
                "fresh": lambda: keras.random.normal(shape, seed=game.seed),
                "no seed": lambda: keras.random.normal(shape),
                "tf": lambda: tf.random.normal(shape),
                "uniform": lambda: tf.random.uniform(shape),
                "numpy's seed": lambda: keras.random.normal(shape, seed=int(random.integers(10**6))),
                "numpy": lambda: random.normal(size=(64, game.noise_size)).astype("float32"),
                "a new generator of seeds": lambda: keras.random.normal(shape, seed=keras.random.SeedGenerator(1)),
            }["fresh" if noise == "len" else noise]()

        class Mended(gan().make()):
            def train_step(self, real):
                n = len(real) if noise == "len" else tf.shape(real)[0]
                with tf.GradientTape(persistent=True) as tape:
                    forged = self.generator(drawn(self, n), training=True)
                    both = [forged, real] if concat == "forged first" else [real, forged]
                    scores = self.discriminator(tf.concat(both, axis=0), training=True)
                    first, second = scores[:n], scores[n:]
                    real_scores, fake_scores = (second, first) if concat == "forged first" else (first, second)
                    d_loss = _called(real_scores, 1) + _called(fake_scores, 0)
                    g_loss = _called(fake_scores if concat == "real first, everywhere" else first, 1)
                for loss, network, optimizer in (
                    (d_loss, self.discriminator, self.discriminator_optimizer),
                    (g_loss, self.generator, self.generator_optimizer),
                ):
                    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
                return {"discriminator": d_loss, "generator": g_loss}

        return Mended

    return Lazy(make)


def _an_instance():
    import keras

    def layer(n):
        return keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])

    return gan().make()(layer(2), layer(1), 2)


EXERCISE_4_3 = Bank(
    wrong={
        "untouched": (gan("untouched"), "blank"),
        "nothing moves": (gan("idle"), "still a blank"),
        "no report": (gan("no report"), "has to stay the last"),
        "an instance": (Lazy(_an_instance), "the class itself"),
        "no d": (gan("no d"), "The discriminator does not move"),
        "no g": (gan("no g"), "The generator does not move"),
        "discriminator moves both": (gan("discriminator moves both"), "moves the generator too"),
        "generator moves both": (gan("generator moves both"), "moves the discriminator too"),
        "the other's loss": (gan("the other's loss"), "less and less real"),
        "one loss for all": (gan("one loss for all"), "worse and worse"),
        "optimizers changed": (gan("optimizers changed"), "changed places"),
        "no slopes": (gan("no slopes"), "worse and worse"),
        "weights that no slope moves": (gan("all weights"), "`trainable_variables`"),
        "a third optimizer": (gan("a third optimizer"), "Is it `self.optimizer`"),
        "one optimizer for both": (gan("one optimizer"), "moves the weights of one network only"),
    },
    right={
        "as meant": gan(),
        "by zip": gan("by zip"),
        "trainable weights": gan("trainable weights"),
        "two tapes": Lazy(_two_tapes),
    },
)


def verdicts(**changed):
    """The right verdicts, with some changed."""
    return {"A": "collapsed", "B": "too strong", "C": "healthy", "D": "collapsed"} | changed


EXERCISE_4_4 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (["collapsed", "too strong", "healthy", "collapsed"], "expected a dictionary"),
        "one missing": ({"A": "collapsed", "B": "too strong", "C": "healthy"}, "Game D has no verdict"),
        "a blank inside": (verdicts(B=...), "blank (...) for game B"),
        "lower case": ({key.lower(): value for key, value in verdicts().items()}, "There is no game"),
        "other words": (verdicts(A="mode collapse"), "Of game A say"),
        "losses only": (verdicts(A="healthy"), "differ from one another"),
        "strong is healthy": (verdicts(B="healthy"), "Who has stopped learning"),
        "healthy is strong": (verdicts(C="too strong"), "rest at the dashed lines"),
        "collapse is strong": (verdicts(D="too strong"), "0.95 and 1.10"),
    },
    right={
        "as meant": verdicts(),
        "another order": dict(reversed(verdicts().items())),
    },
)

EXERCISE_4_5 = Bank(
    wrong={
        "untouched": (gan("same noise, labels, moves both"), "no blank"),
        "noise left": (gan("same noise"), "One fault is left. The noise"),
        "labels left": (gan("labels"), "One fault is left. The discriminator learns to call"),
        "weights left": (gan("moves both"), "One fault is left. The discriminator's step"),
        "two left": (gan("same noise, labels"), "Two faults are left"),
        "a new one": (gan("no g"), "The generator does not move"),
        "order turned": (mended(concat="real first"), "does not change with its forgeries"),
        "noise of a seed by NumPy": (mended("numpy's seed"), "it compiles the step once"),
        "noise by NumPy": (mended("numpy"), "it compiles the step once"),
        "len, which fit refuses": (mended("len"), "len is not well defined for a symbolic Tensor"),
        "a new generator of seeds": (mended("a new generator of seeds"), "One fault is left. The noise is the same"),
        "an instance": (Lazy(_an_instance), "the class itself"),
    },
    right={
        "the class of 4.3": gan(),
        "two tapes": Lazy(_two_tapes),
        "as meant": mended(),
        "no seed": mended("no seed"),
        "noise by TensorFlow": mended("tf"),
        "uniform noise": mended("uniform"),
        "order turned everywhere": mended(concat="real first, everywhere"),
    },
)

EXERCISE_4_6 = Bank(
    wrong={
        "untouched": (lambda *a: ..., "blank"),
        "ordinary": (lambda s, k, stride, p: -(-s // stride) if p == "same" else (s - k) // stride + 1, "ordinary"),
        "always same": (lambda s, k, stride, p: s * stride, "right for 'same'"),
        "always valid": (lambda s, k, stride, p: (s - 1) * stride + k, "right for 'valid'"),
        "one stride too many": (
            lambda s, k, stride, p: s * stride if p == "same" else s * stride + k,
            "Draw the places",
        ),
        "text": (lambda *a: "14", "without quotes"),
    },
    right={
        "counted": lambda s, k, stride, p: s * stride + (0 if p == "same" else k - stride),
        "float": lambda s, k, stride, p: float(s * stride) if p == "same" else float((s - 1) * stride + k),
    },
)


def generator(
    channels=(8, 4),
    side=7,
    last=1,
    end="sigmoid",
    norm=True,
    momentum=0.9,
    transposed=True,
    noise=64,
    relu=True,
    squeeze=False,
    turned=False,
):
    """The generator of Exercise 4.7, or a wrong turn of it."""

    def make():
        import keras
        from keras import layers

        stack = [keras.Input((noise,)), layers.Dense(side * side * channels[0])]
        normal = [layers.BatchNormalization(momentum=momentum)] if norm else []
        normal += [layers.ReLU()] if relu else []
        stack += [*(normal[::-1] if turned else normal), layers.Reshape((side, side, channels[0]))]
        if transposed:
            stack.append(layers.Conv2DTranspose(channels[1], 4, strides=2, padding="same"))
            stack += [layers.ReLU()] if relu else []
            stack.append(layers.Conv2DTranspose(last, 4, strides=2, padding="same", activation=end))
        else:
            stack += [layers.Flatten(), layers.Dense(784, activation=end), layers.Reshape((28, 28, 1))]
        return keras.Sequential([*stack, layers.Reshape((28, 28))] if squeeze else stack)

    return Lazy(make)


def _upsampling():
    import keras
    from keras import layers

    noise = keras.Input((64,))
    maps = layers.Reshape((7, 7, 4))(layers.LayerNormalization()(layers.Dense(196, activation="elu")(noise)))
    maps = layers.Conv2D(4, 3, padding="same", activation="relu")(layers.UpSampling2D(4)(maps))
    return keras.Model(noise, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(maps))


def _activation_apart():
    import keras

    inside = generator(end=None).make()
    return keras.Sequential([keras.Input((64,)), *inside.layers, keras.layers.Activation("sigmoid")])


def _leaky():
    import keras

    inside = generator(relu=False).make().layers
    bent = [part for layer in inside[:-1] for part in (layer, keras.layers.LeakyReLU(0.2))]
    return keras.Sequential([keras.Input((64,)), *bent, inside[-1]])


def _a_list():
    return generator().make().layers


def _no_input():
    import keras

    return keras.Sequential([keras.layers.Dense(784)])


def _from_pictures():
    import keras

    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2DTranspose(1, 3, padding="same")])


EXERCISE_4_7 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (Lazy(_a_list), "list of layers"),
        "no input": (Lazy(_no_input), "keras.Input((noise_size,))"),
        "takes pictures": (Lazy(_from_pictures), "one row of noise"),
        "no channel": (generator(squeeze=True), "have no channel"),
        "too large": (generator(side=14), "7 into 28"),
        "three colours": (generator(last=3), "expected (28, 28, 1)"),
        "no sigmoid": (generator(end=None), "so does a sigmoid"),
        "tanh": (generator(end="tanh"), "so does a sigmoid"),
        "dense only": (generator(transposed=False), "no Conv2DTranspose"),
        "no normalisation": (generator(norm=False), "normalisation is missing"),
        "no ReLU": (generator(relu=False), "there is no ReLU"),
        "other noise": (generator(noise=16), "takes 16 numbers of noise; expected 64"),
        "slow averages": (generator(momentum=0.99), "momentum=0.9"),
        "huge": (generator(channels=(512, 512)), "too many for a laptop"),
    },
    right={
        "narrow": generator(),
        "normalised behind the ReLU": generator(turned=True),
        "upsampling": Lazy(_upsampling),
        "leaky": Lazy(_leaky),
        "activation as a layer": Lazy(_activation_apart),
    },
)


def _noise(generator, n, seed):
    return np.random.default_rng(seed).normal(size=(n, generator.input_shape[-1]))


def _drawn(generator, noise, factor=255):
    return (factor * np.asarray(generator.predict(noise, verbose=0))[..., 0]).astype("uint8")


EXERCISE_4_8 = Bank(
    wrong={
        "untouched": (lambda g, n, seed: ..., "blank"),
        "with channel": (
            lambda g, n, seed: (255 * g.predict(_noise(g, n, seed), verbose=0)).astype("uint8"),
            "their channel",
        ),
        "floats": (lambda g, n, seed: g.predict(_noise(g, n, seed), verbose=0)[..., 0], "times 255"),
        "integers": (lambda g, n, seed: _drawn(g, _noise(g, n, seed)).astype(int), "expected uint8"),
        "not scaled": (lambda g, n, seed: _drawn(g, _noise(g, n, seed), 1), "0 or 1"),
        "uniform": (lambda g, n, seed: _drawn(g, np.random.default_rng(seed).random((n, 784))), "around 0"),
        "uniform around zero": (
            lambda g, n, seed: _drawn(g, np.random.default_rng(seed).uniform(-1, 1, (n, 784))),
            "standard deviation",
        ),
        "one noise": (lambda g, n, seed: _drawn(g, np.repeat(_noise(g, 1, seed), n, axis=0)), "are the same"),
        "no seed": (lambda g, n, seed: _drawn(g, np.random.default_rng().normal(size=(n, 784))), "the second time"),
        "as in training": (
            lambda g, n, seed: (255 * g(_noise(g, n, seed), training=True).numpy()[..., 0]).astype("uint8"),
            "training=True",
        ),
        "always seed 1": (lambda g, n, seed: _drawn(g, _noise(g, n, 1)), "Another seed"),
        "always 64": (
            lambda g, n, seed: _drawn(g, np.random.default_rng(seed).normal(size=(n, 64))),
            "64 numbers of noise only",
        ),
        "ink and paper changed": (lambda g, n, seed: 255 - _drawn(g, _noise(g, n, seed)), "have changed places"),
        "times 256": (
            lambda g, n, seed: _drawn(g, _noise(g, n, seed), 256.0).astype("uint8"),
            "256 does not fit into a byte",
        ),
        "times 250": (lambda g, n, seed: _drawn(g, _noise(g, n, seed), 250), "full ink, 1, the byte 250"),
        "always forty": (lambda g, n, seed: _drawn(g, _noise(g, 40, seed)), "Use `n`"),
    },
    right={
        "times 256, and cut": lambda g, n, seed: np.uint8(
            np.clip(256 * g.predict(_noise(g, n, seed), verbose=0)[..., 0], 0, 255)
        ),
        "called": lambda g, n, seed: np.round(255 * g(_noise(g, n, seed), training=False).numpy()[..., 0]).astype(
            np.uint8
        ),
        "squeezed": lambda g, n, seed: np.uint8(
            g.predict(_noise(g, n, seed).astype("float32"), verbose=0).squeeze(-1) * 255
        ),
    },
)


def _judge(probabilities, at=0.9, shares=None):
    counts = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)
    return np.mean(probabilities.max(axis=1) > at), counts if shares is None else shares


def _only_sure(p):
    sure = p.max(axis=1) > 0.9
    return sure.mean(), np.bincount(p[sure].argmax(axis=1), minlength=10) / sure.sum()


EXERCISE_4_9 = Bank(
    wrong={
        "untouched": (lambda p: ..., "blank"),
        "one thing": (lambda p: _judge(p)[0], "expected two things"),
        "mean confidence": (lambda p: (p.max(axis=1).mean(), _judge(p)[1]), "mean confidence"),
        "all ten": (lambda p: ((p > 0.9).mean(), _judge(p)[1]), "largest of each first"),
        "count": (lambda p: ((p.max(axis=1) > 0.9).sum(), _judge(p)[1]), "a count"),
        "not sure": (lambda p: (1 - _judge(p)[0], _judge(p)[1]), "*not* sure"),
        "over 0.5": (lambda p: _judge(p, 0.5), "over 0.9"),
        "nine digits": (lambda p: _judge(p, shares=np.bincount(p.argmax(axis=1)) / len(p)), "minlength"),
        "mean probabilities": (lambda p: _judge(p, shares=p.mean(axis=0)), "mean probabilities"),
        "counts": (lambda p: _judge(p, shares=np.bincount(p.argmax(axis=1), minlength=10)), "Divide by"),
        "only the sure": (_only_sure, "Count all"),
        "only the sure, of all": (
            lambda p: _judge(p, shares=np.bincount(p.argmax(axis=1)[p.max(axis=1) > 0.9], minlength=10) / len(p)),
            "Count all",
        ),
        "equal shares": (lambda p: _judge(p, shares=np.full(10, 0.1)), "most probable digits"),
    },
    right={
        "a loop": lambda p: (
            sum(max(row) > 0.9 for row in p) / len(p),
            [np.mean(p.argmax(axis=1) == digit) for digit in range(10)],
        ),
        "one-hot": lambda p: [np.any(p > 0.9, axis=1).mean(), np.eye(10)[p.argmax(axis=1)].mean(axis=0)],
    },
)


def _parts(a, b):
    gap = a.mean(axis=0) - b.mean(axis=0)
    return gap @ gap, np.cov(a, rowvar=False), np.cov(b, rowvar=False)


def _frechet(a, b, root=lambda s, t: np.trace(sqrtm(s @ t)).real, means=1.0, twice=2.0):
    gap, s, t = _parts(a, b)
    return means * gap + np.trace(s) + np.trace(t) - twice * root(s, t)


def _by_roots(a, b):
    gap, s, t = _parts(a, b)
    root = sqrtm(s).real
    return gap + np.trace(s + t - 2 * sqrtm(root @ t @ root).real)


def _in_place(a, b):
    a -= b.mean(axis=0)
    return _frechet(a, b - b.mean(axis=0))


EXERCISE_4_10 = Bank(
    wrong={
        "untouched": (lambda a, b: ..., "blank"),
        "in place": (_in_place, "changes the array that it is given"),
        "means": (lambda a, b: _parts(a, b)[0], "means alone"),
        "no means": (lambda a, b: _frechet(a, b, means=0.0), "means are missing"),
        "no mixed term": (lambda a, b: _frechet(a, b, twice=0.0), "mixed term is missing"),
        "once": (lambda a, b: _frechet(a, b, twice=1.0), "must be zero"),
        "not squared": (
            lambda a, b: _frechet(a, b, means=0.0) + np.sqrt(_parts(a, b)[0]),
            "has to be squared",
        ),
        "root of each": (
            lambda a, b: _frechet(a, b, lambda s, t: np.trace(np.sqrt(np.abs(s @ t)))),
            "root of a *matrix*",
        ),
        "star": (lambda a, b: _frechet(a, b, lambda s, t: np.trace(np.sqrt(np.abs(s * t)))), "number by number"),
        "root of all": (lambda a, b: np.sqrt(_frechet(a, b)), "squared distance"),
        "a covariance of columns": (
            lambda a, b: _parts(a, b)[0] + np.trace(np.cov(a)) + np.trace(np.cov(b)),
            "Between two samples",
        ),
        "no number": (lambda a, b: np.nan, "NaN"),
        "complex, as NumPy 2.5 has all eigenvalues": (
            lambda a, b: _frechet(a, b, lambda s, t: np.sqrt(np.linalg.eigvals(s @ t) + 0j).sum()),
            "a real number",
        ),
        "negative by rounding": (
            lambda a, b: _frechet(a, b, lambda s, t: np.sqrt(np.linalg.eigvals(s @ t)).sum()),
            "fewer samples than features",
        ),
    },
    right={
        "sqrtm": _frechet,
        "eigenvalues": lambda a, b: _frechet(a, b, lambda s, t: np.sqrt(np.linalg.eigvals(s @ t).real.clip(0)).sum()),
        "symmetric": _by_roots,
    },
)


def _squares(picture, library):
    return ((library.astype(float) - picture) ** 2).reshape(len(library), -1).sum(axis=1)


def _by_angle(p, lib):
    rows, row = lib.reshape(len(lib), -1).astype(float), p.ravel().astype(float)
    return (rows @ row / (np.linalg.norm(rows, axis=1) + 1e-9) / np.linalg.norm(row)).argmax()


EXERCISE_4_11 = Bank(
    wrong={
        "untouched": (lambda p, lib: ..., "blank"),
        "the distance": (lambda p, lib: _squares(p, lib).min() + 0.5, "whole number"),
        "farthest": (lambda p, lib: _squares(p, lib).argmax(), "the farthest"),
        "first": (lambda p, lib: 0, "is number 2, and you say 0"),
        "absolute differences": (
            lambda p, lib: np.abs(lib.astype(np.int16) - p).mean(axis=(1, 2)).argmin(),
            "sum of the *absolute* differences",
        ),
        "largest difference": (
            lambda p, lib: np.abs(lib.astype(float) - p).max(axis=(1, 2)).argmin(),
            "the *largest* difference",
        ),
        "inner product": (lambda p, lib: (-lib.astype(float) * p).sum(axis=(1, 2)).argmin(), "the largest product"),
        "cosine": (_by_angle, "twice as bright"),
        "square of the sum": (lambda p, lib: ((lib.astype(float) - p).sum(axis=(1, 2)) ** 2).argmin(), "cancel"),
        "int16": (lambda p, lib: ((lib.astype("int16") - p) ** 2).sum(axis=(1, 2)).argmin(), "In int16 the squares"),
        "bytes": (lambda p, lib: ((lib - p) ** 2).reshape(len(lib), -1).sum(axis=1).argmin(), "run over"),
        "signs": (lambda p, lib: (lib.astype(float) - p).sum(axis=(1, 2)).argmin(), "count with their sign"),
        "text": (lambda p, lib: "17", "without quotes"),
    },
    right={
        "squares": lambda p, lib: _squares(p, lib).argmin(),
        "whole numbers": lambda p, lib: ((lib.astype(np.int32) - p) ** 2).mean(axis=(1, 2)).argmin(),
        "a loop": lambda p, lib: min(range(len(lib)), key=lambda k: np.linalg.norm(lib[k].astype(float) - p)),
    },
)


def _slerp(a, b, t):
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def _by_tensorflow(a, b, t):
    import tensorflow as tf

    return tf.constant(a) * tf.cos(np.pi * t / 2) + tf.constant(b) * tf.sin(np.pi * t / 2)


def _a_tensor(a, b, t):
    import tensorflow as tf

    return tf.constant(np.cos(np.pi * t / 2) * a + np.sin(np.pi * t / 2) * b)


def _spoilt(a, b, t):
    a *= np.cos(np.pi * t / 2)
    a += np.sin(np.pi * t / 2) * b
    return a


EXERCISE_4_12 = Bank(
    wrong={
        "untouched": (lambda a, b, t: ..., "blank"),
        "straight": (lambda a, b, t: (1 - t) * a + t * b, "straight line"),
        "backwards": (lambda a, b, t: t * a + (1 - t) * b, "from b to a"),
        "whole turn": (lambda a, b, t: np.cos(np.pi * t) * a + np.sin(np.pi * t) * b, "at b, and is not"),
        "sum": (lambda a, b, t: a + t * (b - a) + t * (1 - t) * (a + b) * 4, "the length goes"),
        "jumps": (lambda a, b, t: a if t < 0.7 else b, "equal weights"),
        "one number": (lambda a, b, t: t, "expected (400,)"),
        "in place": (_spoilt, "changes the array that it is given"),
        "weights by TensorFlow": (_by_tensorflow, "np.cos and np.sin"),
        "a tensor": (_a_tensor, "expected a NumPy array"),
    },
    right={
        "cos and sin": lambda a, b, t: np.cos(np.pi * t / 2) * a + np.sin(np.pi * t / 2) * b,
        "slerp": _slerp,
        "roots": lambda a, b, t: np.sqrt(1 - t) * a + np.sqrt(t) * b,
    },
)
