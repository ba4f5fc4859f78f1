# %% [markdown]
# # 1 · From pictures to a trained network
#
# Seventy thousand handwritten digits, and a program that nobody told what a digit looks like: you build it, train it
# while you watch, and find out how far its score can be trusted.
#
# **You will be able to** · turn pictures into the numbers that a network takes · build, train and judge a dense network
# in Keras · say why training, validation and test images are three different things
#
# *60 minutes for you, 30 more with the extras · 2 minutes to run · needs lesson 0 · works offline*

# %%
from helpers import device, digits, plots
from helpers.checks import check
from helpers.progress import catch_up, hint, progress
from helpers.timeleft import fit_progress

device.start()
import keras
import numpy as np

# %%
SEED = 1

# %% [markdown]
# ## The data
#
# MNIST holds digits written by staff of the US Census Bureau and by high-school students: 60,000 for training and 10,000 for the
# test. The cell says where yours come from. Without a network you get 1,797 smaller ones, and all that follows works with them too.

# %%
data = digits.load()
x_train, y_train = data.x_train, data.y_train

# %% [markdown]
# ### Exercise 1.1 · One picture  (core)
#
# Counting from zero, take picture number 7 out of `x_train` and its label out of `y_train`. The picture has the shape
# `(28, 28)`; the label is one number.

# %% [markdown]
# 1.1: stuck? Put hint("1.1") before the check.

# %%
picture = ...
label = ...

# %%
check("1.1", picture, label, data)

# %%
plots.image(picture, title=f"label {label}")

# %% [markdown]
# The colour scale is called *Greys*: 0 is paper, 255 is ink. Here are the first thirty, with their labels.

# %%
plots.images(x_train[:30], y_train[:30])

# %% [markdown]
# ## What the numbers are
#
# Before you run the next cell, write down your guess: what are the shape, the type and the largest value of `x_train`?

# %%
print("shape", x_train.shape, "· type", x_train.dtype, "· values", x_train.min(), "to", x_train.max())
print("memory", x_train.nbytes // 10**6, "MB")

# %% [markdown]
# One byte a pixel. That is good for storing pictures and dangerous for computing with them.
#
# **Predict:** what is 200 + 100 in this type? And 200 / 255, and 200 // 255?

# %%
pixel = np.array([200], dtype="uint8")
print("200 + 100  =", pixel + np.uint8(100))
print("200 / 255  =", pixel / 255, (pixel / 255).dtype)
print("200 // 255 =", pixel // 255)

# %% [markdown]
# Bytes wrap round at 256 without a word. Dividing with `/` is safe, but gives `float64`, eight bytes a pixel; dividing with
# `//` throws away everything but full black. Networks compute in `float32`, with numbers around one. So: first the type, then the
# scale.
#
# ### Exercise 1.2 · From a picture to a row of numbers  (core)
#
# A dense network takes each picture as one row. Make `flat` from `x_train`: the same bytes in the shape `(n, 784)`, one picture
# after the other, for however many pictures there are.

# %% [markdown]
# 1.2: stuck? Put hint("1.2") before the check.

# %%
flat = ...

# %%
check("1.2", flat, data)

# %% [markdown]
# ### Exercise 1.3 · Scale  (core)
#
# Complete `prepare`. It takes pictures, `uint8` of shape `(n, 28, 28)` with any n, and returns rows: `float32` of
# shape `(n, 784)`, with 0 for paper and 1 for full ink. It does not change its input.

# %% [markdown]
# 1.3: stuck? Put hint("1.3") before the check.

# %%
def prepare(pictures):
    return ...

# %%
check("1.3", prepare)

# %%
x = prepare(x_train)
print(x.shape, x.dtype, x.min(), x.max())

# %% [markdown]
# ## Labels
#
# The network will answer with ten numbers, one probability for each digit. The label 3 can be written in the same way: a one
# in place 3 and zeros elsewhere. That is *one-hot*.
#
# ### Exercise 1.4 · One-hot labels  (extra)
#
# Make `targets` from `y_train`: an array of shape `(n, 10)` with a one in the place of the label. Keras has a function for it,
# `keras.utils.to_categorical`; NumPy alone does it too.

# %% [markdown]
# 1.4: stuck? Put hint("1.4") before the check.

# %%
targets = ...

# %%
check("1.4", targets, data)

# %% [markdown]
# Nine of ten of these numbers are zeros that say nothing new. So Keras also takes the labels as they are: with the loss
# `"categorical_crossentropy"` it wants one-hot rows, with `"sparse_categorical_crossentropy"` plain digits.
# The numbers that come out are the same. We stay with plain digits.
#
# ## Training, validation, test
#
# A network can learn its training images by heart, so its score on them is worth little. You need images that it has not
# seen, twice: the *validation* set to compare your attempts and choose among them, and the *test* set, which you look at once, at the
# very end. Whatever you choose by, you choose a little too well; the test set pays for that.
#
# ### Exercise 1.5 · Set a sixth aside  (core)
#
# Cut `x` and `y_train` in two: about a sixth becomes `x_val` and `y_val`, the rest `x_fit` and `y_fit`. Each image goes to
# one side only, and keeps its label. (The order of the images is random enough, so a cut at one place will do.)

# %% [markdown]
# 1.5: stuck? Put hint("1.5") before the check.

# %%
n_val = len(x) // 6
x_fit, y_fit = ..., ...
x_val, y_val = ..., ...

# %%
check("1.5", x_fit, y_fit, x_val, y_val, x, y_train)

# %% [markdown]
# ## Baselines: what is a score worth?
#
# Before any network, ask what it has to beat.
#
# ### Exercise 1.6 · Accuracy  (core)
#
# Complete `accuracy`: from predicted and true digits, both of shape `(n,)`, it returns the share that is right, one number
# from 0 to 1.

# %% [markdown]
# 1.6: stuck? Put hint("1.6") before the check.

# %%
def accuracy(predicted, true):
    return ...

# %%
check("1.6", accuracy)

# %% [markdown]
# The poorest baseline always says the most frequent digit. **Write down a guess** of its score.

# %%
most_frequent = np.bincount(y_fit).argmax()
scores = {"always the same digit": accuracy(np.full(len(y_val), most_frequent), y_val)}
print(f"always {most_frequent}: {scores['always the same digit']:.1%} of the validation images are right")

# %% [markdown]
# ### Exercise 1.7 · The nearest mean  (extra)
#
# A better one: average all training images of each digit, ten mean pictures. A new image belongs to the mean that is nearest.
#
# Complete `nearest_mean`. It takes images of shape `(n, 784)` and the means, `(10, 784)`, and returns for each image the number of the
# mean with the smallest Euclidean distance: integers of shape `(n,)`.

# %% [markdown]
# 1.7: stuck? Put hint("1.7") before the check.

# %%
means = np.stack([x_fit[y_fit == digit].mean(axis=0) for digit in range(10)])


def nearest_mean(images, means):
    return ...

# %%
check("1.7", nearest_mean)

# %%
plots.images(means.reshape(10, 28, 28), range(10))
scores["nearest class mean"] = accuracy(nearest_mean(x_val, means), y_val)
print(f"nearest class mean: {scores['nearest class mean']:.1%} of the validation images are right")

# %% [markdown]
# Ten blurred pictures, and most of the digits are right: on MNIST 83 %
# of them. Every network has to be compared with this, not with zero.
#
# ## A network
#
# A dense layer multiplies its input by a matrix of weights, adds a bias and applies a function, the *activation*. Without that
# function, two layers in a row would be no more than one.
#
# ### Exercise 1.8 · Build it  (core)
#
# Build `model` as a `keras.Sequential` with an input of 784 numbers, one `Dense` layer of 512 units with the activation
# `"relu"`, a `Dropout` of 0.2, and a `Dense` layer of 10 units with the activation `"softmax"`, which makes
# probabilities: ten positive numbers that add up to one.

# %% [markdown]
# 1.8: stuck? Put hint("1.8") before the check.

# %%
keras.utils.set_random_seed(SEED)
model = ...

# %%
check("1.8", model)

# %% [markdown]
# Dropout switches off a random fifth of the units in each training step, so that no unit can rely on one other.
#
# **Predict:** how many numbers will the training adjust? (a) 522 · (b) 406,528 · (c) 407,050

# %%
model.summary()

# %% [markdown]
# Each of the 512 units has 784 weights and a bias; each of the 10 has 512 weights and a bias. Dropout has none.
# If your network has the layers above, that is 785 · 512 + 513 · 10 = 407,050.

# %%
plots.architecture(model)

# %% [markdown]
# ## Loss and optimizer
#
# The *loss* is the number that training makes smaller. Accuracy won't do: it moves in jumps, and tells nobody in which
# direction to go. For probabilities the loss is the cross-entropy, −ln p, where p is what the network gives to the right digit: zero if it
# was certain, and large if it was certain of something else.
#
# The *optimizer* decides how to change the weights, given the slope of the loss. `"sgd"` walks downhill with a fixed stride;
# `"adam"` gives each weight a stride of its own, and is a good first choice.
#
# ### Exercise 1.9 · Choose  (core)
#
# Put the names of the loss and of the optimizer into the two variables, or objects from `keras.losses` and `keras.optimizers`.
# The loss must be the cross-entropy, and our labels are plain digits, not one-hot rows.

# %% [markdown]
# 1.9: stuck? Put hint("1.9") before the check.

# %%
loss = ...
optimizer = ...

# %%
check("1.9", loss, optimizer)

# %% [markdown]
# ### Exercise 1.10 · The loss before training  (extra)
#
# The network knows nothing yet, and gives each of the ten digits about the same probability. What will its loss be?
# Put the number into `expected_loss`. Knowing it finds many a bug before an hour of training does.

# %% [markdown]
# 1.10: stuck? Put hint("1.10") before the check.

# %%
expected_loss = ...

# %%
check("1.10", expected_loss)

# %%
model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
untrained_loss, untrained_accuracy = model.evaluate(x_val, y_val, verbose=0)
print(f"before training: loss {untrained_loss:.2f}, accuracy {untrained_accuracy:.1%}")

# %% [markdown]
# ## Train
#
# One *epoch* shows the network every training image once, in batches of 128. **Write down a guess** of the accuracy after the last
# epoch. This takes about 20 seconds on two cores; the line shows the time left.

# %%
epochs = device.budget(cpu=8, gpu=12)
if data.name != "MNIST":
    epochs = 5 * epochs  # there are forty times fewer images, so each may be shown more often

history = model.fit(
    x_fit, y_fit, batch_size=128, epochs=epochs, validation_data=(x_val, y_val), verbose=0, callbacks=[fit_progress()]
)

# %%
plots.learning_curves(history)
scores["your first network"] = history.history["val_accuracy"][-1]

# %% [markdown]
# Read the curves from left to right. The training loss keeps falling. The validation loss falls too, then flattens, or even rises again:
# from there on the network learns its own images by heart. That is *overfitting*, and the gap between the curves shows it.
# (At the very start validation may look better than training: dropout is off then, and the score is taken after the epoch, not during it.)
#
# On MNIST this network ends at 97.8 to 98.1 % of the validation images,
# over five seeds of the random numbers.
#
# ## Several images at once
#
# Why batches? **Predict:** one pass over the same 4,000 images (or all, if there are fewer), in batches of 1, 8, 64 and 512.
# Which is the fastest, and which learns most?

# %%
import time

print("batch   steps   time (s)   validation accuracy")
for batch_size in (1, 8, 64, 512):
    keras.utils.set_random_seed(SEED)
    trial = keras.models.clone_model(model)
    trial.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    trial.fit(x_fit[:batch_size], y_fit[:batch_size], batch_size=batch_size, verbose=0)  # the first step also compiles
    start = time.perf_counter()
    record = trial.fit(x_fit[:4000], y_fit[:4000], batch_size=batch_size, verbose=0)
    seconds = time.perf_counter() - start
    score = trial.evaluate(x_val, y_val, verbose=0)[1]
    print(f"{batch_size:5} {-(-len(x_fit[:4000]) // batch_size):7} {seconds:10.2f} {score:17.1%}")

# %% [markdown]
# Many small steps cost time, for each step has its fixed price (lesson 0). Few large steps are quick, but they are few: in one pass
# the network has hardly moved. Between 32 and 256 is a good place to start.
#
# ## The mistakes
#
# A score says how many are wrong, not which. The network gives ten probabilities for each validation image:

# %%
probabilities = model.predict(x_val, verbose=0)
print(probabilities.shape, probabilities[0].round(3))

# %% [markdown]
# ### Exercise 1.11 · Find them  (core)
#
# Put into `wrong` the positions of the validation images on which the network is mistaken: integers, to be used as an index
# into `x_val`. The network's answer is the digit with the highest probability.

# %% [markdown]
# 1.11: stuck? Put hint("1.11") before the check.

# %%
wrong = ...

# %%
check("1.11", wrong, probabilities, y_val)

# %% [markdown]
# Here are the mistakes that the network was most certain of. **Before you blame it:** would you have read them all?

# %%
answers = probabilities.argmax(axis=1)
surest = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:20]
plots.images(
    x_val[surest].reshape(-1, 28, 28), y_val[surest], answers[surest], confidence=probabilities[surest].max(axis=1)
)

# %%
plots.confusion(y_val, answers)

# %% [markdown]
# ## Under the bonnet
#
# Nothing in what you used is magic. Here you write the two parts that do the work: the loss, and a step of the optimizer.
#
# ### Exercise 1.12 · Your own loss  (extra)
#
# Complete `cross_entropy`. It takes one-hot labels and probabilities, both of shape `(n, 10)`, and returns −ln p of the right digit
# for each image, shape `(n,)`. Keras runs it on its own tensors, so use `keras.ops` (`ops.sum`, `ops.log`, `ops.clip`) and
# not NumPy. A probability may be exactly zero: keep it at 1e-7 or above.

# %% [markdown]
# 1.12: stuck? Put hint("1.12") before the check.

# %%
from keras import ops


def cross_entropy(labels, probabilities):
    return ...

# %%
check("1.12", cross_entropy)

# %% [markdown]
# ### Exercise 1.13 · Your own optimizer step  (extra)
#
# The smallest network of all has no hidden layer: `p = softmax(x @ weights)`. The slope of its loss with respect to the weights
# is, averaged over the images, `x.T @ (p - labels) / n`.
#
# Complete `step`. It takes weights of shape `(784, 10)`, images `(n, 784)`, one-hot labels `(n, 10)` and the learning rate,
# and returns the new weights: one stride downhill.

# %% [markdown]
# 1.13: stuck? Put hint("1.13") before the check.

# %%
from scipy.special import softmax


def step(weights, images, labels, rate):
    return ...

# %%
check("1.13", step)

# %% [markdown]
# Two hundred of your steps, in plain NumPy, from weights that are all zero:

# %%
rng = np.random.default_rng(SEED)
weights = np.zeros((784, 10))
for _ in range(200):
    batch = rng.choice(len(x_fit), 128)
    weights = step(weights, x_fit[batch], np.eye(10)[y_fit[batch]], rate=0.5)
scores["your own step, no hidden layer"] = accuracy((x_val @ weights).argmax(axis=1), y_val)
print(f"{scores['your own step, no hidden layer']:.1%} of the validation images are right")

# %% [markdown]
# ## A first competition
#
# ### Exercise 1.14 · Beat it  (extra)
#
# Build, compile and train a network `champion` of your own that does better on the validation images than the first one: on MNIST,
# at least 98.2 % of them right. It takes the same rows of 784 numbers and gives ten probabilities. More units, a second hidden layer, more epochs, another optimizer or a learning rate that
# falls: try one change at a time. You may look at the validation set as often as you like. That is what it is for.

# %% [markdown]
# 1.14: stuck? Put hint("1.14") before the check.

# %%
keras.utils.set_random_seed(SEED)
champion = ...

# %%
check("1.14", champion, x_val, y_val, data)

# %%
scores["your champion"] = accuracy(champion.predict(x_val, verbose=0).argmax(axis=1), y_val)
print(f"{scores['your champion']:.1%} of the validation images are right, after {scores['your first network']:.1%}")

# %% [markdown]
# ## The test, once
#
# ### Exercise 1.15 · The number you publish  (core)
#
# Decide now, from the validation scores alone, which network is yours: `model`, or your `champion` if you built one. Put it into
# `chosen`, and its accuracy on the test images into `test_accuracy`. The test images, `data.x_test`, have to be prepared just
# like the others.

# %% [markdown]
# 1.15: stuck? Put hint("1.15") before the check.

# %%
chosen = ...
test_accuracy = ...

# %%
check("1.15", chosen, test_accuracy, data)

# %%
error_bar = np.sqrt(test_accuracy * (1 - test_accuracy) / len(data.y_test))
print(f"test accuracy {test_accuracy:.2%} ± {error_bar:.2%}")
scores["the chosen network, on the test set"] = test_accuracy
plots.ladder(scores)

# %% [markdown]
# The error bar is that of a coin toss repeated for each test image, and it is part of the number: two networks whose scores differ by less
# are not known to differ. If you now go back, improve the network and test again, the test set becomes a validation set.
#
# On MNIST the solution's choice reaches 98.3 to 98.5 % of the test images over
# five seeds; on the 8x8 digits, 93 to 95 %.

# %%
progress()

# %% [markdown]
# ## What you learned
#
# - Pictures become rows of `float32` between 0 and 1; labels may stay plain digits if the loss knows it.
# - Training makes the loss smaller, validation tells you when to stop and what to choose, and the test is for the number you publish.
# - A score means something next to a baseline, and with an error bar.
#
# ## Open challenges
#
# 1. How much does the network learn from 100, 1,000 and 10,000 images? Plot accuracy against the number of images, with logarithmic axes for the error.
# 2. Give one fifth of the training images a wrong label. How far does the test accuracy fall, and how far the training accuracy?
# 3. Write the backward pass for one hidden layer in NumPy, and train it with your own step to 95 %.
# 4. Shuffle the 784 pixels of all images by the same permutation. Does this network notice? Lesson 2 begins there.
