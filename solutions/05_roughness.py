# %% [markdown]
# # 5 · How rough is an interface?
#
# A published network reads the roughness exponent off a picture with 98 % accuracy. You rebuild it for smaller images, get a score that no honest method can reach, and find out what gave
# the answers away. Then you compute the best score that is possible at all, and come close to it.
#
# **You will be able to** · say what a roughness exponent is, and measure it · recognise a leak between training and validation data, and prove it · compute a ceiling
# before you train anything, and build a network that comes close to it
#
# *80 minutes for you, 40 more with the extras · 3 minutes to run · needs lesson 2 · works offline*
#
# ![A ladder of methods by their error: guessing the middle far below, then a straight line through the spectrum, a small network that sees what matters, and close to it the best possible; the published claim lies far beyond](../docs/imgs/05_ladder.png)

# %%
from helpers import calibration, device, interfaces, photographs, roughness, roughness_plots
from helpers.checks import check
from helpers.progress import catch_up, hint, progress
from helpers.timeleft import fit_progress

device.start()
import keras
import numpy as np

# %% tags=["parameters"]
SEED = 1

# %% [markdown]
# ## Interfaces
#
# The border between two magnetic domains, the front of a drop that creeps over glass, the edge of a torn sheet: such lines look alike from near and far, once you stretch the axes by the right amounts. If lengths are stretched by b, heights have to be
# stretched by b to the power ζ. This *self-affinity* has one number, the **roughness exponent** ζ. [docs/roughness.md](../docs/roughness.md) says where it is met in nature, and why physicists want to know it.
#
# Here are three lines of the same width (the root mean square of their heights), with ζ = 0.2, 0.5 and 0.8, in some order. **Predict:** which is which? A large ζ gives more to the long waves and less to the short ones.

# %%
noise = interfaces.modes(512, np.random.default_rng(SEED))
lines = {zeta: interfaces.scaled(interfaces.from_modes(noise, zeta), 10.0) for zeta in (0.8, 0.2, 0.5)}
roughness_plots.profiles({f"line {number}": line for number, line in enumerate(lines.values(), start=1)})

# %%
print("line 1, 2, 3:", list(lines))
roughness_plots.zeta_slider(lambda zeta: interfaces.from_modes(noise, zeta))

# %% [markdown]
# The slider changes ζ and leaves the noise as it is, so that you see one and the same line become smoother.
#
# ### Exercise 5.1 · By eye  (extra)
#
# What a network gets is a binary image: 255 below the line, drawn dark, and 0 above it. These eight have exponents between 0.05 and 1. Write your guesses into `guesses`, eight numbers. The check tells you your
# root mean square error; it is the first baseline of this lesson.

# %%
truth = np.random.default_rng(SEED + 50).uniform(0.05, 1.0, 8)
pictures = interfaces.images(interfaces.heights(truth, 128, np.random.default_rng(SEED + 51)), width=10.0)
roughness_plots.images(pictures, [f"number {n}" for n in range(1, 9)], columns=4)

# %% [markdown] hints="5.1"
# <details><summary>Hint 1</summary>Begin with the roughest and the smoothest, and put the others in order between them.</details>
# <details><summary>Hint 2</summary>There is no wrong answer: `guesses = [0.5, 0.3, ...]` with eight numbers from 0 to 1.2. Guessing 0.5 each time has an error of about 0.28.</details>

# %% exercise="5.1" tags=["extra"]
### BEGIN SOLUTION
### STUB guesses = ...
guesses = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
### END SOLUTION

# %% check="5.1"
check("5.1", guesses, truth)

# %% [markdown]
# ## The spectrum
#
# A line of L heights is a sum of waves, or *modes*, with the wavenumbers q = 2πk/L; k = 1, 2, … is how many of them fit into the line. How strong each one is, is said by S(q) = |u(q)|², with
#
# $$u(q) = \frac{1}{\sqrt{L}} \sum_x h(x)\, e^{-iqx}$$
#
# Its mean over many lines is the **structure factor**, and for one line we use the same word. For a self-affine line it falls, on average, as q to the power −(1 + 2ζ): a straight line on two logarithmic axes.
#
# ### Exercise 5.2 · The structure factor  (core)
#
# Complete `structure_factor`: from heights of shape `(n, L)` it returns S(q) of each line, for k = 1 to L/2 − 1, shape `(n, L/2 - 1)`. `np.fft.rfft` computes the sum over x, for k = 0 to L/2.

# %% [markdown] hints="5.2"
# <details><summary>Hint 1</summary>`np.fft.rfft(heights, axis=-1)` has shape `(n, L/2 + 1)`: the first and the last column have to go.</details>
# <details><summary>Hint 2</summary>The square of the absolute value, and 1/√L becomes 1/L: `np.abs(...) ** 2 / heights.shape[-1]`.</details>

# %% exercise="5.2" tags=["core"]
def structure_factor(heights):
    ### BEGIN SOLUTION
    ### STUB return ...
    u = np.fft.rfft(heights, axis=-1)[..., 1:-1]
    return np.abs(u) ** 2 / heights.shape[-1]
    ### END SOLUTION

# %% check="5.2"
check("5.2", structure_factor)

# %% picture="05_spectra"
q = interfaces.wavenumbers(128)
zetas = (0.2, 0.5, 0.8)
means = {}
for zeta in zetas:
    many = interfaces.heights(np.full(500, zeta), 128, np.random.default_rng(SEED))
    means[f"ζ = {zeta}, mean of 500"] = structure_factor(many).mean(axis=0)
roughness_plots.spectra(q, means, zetas)

# %% [markdown]
# ### Exercise 5.3 · From the slope to ζ  (extra)
#
# You have one line, not five hundred. Complete `fit_exponent`: from the wavenumbers, shape `(modes,)`, and the structure factor of one line, the same shape, it returns ζ from the straight line through ln S against ln q.

# %% [markdown] hints="5.3"
# <details><summary>Hint 1</summary>`np.polyfit(x, y, 1)` gives the slope and the intercept of a straight line, in this order.</details>
# <details><summary>Hint 2</summary>slope = −(1 + 2ζ). Solve for ζ.</details>

# %% exercise="5.3" tags=["extra"]
def fit_exponent(q, s):
    ### BEGIN SOLUTION
    ### STUB return ...
    slope, _ = np.polyfit(np.log(q), np.log(s), 1)
    return -(slope + 1) / 2
    ### END SOLUTION

# %% check="5.3"
check("5.3", fit_exponent)

# %% [markdown]
# The straight line is one of several classical methods. Others look at how the width of windows grows with their length (*detrended fluctuation* first takes a straight line out of each window), or at the height difference between points at a given distance. Here are four, on 2,000 lines with L = 128 (from here on `roughness` does for many lines at once what you did for one):

# %%
zeta_new = np.random.default_rng(SEED + 1).uniform(0.05, 1.0, 2000)
lines_new = interfaces.heights(zeta_new, 128, np.random.default_rng(SEED + 2))
classical = {name: estimate(lines_new) for name, estimate in roughness.CLASSICAL.items()}
roughness_plots.estimates(zeta_new, classical)

# %% [markdown]
# The three on the right are off in a *systematic* way: too large for small ζ, and the middle two too small for large ζ. They compare heights at a distance, and in a short, periodic line there are few distances between the pixel and the length of the line at which the power law holds.
# The definitions agree for very long lines only. So say which one you mean; here it is the slope of the spectrum.
#
# ## The claim
#
# The network of [Roughness_ML](https://github.com/danj7/Roughness_ML) gets binary images, and says which of 20 exponents they have: 0.05, 0.10, up to 1.00. Its author published the program, and
# its results with all their doubts, so that others can learn from them; thank you. The claim is a validation accuracy of 98.1 % for images of 128x128. You take 64x64, a seventh of the interfaces, and fewer epochs, because that runs in a minute; the whole thing is `make published-roughness`, three quarters of an hour on two cores.
#
# It begins with the data. This is the heart of that generator, in our words:

# %% tags=["published"]
zeta_classes = np.arange(1, 21) / 20


def generate(each, rng):
    """`each` interfaces of 64 points for each of the 20 exponents, ordered by class, and their classes."""
    lines = []
    for zeta in zeta_classes:
        q = 2 * np.pi * np.arange(1, 33) / 64
        sizes = rng.normal(size=(each, 32)) * q ** (-0.5 - zeta)
        phases = rng.uniform(0, 2 * np.pi, 32)
        u = np.fft.ifft(sizes * np.exp(1j * phases), n=64).real * 32
        lines.append(u - u.mean(axis=1, keepdims=True))
    return np.concatenate(lines), np.repeat(np.arange(20), each)

# %% [markdown]
# `sizes` is a normal random number for each wave, positive or negative, times its power law, and `phases` says where its crests are. Then one call makes all the interfaces, and they are split at random:

# %% tags=["published"]
def split(heights, classes, rng):
    order = rng.permutation(len(classes))
    held_out = len(classes) // 5
    x, y = interfaces.images(heights)[order, ..., np.newaxis], classes[order]
    return (x[held_out:], y[held_out:]), (x[:held_out], y[:held_out])

# %%
train, validation = split(*generate(each=300, rng=np.random.default_rng(SEED)), np.random.default_rng(SEED))
print(f"{len(train[1]):,} for training, {len(validation[1]):,} for validation")

# %% [markdown]
# The network is the published one:

# %% tags=["published"]
def published_network(side):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((side, side, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.1),
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.1),
            layers.Dense(128, activation="relu"),
            layers.Dense(20, activation="softmax"),
        ]
    )

# %% [markdown]
# **Predict:** what will the validation accuracy be, and what the accuracy on interfaces that a *new call* of `generate` makes? Guessing gets 5 %.

# %% tags=["training"]
def train_published(train, validation):
    keras.utils.set_random_seed(SEED)
    network = published_network(64)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = network.fit(
        *train, batch_size=64, epochs=7, validation_data=validation, verbose=0, callbacks=[fit_progress()]
    )
    return network, history.history["val_accuracy"]


network, leaky_curve = train_published(train, validation)

# %%
heights_fresh, classes_fresh = generate(each=100, rng=np.random.default_rng(SEED + 1))
answers = network.predict(interfaces.images(heights_fresh)[..., np.newaxis], verbose=0).argmax(axis=1)
leaky_fresh = np.mean(answers == classes_fresh)
leaky_rms = roughness_plots.rms(zeta_classes[answers] - zeta_classes[classes_fresh])
print(f"validation {leaky_curve[-1]:.1%}, fresh interfaces {leaky_fresh:.1%}, with an error of {leaky_rms:.2f} in ζ")

# %% [markdown]
# Splendid on validation images, worth nothing on fresh ones. In seven epochs you get about three quarters right, and the original, with seven times the data, 98 %. (Its author noticed the second half, too: "every prediction is always off", with an error of about 0.2. Yours is about that of guessing 0.5 each time, 0.29.)
# It has not overfitted in the usual sense, since it is just as good on validation images, which it has never seen.
#
# ## Who gave it away?
#
# Validation images must have something in common with the training images that fresh ones do not have. What? You need an experiment.
#
# ### Exercise 5.4 · Two scores  (core)
#
# Complete `two_scores`. `make(rng)` is one call of a generator, and returns a pair `(features, classes)`; `score(train, test)` trains a classifier on one such pair, and returns its accuracy on another. Hold out every fifth example of
# one call (they are ordered by class), and train on the others. Return two scores of that training: on the held-out examples of the *same call*, and on a *new call*, `make(rng)` once more; calls with the same `rng` differ, because it goes on. `[::5]` picks every fifth, and a mask the others.

# %% [markdown] hints="5.4"
# <details><summary>Hint 1</summary>Call `make(rng)` twice. The first call is divided into training and held-out examples; the second is used for testing only.</details>
# <details><summary>Hint 2</summary>`held_out = np.arange(len(classes)) % 5 == 0` is a mask; `features[~held_out]` and `classes[~held_out]` are for training.</details>
# <details><summary>Hint 3</summary>`score(train, (features[held_out], classes[held_out]))` is the first of the two, `score(train, make(rng))` the second.</details>

# %% exercise="5.4" tags=["core"]
def two_scores(make, score, rng):
    features, classes = make(rng)
    ### BEGIN SOLUTION
    ### STUB return ..., ...
    held_out = np.arange(len(classes)) % 5 == 0
    train = features[~held_out], classes[~held_out]
    same_call = score(train, (features[held_out], classes[held_out]))
    return same_call, score(train, make(rng))
    ### END SOLUTION

# %% check="5.4"
check("5.4", two_scores)

# %% [markdown]
# Now you can suspect one thing after another. One classifier gets nothing but the width of each line, another nothing but the strengths of its waves, a third nothing but their positions. It is always the same simple one, the nearest class mean:

# %%
def nearest_mean(train, test):
    means = np.stack([train[0][train[1] == c].mean(axis=0) for c in range(20)])
    answers = ((test[0][:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    return np.mean(answers == test[1])


def suspect(features_of):
    def make(rng):
        heights, classes = generate(each=100, rng=rng)
        return features_of(heights), classes

    return two_scores(make, nearest_mean, np.random.default_rng(SEED))

# %% [markdown]
# ### Exercise 5.5 · Nothing but the phases  (core)
#
# Complete `phase_features`: from heights of shape `(n, L)` it returns what is left of each wave if its strength is forgotten. With u(q) = r·exp(iφ), r may be positive or negative, because `sizes` has both signs, so that φ is known up to π only; 2φ does not have this doubt. Return the cosine and the sine of 2φ
# for k = 1 to L/2 − 1, one behind the other: shape `(n, L - 2)`.

# %% [markdown] hints="5.5"
# <details><summary>Hint 1</summary>`np.angle` gives φ of complex numbers. Or divide u by its absolute value, and square it: that is exp(2iφ).</details>
# <details><summary>Hint 2</summary>`np.concatenate([np.cos(2 * phi), np.sin(2 * phi)], axis=-1)`</details>

# %% exercise="5.5" tags=["core"]
def phase_features(heights):
    ### BEGIN SOLUTION
    ### STUB return ...
    phi = np.angle(np.fft.rfft(heights, axis=-1)[:, 1:-1])
    return np.concatenate([np.cos(2 * phi), np.sin(2 * phi)], axis=-1)
    ### END SOLUTION

# %% check="5.5"
check("5.5", phase_features)

# %%
suspects = {
    "width": lambda heights: heights.std(axis=1, keepdims=True),
    "strengths": lambda heights: np.log(structure_factor(heights)),
    "phases": phase_features,
}
leak = {name: suspect(features_of) for name, features_of in suspects.items()}
for name, (same_call, new_call) in leak.items():
    print(f"{name:9}  same call {same_call:6.1%}   new call {new_call:6.1%}")

# %% [markdown]
# There it is. The strengths of the waves, in which ζ lies, do equally well on both. The phases, in which there is *nothing* about ζ, are perfect on the same call and worthless on a new one. They are a fingerprint of the class. (On a new call their score is a multiple of 5 %,
# because all the lines of one exponent have the same phases and get the same answer; on average it is chance.)
#
# ### Exercise 5.6 · Repair it  (core)
#
# Here is the same generator once more. One line has to change: find it, and change it so that each interface gets phases of its own. (It has other faults, which give nothing away; they are for the first open challenge.)

# %% [markdown] hints="5.6"
# <details><summary>Hint 1</summary>How many phases are drawn for one exponent, and how many should be?</details>
# <details><summary>Hint 2</summary>`sizes` has a row for each interface. `phases` has only one row.</details>

# %% exercise="5.6" tags=["core"]
def repaired(each, rng):
    lines = []
    for zeta in zeta_classes:
        q = 2 * np.pi * np.arange(1, 33) / 64
        sizes = rng.normal(size=(each, 32)) * q ** (-0.5 - zeta)
        ### BEGIN SOLUTION
        ### STUB phases = rng.uniform(0, 2 * np.pi, 32)
        phases = rng.uniform(0, 2 * np.pi, (each, 32))
        ### END SOLUTION
        u = np.fft.ifft(sizes * np.exp(1j * phases), n=64).real * 32
        lines.append(u - u.mean(axis=1, keepdims=True))
    return np.concatenate(lines), np.repeat(np.arange(20), each)

# %% check="5.6"
check("5.6", repaired)

# %% [markdown]
# **Predict:** the same network on repaired data. What will its validation accuracy be now?

# %% tags=["training"]
train, validation = split(*repaired(each=300, rng=np.random.default_rng(SEED)), np.random.default_rng(SEED))
network, honest_curve = train_published(train, validation)
heights_fresh, classes_fresh = repaired(each=100, rng=np.random.default_rng(SEED + 1))
answers = network.predict(interfaces.images(heights_fresh)[..., np.newaxis], verbose=0).argmax(axis=1)
honest_fresh = np.mean(answers == classes_fresh)
print(f"validation {honest_curve[-1]:.1%}, fresh interfaces {honest_fresh:.1%}")

# %% [markdown]
# ## What is the best possible?
#
# Is that poor, or good? To know it you need a ceiling. And here, for once, it can be computed: you know how the lines are made. In our own generator, `interfaces.heights`, real and imaginary part of each wave are independent normal numbers with a variance of S/2. So |u|² is
# distributed exponentially with mean S(q) = A q^−(1 + 2ζ), where the *amplitude* A says how strong all waves are together, and the logarithm of the probability of all waves together is, but for a constant,
#
# $$\ell(\zeta) = \sum_k \left( -\ln S(q_k) - \frac{|u_k|^2}{S(q_k)} \right)$$
#
# Here S is the mean over many lines, and |u|² what one line has.
#
# ### Exercise 5.7 · The likelihood  (core)
#
# Complete `log_likelihood`: from the observed |u|² of one line, shape `(modes,)`, the wavenumbers, and an exponent, it returns ℓ(ζ), one number, for A = 1.

# %% [markdown] hints="5.7"
# <details><summary>Hint 1</summary>First the structure factor that is expected: `expected = q ** (-1 - 2 * zeta)`.</details>
# <details><summary>Hint 2</summary>`np.sum(-np.log(expected) - observed / expected)`</details>

# %% exercise="5.7" tags=["core"]
def log_likelihood(observed, q, zeta):
    ### BEGIN SOLUTION
    ### STUB return ...
    expected = q ** (-1 - 2 * zeta)
    return np.sum(-np.log(expected) - observed / expected)
    ### END SOLUTION

# %% check="5.7"
check("5.7", log_likelihood)

# %% [markdown]
# If all 20 exponents are equally frequent, no classifier in the world is right more often on average than one that says the exponent with the largest ℓ. (It knows A, and sees the heights themselves; seeing less cannot help.) `roughness.most_probable` does that for many lines at once. How often it is right depends on the length, and on the generator:

# %%
def best_accuracy(length, each=500):
    classes = np.repeat(np.arange(20), each)
    heights = interfaces.heights(zeta_classes[classes], length, np.random.default_rng(SEED + 3))
    return np.mean(roughness.most_probable(heights, zeta_classes, amplitude=1.0) == classes)


def best_accuracy_published(length, each=500):  # a real size is one random number for each wave, a complex one is two
    heights, classes = interfaces.published(zeta_classes, each, length, np.random.default_rng(SEED + 4), shared_phases=False)
    q = interfaces.wavenumbers(length) + 2 * np.pi / length  # its waves have the strength of their neighbours
    return np.mean(roughness.most_probable(heights, zeta_classes, length / 16, q, parts=1) == classes)


ceilings = {length: (best_accuracy(length), best_accuracy_published(length)) for length in (64, 128, 256)}
for length, (ours, published) in ceilings.items():
    print(f"{length:3} points: at best {ours:.1%} for our generator, {published:.1%} for the published one with its phases repaired")

# %% picture="05_leak"
roughness_plots.accuracies(
    {"shared phases": (leaky_curve, leaky_fresh), "own phases": (honest_curve, honest_fresh)},
    chance=0.05,
    ceiling=ceilings[64][1],
)

# %% [markdown]
# With your own 64 points, and phases that give nothing away, nobody can be expected to be right more often than 16 to 17 %<!-- ledger: 05_ceilings.length64.accuracy_published --> of the time, and your first network was right three times in four. With 128 points and 20 classes it is 22 to 23 %<!-- ledger: 05_ceilings.length128.accuracy_published --> for the published generator with its phases repaired, and 31 to 32 %<!-- ledger: 05_ceilings.length128.accuracy_known --> for ours. So you could have known without training anything: **98 % is not a great success, it is proof of a leak.**
# It proves neither bad faith nor that networks cannot do this; and the repaired network did not do badly.
#
# ## As a number
#
# Twenty classes are an odd way to ask for a number: 0.50 for 0.55 counts as just as wrong as 1.00. So from here on the answer is a number, and its error the root mean square of ζ − ζ̂, where ζ̂ is the estimate. For this there is a bound, too. The **Fisher information** says how sharp the peak of ℓ(ζ) is on average,
#
# $$I = \sum_k \left(\frac{\partial \ln S(q_k)}{\partial \zeta}\right)^2 = 4 \sum_k (\ln q_k)^2$$
#
# and no unbiased estimate has a standard deviation below 1/√I, the **Cramér–Rao bound**. In an image that is scaled to a fixed width, the amplitude A says nothing, and has to be found as well: then (ln q − mean of ln q)² takes the place of (ln q)² in the sum.
#
# ### Exercise 5.8 · The bound  (extra)
#
# Complete `bound`: from the wavenumbers it returns the Cramér–Rao bound for an unknown amplitude.

# %% [markdown] hints="5.8"
# <details><summary>Hint 1</summary>`np.log(q) - np.log(q).mean()` are the deviations.</details>
# <details><summary>Hint 2</summary>The information is four times the sum of their squares, and the bound one over its root.</details>

# %% exercise="5.8" tags=["extra"]
def bound(q):
    ### BEGIN SOLUTION
    ### STUB return ...
    deviations = np.log(q) - np.log(q).mean()
    return 1 / np.sqrt(4 * np.sum(deviations**2))
    ### END SOLUTION

# %% check="5.8"
check("5.8", bound)

# %% [markdown]
# The bound holds for *unbiased* estimates. If you know beforehand that ζ lies between 0.05 and 1, you can do better, and the best is the mean of ζ over its probability given the data.
#
# ### Exercise 5.9 · The best guess  (extra)
#
# Complete `posterior_mean`: from exponents on a grid, shape `(m,)`, all equally probable beforehand, and ℓ at each of them, it returns the mean of ζ. Values of ℓ can be −1000 or below, and exp(−1000) is 0 for a computer: subtract the largest ℓ first.

# %% [markdown] hints="5.9"
# <details><summary>Hint 1</summary>The probability of each exponent is proportional to exp(ℓ).</details>
# <details><summary>Hint 2</summary>`weights = np.exp(log_p - log_p.max())`, then the weighted mean: `np.average(grid, weights=weights)`.</details>

# %% exercise="5.9" tags=["extra"]
def posterior_mean(grid, log_p):
    ### BEGIN SOLUTION
    ### STUB return ...
    weights = np.exp(log_p - log_p.max())
    return np.sum(grid * weights) / np.sum(weights)
    ### END SOLUTION

# %% check="5.9"
check("5.9", posterior_mean)

# %%
zeta_test = np.random.default_rng(SEED + 5).uniform(0.05, 1.0, 4000)
heights_test = interfaces.heights(zeta_test, 128, np.random.default_rng(SEED + 6))
images_test = interfaces.images(heights_test, width=10.0)
answers = {
    "guess the middle": np.full(4000, 0.525),
    "structure factor": roughness.structure_factor_fit(heights_test),
    "maximum likelihood": roughness.maximum_likelihood(heights_test),
    "best possible": roughness.posterior_mean(heights_test),
    "best possible from pixels": roughness.posterior_mean(np.rint(interfaces.scaled(heights_test, 10.0)), noise=1 / 12),
}
errors = {name: roughness_plots.rms(answer - zeta_test) for name, answer in answers.items()}
cramer_rao = roughness.cramer_rao(128)
print({name: round(error, 4) for name, error in errors.items()}, f"bound {cramer_rao:.4f}")

# %% [markdown]
# *Maximum likelihood* is the ζ with the largest ℓ, with the amplitude A fitted as well. The three methods after the guess see the heights themselves. A network sees an image of 128x128 pixels, in which they are rounded. That is nearly white noise with the variance 1/12 pixel², and makes the best possible a little worse: the last one. How near can a network come to it?
#
# ## A network that sees what matters
#
# What is in the image? 16,384 pixels, but in each column nothing but where dark becomes light. The mean of a column says that, so the first thing to do is to take these means, and the rest needs one dimension only. There is no lack of data either: `interfaces.stream` makes new
# images for each batch, so that none comes twice, and nothing can be learned by heart.
#
# ### Exercise 5.10 · Build it  (core)
#
# Build `small`, a `keras.Sequential`. `GlobalAveragePooling1D` takes the mean over the first axis of an image, here the rows, and leaves one number for each column.
#
# | layer | |
# | --- | --- |
# | `keras.Input((128, 128))` | |
# | `Rescaling(1 / 255)` | |
# | `GlobalAveragePooling1D()` | 128 column means |
# | `Rescaling(12.8, offset=-6.4)` | about −3 to 3 |
# | `Reshape((128, 1))` | 128 places, one channel |
# | `Conv1D(32, 5, strides=2, activation="relu")` | |
# | `Conv1D(64, 5, strides=2, activation="relu")` | three times |
# | `Flatten()` | |
# | `Dense(64, activation="relu")` | |
# | `Dense(1)` | the exponent |

# %% [markdown] hints="5.10"
# <details><summary>Hint 1</summary>All layers are in `keras.layers`, and go into one list in this order.</details>
# <details><summary>Hint 2</summary>`keras.Sequential([keras.Input((128, 128)), keras.layers.Rescaling(1 / 255), ...])`</details>

# %% exercise="5.10" tags=["core"]
keras.utils.set_random_seed(SEED)
### BEGIN SOLUTION
### STUB small = ...
small = keras.Sequential(
    [
        keras.Input((128, 128)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Rescaling(12.8, offset=-6.4),
        keras.layers.Reshape((128, 1)),
        keras.layers.Conv1D(32, 5, strides=2, activation="relu"),
        keras.layers.Conv1D(64, 5, strides=2, activation="relu"),
        keras.layers.Conv1D(64, 5, strides=2, activation="relu"),
        keras.layers.Conv1D(64, 5, strides=2, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1),
    ]
)
### END SOLUTION

# %% check="5.10"
check("5.10", small)

# %% [markdown]
# It takes less than a minute, in which it sees a new image every time.

# %% tags=["training"] timed="network"
epochs, batches, batch_size = 20, 200, 128
rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * batches)
small.compile(keras.optimizers.Adam(rate), "mse")
stream = interfaces.stream(seed=SEED, batch=batch_size, batches=batches)
small.fit(stream, epochs=epochs, verbose=0, callbacks=[fit_progress()])
print(f"{epochs * batches * batch_size:,} different images")

# %%
answers["small network"] = small.predict(images_test, verbose=0)[:, 0]
errors["small network"] = roughness_plots.rms(answers["small network"] - zeta_test)
for best in ("best possible", "best possible from pixels"):
    print(f"error {errors['small network']:.4f}, that is {errors['small network'] / errors[best]:.2f} times the {best}")

# %%
roughness_plots.estimates(zeta_test, {name: answers[name] for name in ("structure factor", "small network", "best possible")})

# %% [markdown]
# The best possible answers lean towards the middle at both ends, and so do those of the network: that lowers the mean square error, if one knows where ζ can lie. The network knew it from its training images. That is how the best possible error can lie below the Cramér–Rao bound without a contradiction:

# %% picture="05_ladder"
errors["the claim, if it were true"] = 0.05 * np.sqrt(1 - 0.981)  # 98.1 % of the classes right, the others next to it
roughness_plots.ladder(errors, bound=cramer_rao)

# %% [markdown]
# ## The verdict
#
# - The claim, 98 % of 20 classes on validation images, can be *true as measured*: in a minute you got three quarters yourself, more than four times what is honestly possible.
# - It says nothing about roughness. The images of a class share their phases, and the network reads those; on a new call of the generator it has no idea.
# - No method can get near it on honest data: the ceiling is between a fifth and a quarter for that generator at that size.
# - The idea behind it was good all the same. A network *can* read ζ off an image, nearly as well as is possible at all: its error is 1.07 to 1.09<!-- ledger: 05_roughness.synthetic.network_over_bayes --> times that of the best possible, with five different seeds. A larger one that looks at the image in two dimensions, and has to find out for itself what matters, got to 1.24 to 1.28<!-- ledger: 05_large_network.synthetic.over_bayes --> times in more than twice the time (`make large-network`).
#
# ## In the laboratory
#
# There, nobody gives you binary images. There is a photograph, turned a little, unevenly lit, noisy, with dust on it. Here is a synthetic one, of which the truth is known:

# %% tags=["extra"]
zeta_true = 0.65
photo = photographs.grey(photographs.synthetic(zeta_true, np.random.default_rng(SEED + 7)))
roughness_plots.photograph(
    photo, title="As it comes from the camera",
    said="A dark region lies on a bright one, their ragged border rises and falls, and there are specks of dust.",
)

# %% [markdown]
# A grey value is light times reflectance. `threshold` fits the light, a smooth function, together with the reflectances of the two regions, and `largest_cluster` throws the dust away. `levelled` turns the photograph until the line in it is level.

# %% tags=["extra"]
level, degrees = photographs.levelled(photo)
cluster = photographs.largest_cluster(photographs.threshold(level))
print(f"turned by {degrees:.1f} degrees")

# %% [markdown]
# ### Exercise 5.11 · From mask to heights  (extra)
#
# Complete `column_heights`: from a mask of shape `(rows, columns)`, row 0 at the top, True below the line (here the bright region), it returns two things: how many pixels of each column are True, shape `(columns,)`, and in how many columns the mask changes more than once on the way down.
# Such a column has an *overhang*: there the line is no function of x, and the number of its pixels is a compromise.

# %% [markdown] hints="5.11"
# <details><summary>Hint 1</summary>`mask.sum(axis=0)` counts along the columns.</details>
# <details><summary>Hint 2</summary>`mask[1:] != mask[:-1]` is True wherever the mask changes from one row to the next.</details>
# <details><summary>Hint 3</summary>`changes = (mask[1:] != mask[:-1]).sum(axis=0)`, and then the number of columns with `changes > 1`.</details>

# %% exercise="5.11" tags=["extra"]
def column_heights(mask):
    ### BEGIN SOLUTION
    ### STUB return ..., ...
    changes = (mask[1:] != mask[:-1]).sum(axis=0)
    return mask.sum(axis=0), np.sum(changes > 1)
    ### END SOLUTION

# %% check="5.11"
check("5.11", column_heights)

# %% tags=["extra"]
heights, overhangs = column_heights(cluster)
print(f"{overhangs} of {len(heights)} columns have overhangs")
roughness_plots.photograph(level, heights, title="Levelled, with the line that was found")

# %% [markdown]
# The maximum likelihood used so far takes it for granted that the line is periodic. A line in a photograph is a *section* of a longer one, and its two ends do not meet. **Predict:** what does it say of simulated sections with ζ = 0.8: too much, the truth, or too little?

# %% tags=["extra"]
sections = interfaces.sections(np.full(500, 0.8), 512, np.random.default_rng(SEED + 8))
on_sections = roughness.maximum_likelihood(sections)
print(f"periodic likelihood on sections with ζ = 0.8: mean {on_sections.mean():.2f}, standard deviation {on_sections.std():.2f}")

# %% [markdown]
# Far too little, and nothing in the answer warns you. The jump from the last point to the first one has a spectrum of its own, which falls as q⁻², like that of ζ = ½. Pixels and blur do harm as well: blur takes the finest waves away, and rounding to pixels adds noise to them. You could derive corrections for all that; or *calibrate*: simulate sections with known ζ through the same camera, see what an estimator makes of them, and read it backwards. That is what `calibration` does, with an estimator that
# looks at steps rather than heights, and at wavelengths of at least eight pixels. All it has to know of the camera is its blur, here 1.2 pixels: one from the lens, a little from two turns, that of the camera and that of `levelled`. (An error of some tenths of a pixel in it shifts ζ by some hundredths.)

# %% tags=["extra"]
width = photographs.levelled_heights(heights).std()
scale = calibration.calibrate(len(heights), width, blur=1.2, rng=np.random.default_rng(SEED + 9))
zeta, low, high = scale.estimate(heights)
print(f"ζ = {zeta:.2f}, between {low:.2f} and {high:.2f} with a probability of 90 %; the truth is {zeta_true}")

# %% [markdown]
# One photograph of a thousand columns says no more than that: of such estimates, 89 to 95 %<!-- ledger: 05_photographs.columns1024.within_a_tenth --> lie within 0.1 of the truth, and of the intervals, which promise 90 %, 84 to 90 %<!-- ledger: 05_photographs.columns1024.covered --> contain it. There is not much more information in it. More columns, or more photographs, make the error bar shorter; no network does.

# %%
progress()

# %% tags=["solution-only", "record"]
# For the ledger of results (docs/results): what this run measured.
{
    "leaky_validation": float(leaky_curve[-1]),
    "leaky_fresh": float(leaky_fresh),
    "leaky_rms": float(leaky_rms),
    "honest_validation": float(honest_curve[-1]),
    "honest_fresh": float(honest_fresh),
    "phases_same_call": float(leak["phases"][0]),
    "phases_new_call": float(leak["phases"][1]),
    "ceiling_64_published": float(ceilings[64][1]),
    "ceiling_128_published": float(ceilings[128][1]),
    "ceiling_128": float(ceilings[128][0]),
    "structure_factor_rms": errors["structure factor"],
    "bayes_rms": errors["best possible"],
    "network_rms": errors["small network"],
    "network_over_bayes": errors["small network"] / errors["best possible"],
    "photograph_error": abs(zeta - zeta_true),
}

# %% [markdown] tags=["instructor"]
# **For the instructor.** Let everybody guess the eight exponents by hand before the check, and collect the errors. Stop at the collapse on fresh interfaces, and let pairs write down three explanations before anybody scrolls on. Common wrong turns: a new call that
# is also used for training (5.4); phases without the factor of two, whose means cancel (5.5); `size=each` (5.6), which does not fit; −ln S forgotten (5.7), which makes exponents come out about 0.1 too small. If time is short, cut 5.1, 5.3, 5.8, 5.9 and the laboratory.

# %% [markdown]
# ## What you learned
#
# - A validation set can leak if it comes from the same call, the same day, the same sample. Hold out by the source, not by the item.
# - The control that finds a leak: a classifier that sees nothing but what should not matter.
# - If you know how data are made, you can compute the best score. A score beyond it is a finding about the data, not about the network.
#
# ## Open challenges
#
# 1. Switch off one fault of `interfaces.published` after the other (`help(interfaces.published)` names them). Which one makes the ceiling go up, which one makes the estimates biased?
# 2. Put `GlobalAveragePooling1D` in place of `Flatten`, or take one of the `Conv1D` out of the network. Which rung of the ladder does it reach?
# 3. How does the error of the best possible estimate fall with the length? And that of the network, trained anew?
# 4. Add 5 % of salt-and-pepper noise to the images. Which rungs of the ladder move?
# 5. Train the network on sections in place of periodic lines, and try it on photographs. Can it do without a calibration?
# 6. Find a data set of your own field in which examples share a source. Which split would be honest?
#
# Next: **06_stem_lattices**, where the ceiling lies in the labels.
