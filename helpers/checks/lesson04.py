"""Checks of lesson 4: generative adversarial networks."""

import numpy as np

from helpers import generated
from helpers.checks import BLANK, NotYet, array, call, close, describe, models, number, one_line

#: Height and width of a picture in pixels.
SIDE = 28
#: How many numbers of noise a picture is made from, and the parameters of the generator in the table of 4.7.
NOISE_SIZE, TABLE_PARAMETERS = 64, 477_025
#: Layers that bend, besides those with an activation of their own: without one, two layers with weights are like one.
BENDING = ("ReLU", "LeakyReLU", "PReLU", "ELU", "Lambda")
#: What can be said of a game in Exercise 4.4, and the right answers for the four games in docs/results.
VERDICTS = ("healthy", "collapsed", "too strong")
GAMES = {"A": "collapsed", "B": "too strong", "C": "healthy", "D": "collapsed"}


def _cross_entropy(label, scores):
    """Mean cross-entropy of scores against one label, from the definition."""
    return float(np.mean(np.logaddexp(0, -scores if label else scores)))


def _swapped(label, scores):
    """What comes out if the scores are taken for labels and the labels for scores."""
    return float(np.mean(np.logaddexp(0, label) - scores * label))


def _loss(function, scores, name):
    """The value of a student's loss for these scores, and whether slopes come through to all of them."""
    import tensorflow as tf

    scores = [tf.constant(values) for values in scores]
    with tf.GradientTape() as tape:
        tape.watch(scores)
        result = call(function, *scores, name=name, copy=False)
    value = number(result, f"the result of {name}")
    return value, tf.is_tensor(result) and None not in tape.gradient(result, scores)


NO_SLOPE = (
    "The number is right, but no slope comes through, and without slopes nothing learns. NumPy keeps no record of what "
    "it computes: use `cross_entropy` and functions of tf."
)


def check_4_1(discriminator_loss):
    """Real ones are called 1, forged ones 0."""
    rng = np.random.default_rng(0)
    real, fake = (rng.normal(mean, 1, (n, 1)).astype("float32") for mean, n in ((1.0, 6), (-2.0, 6)))
    name = "discriminator_loss"
    got, learns = _loss(discriminator_loss, (real, fake), name)
    parts = {
        (kind, label): _cross_entropy(label, s) for kind, s in (("real", real), ("fake", fake)) for label in (0, 1)
    }
    wanted = parts["real", 1] + parts["fake", 0]
    once_more = {kind: 1 / (1 + np.exp(-scores)) for kind, scores in (("real", real), ("fake", fake))}
    wrong = {
        parts["real", 0] + parts["fake", 1]: "The labels have changed places: real is 1, forged is 0.",
        parts["real", 1] + parts["fake", 1]: "The forged ones are labelled 1 as well. Their label is 0: tf.zeros_like.",
        parts["real", 0] + parts["fake", 0]: "The real ones are labelled 0 as well. Their label is 1: tf.ones_like.",
        parts["real", 1]: "Only the real ones count. Add the cross-entropy of the forged ones.",
        parts["fake", 0]: "Only the forged ones count. Add the cross-entropy of the real ones.",
        wanted / 2: "That is half of it. Add the two means, and divide by nothing.",
        -wanted: "The sign is turned round. A loss is to be made small.",
        wanted * 6: "That is the sum over the examples. `cross_entropy` gives their mean already.",
        _swapped(1, real) + _swapped(0, fake): "Labels and scores are swapped: cross_entropy(labels, scores).",
        _cross_entropy(1, once_more["real"]) + _cross_entropy(0, once_more["fake"]): (
            "The scores went through a sigmoid first. `cross_entropy` does that itself: give it the scores."
        ),
    }
    for value, words in wrong.items():
        if close(got, value):
            raise NotYet(words)
    if not close(got, wanted):
        raise NotYet(
            f"For six real and six forged scores you get {got:.4f}; expected {wanted:.4f}, the cross-entropy of the real ones "
            "against 1 plus that of the forged ones against 0."
        )
    if not learns:
        raise NotYet(NO_SLOPE)
    other, _ = _loss(discriminator_loss, (real[:2], fake), name)
    if not close(other, _cross_entropy(1, real[:2]) + parts["fake", 0]):
        raise NotYet("With two real and six forged scores it goes wrong. Take each mean by itself, then add them.")
    return f"where the discriminator can only guess, this is 2 ln 2 = {2 * np.log(2):.4f}"


def check_4_2(generator_loss):
    """Forgeries, to be called real: the non-saturating loss."""
    scores = np.random.default_rng(0).normal(-2, 1, (6, 1)).astype("float32")
    got, learns = _loss(generator_loss, (scores,), "generator_loss")
    real, forged = (_cross_entropy(label, scores) for label in (1, 0))
    wrong = {
        forged: "That is small when the forgeries are called forged, which is what the *discriminator* wants. Its wish is 1.",
        -forged: (
            "That is the discriminator's loss with the sign turned round. It falls silent while the forgeries are bad: "
            "take the cross-entropy against ones."
        ),
        -real: "The sign is turned round: the generator would learn to be found out.",
        6 * real: "That is the sum over the examples. `cross_entropy` gives their mean already.",
        float(
            -scores.mean()
        ): "That is the mean score with its sign turned round. Take the cross-entropy against ones.",
    }
    for value, words in wrong.items():
        if close(got, value):
            raise NotYet(words)
    if not close(got, real):
        raise NotYet(f"For six scores you get {got:.4f}; expected {real:.4f}, their cross-entropy against the label 1.")
    if not learns:
        raise NotYet(NO_SLOPE)
    return "the generator wants its forgeries called real"


def check_4_3(GAN):
    """Each loss moves its own network, downhill, and no other."""
    _plays_fair(GAN)
    return "each network goes down its own loss, and leaves the other alone"


def check_4_5(Mended):
    """The same of the mended class, and fresh noise in each step."""
    faults = _faults(Mended)
    if len(faults) == 3:
        raise NotYet("All three faults are still there. (There is no blank here: mend three lines, and run the cell.)")
    if faults:
        raise NotYet(f"{['One fault is', 'Two faults are'][len(faults) - 1]} left. {faults[0]}")
    _plays_fair(Mended)
    return "new noise in each step, the right labels, and nobody moves whom they should not"


def _game(GAN, generator_rate, discriminator_rate, real=3.0):
    """A tiny game: the forgeries are 0.5 noise, the score of a number is a tenth of it, and the real ones are large.

    The first layer of the generator only listens: its weight `heard`, which no slope moves, is the mean of the noise.
    """
    import keras

    class Listen(keras.layers.Layer):
        def build(self, shape):
            self.heard = self.add_weight(name="heard", shape=(), trainable=False)

        def call(self, noise):
            self.heard.assign(keras.ops.mean(noise))
            return noise

    def line(inputs, slope, *before):
        dense = keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(slope))
        return keras.Sequential([keras.Input((inputs,)), *before, dense])

    if not (isinstance(GAN, type) and issubclass(GAN, keras.Model)):
        raise NotYet(f"Expected the class itself, a keras.Model, and not {describe(GAN)}.")
    name = GAN.__name__
    try:
        game = GAN(line(2, 0.5, Listen()), line(1, 0.1), 2)
        game.compile(keras.optimizers.SGD(generator_rate, use_ema=True), keras.optimizers.SGD(discriminator_rate))
    except Exception as error:  # the class is the student's own: anything can go wrong in it
        raise NotYet(
            f"{name}(generator, discriminator, noise_size) cannot be made and compiled ({one_line(error)})."
        ) from None
    return game, np.full((64, 1), real, "float32")


def _step(train_step, real):
    """One training step; returns what it reports."""
    import tensorflow as tf

    try:
        report = call(train_step, tf.constant(real), name="train_step", copy=False, may_return_none=True)
    except NotYet as problem:
        if "ellipsis" in str(problem).lower():
            raise NotYet(f"{BLANK} One of the two losses, 4.1 or 4.2, is not written yet.") from None
        if "Unknown variable" in str(problem):
            raise NotYet(
                "One optimizer is asked to move both networks. Each optimizer moves the weights of one network only: "
                "there is a `generator_optimizer` and a `discriminator_optimizer`."
            ) from None
        raise
    if report is None:
        raise NotYet(
            "`train_step` returns None. Its last line, `return {...}` with the two losses, has to stay the last."
        )
    return report


def _weights(network):
    return np.concatenate([np.ravel(weight) for weight in network.trainable_variables])


def _moved(GAN, generator_rate, discriminator_rate, steps=3):
    """How generator and discriminator have moved after a few steps with these learning rates, and the game."""
    game, real = _game(GAN, generator_rate, discriminator_rate)
    before = [_weights(network) for network in (game.generator, game.discriminator)]
    for _ in range(steps):
        _step(game.train_step, real)
    after = [_weights(network) for network in (game.generator, game.discriminator)]
    return [b - a for a, b in zip(before, after, strict=True)], game


def _plays_fair(GAN):
    """Raise `NotYet` unless each of the two steps moves its own network downhill, and nothing else."""
    moves, played = _moved(GAN, 0.1, 0.1)
    if not np.concatenate(moves).any():
        raise NotYet("Nothing moves. Is there still a blank (...) where the two steps should be?")
    if np.concatenate(_moved(GAN, 0.0, 0.0)[0]).any():
        raise NotYet(
            "Weights move although the rates of both optimizers are 0, so a third one moves them. Is it "
            "`self.optimizer`? Take `self.generator_optimizer` and `self.discriminator_optimizer`."
        )
    (generator, discriminator), game = _moved(GAN, 0.0, 0.1)
    if not discriminator.any():
        if generator.any():
            raise NotYet("The two optimizers have changed places: the discriminator's moves the generator.")
        raise NotYet("The discriminator does not move. Its optimizer has to `apply` the slopes of its weights.")
    if generator.any():
        raise NotYet("The discriminator's step moves the generator too. Give it the discriminator's weights only.")
    if not _gap(game.discriminator) > 0.4:
        raise NotYet(
            "The discriminator tells real from forged worse and worse. Does it go down `d_loss`, and are the real ones the real ones?"
        )
    (generator, discriminator), _ = _moved(GAN, 0.1, 0.0)
    if not generator.any():
        raise NotYet("The generator does not move. It needs a step of its own, with its loss, weights and optimizer.")
    if discriminator.any():
        raise NotYet("The generator's step moves the discriminator too. Give it the generator's weights only.")
    if not generator[-1] > 0:  # the bias of its last layer: the mean forgery
        raise NotYet(
            "The generator's forgeries look less and less real. Does it go down its own loss, `g_loss`, and not the discriminator's?"
        )
    try:  # as the lesson does it after the training, to put the mean of the weights into place
        played.generator_optimizer.finalize_variable_values(played.generator.trainable_variables)
    except ValueError:
        raise NotYet(
            "The generator's optimizer is given weights that no slope moves, such as the averages of a normalisation. "
            "Give it the generator's `trainable_variables`."
        ) from None


def _gap(discriminator):
    """By how much a real number of 3 scores above a forged one of 0; it begins at 0.3, and a few steps make it 1."""
    scores = discriminator(np.array([[3.0], [0.0]], "float32")).numpy()[:, 0]
    return scores[0] - scores[1]


def _faults(GAN):
    """Which of the three faults of Exercise 4.5 a class has."""
    import tensorflow as tf

    found = []
    game, real = _game(GAN, 0.0, 0.0)
    noises, losses = _noises_and_losses(game, game.train_step, real)
    if noises[0] == noises[1]:
        found.append("The noise is the same in every step, so the generator learns a few forgeries only.")
    elif losses[0] == losses[1]:
        found.append(
            "The generator's loss does not change with its forgeries. Which scores are theirs, and which does it get?"
        )
    else:
        noises, _ = _noises_and_losses(game, tf.function(game.train_step, autograph=False), real)  # as `fit` does
        if noises[0] == noises[1]:
            found.append(
                "With `fit` the noise is the same in every step: it compiles the step once, and what Python or NumPy "
                "drew then stays. `seed=self.seed` draws in each step."
            )
    (generator, _), game = _moved(GAN, 0.0, 0.1)
    if generator.any():
        found.append("The discriminator's step moves the generator, too, and makes its forgeries easier to find out.")
    if not _gap(game.discriminator) > 0.4:
        found.append("The discriminator learns to call forgeries real. Which of the two comes first in its loss?")
    return found


def _noises_and_losses(game, train_step, real):
    """The mean noise that went into the generator in each of two steps, and the generator's losses."""
    noises, losses = [], []
    for _ in range(2):
        reported = _step(train_step, real)
        if not isinstance(reported, dict) or "generator" not in reported:
            raise NotYet(f"`train_step` returns {describe(reported)}; expected the dictionary with the two losses.")
        losses.append(number(reported["generator"], "the generator's loss"))
        noises.append(float(game.generator.layers[0].heard))
    return noises, losses


def check_4_4(verdicts):
    """Which of four games collapsed, which has too strong a discriminator, which is healthy."""
    if not isinstance(verdicts, dict):
        raise NotYet(f'`verdicts` is {describe(verdicts)}; expected a dictionary such as {{"A": "healthy", ...}}.')
    unknown = set(verdicts) - set(GAMES)
    if unknown:
        raise NotYet(f"There is no game {min(map(str, unknown))!s:.20}. The keys are A, B, C and D, in quotes.")
    for game in GAMES:
        if game not in verdicts:
            raise NotYet(f"Game {game} has no verdict yet.")
        if verdicts[game] is ...:
            raise NotYet(f"There is still a blank (...) for game {game}.")
        if verdicts[game] not in VERDICTS:
            raise NotYet(f'Of game {game} say "healthy", "collapsed" or "too strong", in quotes.')
    for game, right in GAMES.items():
        said = verdicts[game]
        if said == right:
            continue
        if right == "healthy":
            raise NotYet(
                f"Game {game}: both losses rest at the dashed lines, and the forgeries differ as much as the real numbers do."
            )
        if right == "too strong":
            raise NotYet(
                f"Game {game}: the discriminator's loss is far below 2 ln 2, and stays there. Who has stopped learning?"
            )
        if said == "healthy":
            raise NotYet(
                f"Game {game}: the losses look harmless, but how much do the forgeries differ from one another?"
            )
        raise NotYet(
            f"Game {game}: a discriminator that wins has a loss near zero, and its opponent a large one. Theory for forgeries that sit "
            "on one of two humps: 0.95 and 1.10. What does the spread say?"
        )
    return "collapse hides from the losses, and shows in the spread"


def check_4_6(side_after):
    """The side of the maps behind a transposed convolution, as Keras has it."""
    name = "side_after"

    def side(*arguments):
        return number(call(side_after, *arguments, name=name), f"the result of {name}")

    cases = [
        (7, 4, 2, "same"),
        (14, 4, 2, "same"),
        (7, 4, 2, "valid"),
        (1, 7, 1, "valid"),
        (5, 3, 1, "valid"),
        (5, 3, 3, "same"),
    ]
    for before, kernel, stride, padding in cases:
        got, wanted = side(before, kernel, stride, padding), _side(before, kernel, stride, padding)
        said = (
            f"From side {before}, with a kernel of {kernel}, stride {stride} and padding {padding!r}, you get {got:g}; "
        )
        if got == wanted:
            continue
        if padding == "same" and got == -(-before // stride):
            raise NotYet(f"{said}that is an ordinary convolution. A transposed one makes maps larger: {wanted}.")
        if padding == "valid" and got == before * stride:
            raise NotYet(f"{said}that is right for 'same'. With 'valid' the last kernel is not cut off: {wanted}.")
        if padding == "same" and got == (before - 1) * stride + kernel:
            raise NotYet(f"{said}that is right for 'valid'. With 'same' what sticks out is cut off: {wanted}.")
        raise NotYet(f"{said}expected {wanted}. Draw the places where the kernels are put down.")
    return "7 becomes 14 becomes 28"


def _side(side, kernel, stride, padding):
    return side * stride if padding == "same" else (side - 1) * stride + kernel


def check_4_7(generator):
    """From noise to pictures between 0 and 1, through transposed convolutions."""
    models.is_model(generator, "generator")
    shape = getattr(generator, "input_shape", None) if generator.built else None
    if shape is None:
        raise NotYet("The network does not know its input. Begin the list with keras.Input((noise_size,)).")
    if len(shape) != 2:
        raise NotYet(f"The generator takes {shape[1:]}; expected one row of noise, keras.Input((noise_size,)).")
    if shape[1] != NOISE_SIZE:
        raise NotYet(
            f"The generator takes {shape[1]} numbers of noise; expected {NOISE_SIZE}: keras.Input((noise_size,)), with "
            f"noise_size = {NOISE_SIZE} as it was."
        )
    noise = np.random.default_rng(0).normal(size=(16, shape[1])).astype("float32")
    pictures = np.asarray(generator.predict(noise, verbose=0))
    if pictures.shape[1:] == (SIDE, SIDE):
        raise NotYet("The pictures have no channel. The last transposed convolution has one kernel: (28, 28, 1).")
    if pictures.shape != (16, SIDE, SIDE, 1):
        raise NotYet(
            f"The pictures have shape {pictures.shape[1:]}; expected (28, 28, 1). Two strides of 2 make 7 into 28, "
            'with padding="same".'
        )
    kinds = [type(layer).__name__ for layer in models.layers(generator)]
    grown = sum(kind in ("Conv2DTranspose", "UpSampling2D") for kind in kinds)
    if grown == 0:
        raise NotYet("There is no Conv2DTranspose in it. Dense layers alone don't know which pixels are neighbours.")
    last = models.layers(generator)[-1]
    if hasattr(last, "activation") and models.activation(last) != "sigmoid":
        raise NotYet(
            f"The last activation is {models.activation(last)!r}. Grey values lie between 0 and 1, and so does a sigmoid."
        )
    if pictures.min() < 0 or pictures.max() > 1:
        raise NotYet(
            f"The grey values run from {pictures.min():.2f} to {pictures.max():.2f}; expected 0 to 1: sigmoid."
        )
    if np.ptp(pictures, axis=0).max() < 1e-6:
        raise NotYet("Whatever the noise, the picture is the same. Does the noise get through?")
    if "BatchNormalization" not in kinds and "LayerNormalization" not in kinds:
        raise NotYet(
            "The normalisation is missing: BatchNormalization behind each dense layer and the first transposed one."
        )
    slow = [layer.momentum for layer in models.layers(generator) if type(layer).__name__ == "BatchNormalization"]
    if slow and max(slow) > 0.95:
        raise NotYet(
            f"BatchNormalization has a momentum of {max(slow):g}. The generator changes quickly, and the averages have to follow: momentum=0.9."
        )
    straight = _straight(generator)
    if straight:
        raise NotYet(
            f"Between the layers {straight} there is no ReLU layer. Without one, two layers can do no more than a single "
            "one (and a function such as ops.relu is lost when a later cell copies the network layer by layer)."
        )
    parameters = generator.count_params()
    if parameters > 3_000_000:
        raise NotYet(f"It has {parameters:,} parameters, too many for a laptop. Take the numbers of the table.")
    other = "" if parameters == TABLE_PARAMETERS else f" (the table's network has {TABLE_PARAMETERS:,})"
    return f"from {shape[1]} numbers to 28 x 28 pixels, {parameters:,} parameters{other}"


def _straight(network):
    """The names of two layers with weights between which nothing bends; empty if there are none."""
    before = None
    for layer in models.layers(network):
        if hasattr(layer, "kernel"):
            if before:
                return f"{before} and {layer.name}"
            before = layer.name
        if type(layer).__name__ in BENDING or (hasattr(layer, "activation") and models.activation(layer) != "linear"):
            before = None
    return ""


def check_4_8(sample):
    """Normal noise in, bytes out; the same seed gives the same pictures, and no layer behaves as in training."""
    import keras

    name, noise_size, n = "sample", SIDE * SIDE, 40
    mirror = keras.Sequential(
        [
            keras.Input((noise_size,)),
            keras.layers.GaussianNoise(0.5, seed=0),  # acts in training only
            keras.layers.Rescaling(1 / 16, offset=0.5),
            keras.layers.Reshape((SIDE, SIDE, 1)),
        ]
    )

    def draw(n, seed):
        try:
            return call(sample, mirror, n, seed, name=name)
        except NotYet:
            # Another generator, with 64 inputs as in the lesson: does it work for that one only?
            usual = keras.Sequential(
                [keras.Input((64,)), keras.layers.Dense(SIDE * SIDE), keras.layers.Reshape((SIDE, SIDE, 1))]
            )
            call(sample, usual, n, seed, name=name)
            raise NotYet(
                "It works for 64 numbers of noise only. How many this generator needs is `generator.input_shape[-1]`."
            ) from None

    got = array(draw(n, 3), f"the result of {name}")
    if got.shape == (n, SIDE, SIDE, 1):
        raise NotYet("The pictures still have their channel. `[..., 0]` takes it away: (n, 28, 28).")
    if got.shape != (n, SIDE, SIDE):
        raise NotYet(f"For n = {n} you get the shape {got.shape}; expected ({n}, 28, 28).")
    if got.dtype.kind == "f":
        raise NotYet(
            f"The pictures are {got.dtype}, from {got.min():.2f} to {got.max():.2f}; expected bytes, 0 to 255: times 255, then astype."
        )
    if got.dtype != np.uint8:
        raise NotYet(f"The pictures are {got.dtype}; expected uint8, `.astype('uint8')`.")
    if got.max() <= 1:
        raise NotYet("All bytes are 0 or 1. Multiply by 255 before you make bytes of them.")
    values = (got / 255 - 0.5) * 16
    if np.ptp(values, axis=0).max() == 0:
        raise NotYet("All pictures are the same. Each needs its own row of noise: shape (n, noise_size).")
    if abs(values.mean()) > 0.2:
        raise NotYet("The noise does not lie around 0. In training it was normal: rng.normal(size=...).")
    again = np.asarray(draw(n, 3))
    if not np.array_equal(got, again):
        raise NotYet(
            "The same seed gives other pictures the second time. Draw from np.random.default_rng(seed), and use the generator as "
            "`predict` does, not with training=True."
        )
    if not 0.85 < values.std() < 1.15:
        raise NotYet(f"The noise has a standard deviation of {values.std():.2f}; in training it was normal, with 1.")
    if np.array_equal(got, np.asarray(draw(n, 4))):
        raise NotYet("Another seed gives the same pictures. Use `seed`.")
    if np.asarray(draw(3, 3)).shape != (3, SIDE, SIDE):
        raise NotYet("It works for 40 pictures, but not for 3. Use `n`.")
    # A generator whose columns are paper and full ink in turn, whatever the noise.
    dense = keras.layers.Dense(SIDE * SIDE, kernel_initializer="zeros")
    stripes = keras.Sequential([keras.Input((noise_size,)), dense, keras.layers.Reshape((SIDE, SIDE, 1))])
    dense.bias.assign(np.arange(SIDE * SIDE) % 2)
    paper, ink = np.asarray(call(sample, stripes, 3, 3, name=name))[0, 0, :2]
    if paper > ink == 0:
        raise NotYet(
            "Ink and paper have changed places: a 0 of the generator is paper, the byte 0, and a 1 is ink, 255."
        )
    if (paper, ink) != (0, 255):
        raise NotYet(
            f"Paper, 0, becomes the byte {paper}, and full ink, 1, the byte {ink}; expected 0 and 255. "
            f"Multiply by 255{': 256 does not fit into a byte' if ink == 0 else ''}."
        )
    return "pictures from noise, the same ones for the same seed"


def check_4_9(judge):
    """How many pictures the classifier is sure of, and how the digits are distributed."""
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 3, (60, 10)) + 4 * np.eye(10)[rng.integers(0, 9, 60)]  # no nines, or few
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    probabilities[:, 9], probabilities[:3] = 0, np.eye(10)[[1, 1, 2]]
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    result = call(judge, probabilities, name="judge")
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise NotYet(
            f"`judge` returns {describe(result)}; expected two things: the share that it is sure of, and ten shares."
        )
    sure, shares = number(result[0], "the share of sure ones"), array(result[1], "the ten shares")
    best, wanted = probabilities.max(axis=1), (probabilities.max(axis=1) > 0.9).mean()
    counts = np.bincount(probabilities.argmax(axis=1), minlength=10)
    if close(sure, best.mean()):
        raise NotYet("That is the mean confidence. Which share of the pictures has a largest probability over 0.9?")
    if close(sure, (probabilities > 0.9).mean()):
        raise NotYet("You count all ten probabilities of each picture. Take the largest of each first.")
    if sure > 1:
        raise NotYet(f"Got {sure:g}: a count or a percentage. Return the share, from 0 to 1.")
    if close(sure, 1 - wanted):
        raise NotYet("That is the share that it is *not* sure of.")
    if not close(sure, wanted):
        raise NotYet(
            f"You say it is sure of {sure:.3f} of the pictures; it is of {wanted:.3f}: those with a largest probability over 0.9."
        )
    if shares.shape != (10,):
        if shares.shape == (9,):
            raise NotYet(
                "There are nine shares: where no picture shows a 9, its share is 0. np.bincount has a `minlength`."
            )
        raise NotYet(f"The shares have shape {shares.shape}; expected (10,), one for each digit, also where it is 0.")
    if close(shares, probabilities.mean(axis=0)):
        raise NotYet(
            "Those are mean probabilities. Let each picture count as one digit: the one with the largest probability."
        )
    if close(shares, counts):
        raise NotYet("Those are counts. Divide by the number of pictures.")
    sure_ones = np.bincount(probabilities.argmax(axis=1)[best > 0.9], minlength=10)
    if close(shares, sure_ones / 60) or close(shares, sure_ones / sure_ones.sum()):
        raise NotYet("You count only the pictures that it is sure of. Count all.")
    if not close(shares, counts / 60):
        raise NotYet("The ten shares are not those of the most probable digits. np.bincount counts them.")
    return "the share it is sure of, and the share of each digit"


#: From NumPy 2.5 on `np.linalg.eigvals` always returns complex numbers, before it only where there are some.
COMPLEX_ROOTS = (
    "The distance should be a real number. With fewer samples than features, some eigenvalues are zero but for rounding, "
    "which makes them negative or complex, and so is your distance. Before the root: `.real.clip(0)`."
)


def check_4_10(frechet):
    """The Fréchet distance between two Gaussians, from two samples."""
    rng = np.random.default_rng(5)
    mix = rng.normal(size=(3, 3))
    a, b = rng.normal(size=(400, 3)), rng.normal(size=(300, 3)) @ mix + [1.0, 0, -0.5]
    got = call(frechet, a, b, name="frechet")
    if np.iscomplexobj(got):
        raise NotYet(COMPLEX_ROOTS)
    got = number(got, "the result of frechet")
    gap = a.mean(axis=0) - b.mean(axis=0)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    wanted = generated.frechet_distance(a, b)
    means, traces = gap @ gap, np.trace(cov_a) + np.trace(cov_b)
    mixed = (wanted - means - traces) / -2
    wrong = {
        means: "That is the distance of the means alone. Add what the covariances say.",
        wanted - means: "The means are missing: add the sum of their squared differences.",
        means + traces: "The mixed term is missing: less twice the trace of the root of the product.",
        means
        + traces
        - mixed: "Subtract the mixed term twice, not once: the distance of a sample to itself must be zero.",
        np.sqrt(means) + traces - 2 * mixed: "The distance of the means has to be squared.",
        means + traces - 2 * np.sqrt(np.abs(cov_a @ cov_b)).trace(): (
            "np.sqrt takes the root of each number. The root of a *matrix* is scipy.linalg.sqrtm, or take the eigenvalues."
        ),
        means + traces - 2 * np.sqrt(np.abs(cov_a * cov_b)).trace(): (
            "`*` multiplies number by number. The product of two matrices is `@`, and its root is scipy.linalg.sqrtm."
        ),
        np.sqrt(wanted): "That is the root of it. Return the squared distance, as everybody does.",
    }
    for value, words in wrong.items():
        if close(got, value, 1e-3):
            raise NotYet(words)
    if not close(got, wanted, 0.02):  # a covariance that divides by n in place of n - 1 is near enough
        raise NotYet(f"Between two samples of three features you get {got:.4f}; expected {wanted:.4f}.")
    same = number(call(frechet, a, a, name="frechet"), "the result of frechet")
    if abs(same) > 1e-3:
        raise NotYet(f"The distance of a sample to itself is {same:.4f}; it should be 0.")
    few = np.random.default_rng(6).normal(size=(2, 8, 30))  # fewer samples than features, as with the 8x8 digits
    with np.errstate(invalid="ignore"):
        rounded = call(frechet, *few, name="frechet")
    if np.iscomplexobj(rounded) or not np.isfinite(rounded):
        raise NotYet(COMPLEX_ROOTS)
    return "zero for equal samples, and it grows with mean and spread"


def check_4_11(most_similar):
    """The nearest picture by squared differences, among others that are nearest by another measure."""
    rng = np.random.default_rng(0)
    picture = rng.integers(35, 56, (SIDE, SIDE)).astype(np.uint8)

    def changed(pixels, by):
        """The picture with its first few pixels changed; all fit into a byte."""
        flat = picture.astype(int).ravel()
        flat[:pixels] += by
        return flat.reshape(SIDE, SIDE)

    everywhere, right = SIDE * SIDE, 2
    turns = np.resize([-35, 35], everywhere)
    # Each wrong one with the words for whoever takes it; the right one has a sum of 10 * 60**2 = 36,000.
    candidates = [
        (changed(5, 110), "Of that one the sum of the *absolute* differences is smallest. Square them before you add."),
        (changed(everywhere, 20), "Of that one the *largest* difference is smallest. Add the squares of all pixels."),
        (changed(10, 60), ""),
        (
            2 * picture,
            "That one is twice as bright, and only its direction is the same. Take differences, not products.",
        ),
        (
            np.full((SIDE, SIDE), 255),
            "That one is all ink: the farthest, and the one with the largest product. Take the smallest difference.",
        ),
        (
            np.zeros((SIDE, SIDE)),
            "The differences count with their sign, and that one is darkest. Square them before you add.",
        ),
        (changed(everywhere, turns), "Its differences cancel. Square each of them before you add, not their sum."),
        (changed(everywhere, 32), "On bytes, 5 - 200 is 61: they run over. Make floats before you take differences."),
        (
            changed(everywhere, 200),
            "In int16 the squares run over: 200 * 200 is more than it can hold. Make floats first.",
        ),
    ]
    library = np.stack([candidate for candidate, _ in candidates]).astype(np.uint8)
    got = number(call(most_similar, picture, library, name="most_similar"), "the result of most_similar")
    if got != int(got) or not 0 <= got < len(library):
        raise NotYet(
            f"Got {got:g}; expected the place of a picture in the library, a whole number from 0 to {len(library) - 1}."
        )
    if got != right:
        hint = candidates[int(got)][1]
        raise NotYet(f"The most similar of {len(library)} pictures is number {right}, and you say {got:g}. {hint}")
    return "the nearest picture, pixel by pixel"


def check_4_12(between):
    """A path from one noise to another on which the noise nearly keeps its length."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 400))

    def at(t):
        try:
            result = call(between, a, b, t, name="between")
        except NotYet as problem:
            if "cannot compute" in str(problem):
                raise NotYet(
                    "TensorFlow multiplies no float32 weights with this noise, which is float64. "
                    "Make the weights with np.cos and np.sin."
                ) from None
            raise
        values = array(result, "the result of between", shape=(400,))
        if not isinstance(result, np.ndarray):
            raise NotYet(f"`between` returns {describe(result)}; expected a NumPy array, as a and b are.")
        return values

    if close(at(0.0), b) and close(at(1.0), a):
        raise NotYet("It walks from b to a. At t = 0 it has to be at a, at t = 1 at b.")
    for t, end, name in ((0.0, a, "a"), (1.0, b, "b")):
        if not np.allclose(at(t), end, atol=1e-5):
            raise NotYet(f"At t = {t:g} it has to be at {name}, and is not.")
    middle = at(0.5)
    if close(middle, (a + b) / 2):
        length = np.linalg.norm(middle) / np.linalg.norm(a)
        raise NotYet(
            f"On a straight line the middle is only {length:.2f} times as long as the ends: noise that the generator hardly ever saw. "
            "Use cos and sin of πt/2 as the two weights."
        )
    lengths = np.array([np.linalg.norm(at(t)) / np.sqrt(400) for t in np.linspace(0, 1, 9)])
    if not ((lengths > 0.9) & (lengths < 1.1)).all():
        raise NotYet(
            f"On the way the length goes from {lengths.min():.2f} to {lengths.max():.2f} of what is usual. Take weights whose squares sum to one."
        )
    if not np.allclose(middle, (a + b) / np.sqrt(2), atol=0.15 * np.abs(middle).max()):
        raise NotYet("Halfway it should be as near to a as to b: equal weights.")
    return "the noise stays about as long as the generator knows it"
