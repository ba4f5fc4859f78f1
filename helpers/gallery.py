"""Pictures that change: a grid that is redrawn while a network learns, its animation, and a walk on a slider."""

import io

import numpy as np

from helpers import folders, notebook

#: Seconds that an animation takes to play once.
ONCE = 6.0


class Frames:
    """A grid of pictures at successive moments: shown live, kept, and played at the end.

    Parameters
    ----------
    columns : int
        Pictures in a row.
    """

    def __init__(self, columns=10):
        self.columns = columns
        self.frames, self.moments = [], []
        self._handle = None

    def add(self, pictures, moment):
        """Show the pictures in place of the last ones, and keep them.

        Parameters
        ----------
        pictures : array_like of uint8, shape (n, height, width)
            Ink: 0 for paper, 255 for full ink. The same number each time.
        moment : str
            When this was, for example ``"epoch 2"``.
        """
        self._line = np.shape(pictures)[1] + 2  # the height of one line of the grid in pixels
        self.frames.append(grid(pictures, self.columns))
        self.moments.append(moment)
        if notebook.is_running():
            picture = _encoded(self.frames[-1], "PNG")
            alt = f"{len(pictures)} generated pictures, {moment}."
            width = 2 * self.frames[-1].shape[1]
            self._handle = notebook.display_picture(picture, alt, width, live=True, handle=self._handle)

    def strip(self, moments=6):
        """Show the first line of the grid at some moments, from the first at the top to the last at the bottom.

        Parameters
        ----------
        moments : int
        """
        if not self.frames:
            print("There are no pictures to show. Did the training run?")
            return
        chosen = np.unique(np.linspace(0, len(self.frames) - 1, moments).round().astype(int))
        lines = np.concatenate([self.frames[index][: self._line] for index in chosen])
        when = ", ".join(self.moments[index] for index in chosen)
        alt = f"The same {self.columns} points of noise at {len(chosen)} moments: {when}."
        larger = lines.repeat(2, axis=0).repeat(2, axis=1)
        _show(_encoded(larger, "PNG"), alt, larger.shape[1])

    def play(self):
        """Show all that was kept, one after the other, again and again."""
        if not self.frames:
            print("There are no pictures to play. Did the training run?")
            return
        alt = f"An animation of {len(self.frames)} grids of generated pictures, from the first moment to the last."
        step = max(20, round(1000 * ONCE / len(self.frames)))
        rest = [_image(frame) for frame in self.frames[1:]]
        # The last one stays for two seconds.
        gif = _encoded(
            self.frames[0], "GIF", save_all=True, append_images=rest, duration=[step] * len(rest) + [2000], loop=0
        )
        _show(gif, alt, 2 * self.frames[0].shape[1], kind="image/gif")


def walk(picture_at):
    """A slider that shows the picture at each of 61 places of a path.

    Parameters
    ----------
    picture_at : callable
        From a place, a float from 0 to 1, to a picture: `uint8`, shape (height, width).
    """
    instead = "In a running notebook a slider is here: it walks from one picture to the next."
    if not notebook.is_running():
        print(instead)
        return
    import ipywidgets

    slider = ipywidgets.FloatSlider(0, min=0, max=1, step=1 / 60, description="place", readout_format=".2f")
    message = ipywidgets.Label()
    picture = ipywidgets.Image(value=_encoded(np.asarray(picture_at(0.0)), "PNG"), format="png", width=168)

    def move(change):
        try:
            picture.value = _encoded(np.asarray(picture_at(change["new"])), "PNG")
            message.value = ""
        except Exception as error:  # the network is the student's own, and a trace would not be seen here
            message.value = f"{type(error).__name__}: {error}"

    slider.observe(move, names="value")
    box = ipywidgets.VBox([slider, picture, message])
    notebook.display_widget(box, instead)


def save(path, pictures, columns=10):
    """Write a grid of pictures to a PNG file, whole or not at all.

    Parameters
    ----------
    path : path-like
    pictures : array_like of uint8, shape (n, height, width)
    columns : int
    """
    with folders.whole(path) as part:
        part.write_bytes(_encoded(grid(pictures, columns), "PNG"))


def grid(pictures, columns=10):
    """Pictures side by side in one array, with a margin of one pixel of paper.

    Parameters
    ----------
    pictures : array_like of uint8, shape (n, height, width)
    columns : int

    Returns
    -------
    ndarray of uint8
    """
    pictures = np.pad(np.asarray(pictures, np.uint8), ((0, -len(pictures) % columns), (1, 1), (1, 1)))
    rows, (_, height, width) = len(pictures) // columns, pictures.shape
    return pictures.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def _show(picture, alt, width, **kind):
    """Show a picture (bytes) in a notebook; elsewhere, print what it shows."""
    if notebook.is_running():
        notebook.display_picture(picture, alt, width, **kind)
    else:
        print(f"[{alt}]")


def _image(ink):
    from PIL import Image

    return Image.fromarray(255 - ink)


def _encoded(ink, kind, **settings):
    buffer = io.BytesIO()
    _image(ink).save(buffer, kind, **settings)
    return buffer.getvalue()
