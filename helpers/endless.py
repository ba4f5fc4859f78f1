"""Data that a program makes while a network learns from it: no example comes twice, in constant memory."""

import numpy as np


def stream(make, seed, batches):
    """A data set for `fit` that goes on for ever.

    Parameters
    ----------
    make : callable
        From a numpy.random.Generator to one batch: a pair of arrays.
    seed : int
        The same seed gives the same batches. (Keras asks for one more than it trains on, to learn their shape.)
    batches : int
        Batches in an epoch.

    Returns
    -------
    keras.utils.PyDataset
    """
    import keras

    class Stream(keras.utils.PyDataset):
        epoch = 0

        def __len__(self):
            return batches

        def __getitem__(self, index):
            return make(np.random.default_rng([seed, self.epoch, index]))

        def on_epoch_end(self):
            self.epoch += 1

    return Stream()
