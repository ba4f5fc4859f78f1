"""Checks of lesson 2: convolutional networks."""

import itertools

import numpy as np

from helpers.checks import NotYet, array, call, close, describe, models, number, one_line

#: Test accuracy that every trained network of this kind reaches, below the worst of the seeds in docs/results ...
TEST = {"MNIST": 0.985, "8x8 digits": 0.92}
#: ... and the goal of the speed run on the validation images. With few images one more or less is a large step.
SPEED_RUN = {"MNIST": 0.990, "8x8 digits": 0.96}

#: Height and width of a picture in pixels.
SIDE = 28
#: What the table of Exercise 2.6 comes to.
PARAMETERS = 126_090
#: The whole validation loss ends between 0.02 and 0.2: whoever waits for steps larger than this stops at once.
LARGEST_DELTA = 0.01
#: In seconds; no speed run takes as long, even on an old laptop.
HOUR = 3600


def check_2_1(shuffle):
    """One permutation for all pictures."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (5, SIDE, SIDE)).astype(np.uint8)
    order = rng.permutation(SIDE * SIDE)
    touched = pictures.copy()
    got = array(call(shuffle, touched, order, name="shuffle", copy=False), "the result of shuffle")
    if not np.array_equal(touched, pictures):
        raise NotYet(
            "`shuffle` changes the pictures that it is given. Work on a copy; indexing with an array makes one."
        )
    if got.shape == (5, SIDE * SIDE):
        raise NotYet("The pixels are rows now. Give each picture its shape back at the end: (n, 28, 28).")
    if got.shape != pictures.shape:
        raise NotYet(f"From 5 pictures `shuffle` makes the shape {got.shape}; expected (5, 28, 28).")
    wanted = pictures.reshape(5, -1)[:, order].reshape(pictures.shape)
    if np.array_equal(got, pictures):
        raise NotYet("Nothing has moved. Use `order` as an index into the pixels of each row.")
    for row, before in zip(got, pictures, strict=True):
        if not np.array_equal(np.sort(row.ravel()), np.sort(before.ravel())):
            raise NotYet("Pixels went from one picture to another, or were lost. Let the index act along axis 1 only.")
    if np.array_equal(got.reshape(5, -1)[:, order], pictures.reshape(5, -1)):
        raise NotYet("That is the way back: pixel order[k] of the result is pixel k. It should be the other way round.")
    by_columns = pictures.transpose(0, 2, 1).reshape(5, -1)[:, order].reshape(pictures.shape)
    for other in (by_columns, by_columns.transpose(0, 2, 1), wanted.transpose(0, 2, 1)):
        if np.array_equal(got, other):
            raise NotYet(
                "The pixels are counted along the columns somewhere. Count them along the rows, before and after: "
                "pictures.reshape(len(pictures), -1) does."
            )
    if not np.array_equal(got, wanted):
        again = call(shuffle, pictures[:1], order, name="shuffle")
        if np.array_equal(np.asarray(again)[0], got[0]):
            raise NotYet("The pixels moved, but not to where `order` says. Index the rows with it: rows[:, order].")
        raise NotYet("Each call, or each picture, gets another order. Use the one that is given, `order`, for all.")
    return "all pictures are shuffled in the same way"


def check_2_2(convolve):
    """What Conv2D computes: the kernel slides, is not flipped, and stays inside the picture."""
    from scipy.signal import convolve2d, correlate2d

    rng = np.random.default_rng(0)
    picture, kernel = rng.random((9, 8)), rng.standard_normal((3, 3))
    got = array(call(convolve, picture, kernel, name="convolve"), "the result of convolve")
    wanted = correlate2d(picture, kernel, mode="valid")
    if got.shape == picture.shape:
        raise NotYet("The result is as large as the picture, (9, 8). Only places where the kernel fits count: (7, 6).")
    if got.shape == (6, 7):
        raise NotYet("Rows and columns have changed places: from a picture of (9, 8) comes (7, 6).")
    if got.shape == (3, 3):
        raise NotYet("That is the kernel times one window. Sum it, and do so at every place.")
    if got.shape != wanted.shape:
        raise NotYet(
            f"From a picture of (9, 8) and a kernel of (3, 3) comes {got.shape}; expected (7, 6), one number for each place."
        )
    if close(got, convolve2d(picture, kernel, mode="valid")):
        raise NotYet(
            "The kernel is flipped, as in the mathematics of convolution. Networks don't flip it: multiply window and kernel as they are."
        )
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3))
    if close(got, (windows * kernel).mean(axis=(2, 3))):
        raise NotYet("That is the mean of the nine products. A convolution is their sum.")
    if close(got, windows.sum(axis=(2, 3))):
        raise NotYet("The windows are summed, but the kernel plays no part. Multiply each window by it first.")
    if close(got, np.einsum("ijab,bc->ijac", windows, kernel).sum(axis=(2, 3))):
        raise NotYet("`@` is the matrix product. Here each pixel is multiplied by its own weight, with `*`.")
    if not close(got, wanted):
        row, column = np.argwhere(~np.isclose(got, wanted))[0]
        raise NotYet(
            f"At row {row}, column {column} you get {got[row, column]:.3f} in place of {wanted[row, column]:.3f}, "
            "the sum of the window of 3x3 times the kernel."
        )
    wide = rng.standard_normal((5, 2))
    got = array(call(convolve, picture, wide, name="convolve"), "the result of convolve")
    if got.shape != (5, 7) or not close(got, correlate2d(picture, wide, mode="valid")):
        raise NotYet("It works for kernels of 3x3, but not for one of (5, 2). Take the numbers from kernel.shape.")
    # The pictures of the lesson are bytes, whose type holds no negative number.
    in_bytes, edges = rng.integers(0, 256, (9, 8)).astype(np.uint8), np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    got = array(call(convolve, in_bytes, edges, name="convolve"), "the result of convolve")
    wanted = correlate2d(in_bytes.astype(int), edges, mode="valid")
    if not close(got, wanted):
        row, column = np.argwhere(~np.isclose(got, wanted))[0]
        why = (
            "because the products are computed in bytes, which run over. Begin with picture = picture.astype(float)"
            if got.dtype.kind == "f"
            else f"because the result is {got.dtype}. Give it a type that holds such numbers: np.zeros makes floats by itself"
        )
        raise NotYet(
            f"For a picture of bytes (uint8) you get {got[row, column]:g} in place of {wanted[row, column]}, {why}."
        )
    return "the same numbers as scipy.signal.correlate2d"


def check_2_3(max_pool):
    """The largest of each 2x2 block."""
    feature_map = np.random.default_rng(0).standard_normal((6, 8)) - 3
    got = array(call(max_pool, feature_map, name="max_pool"), "the result of max_pool")
    blocks = feature_map.reshape(3, 2, 4, 2)
    if got.shape == (5, 7):
        raise NotYet("The windows overlap. The next one begins two pixels further on: half the height, half the width.")
    if got.shape != (3, 4):
        raise NotYet(f"From (6, 8) comes {got.shape}; expected (3, 4), one number for each block of 2x2.")
    if close(got, blocks.mean(axis=(1, 3))):
        raise NotYet("That is the mean of each block, average pooling. Max pooling keeps the largest.")
    if close(got, feature_map[::2, ::2]):
        raise NotYet("That keeps one corner of each block, whatever it is. Keep the largest of the four.")
    if close(got, feature_map.reshape(3, 4, 4).max(axis=2)):
        raise NotYet("Those are the largest of four neighbours in a line, not of a block of 2x2.")
    if close(got, np.maximum(blocks.max(axis=(1, 3)), 0)):
        raise NotYet("Where all four are negative you return 0. The largest of four negative numbers is negative.")
    if not close(got, blocks.max(axis=(1, 3))):
        raise NotYet(
            f"The first block is {np.round(feature_map[:2, :2], 2).tolist()}, and you return {got.flat[0]:.2f} for it."
        )
    other = np.arange(8.0).reshape(4, 2)
    if not close(call(max_pool, other, name="max_pool"), np.array([[3.0], [7.0]])):
        raise NotYet("It works for a map of (6, 8), but not for one of (4, 2). Take the numbers from the map's shape.")
    return "half the height, half the width, the largest of each four"


def check_2_4(count):
    """Weights and biases of a convolution."""
    first, second, third = (
        number(call(count, *layer, name="count"), "the result of count")
        for layer in ((3, 1, 32), (3, 32, 64), (5, 2, 7))
    )
    if first == second == third:
        raise NotYet(f"You return {first:g} whatever layer is asked for. Compute it from side, channels and kernels.")
    if first == 3 * 3 * 32:
        raise NotYet("288 are the weights of 32 kernels of 3x3. Each kernel has a bias as well.")
    if first == 3 * 3 + 1:
        raise NotYet("That is one kernel with its bias. The layer has 32 of them.")
    if first == 26 * 26 * 32 * 10 or first > 10_000:
        raise NotYet(
            "A kernel is used at every place of the picture, but it is one kernel: the size of the picture plays no part."
        )
    if first != 320:
        raise NotYet(
            f"For 32 kernels of 3x3 on one channel you get {first:g}; one such kernel has 3 · 3 weights and a bias."
        )
    if second == 64 * 10:
        raise NotYet("On 32 channels you count as on one. A kernel looks at all channels: it has 3 x 3 x 32 weights.")
    if second == 64 * 32 * 10:
        raise NotYet(
            "You count a bias for each channel of each kernel. A kernel adds up all its channels, then one bias."
        )
    if second != 18_496:
        raise NotYet(
            f"For 64 kernels of 3x3 on 32 channels you get {second:g}; each has 3 · 3 · 32 weights and a bias."
        )
    if third != 357:
        raise NotYet("It works for kernels of 3x3, but not for 5x5. The side of the kernel is the first argument.")
    return "320 parameters for the first layer, 18,496 for the second"


def check_2_5(augment):
    """A digit may move and turn a little; it may not be mirrored, turned over or lose its paper."""
    if isinstance(augment, (list, tuple)):
        raise NotYet("`augment` is a list of layers. keras.Sequential([...]) makes one layer of them.")
    if isinstance(augment, type) or not callable(augment):
        raise NotYet(f"`augment` is {describe(augment)}; expected keras.Sequential([...]) of layers.")
    corner = np.zeros((SIDE, SIDE), np.float32)
    corner[4:24, 6:9] = corner[21:24, 6:20] = 1  # an L as large as a digit: like no mirror image of itself
    batch = np.repeat(corner[np.newaxis, :, :, np.newaxis], 256, axis=0)
    moved, still = (_augmented(augment, batch, training) for training in (True, False))
    if moved.shape != batch.shape:
        raise NotYet(f"Pictures of shape {batch.shape} come out as {moved.shape}. They must keep their shape.")
    if np.abs(moved - batch).max() < 1e-3:
        raise NotYet(
            'Nothing happens to the pictures. Add keras.layers.RandomTranslation(0.08, 0.08, fill_mode="constant").'
        )
    if not close(still, batch, 1e-3):
        raise NotYet(
            "Pictures change even when the network is used, not trained. Keras's Random... layers know the difference."
        )
    if moved.min() < -0.01 or moved.max() > 1.01:
        raise NotYet(
            f"Grey values run from {moved.min():.2f} to {moved.max():.2f} now; they must stay between 0, paper, and 1, ink."
        )
    if np.mean(np.median(moved, axis=(1, 2, 3)) > 0.5) > 0.02:
        raise NotYet("Ink and paper have changed places. The test digits will be dark ink on light paper.")
    ink = moved.sum(axis=(1, 2, 3)) / corner.sum()
    frame = np.maximum(moved[:, [0, -1]].max(axis=(1, 2, 3)), moved[:, :, [0, -1]].max(axis=(1, 2, 3)))
    gained, cut = np.mean(ink > 1.4), (frame > 0.5) | (ink < 0.5)
    if gained > 0.1:
        raise NotYet(
            f"{gained:.0%} of the pictures have far more ink than before. Zoom in by less, and fill what comes in at the "
            'border with paper: fill_mode="constant".'
        )
    if np.mean(~cut) > 0.1:
        turned, mirrored = _orientation(moved[~cut, ..., 0], corner)
        if mirrored > 0.05:
            raise NotYet(
                f"{mirrored:.0%} of the pictures are mirrored. Nobody writes a 2 or a 7 in a mirror: leave RandomFlip away."
            )
        if turned > 0.05:
            raise NotYet(
                f"{turned:.0%} of the pictures are turned by more than 25 degrees, and a 6 upside down is a 9. "
                "RandomRotation takes its factor in whole turns: 0.03 is 11 degrees."
            )
    if np.mean(cut) > 0.1:
        raise NotYet(
            f"In {np.mean(cut):.0%} of the pictures a large digit reaches the border, and a part of it may be lost. "
            "Move or zoom by less: 0.08 is two pixels."
        )
    if np.ptp(moved, axis=0).max() < 1e-3:
        raise NotYet("All pictures change in the same way. The Random... layers choose anew for each picture.")
    return "the pictures change a little, and every digit stays what it is"


def _augmented(augment, batch, training):
    try:
        return models.as_numpy(augment(batch, training=training))
    except Exception as error:  # the layers are the student's own, and each backend has errors of its own
        raise NotYet(f"`augment` cannot take a batch of pictures of shape {batch.shape} ({one_line(error)}).") from None


def _orientation(pictures, upright):
    """The shares of pictures that look most like a strongly turned, and like a mirrored, `upright`."""
    from scipy.ndimage import rotate

    def centred(picture):
        rows, columns = np.indices(picture.shape)
        mass = max(picture.sum(), 1e-6)
        shift = [round((SIDE - 1) / 2 - (picture * axis).sum() / mass) for axis in (rows, columns)]
        return np.roll(picture, shift, axis=(0, 1)).ravel()

    angles = np.arange(-180, 180, 10)
    templates = {
        (mirror, angle): centred(rotate(upright[:, ::-1] if mirror else upright, angle, reshape=False, order=1))
        for mirror in (False, True)
        for angle in angles
    }
    keys, shapes = list(templates), np.array([shape / np.linalg.norm(shape) for shape in templates.values()])
    best = [keys[index] for index in (np.array([centred(p) for p in pictures]) @ shapes.T).argmax(axis=1)]
    mirrored = np.mean([mirror for mirror, _ in best])
    turned = np.mean([not mirror and abs(angle) >= 30 for mirror, angle in best])
    return turned, mirrored


def check_2_6(model):
    """A strided convolutional network with batch normalisation."""
    models.is_model(model, "model")
    shape = getattr(model, "input_shape", None) if model.built else None
    if shape is None:
        raise NotYet("The network does not know the shape of its input. Begin the list with keras.Input((28, 28, 1)).")
    if shape != (None, SIDE, SIDE, 1):
        raise NotYet(f"The network takes {shape[1:]}; expected pictures with one channel, keras.Input((28, 28, 1)).")
    rng = np.random.default_rng(0)
    answers = models.predict(model, rng.random((8, SIDE, SIDE, 1)))
    if not np.allclose(answers.sum(axis=1), 1, atol=1e-3) or answers.min() < 0:
        raise NotYet("The ten numbers are no probabilities: their sum is not one. End with softmax.")
    layers = models.layers(model)
    kinds = [type(layer).__name__ for layer in layers]
    convolutions = [layer for layer in layers if type(layer).__name__ == "Conv2D"]
    if not convolutions:
        raise NotYet("There is no Conv2D in it. Dense layers alone don't know which pixels are neighbours.")
    if not all(layer in model.layers for layer in convolutions):
        raise NotYet("The convolutions are in a network inside the network. Put them straight into `model`.")
    if len(convolutions) < 3:
        raise NotYet(f"It has {len(convolutions)} of the three convolutions that the table asks for.")
    if not any("Normalization" in kind for kind in kinds):
        raise NotYet("BatchNormalization is missing: one after each convolution.")
    if all(tuple(layer.strides) == (1, 1) for layer in convolutions) and not any("Pooling" in kind for kind in kinds):
        raise NotYet("The pictures never become smaller. Give the first two convolutions strides=2.")
    if not _has_relu(layers):
        raise NotYet("There is no relu: without one, all convolutions in a row are no more than one.")
    if "Rescaling" not in kinds:
        raise NotYet(
            "Nothing scales the bytes to 0 to 1: keras.layers.Rescaling(1 / 255) goes right behind the input, before `augment`."
        )
    if not any(kind.startswith("Random") for kind in kinds):
        raise NotYet("`augment` is missing. Put it right after Rescaling, like a layer.")
    behind = itertools.takewhile(lambda kind: kind not in ("Dense", "Conv2D"), reversed(kinds))
    if any("Dropout" in kind for kind in behind):
        raise NotYet(
            "Dropout comes before the last layer with weights. Behind it, it strikes out some of the ten answers themselves."
        )
    parameters = model.count_params()
    if parameters > 1_000_000:
        raise NotYet(
            f"The network has {parameters:,} parameters. Without strides, Flatten leaves a long row: stride 2 in the first two."
        )
    remark = "" if parameters == PARAMETERS else f" (the table gives {PARAMETERS:,})"
    return f"three convolutions, {parameters:,} parameters{remark}"


def _has_relu(layers):
    return any(
        "ReLU" in type(layer).__name__
        or getattr(getattr(layer, "activation", None), "__name__", "linear") not in ("linear", "softmax")
        for layer in layers
    )


def check_2_7(stopping, epochs):
    """Early stopping on the validation set, with the best weights kept."""
    import keras

    if isinstance(stopping, (list, tuple)) and len(stopping) == 1:
        stopping = stopping[0]
    if isinstance(stopping, type):
        raise NotYet(f"That is the class {stopping.__name__} itself. Add parentheses with its settings.")
    if not isinstance(stopping, keras.callbacks.EarlyStopping):
        raise NotYet(f"`stopping` is {describe(stopping)}; expected keras.callbacks.EarlyStopping(...).")
    if stopping.monitor in ("loss", "accuracy"):
        raise NotYet(
            f'It watches "{stopping.monitor}", on the training images, which keeps improving when they are learned by heart. '
            'Watch "val_loss".'
        )
    if stopping.monitor == "val_accuracy":
        raise NotYet(
            "It watches the accuracy on the validation images, which often stands still while the loss falls. "
            'Watch the loss: "val_loss".'
        )
    if stopping.monitor != "val_loss":
        raise NotYet(f'fit reports no "{stopping.monitor}". Watch "val_loss".')
    if stopping.mode not in ("auto", "min"):
        raise NotYet(f"A loss is best at its minimum, and mode={stopping.mode!r} says the opposite.")
    patience, epochs = number(stopping.patience, "patience"), number(epochs, "epochs")
    if patience != round(patience):
        raise NotYet(f"patience is {patience:.2f}; it counts epochs, so it has to be whole: epochs // 3.")
    if patience < 1:
        raise NotYet(
            f"With patience={patience:g} the first epoch that is a little worse ends it all. "
            "Give it a third of the epochs."
        )
    if stopping.baseline is not None:
        raise NotYet(
            f"With baseline={stopping.baseline:g} it stops if the loss does not pass that, though it may still fall. Leave it away."
        )
    if (
        patience + stopping.start_from_epoch >= epochs - 1
    ):  # the first epoch is the best so far, and only those behind it can fail to be better
        late = f" and start_from_epoch={stopping.start_from_epoch}" if stopping.start_from_epoch else ""
        raise NotYet(
            f"With patience={patience:g}{late} a training of {epochs:g} epochs never stops early. Wait for a third of them: "
            "epochs // 3."
        )
    if abs(stopping.min_delta) > LARGEST_DELTA:  # Keras turns its sign round
        raise NotYet(
            f"With min_delta={abs(stopping.min_delta):g} only a loss that is smaller by so much counts as better, and "
            "soon the whole loss is less than 0.1. Leave min_delta away."
        )
    if not stopping.restore_best_weights:
        raise NotYet("It stops, but keeps the last weights and not the best. restore_best_weights=True.")
    return f"stops after {patience:g} epoch{'s' * (patience != 1)} without a better val_loss, and goes back to the best"


def check_2_8(look_inside, model):
    """A network from pictures to the first feature maps."""
    import keras

    models.is_model(model, "model")
    models.is_model(look_inside, "look_inside")
    pictures = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 1))
    try:
        got = np.asarray(look_inside.predict(pictures, verbose=0))
    except Exception as error:  # the network is the student's own, and each backend has errors of its own
        raise NotYet(f"`look_inside` cannot take pictures of shape (n, 28, 28, 1) ({one_line(error)}).") from None
    if got.shape == (2, 10):
        raise NotYet("That network goes on to the ten probabilities. Its output is that of the first Conv2D.")
    first = next((layer for layer in models.layers(model) if type(layer).__name__ == "Conv2D"), None)
    if first is None:
        raise NotYet("`model` has no Conv2D. Is it the network from Exercise 2.6?")
    if got.ndim != 4:
        raise NotYet(f"From 2 pictures comes the shape {got.shape}; expected the maps of the first Conv2D.")
    wanted = keras.Model(model.inputs, first.output).predict(pictures, verbose=0)
    if got.shape != wanted.shape:
        raise NotYet(
            f"From 2 pictures comes the shape {got.shape}; the first Conv2D makes {wanted.shape}. Is it the first one?"
        )
    if not np.allclose(got, wanted, atol=1e-3):
        layer = "the layers behind it" if (got >= 0).all() else "weights of its own, or no scaling before,"
        raise NotYet(f"The shape is right, but the numbers are not those of the first Conv2D: there are {layer} in it.")
    return f"{wanted.shape[-1]} maps of {wanted.shape[1]} x {wanted.shape[2]} from each picture"


def check_2_9(share_right):
    """Accuracy among the answers given with a certain confidence."""
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.3, 1, 400)
    right = rng.random(400) < confidence**2
    inside = (confidence >= 0.8) & (confidence < 0.9)
    got = number(call(share_right, confidence, right, 0.8, 0.9, name="share_right"), "the result of share_right")
    wanted = right[inside].mean()
    if close(got, right.mean()):
        raise NotYet("That is the share right of all images. Take only those with a confidence from 0.8 to 0.9.")
    if close(got, (right & inside).mean()):
        raise NotYet("You divide by the number of all images. Divide by how many there are in the interval.")
    if close(got, (right & inside).sum(), 1e-6) or got > 1:
        raise NotYet(f"Got {got:g}: a count or a percentage. Return the share, from 0 to 1.")
    if close(got, confidence[inside].mean()):
        raise NotYet("That is the mean confidence, what the network says. How often is it right?")
    if close(got, 1 - wanted):
        raise NotYet("That is the share that is wrong.")
    if not close(got, wanted):
        raise NotYet(f"Among confidences from 0.8 to 0.9 you find {got:.3f} right; there are {wanted:.3f}.")
    edge = call(share_right, np.array([0.5, 0.6, 0.7]), np.array([True, False, False]), 0.5, 0.6, name="share_right")
    if np.size(edge) != 1 or not close(np.ravel(edge)[0], 1.0):
        raise NotYet("An image on the border must be counted once: low belongs to the interval, high to the next one.")
    return "the share right within an interval of confidence"


def check_2_10(centre):
    """The centre of mass in the middle."""
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[6:10, 15:19] = 250
    picture[10:18, 16:19] = 30
    # It has to move by 5.6 and -2.6 pixels, and turned over by -4.6 and 3.6: whoever does not round, or not to the
    # nearest integer, is more than half a pixel off.
    for one in (picture, picture[::-1, ::-1].copy()):
        _refuse_off_centre(centre, one)
    return "the centre of mass lies in the middle of the picture"


def _refuse_off_centre(centre, picture):
    touched = picture.copy()
    got = array(call(centre, touched, name="centre", copy=False), "the result of centre")
    if not np.array_equal(touched, picture):
        raise NotYet("`centre` changes the picture that it is given. Work on a copy.")
    if got.shape != picture.shape:
        raise NotYet(f"The result has shape {got.shape}; expected (28, 28) again.")
    if not np.isclose(got.sum(), picture.sum(), rtol=0.02):
        raise NotYet("Ink has been lost or added. Move the whole picture, with `np.roll` or `scipy.ndimage.shift`.")
    if np.array_equal(got, picture):
        raise NotYet("The picture has not moved.")
    found, before = _mass(got.astype(float)), _mass(picture.astype(float))
    off = max(abs(place - 14) for place in found)
    if off <= 0.5:
        return
    where = f"The centre of mass lies at row {found[0]:.1f}, column {found[1]:.1f}; expected 14 and 14"
    if off <= 1:
        raise NotYet(
            f"{where}, within half a pixel. Round 14 less the place to the nearest integer, with round: int and "
            "np.floor cut off."
        )
    box = [np.flatnonzero(got.any(axis=1 - axis)) for axis in (0, 1)]
    if all(abs((side[0] + side[-1]) / 2 - 13.5) <= 1 for side in box):
        raise NotYet(
            "The box around the digit is in the middle. MNIST centres the mass: each row counts by the ink in it."
        )
    if all(abs(now - (2 * was - 14)) <= 1.5 for now, was in zip(found, before, strict=True)):
        raise NotYet("It moves away from the middle. Turn the sign of the shift round.")
    if all(abs(now - (was + 14 - other)) <= 1.5 for now, was, other in zip(found, before, before[::-1], strict=True)):
        raise NotYet("Rows and columns have changed places: axis 0 counts rows, from top to bottom.")
    raise NotYet(f"{where}.")


def _mass(picture):
    """Row and column of the centre of mass."""
    return [float(picture.sum(axis=1 - axis) @ np.arange(SIDE) / picture.sum()) for axis in (0, 1)]


def check_2_11(fast, fast_seconds, x_val, y_val, data):
    """A network that reaches the goal of the speed run."""
    models.is_model(fast, "fast")
    images = array(x_val, "x_val", shape=(None, SIDE, SIDE, 1))
    labels = array(y_val, "y_val", shape=(None,))
    if getattr(fast, "optimizer", None) is None:
        raise NotYet("`fast` is not compiled, so it cannot have been trained: compile it, then fit it.")
    seconds = number(fast_seconds, "fast_seconds")
    if seconds < 0.01:  # not even one step of training
        raise NotYet(
            f"`fast_seconds` is {seconds:g}. Take time.perf_counter() before and after fit: the later less the earlier."
        )
    if seconds > HOUR:
        raise NotYet(
            f"`fast_seconds` is {seconds:,.0f}, more than an hour: is that what a clock shows, and not how long fit took? Take "
            "time.perf_counter() before fit as well, and subtract that. (If the computer slept, train once more.)"
        )
    goal, score = SPEED_RUN[data.name], models.accuracy(fast, images, labels)
    if score < 0.3:
        raise NotYet(f"`fast` is right on {score:.1%}, as good as guessing. Has it been trained with fit?")
    if score < goal:
        raise NotYet(
            f"{score:.2%} of the validation images are right; the goal is {goal:.1%}. "
            "A learning rate that falls to zero at the last step helps most; then one epoch more."
        )
    return f"{score:.2%} of the validation images are right after {seconds:.0f} s; the goal was {goal:.1%}"


def check_2_12(test_accuracy, model, data):
    """The test accuracy of the trained network, as a share."""
    models.is_model(model, "model")
    got = models.share(test_accuracy, "test_accuracy")
    pictures = data.x_test[..., np.newaxis]
    score = models.accuracy(model, pictures, data.y_test)
    enough = 0.6 / len(data.y_test)  # less than one image
    if abs(got - score) > enough:
        if abs(got - models.accuracy(model, pictures / 255, data.y_test)) < enough:
            raise NotYet("The test images were scaled twice: `model` divides by 255 itself. Give it the bytes.")
        raise NotYet(
            f"You say {got:.4f}, but on the test images this network is right on {score:.4f}. Which images did you use?"
        )
    if score < TEST[data.name]:
        raise NotYet(f"{score:.2%} on the test images, less than this network can. Was it trained to the end?")
    return f"{score:.2%} of the test images are right"
