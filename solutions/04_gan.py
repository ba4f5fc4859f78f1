# %% [markdown]
# # 4 · Two networks that teach each other
#
# One network forges handwritten digits, the other tries to tell them from real ones, and each learns from the other. You build
# them, see what goes wrong and mend it, and then measure how good the forgeries are, in place of admiring them.
#
# **You will be able to** · write the losses and the training step of a generative adversarial network (GAN) · recognise from its
# curves what goes wrong · say in numbers how good generated pictures are, and whether they are copies
#
# *70 minutes for you, 40 more with the extras · 3 minutes to run · needs lesson 2 · works offline · TensorFlow only*
#
# ![Six rows of the same ten forged digits, from before the training to its end: an even grey becomes strokes, then digits, most of which can be read](../docs/imgs/04_progress.png)

# %%
from helpers import device, digits, gallery, gan_plots, generated, plots, results
from helpers.checks import check
from helpers.final_model import prepare
from helpers.progress import catch_up, hint, progress
from helpers.timeleft import fit_progress

device.start(only="tensorflow")
import keras
import numpy as np
import tensorflow as tf

# %% tags=["parameters"]
SEED = 1

# %% [markdown]
# ## Forging numbers
#
# Pictures have 784 pixels, and no plot shows what happens to them. So you begin with forged *numbers*. The real ones have two humps, at −2 and at +2:

# %% tags=["curves"]
def real_numbers(n, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(rng.choice([-2.0, 2.0], size=(n, 1)), 0.5).astype("float32")

# %% [markdown]
# Two small networks play. The **generator** makes a number from four numbers of noise. The **discriminator** takes a number, and gives a *score*: the higher,
# the more real it looks; 1 / (1 + exp(−score)), the *sigmoid* of the score, is the probability that it is real. (Where `relu` makes 0 of a negative number, its slope is 0, and the generator, which learns through the discriminator, would get nothing from there. `leaky_relu` keeps a small slope.)

# %% tags=["curves"]
def small_network(inputs):
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(32, activation="leaky_relu"),
            keras.layers.Dense(32, activation="leaky_relu"),
            keras.layers.Dense(1),
        ]
    )

# %% [markdown]
# ### Exercise 4.1 · The detective's loss  (core)
#
# The discriminator, the detective, is a classifier with two classes. It learns by the cross-entropy, with the label 1 for real and 0 for forged. Complete `discriminator_loss`: it takes the scores of real
# and of forged examples, each of shape `(n, 1)`, and returns one number, the mean cross-entropy of the real ones plus that of the forged ones. `cross_entropy(labels, scores)` is there already:
# it takes scores (for Keras, *logits*) and applies the sigmoid itself; the labels have the same shape as the scores.

# %% [markdown] hints="4.1"
# <details><summary>Hint 1</summary>Two calls of `cross_entropy`, one for each kind, and a plus between them.</details>
# <details><summary>Hint 2</summary>`tf.ones_like(scores)` makes labels of the right shape, and so does `tf.zeros_like(scores)`.</details>

# %% exercise="4.1" tags=["core", "curves"]
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def discriminator_loss(real_scores, fake_scores):
    ### BEGIN SOLUTION
    ### STUB return ...
    real_loss = cross_entropy(tf.ones_like(real_scores), real_scores)
    fake_loss = cross_entropy(tf.zeros_like(fake_scores), fake_scores)
    return real_loss + fake_loss
    ### END SOLUTION

# %% check="4.1"
check("4.1", discriminator_loss)

# %% [markdown]
# **Predict:** the forger has become perfect, and the discriminator can only guess, so all its scores are 0. What is its loss then?
# (a) 0 · (b) 0.69 · (c) 1.39 · (d) 2

# %%
guessing = np.zeros((5, 1), "float32")
print(f"{float(discriminator_loss(guessing, guessing)):.4f}")

# %% [markdown]
# It is 2 ln 2, and for the generator, whose loss comes next, it would be ln 2. Remember the two: a loss near zero means that one of the networks has won (or that they no longer play against each other). Where forgeries are as good
# as real ones, the losses come to rest *here*.
#
# ### Exercise 4.2 · The forger's loss  (core)
#
# The generator wants its forgeries called real. Complete `generator_loss`: from the scores of the forgeries it returns the mean cross-entropy against the label that
# the generator wishes for.

# %% [markdown] hints="4.2"
# <details><summary>Hint 1</summary>The generator lies about its forgeries. Which label would it write on them?</details>
# <details><summary>Hint 2</summary>One call of `cross_entropy`, with labels from `tf.ones_like`.</details>

# %% exercise="4.2" tags=["core", "curves"]
def generator_loss(fake_scores):
    ### BEGIN SOLUTION
    ### STUB return ...
    return cross_entropy(tf.ones_like(fake_scores), fake_scores)
    ### END SOLUTION

# %% check="4.2"
check("4.2", generator_loss)

# %% [markdown]
# Why not the discriminator's loss with the sign turned round? Then the two would play for the same stakes. Look at the slope that drives the generator
# while it is still bad, and the discriminator sure of itself:

# %%
for score in (0.0, -3.0, -6.0, -9.0):
    s = tf.Variable([[score]])
    with tf.GradientTape(persistent=True) as tape:
        yours = generator_loss(s)
        turned_round = -cross_entropy(tf.zeros_like(s), s)
    print(f"score {score:4}   slope of yours {tape.gradient(yours, s)[0, 0]:8.4f}   of the other {tape.gradient(turned_round, s)[0, 0]:8.4f}")

# %% [markdown]
# The other one falls silent just when there is most to learn. Yours is called the *non-saturating* loss.
#
# ### Exercise 4.3 · Who may move?  (core)
#
# In each training step both losses are computed, then each network takes a step down its *own* loss, while the other one stands still. These two steps are missing in `train_step`.
#
# A *tape* records what is computed under it; `persistent=True` lets it be asked twice, once for each loss. `tape.gradient(loss, weights)` gives the slopes of a loss with respect to a list of weights, and `optimizer.apply(slopes, weights)` moves these weights. The weights of a network
# are its `trainable_variables`. The last line, which reports both losses, stays.

# %% [markdown] hints="4.3"
# <details><summary>Hint 1</summary>The discriminator's loss depends on the weights of both networks. Ask the tape for the slopes of the discriminator's weights alone.</details>
# <details><summary>Hint 2</summary>`weights = self.discriminator.trainable_variables` is the list for the first step.</details>
# <details><summary>Hint 3</summary>`self.discriminator_optimizer.apply(tape.gradient(d_loss, weights), weights)`. Then the same for the generator, with its loss and its optimizer.</details>

# %% exercise="4.3" tags=["core", "curves"]
class GAN(keras.Model):
    def __init__(self, generator, discriminator, noise_size):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise_size, self.seed = noise_size, keras.random.SeedGenerator(SEED)

    def compile(self, generator_optimizer, discriminator_optimizer):
        super().compile()
        self.generator_optimizer, self.discriminator_optimizer = generator_optimizer, discriminator_optimizer

    def train_step(self, real):
        noise = keras.random.normal((tf.shape(real)[0], self.noise_size), seed=self.seed)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(noise, training=True)
            real_scores = self.discriminator(real, training=True)
            fake_scores = self.discriminator(fake, training=True)
            d_loss = discriminator_loss(real_scores, fake_scores)
            g_loss = generator_loss(fake_scores)
        ### BEGIN SOLUTION
        ### STUB ...  # here: the two steps
        weights = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(d_loss, weights), weights)
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(g_loss, weights), weights)
        ### END SOLUTION
        return {"discriminator": d_loss, "generator": g_loss}

# %% check="4.3"
check("4.3", GAN)

# %% [markdown]
# `GAN` is a `keras.Model`, so `fit` does the rest: batches, epochs, the progress line. After each epoch you keep a thousand forgeries, always from the same noise.
# Adam averages slopes over some 1 / (1 − `beta_1`) steps, ten if you say nothing. Ten steps ago there was another opponent, so here `beta_1=0.5` makes it two.

# %% tags=["curves"]
def play(generator_rate, discriminator_rate, seed, epochs, kind=GAN):
    keras.utils.set_random_seed(seed)
    game = kind(small_network(4), small_network(1), noise_size=4)
    game.compile(
        keras.optimizers.Adam(generator_rate, beta_1=0.5), keras.optimizers.Adam(discriminator_rate, beta_1=0.5)
    )
    noise, forged = np.random.default_rng(seed).normal(size=(1000, 4)).astype("float32"), []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: forged.append(game.generator(noise).numpy()))
    history = game.fit(
        real_numbers(25_600, seed), batch_size=128, epochs=epochs, verbose=0, callbacks=[fit_progress(), keep]
    )
    return game, history.history, np.array(forged)[..., 0]

# %% picture="04_humps"
game, history, forged = play(generator_rate=1e-3, discriminator_rate=1e-3, seed=SEED, epochs=10)
gan_plots.forged_numbers(real_numbers(20_000, 0)[:, 0], forged)

# %%
gan_plots.game(history)

# %% [markdown]
# (Each point is the loss of the last batch of its epoch, so it jitters.) The losses say next to nothing. They are near the dashed lines, where theory puts them, almost from the beginning; meanwhile the forgeries go from one heap to two humps, and then wander about them. Here is what the discriminator thinks of each number. If
# the real numbers have the density p and the forged ones g, the best possible answer is p / (p + g), one half where both are equal.

# %%
gan_plots.detective(real_numbers(20_000, 0)[:, 0], forged[-1], lambda numbers: tf.sigmoid(game.discriminator(numbers)).numpy())

# %% [markdown]
# It follows the best answer only roughly: it chases forgeries that move in each step, and beyond the humps, where there are hardly any numbers, it has learned nothing. (The dashed line is estimated from smoothed samples: it flattens narrow peaks, and its ends mean little.)

# %% [markdown]
# ### A forger in a hurry
#
# **Predict:** now the generator learns thirty times faster than the discriminator. What will it do, in a world with two humps?

# %% picture="04_collapse"
_, _, collapsed = play(generator_rate=3e-3, discriminator_rate=1e-4, seed=SEED, epochs=10)
gan_plots.forged_numbers(real_numbers(20_000, 0)[:, 0], collapsed)

# %% [markdown]
# In most epochs all its numbers sit in one narrow heap, beside one hump or between the two. As soon as the discriminator has learned to distrust them, they jump, sometimes far beyond the humps. This is **mode
# collapse**: the forger hardly ever makes both. (Not with every seed. Take the standard deviation of each epoch's numbers, and the median over the epochs: over five seeds it is 0.13 to 2.11<!-- ledger: 04_gan.mnist.collapsed_spread -->. The real numbers have 2.06.)
#
# ### Exercise 4.4 · Read the curves  (core)
#
# Such histograms cannot be drawn of pictures. You have losses, and can measure how much the forgeries differ from one another, their *spread*: here the standard deviation. Below are four games that were played before, with various learning rates and seeds. The dashed lines
# are 2 ln 2, ln 2, and the spread of the real numbers. (Mind the scales of the losses, which differ. A spread too large for its axis is a triangle at the upper edge, with its value.)
#
# Say of each what happened: put "healthy", "collapsed" (onto too few kinds of numbers), or "too strong" (the discriminator recognises nearly every forgery, and the generator does not catch up, whatever the spread) into `verdicts`, for the keys "A" to "D".

# %%
curves = results.gan_curves()
gan_plots.four_games(curves)

# %% [markdown] hints="4.4"
# <details><summary>Hint 1</summary>In a healthy game the losses come to rest at the dashed lines, and the spread at that of the real numbers.</details>
# <details><summary>Hint 2</summary>A discriminator that wins has a loss far below 2 ln 2, and its opponent's is large.</details>
# <details><summary>Hint 3</summary>First ask whether the discriminator has won. Only if it has not, look at the spread. A collapse that jumps hides in the losses; one that stays comes to rest at other values.</details>

# %% exercise="4.4" tags=["core"]
### BEGIN SOLUTION
### STUB verdicts = {"A": ..., "B": ..., "C": ..., "D": ...}
verdicts = {"A": "collapsed", "B": "too strong", "C": "healthy", "D": "collapsed"}
### END SOLUTION

# %% check="4.4"
check("4.4", verdicts)

# %% [markdown]
# ### Exercise 4.5 · Mend it  (extra)
#
# This game never works, though it raises no error, and both its losses fall, more beautifully than yours did. That should alarm you: the two have become friends. There is no blank this time, but three faults in `train_step`, each in a line of its own: mend them. Before you do, run the cell as it stands, and the one below the check, which shows how it plays.
# (But for the faults it says the same as yours, in other words: real and forged numbers go through the discriminator together.)

# %% [markdown] hints="4.5"
# <details><summary>Hint 1</summary>Follow one step in your mind: which noise goes in, which scores belong to which kind, and whose weights move?</details>
# <details><summary>Hint 2</summary>With a plain number as its seed, `keras.random.normal` makes the same noise in every step; a generator of seeds, `self.seed`, makes new noise.</details>
# <details><summary>Hint 3</summary>The first n scores belong to the forgeries. And the discriminator's optimizer moves the weights of both networks.</details>

# %% exercise="4.5" tags=["extra"]
class Mended(GAN):
    def train_step(self, real):
        n = tf.shape(real)[0]
        with tf.GradientTape(persistent=True) as tape:
            ### BEGIN SOLUTION
            ### STUB forged = self.generator(keras.random.normal((n, self.noise_size), seed=1), training=True)
            forged = self.generator(keras.random.normal((n, self.noise_size), seed=self.seed), training=True)
            ### END SOLUTION
            scores = self.discriminator(tf.concat([forged, real], axis=0), training=True)
            ### BEGIN SOLUTION
            ### STUB d_loss = discriminator_loss(scores[:n], scores[n:])
            d_loss = discriminator_loss(scores[n:], scores[:n])
            ### END SOLUTION
            g_loss = generator_loss(scores[:n])
        ### BEGIN SOLUTION
        ### STUB moving = self.trainable_variables
        moving = self.discriminator.trainable_variables
        ### END SOLUTION
        self.discriminator_optimizer.apply(tape.gradient(d_loss, moving), moving)
        own = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(g_loss, own), own)
        return {"discriminator": d_loss, "generator": g_loss}

# %% check="4.5"
check("4.5", Mended)

# %% [markdown]
# And this is how it plays: unmended at first, then again with each fault that you have mended. (Of the three, one shows only once the other two are mended.)

# %% tags=["extra"]
_, friendly, made = play(generator_rate=1e-3, discriminator_rate=1e-3, seed=SEED, epochs=5, kind=Mended)
gan_plots.forged_numbers(real_numbers(20_000, 0)[:, 0], made)
print(f"losses at the end: {friendly['discriminator'][-1]:.2f} and {friendly['generator'][-1]:.2f}")

# %% [markdown]
# ## Forging digits
#
# The same game, the same `GAN`, other networks. The real ones are pictures now; `prepare` makes them `float32`, of shape `(28, 28, 1)` each, from 0, paper, to 1, ink.

# %%
data = digits.load()
x = prepare(data.x_train)
noise_size = 64

# %% [markdown]
# A convolution with stride 2 makes maps half as large. The generator needs the opposite. A *transposed* convolution puts its kernel down for each pixel of its input, `stride` pixels
# apart in the output, multiplied by that pixel, and adds up where kernels overlap. With `padding="valid"` the output is as large as the area that the kernels cover; with `padding="same"` what
# sticks out is cut off, so that the output is exactly `stride` times as large as the input.
#
# ### Exercise 4.6 · How large?  (extra)
#
# Complete `side_after`: from the side of the input, the side of the kernel, the stride (not larger than the kernel) and the padding, "same" or "valid", it returns the side of the output.

# %% [markdown] hints="4.6"
# <details><summary>Hint 1</summary>Draw it in one dimension: three pixels, a kernel of four, stride two. Where does the last kernel begin, and where does it end?</details>
# <details><summary>Hint 2</summary>The first kernel begins at 0, the last one at (side − 1) · stride, and it is as long as a kernel.</details>

# %% exercise="4.6" tags=["extra"]
def side_after(side, kernel, stride, padding):
    ### BEGIN SOLUTION
    ### STUB return ...
    if padding == "same":
        return side * stride
    return (side - 1) * stride + kernel
    ### END SOLUTION

# %% check="4.6"
check("4.6", side_after)

# %% [markdown]
# ### Exercise 4.7 · The generator  (core)
#
# Build `generator`, a `keras.Sequential`:
#
# | layer | followed by |
# | --- | --- |
# | `keras.Input((noise_size,))` | |
# | `Dense(128)` | `BatchNormalization(momentum=0.9)`, `ReLU()` |
# | `Dense(128)` once more | the same two |
# | `Dense(7 * 7 * 64)` | the same two |
# | `Reshape((7, 7, 64))` | |
# | `Conv2DTranspose` with 32 kernels of 4x4, stride 2, `padding="same"` | the same two |
# | `Conv2DTranspose` with one kernel of 6x6, stride 2, `padding="same"` | `activation="sigmoid"` in the layer itself |
#
# The two narrow layers at the beginning cost next to nothing. They are there to bend the one round cloud of noise towards ten separate kinds of digits before anything is drawn; one of the challenges tries without them.
# The sides of the kernels, 4 and 6, are multiples of the stride: so each pixel of the output gets the same number of contributions. (At the edges there are fewer.) With 3x3 there can be chessboard patterns in the pictures.

# %% [markdown] hints="4.7"
# <details><summary>Hint 1</summary>All layers are in `keras.layers`. The maps grow from 7 to 14 to 28.</details>
# <details><summary>Hint 2</summary>`keras.layers.Conv2DTranspose(32, 4, strides=2, padding="same")` is the first of the two.</details>

# %% exercise="4.7" tags=["core", "forger"]
keras.utils.set_random_seed(SEED)
### BEGIN SOLUTION
### STUB generator = ...
generator = keras.Sequential(
    [
        keras.Input((noise_size,)),
        keras.layers.Dense(128),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Dense(128),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Dense(7 * 7 * 64),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Reshape((7, 7, 64)),
        keras.layers.Conv2DTranspose(32, 4, strides=2, padding="same"),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Conv2DTranspose(1, 6, strides=2, padding="same", activation="sigmoid"),
    ]
)
### END SOLUTION

# %% check="4.7"
check("4.7", generator)

# %% [markdown]
# The discriminator is a small strided network as in lesson 2, with one score at its end. It has no batch normalisation: in `train_step` it sees one batch of real and one of forged pictures, and could tell them apart by their averages. (`use_bias=False` leaves out the bias, the number that a layer adds for each kernel. These convolutions do without.)

# %% tags=["forger"]
discriminator = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 4, strides=2, padding="same", use_bias=False),
        keras.layers.LeakyReLU(0.2),
        keras.layers.Conv2D(64, 4, strides=2, padding="same", use_bias=False),
        keras.layers.LeakyReLU(0.2),
        keras.layers.Flatten(),
        keras.layers.Dense(1),
    ]
)

# %% [markdown]
# ### Exercise 4.8 · Draw a sample  (core)
#
# Complete `sample`: from a generator, a number n and a seed it returns n forged pictures as bytes, `uint8` of shape `(n, 28, 28)`, 0 for paper and 255 for ink. The noise is normal with mean 0 and standard deviation 1, as in
# training, from `np.random.default_rng(seed)`; how many numbers each picture needs is `generator.input_shape[-1]`. The same seed gives the same noise.

# %% [markdown] hints="4.8"
# <details><summary>Hint 1</summary>`np.random.default_rng(seed).normal(size=(n, ...))` is the noise.</details>
# <details><summary>Hint 2</summary>`generator.predict(noise, verbose=0)` gives pictures of shape (n, 28, 28, 1), from 0 to 1.</details>
# <details><summary>Hint 3</summary>Take the channel away with `[..., 0]`, multiply by 255, and `.astype("uint8")`.</details>

# %% exercise="4.8" tags=["core"]
def sample(generator, n, seed):
    ### BEGIN SOLUTION
    ### STUB return ...
    noise = np.random.default_rng(seed).normal(size=(n, generator.input_shape[-1]))
    pictures = generator.predict(noise, verbose=0, batch_size=500)
    return (255 * pictures[..., 0]).astype("uint8")
    ### END SOLUTION

# %% check="4.8"
check("4.8", sample)

# %% [markdown]
# ### A minute and a half
#
# The learning rates of both optimizers fall to zero. The generator's optimizer also keeps the mean of the last weights, for later. (`beta_2` is to the size of the slopes what `beta_1` is to their direction: 100 steps in place of 1,000.)

# %% tags=["forger"]
batch_size = 32
epochs = device.budget(cpu=3, gpu=20) * (1 if data.name == "MNIST" else 27)  # there are forty times fewer 8x8 digits
steps = epochs * -(-len(x) // batch_size)
falling = keras.optimizers.schedules.CosineDecay
gan = GAN(generator, discriminator, noise_size)
gan.compile(
    keras.optimizers.Adam(falling(1e-3, steps), beta_1=0.5, beta_2=0.99, use_ema=True, ema_momentum=0.999),
    keras.optimizers.Adam(falling(3e-3, steps), beta_1=0.5, beta_2=0.99),
)

# %% [markdown]
# Below, the same forty points of noise are turned into pictures again and again while both networks learn. **Predict:** will a point of noise that begins as one digit stay that digit? (If you run only this cell once more, nothing is learned: the rates are 0 by then. To begin afresh, run from the cell of 4.7.)

# %% tags=["training"]
frames, every = gallery.Frames(), max(1, steps // 40)


class Watch(keras.callbacks.Callback):
    steps = 0

    def on_train_batch_begin(self, batch, logs=None):
        if self.steps % every == 0:
            frames.add(sample(generator, 40, seed=SEED), f"after {self.steps * batch_size:,} real pictures")
        self.steps += 1

    def on_train_end(self, logs=None):
        frames.add(sample(generator, 40, seed=SEED), "at the end")


gan.fit(x, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[fit_progress(), Watch()])
last = keras.models.clone_model(generator)  # a copy, for a comparison further down
last.set_weights(generator.get_weights())

# %%
frames.play()

# %% picture="04_progress"
frames.strip()

# %% [markdown]
# ### The average forger
#
# Many points change their digit while the networks learn fast, and keep it once the rates have fallen.
#
# Two things calm a GAN at its end: learning rates that fall to zero, and the mean of the generator's weights over the last thousand steps or so, which is often the better forger. The optimizer has kept
# that mean (`use_ema=True`, an *exponential moving average*), and puts it into place now. `last` are the weights after the last step.

# %%
gan.generator_optimizer.finalize_variable_values(generator.trainable_variables)
for _ in range(50):  # the normalisation keeps averages of its own, which have to follow
    generator(keras.random.normal((256, noise_size), seed=gan.seed), training=True)
plots.images(np.concatenate([sample(last, 10, seed=SEED), sample(generator, 10, seed=SEED)]), said="Ten forged digits by the last weights, and below them by the mean weights")

# %% [markdown]
# The upper line is by the generator after its last step, the lower one by the mean. **Decide:** which one is better, and by how much?
#
# ## Measured, not admired
#
# You cannot tell, from ten pictures. So let a network be the judge: a slim version of the fast one of lesson 2, trained for some seconds on real digits. It stays as it is from now on, for all that it judges. (Its convolutions have no bias either: the normalisation behind each takes the mean away, and a bias with it, and adds a number of its own.)

# %% tags=["judge"]
def one_cycle(peak, steps):
    rise = steps // 4
    return keras.optimizers.schedules.CosineDecay(peak / 20, warmup_target=peak, warmup_steps=rise, decay_steps=steps - rise)


keras.utils.set_random_seed(SEED)
classifier = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 5, strides=2, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Conv2D(64, 3, strides=2, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Conv2D(64, 3, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
judge_epochs = 2 if data.name == "MNIST" else 18
rate = one_cycle(5e-3, judge_epochs * -(-len(x) // 128))
classifier.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
classifier.fit(x, data.y_train, batch_size=128, epochs=judge_epochs, verbose=0, callbacks=[fit_progress()])
judge_accuracy = classifier.evaluate(prepare(data.x_test), data.y_test, verbose=0)[1]
print(f"the judge is right on {judge_accuracy:.2%} of the test digits, which it has not seen")


def classify(pictures):
    return classifier.predict(prepare(pictures), verbose=0, batch_size=500)

# %% [markdown]
# ### Exercise 4.9 · The judgement  (core)
#
# Complete `judge`. It takes the classifier's probabilities, of shape `(n, 10)`, and returns two things: the share of the pictures of which it is sure, with a largest
# probability over 0.9; and, as an array of shape `(10,)`, the share of all pictures that it reads as a 0, a 1, up to a 9.

# %% [markdown] hints="4.9"
# <details><summary>Hint 1</summary>`probabilities.max(axis=1)` and `probabilities.argmax(axis=1)` are what the classifier thinks of each picture.</details>
# <details><summary>Hint 2</summary>`np.bincount(read, minlength=10)` counts how often each number occurs in `read`, also those that never do.</details>

# %% exercise="4.9" tags=["core", "judge"]
def judge(probabilities):
    ### BEGIN SOLUTION
    ### STUB return ...
    sure = np.mean(probabilities.max(axis=1) > 0.9)
    shares = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)
    return sure, shares
    ### END SOLUTION

# %% check="4.9"
check("4.9", judge)

# %%
n = min(5000, len(data.x_test) // 2)
order = np.random.default_rng(SEED).permutation(len(data.x_test))  # the two halves of the file are by different writers
real, other_real = data.x_test[order[:n]], data.x_test[order[n : 2 * n]]
noise = np.random.default_rng(SEED).integers(0, 256, (n, 28, 28)).astype("uint8")
sets = {
    "real": real,
    "GAN, mean weights": sample(generator, n, seed=SEED + 1),
    "GAN, last weights": sample(last, n, seed=SEED + 1),
    "noise": noise,
}
sure, shares = {}, {}
for name, pictures in sets.items():
    sure[name], shares[name] = judge(classify(pictures))
    print(f"{name:18} sure of {sure[name]:.1%}, the rarest digit has {min(shares[name]):.1%}")
gan_plots.class_shares({name: shares[name] for name in ("real", "GAN, mean weights")})

# %% [markdown]
# A generator that had collapsed onto a few digits would make the judge just as sure; the bars would give it away. But a generator that draws one single beautiful 0, one 1, and so on up to 9
# would pass both. And look at the line for noise: a network must answer, and nothing forbids it to be sure of nonsense. (With the 8x8 digits it happens not to be.)
#
# (Over five seeds on MNIST the judge is sure of 67 to 73 %<!-- ledger: 04_gan.mnist.sure --> of the forgeries, and of 97 %<!-- ledger: 04_gan.mnist.sure_real --> of real digits; the rarest digit has 4.9 to 7.6 %<!-- ledger: 04_gan.mnist.rarest -->.)
#
# ## Distance
#
# So compare not the answers but the *features* behind them, the 576 numbers that the judge's last layer works with. For many pictures they are a cloud, with a mean and a covariance. The **Fréchet distance**
# says how far two clouds are apart, if both were Gaussian:
#
# $$d^2 = |\mu_a - \mu_b|^2 + \mathrm{tr}\left(\Sigma_a + \Sigma_b - 2\,(\Sigma_a \Sigma_b)^{1/2}\right)$$
#
# It sees the mean *and* the variety. With features of a large network for photographs it is known as FID. (The number that is quoted, here too, is d² and not its root.)
#
# ### Exercise 4.10 · Fréchet  (extra)
#
# Complete `frechet`: from two sets of features, of shapes `(n, k)` and `(m, k)`, it returns d². The root here is that of a *matrix*. Its trace is also the sum of the square roots of the eigenvalues of
# Σ_a Σ_b, which are real and not negative, but for rounding.

# %% [markdown] hints="4.10"
# <details><summary>Hint 1</summary>`a.mean(axis=0)` and `np.cov(a, rowvar=False)` are the mean and the covariance. `gap @ gap` is the squared length of a vector.</details>
# <details><summary>Hint 2</summary>`np.linalg.eigvals(cov_a @ cov_b).real.clip(0)`, then the root of each, then their sum.</details>

# %% exercise="4.10" tags=["extra"]
def frechet(a, b):
    ### BEGIN SOLUTION
    ### STUB return ...
    gap = a.mean(axis=0) - b.mean(axis=0)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    roots = np.sqrt(np.linalg.eigvals(cov_a @ cov_b).real.clip(0))
    return gap @ gap + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum()
    ### END SOLUTION

# %% check="4.10"
check("4.10", frechet)

# %% [markdown]
# A distance by itself says nothing. It needs a floor, real digits against other real ones, and a roof, noise. **Predict:** is the GAN nearer to the floor or to the roof, counted in factors?

# %%
features = generated.features(classifier)


def features_of(pictures):
    return features.predict(prepare(pictures), verbose=0, batch_size=500)


real_features = features_of(other_real)
distance = {name: generated.frechet_distance(features_of(pictures), real_features) for name, pictures in sets.items()}
gan_plots.distances(distance)

# %% [markdown]
# The axis is logarithmic. Good is on the right. How many times the floor is the GAN's distance? The eye sees some bad pictures, but not this factor. And now you can answer the earlier question: which weights are better, the last or their mean?
# It can go either way. Over five seeds on MNIST the distance is 22 to 27<!-- ledger: 04_gan.mnist.distance -->, and the floor 2.4 to 2.7<!-- ledger: 04_gan.mnist.distance_real -->. (With few pictures every distance is too large, the floor too: the 8x8 digits have only 179 for 576 features.)
#
# ## Is it copying?
#
# A generator that repeats its training images would come close to the floor, well below your GAN. So look for the training image nearest to each forgery.
#
# ### Exercise 4.11 · The most similar  (extra)
#
# Complete `most_similar`: from a picture of shape `(28, 28)` and a library of shape `(m, 28, 28)`, all bytes, it returns the place in the library of the picture with the smallest sum of squared differences.

# %% [markdown] hints="4.11"
# <details><summary>Hint 1</summary>Bytes run over: 5 − 200 is 61. Make floats first.</details>
# <details><summary>Hint 2</summary>`((library.astype(float) - picture) ** 2).sum(axis=(1, 2))` has one number for each picture of the library, and `.argmin()` finds the smallest.</details>

# %% exercise="4.11" tags=["extra"]
def most_similar(picture, library):
    ### BEGIN SOLUTION
    ### STUB return ...
    differences = library.astype("float32") - picture
    return (differences**2).sum(axis=(1, 2)).argmin()
    ### END SOLUTION

# %% check="4.11"
check("4.11", most_similar)

# %%
forged_digits = sample(generator, 200, seed=SEED + 2)
index, apart = generated.nearest(forged_digits, data.x_train)
_, apart_real = generated.nearest(real[:200], data.x_train)
plots.images(np.concatenate([forged_digits[:10], data.x_train[index[:10]]]), said="Ten forged digits, and below each the most similar training image")
print(f"to the nearest training image: forged {np.median(apart):.1f}, new real ones {np.median(apart_real):.1f} grey levels (median)")

# %% [markdown]
# The upper row shows forgeries, the lower one the nearest training image of each. If they were much nearer to the training images than new real digits are, they would be copies. If they are farther away, they are not, but they may be worse digits. (This distance is the root
# mean square over the pixels. `helpers` computes it, and the Fréchet distances above, so that these lines work without the extras.)
#
# ## A walk
#
# Each point of the noise is a picture, and points between two of them are pictures as well. But mind the path: noise of 64 normal numbers has a length near √64 = 8, and is hardly ever much longer or shorter.
#
# ### Exercise 4.12 · The way between  (extra)
#
# Complete `between`: from two rows of noise a and b and a number t, it returns the noise that is a at t = 0 and b at t = 1. On the way it nearly keeps its length (two random rows are almost at right angles): not on the straight line, but as a
# mixture with two weights whose squares sum to one.

# %% [markdown] hints="4.12"
# <details><summary>Hint 1</summary>Which two functions of an angle have squares that sum to one?</details>
# <details><summary>Hint 2</summary>cos(πt/2) is 1 at t = 0, and 0 at t = 1.</details>

# %% exercise="4.12" tags=["extra"]
def between(a, b, t):
    ### BEGIN SOLUTION
    ### STUB return ...
    return np.cos(np.pi * t / 2) * a + np.sin(np.pi * t / 2) * b
    ### END SOLUTION

# %% check="4.12"
check("4.12", between)

# %% tags=["extra"]
start, end = np.random.default_rng(SEED + 3).normal(size=(2, noise_size))


def picture_at(place):
    made = generator(between(start, end, place)[np.newaxis].astype("float32"), training=False)
    return (255 * made.numpy()[0, ..., 0]).astype("uint8")


plots.images([picture_at(place) for place in np.linspace(0, 1, 10)], said="From one forged digit to another in ten steps")
gallery.walk(picture_at)

# %% [markdown]
# ## Draw me a 7
#
# This GAN draws what it likes. To order a digit, tell both networks which one is wanted: the generator gets ten more inputs, of which the one for the wanted digit is 1 and the others 0; the discriminator gives ten scores, and only
# that of the wanted digit counts. This is called a *conditional* GAN. Only what differs from `GAN` is new here, and all of it is given.

# %% tags=["extra"]
class ConditionalGAN(GAN):
    def train_step(self, batch):
        real, labels = batch
        wanted = tf.one_hot(tf.cast(labels, "int32"), 10)
        noise = keras.random.normal((tf.shape(real)[0], self.noise_size), seed=self.seed)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(tf.concat([noise, wanted], axis=1), training=True)
            real_scores, fake_scores = (
                tf.reduce_sum(self.discriminator(pictures, training=True) * wanted, axis=1, keepdims=True)
                for pictures in (real, fake)
            )
            d_loss, g_loss = discriminator_loss(real_scores, fake_scores), generator_loss(fake_scores)
        for loss, network, optimizer in (
            (d_loss, self.discriminator, self.discriminator_optimizer),
            (g_loss, self.generator, self.generator_optimizer),
        ):
            optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        return {"discriminator": d_loss, "generator": g_loss}

# %% tags=["extra"]
keras.utils.set_random_seed(SEED)


def fresh(network):  # the same layers, without what they have learned
    return [type(layer).from_config(layer.get_config()) for layer in network.layers]


on_order = keras.Sequential([keras.Input((noise_size + 10,)), *fresh(generator)])
ten_scores = keras.Sequential([keras.Input((28, 28, 1)), *fresh(discriminator)[:-1], keras.layers.Dense(10)])
conditional = ConditionalGAN(on_order, ten_scores, noise_size)
conditional_epochs = device.budget(cpu=1, gpu=20) * (1 if data.name == "MNIST" else 20)
steps = conditional_epochs * -(-len(x) // batch_size)
conditional.compile(*(keras.optimizers.Adam(falling(rate, steps), beta_1=0.5, beta_2=0.99) for rate in (1e-3, 3e-3)))
_ = conditional.fit(
    x, data.y_train.astype("int32"), batch_size=batch_size, epochs=conditional_epochs, verbose=0, callbacks=[fit_progress()]
)

# %% tags=["extra"]
def draw_me(digits_wanted, seed):
    noise = np.random.default_rng(seed).normal(size=(len(digits_wanted), noise_size))
    orders = np.concatenate([noise, np.eye(10)[digits_wanted]], axis=1)
    return (255 * on_order.predict(orders, verbose=0, batch_size=500)[..., 0]).astype("uint8")


plots.images(draw_me(np.full(10, 7), seed=SEED), labels=np.full(10, 7))
orders = np.arange(5000) % 10
probabilities = classify(draw_me(orders, seed=SEED))
obeyed, sure["to order"] = np.mean(probabilities.argmax(axis=1) == orders), judge(probabilities)[0]
print(f"{obeyed:.1%} of 5,000 orders come out as ordered, says the judge, by chance 10 %; sure of {sure['to order']:.1%}")
print(f"epochs of training: {conditional_epochs}; your first GAN had {epochs}")

# %% [markdown]
# Compare with your first GAN: of how many of its digits was the judge sure, and after how many epochs? A label is the most telling thing that you can say about a picture, and a GAN that is not told has to find out by itself that there are ten kinds.
# (On MNIST over five seeds the judge is sure of 93 to 96 %<!-- ledger: 04_gan.mnist.sure_to_order --> of the digits drawn to order. With the few 8x8 digits it is less sure of these than of the first GAN's.)
#
# ## The long run
#
# In a terminal, `python -m helpers.long_gan FOLDER` (on a computer of your own `.venv/bin/python`, on Windows `.venv\Scripts\python`, in the workshop's folder) plays this last game for ten epochs (or for `--epochs` of your choice), and keeps the last two checkpoints in the folder. If the computer is switched off on the way, the same command goes on where it was. It averages the weights, too;
# [docs/GAN.md](../docs/GAN.md) says how good it becomes.

# %%
progress()

# %% tags=["solution-only", "record"]
# For the ledger of results (docs/results): what this run measured.
{
    "judge_accuracy": float(judge_accuracy),
    "sure_real": float(sure["real"]),
    "sure": float(sure["GAN, mean weights"]),
    "sure_last": float(sure["GAN, last weights"]),
    "sure_noise": float(sure["noise"]),
    "rarest": float(min(shares["GAN, mean weights"])),
    "distance_real": float(distance["real"]),
    "distance": float(distance["GAN, mean weights"]),
    "distance_last": float(distance["GAN, last weights"]),
    "distance_noise": float(distance["noise"]),
    "nearest": float(np.median(apart)),
    "nearest_real": float(np.median(apart_real)),
    "obeyed": float(obeyed),
    "sure_to_order": float(sure["to order"]),
    "left_share": float(np.mean(forged[-1] < 0)),
    "collapsed_spread": float(np.median([numbers.std() for numbers in collapsed])),
}

# %% [markdown] tags=["instructor"]
# **For the instructor.** Play the game with the class first: one group draws sevens, another says which of ten are theirs, and both get better. Let everyone guess the loss at rest before 4.1 is checked, and write the
# guess for the forger in a hurry on the whiteboard. Common wrong turns: labels changed (4.1), the discriminator's loss with its sign turned round (4.2, which saturates), `self.trainable_variables` for both steps (4.3), judging by the losses
# (4.4), uniform noise (4.8). If time is short, cut 4.5, 4.6 and 4.10 to 4.12.

# %% [markdown]
# ## What you learned
#
# - A GAN is a game with two losses; each moves one network, and at rest neither is zero.
# - Losses may hide collapse. Variety has to be measured: in the spread, in the shares of the classes, in a distance with a floor and a roof.
# - A judge may be sure of nonsense. Only with real images and noise beside it does a score mean anything.
#
# ## Open challenges
#
# 1. Train the generator twice for each step of the discriminator, then the other way round. Which shares and distances change?
# 2. Take the two narrow layers out of the generator. What happens to the share of which the judge is sure, and to the distance?
# 3. Label real digits 0.9 in place of 1. What happens to the loss at rest, and what should it be in theory?
# 4. Compute the Fréchet distance with 500, 1,000, 2,000 and 5,000 pictures each. Why does it fall, and which comparisons in the literature are therefore unfair?
# 5. Take the forged digits of the conditional GAN as training images for a classifier. How good does it become on real ones?
# 6. Make a generator that the judge is surer of than of real digits, and whose pictures are bad.
#
# Next: **05_roughness**, the first of three published claims. There, too, a score will look better than it is.
