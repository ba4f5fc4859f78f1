# %% [markdown]
# # 1 · From pictures to a trained network
#
# Seventy thousand handwritten digits, and a program that nobody has told what a digit looks like: you build it, train it
# while you watch, and find out how far its score can be trusted.
#
# **You will be able to** · turn pictures into the numbers that a network takes · build, train and judge a dense network
# in Keras · say why training, validation and test images are three different things
#
# *75 minutes for you, 45 more with the extras · 2 minutes to run · needs lesson 0 · works offline*

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
# test. The cell says where yours come from. If they are not here and cannot be downloaded, you get 1,797 smaller ones, and all that follows works with them too.

# %%
data = digits.load()
x_train, y_train = data.x_train, data.y_train

# %% [markdown]
# ### Exercise 1.1 · One picture  (core)
#
# Counting from zero, take picture number 7 out of `x_train` and its label out of `y_train`. The picture has the shape
# `(28, 28)`; the label is one number.

# %% [markdown]
# Stuck? Put hint("1.1") before the check.

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
# **Before you run the next cell:** in which type are the grey values stored, and how much memory do all the training pictures take? Write
# down a guess.

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
# A dense network, the simplest kind, takes each picture as one row. Make `flat` from `x_train`: the same bytes in the shape `(n, 784)`, one picture
# after the other, for however many pictures there are.

# %% [markdown]
# Stuck? Put hint("1.2") before the check.

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
# Stuck? Put hint("1.3") before the check.

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
# The network will answer with ten numbers, one probability for each digit. The label 3 can be written in the same way: a one in
# place 3, counted from zero, and zeros elsewhere. That is *one-hot*.
#
# ### Exercise 1.4 · One-hot labels  (extra)
#
# Exercise 1.4 is an extra, and is in the notebook.

# %% [markdown]
# Nine of ten of these numbers are zeros that say nothing new. So Keras also takes the labels as they are. It has the same *loss* (you
# will soon see what that is) under two names: `"categorical_crossentropy"` wants one-hot rows, `"sparse_categorical_crossentropy"`
# plain digits. The numbers that come out are the same. We stay with plain digits.
#
# ## Training, validation, test
#
# A network can learn its training images by heart, so its score on them is worth little. You need images that it has not
# seen, twice: the *validation* set to compare your attempts and choose among them, and the *test* set, which you look at once, at the
# very end. Whatever you choose by, you choose a little too well; the test set, by which nothing was chosen, tells how much.
#
# ### Exercise 1.5 · Set a sixth aside  (core)
#
# Cut `x` and `y_train` in two: the last sixth becomes `x_val` and `y_val`, the rest `x_fit` and `y_fit`. Each image goes to
# one side only, and keeps its label. (Why not shuffle first? Neighbouring digits may be by the same writer, and a writer who is on both
# sides makes validation too easy. One of the challenges at the end looks into it.)

# %% [markdown]
# Stuck? Put hint("1.5") before the check.

# %%
n_val = len(x_train) // 6
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
# Stuck? Put hint("1.6") before the check.

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
# Exercise 1.7 is an extra, and is in the notebook.

# %% [markdown]
# The mean of all pictures of a digit is a blur, and yet the nearest mean is most often the right digit: for 83 %
# of the images in the last sixth of MNIST. Every network has to be compared with this, not with zero.
#
# ## A network
#
# A dense layer is a list of *units*. Each unit multiplies all its inputs by weights of its own, adds them up with one more number, the *bias*,
# and applies a function, the *activation*. The most common one is `"relu"`: it keeps what is positive and makes the rest zero. Without
# such a function, two layers in a row would be no more than one.
#
# In Keras a network is a list of layers that begins with the shape of one input. This one takes 4 numbers to 3 units and on to
# 2 probabilities:
#
# ```python
# small = keras.Sequential(
#     [
#         keras.Input((4,)),
#         keras.layers.Dense(3, activation="relu"),
#         keras.layers.Dense(2, activation="softmax"),
#     ]
# )
# ```
#
# The activation `"softmax"` at the end makes probabilities: positive numbers that add up to one. A dense layer
# before the last one is called *hidden*: its numbers are neither the input nor the answer.
#
# ### Exercise 1.8 · Build it  (core)
#
# Build `model` in the same way: an input of 784 numbers, a `Dense` layer of 512 units with `"relu"`, a layer
# `keras.layers.Dropout(0.2)` (what it does is said below), and a `Dense` layer that ends with one probability for each digit.

# %% [markdown]
# Stuck? Put hint("1.8") before the check.

# %%
keras.utils.set_random_seed(SEED)
model = ...

# %%
check("1.8", model)

# %% [markdown]
# Dropout switches off each unit with a probability of 0.2, anew for each image in training, so that no unit can rely on any
# other. Afterwards, when the network is used, all units work.
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
# The *optimizer* decides how to change the weights, given the slope of the loss. `"sgd"` goes downhill by the slope times a fixed
# number, the *learning rate*; `"adam"` adapts the rate of each weight to what it has seen, and is a good first choice: it works
# without a rate of your own, while `"sgd"` at the rate that Keras gives it needs many more epochs than we have.
#
# ### Exercise 1.9 · Choose  (core)
#
# Put the names of the loss and of the optimizer into the two variables, or objects from `keras.losses` and `keras.optimizers`.
# The loss must be the cross-entropy, and our labels are plain digits, not one-hot rows.

# %% [markdown]
# Stuck? Put hint("1.9") before the check.

# %%
loss = ...
optimizer = ...

# %%
check("1.9", loss, optimizer)

# %% [markdown]
# `compile` ties the network, the loss and the optimizer together. The *metrics* are what it reports besides the loss.

# %%
model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])

# %% [markdown]
# ### Exercise 1.10 · The loss before training  (extra)
#
# Exercise 1.10 is an extra, and is in the notebook.

# %%
untrained_loss, untrained_accuracy = model.evaluate(x_val, y_val, verbose=0)
print(f"before training: loss {untrained_loss:.2f}, accuracy {untrained_accuracy:.1%}")

# %% [markdown]
# That is close to ln 10 = 2.30, the loss of ten equal probabilities, and most often a little above it, because untrained
# probabilities are not exactly equal.
#
# ## Train
#
# One *epoch* shows the network every training image once, in batches of 128; after each batch comes one training step. **Write down a
# guess:** after how many epochs are 95 % of the validation images right? This takes less than a minute on two cores, and the line shows
# the time left.

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
candidates = {"your first network": model}

# %% [markdown]
# Read the curves from left to right. The training loss keeps falling. The validation loss falls too, then flattens, or even rises again:
# from there on the network learns its own images by heart. That is *overfitting*, and the gap between the curves shows it.
# (At the very start validation may look better than training: dropout is off then, and the score is taken after the epoch, not during it.)
#
# With `"adam"` the first epoch is enough for 95 % on MNIST, and this network ends at 97.9 to 98.1 % of the validation images,
# over five seeds of the random numbers.
#
# ## Several images at once
#
# Why batches? Next comes one pass over the same 4,096 images (1,024 of the 8x8 digits), in batches of 1, 8, 64 and 512. **Predict:**
# which is the fastest, and which learns most?

# %%
import time

n_few = 4096 if len(x_fit) >= 4096 else 1024
print("batch   steps   time (s)   validation accuracy")
for batch_size in (1, 8, 64, 512):
    keras.utils.set_random_seed(SEED)
    trial = keras.models.clone_model(model)
    trial.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    trial.fit(x_fit[:batch_size], y_fit[:batch_size], batch_size=batch_size, verbose=0)  # the first step also compiles
    start = time.perf_counter()
    trial_history = trial.fit(x_fit[:n_few], y_fit[:n_few], batch_size=batch_size, verbose=0)
    seconds = time.perf_counter() - start
    score = trial.evaluate(x_val, y_val, verbose=0)[1]
    print(f"{batch_size:5} {n_few // batch_size:7} {seconds:10.2f} {score:17.1%}")

# %% [markdown]
# Single images take longest by far, for each step has its fixed cost (lesson 0); and a step that is taken on one image alone goes in
# a rather random direction. The largest batches are quick, but make so few steps that the network has learned less. Batches of 8 learn most;
# on MNIST those of 64 learn nearly as much in a fraction of the time, and 64 or 128 are common first choices.
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
# Stuck? Put hint("1.11") before the check.

# %%
wrong = ...

# %%
check("1.11", wrong, model, x_val, y_val)

# %% [markdown]
# Here are the mistakes that the network was most certain of. The second picture, the *confusion matrix*, counts them all, true digits in rows and answers in columns; its grey diagonal holds those that were right. **Before you blame it:** would you have read them all?

# %%
answers = probabilities.argmax(axis=1)
wrong = np.ravel(wrong)
surest = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:20]
plots.images(
    x_val[surest].reshape(-1, 28, 28), y_val[surest], answers[surest], confidence=probabilities[surest].max(axis=1)
)

# %%
plots.confusion(y_val, answers)

# %% [markdown]
# ## Under the bonnet
#
# Nothing in what you used is magic. In two extras you write the parts that do the work: the loss, and a step of the optimizer.
#
# ### Exercise 1.12 · Your own loss  (extra)
#
# Exercise 1.12 is an extra, and is in the notebook.

# %% [markdown]
# ### Exercise 1.13 · Your own optimizer step  (extra)
#
# Exercise 1.13 is an extra, and is in the notebook.

# %% [markdown]
# ## A first competition
#
# ### Exercise 1.14 · Beat it  (extra)
#
# Exercise 1.14 is an extra, and is in the notebook.

# %% [markdown]
# ## The test, once
#
# ### Exercise 1.15 · The number you publish  (core)
#
# Decide now, from the validation scores alone, which network is yours: `model`, or your `champion` if you built one. (They are in the
# dictionary `candidates`, and their scores in `scores`, under the same names.) Put it into `chosen`, and the share of test images on
# which it is right into `test_accuracy`. The test images, `data.x_test`, have to be prepared just like the others.

# %% [markdown]
# Stuck? Put hint("1.15") before the check.

# %%
chosen = ...
test_accuracy = ...

# %%
check("1.15", chosen, test_accuracy, data)

# %%
test_accuracy = float(np.squeeze(test_accuracy))
error_bar = np.sqrt(test_accuracy * (1 - test_accuracy) / len(data.y_test))
print(f"test accuracy {test_accuracy:.2%} ± {error_bar:.2%}")
plots.ladder(scores, images=len(y_val), label="validation images taken wrongly")

# %% [markdown]
# The number is the test accuracy of the network you chose; the picture shows the validation scores of all. What
# follows ± is its error bar, one standard error of a share counted on so many images, and belongs to it. It says how far the score would
# move with other test images of the same kind; another seed moves it too. If you now go back, improve the network and test again, the test
# set becomes a validation set.
#
# On MNIST the solution's choice reaches 98.4 to 98.6 % of the test images over
# five seeds. On the 8x8 digits it reaches 91 to 92 % of them, although
# 97 to 98 % of the validation images were right: how hard
# a stretch of these digits is seems to depend on who wrote it. A score is true of images like those on which it was taken.

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
# 1. How much does the network learn from 100, 1,000 and 10,000 images? Plot the error against the number of images, on logarithmic axes.
# 2. Shuffle the 784 pixels of all images by the same permutation. Does this network notice?
# 3. Give one fifth of the training images a wrong label. How far does the test accuracy fall, and how far the training accuracy?
# 4. Take each sixth of the training images in turn as the validation set, and score the nearest mean on it. Do the six scores scatter
#    as chance alone would let them (their error bars say how much), and what does that tell you about the order of the images?
# 5. Write the backward pass for one hidden layer in NumPy, and train it with your own step to 95 %.
#
# Next: **02_mnist_cnn**, which begins with the second challenge, and goes on to a network that would notice.
