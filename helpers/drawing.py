"""A digit drawn by hand, in the notebook or in a file, made into a picture like those of MNIST.

Ink is an array of `uint8` of any size, 0 for paper and 255 for full ink. `pad` shows a canvas in the notebook, `read`
reads a file, and `as_mnist` does with either what was done with every digit of MNIST.

References
----------
Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits: each digit fills a box of
20x20 pixels, and its centre of mass lies in the middle of 28x28.
"""

import warnings
from pathlib import Path

import numpy as np

from helpers import folders

BOX, SIDE = 20, 28  # pixels
CANVAS = 280  # pixels
LARGEST_FILE = 20e6  # bytes
#: A drawing may come from the web, too.
FORMATS = (*folders.FORMATS, "GIF", "WEBP")
LARGEST_PICTURE = 40e6  # pixels
FAINTEST = 40  # Less contrast than this, of 255, is no drawing.
#: Of a drawing on plain paper hardly anything is between ink and paper; of a photograph of the world, much.
MOST_BETWEEN, MOST_INK, MOST_COLOUR = 0.25, 0.6, 0.4
WITHOUT_CANVAS = (
    "The canvas cannot be shown here. Draw one digit with any program, or photograph one on paper, save it as a PNG or "
    "JPEG beside this notebook, and read it with drawing.read(\"NAME.png\")."
)  # fmt: skip


def as_mnist(ink):
    """Crop a drawing, scale it to 20x20 and put its centre of mass into the middle of 28x28, like MNIST's digits.

    Parameters
    ----------
    ink : array_like of uint8, shape (height, width)
        0 for paper, 255 for ink; any size.

    Returns
    -------
    ndarray of uint8, shape (28, 28)

    Raises
    ------
    ValueError
        If there is nothing on the drawing.
    """
    from PIL import Image
    from scipy import ndimage

    ink = np.asarray(ink, dtype=np.uint8)
    inked = _without_specks(ink > max(FAINTEST, ink.max(initial=0) / 4))
    if not inked.any():
        raise ValueError("The drawing is empty. Draw one digit, large and with a thick pen.")
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    cropped = _thick_enough(np.where(ndimage.binary_dilation(inked, iterations=2), ink, 0)[box], inked[box])
    height, width = (max(1, round(BOX * length / max(cropped.shape))) for length in cropped.shape)
    small = np.asarray(Image.fromarray(cropped).resize((width, height), Image.Resampling.BICUBIC), dtype=float)
    small *= 255 / small.max()  # a thin line has become pale
    # In MNIST the centre of mass lies at pixel 14, counted from zero, within half a pixel.
    top, left = (
        int(np.clip(round(14 - (small.sum(axis=1 - axis) @ np.arange(length)) / small.sum()), 0, SIDE - length))
        for axis, length in enumerate(small.shape)
    )
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[top : top + height, left : left + width] = small.round()
    return picture


def _without_specks(inked):
    """The parts of a drawing that have at least a twentieth of the pixels of the largest part."""
    from scipy import ndimage

    parts, n = ndimage.label(inked, structure=np.ones((3, 3)))
    if n < 2:
        return inked
    sizes = np.bincount(parts.ravel())[1:]
    return np.isin(parts, 1 + np.flatnonzero(sizes >= sizes.max() / 20))


def _thick_enough(ink, inked):
    """Thicken the strokes of a fine pen to about a twelfth of the drawing, so that scaling does not lose them."""
    from scipy import ndimage

    stroke = 2 * ndimage.distance_transform_edt(np.pad(inked, 1)).max()
    missing = round(max(ink.shape) / 12 - stroke)
    return ndimage.maximum_filter(np.pad(ink, missing // 2), size=missing + 1) if missing > 0 else ink


def read(path):
    """Read a drawing or a photograph of one digit from a file.

    Dark on light and light on dark are both taken; transparent parts count as paper.

    Parameters
    ----------
    path : path-like
        PNG, JPEG, GIF, BMP, TIFF or WebP, up to 20 MB and 40 million pixels.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Ink: 0 for paper, 255 for the darkest ink.

    Raises
    ------
    ValueError
        If the file is no picture, too large, empty, or no digit on a plain ground.
    OSError
        If it cannot be read.
    """
    grey = _grey(Path(path))
    frame = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    away = np.abs(grey - np.median(frame))
    contrast = away.max()
    if contrast < FAINTEST:
        raise ValueError(
            f"{path} is empty: it has the same grey everywhere. Draw one digit, large and with a thick pen."
        )
    away /= contrast
    between, inked = np.mean((away > 0.25) & (away < 0.75)), np.mean(away > 0.5)
    if between > MOST_BETWEEN or inked > MOST_INK:
        raise ValueError(
            f"{path} is not one digit on plain paper: {between:.0%} is between ink and paper, {inked:.0%} is ink. "
            "Photograph or draw one dark digit on light paper, cut away what is around it, and try again."
        )
    # The grain of paper and the edges of a compressed picture are paper.
    return (255 * np.clip((away - 0.2) / 0.6, 0, 1)).round().astype(np.uint8)


def _grey(path):
    """The grey values of a picture file as floats, 0 to 255, on white where it is transparent."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Give the name of a picture in it.")
    if not path.exists():
        raise FileNotFoundError(
            f"There is no file {path}. Is it in the folder {Path.cwd().name}, and spelled like this?"
        )
    megabytes = path.stat().st_size / 1e6
    too_large = "A picture of one digit needs less than 1 MB: make it smaller, for example 500 x 500 pixels."
    if megabytes > LARGEST_FILE / 1e6:
        raise ValueError(f"{path} has {megabytes:.0f} MB. {too_large}")
    try:
        with warnings.catch_warnings():
            # The size is looked at here, before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(path, formats=FORMATS)
        with opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise ValueError(f"{path} has {opened.width} x {opened.height} pixels. {too_large}")
            picture = ImageOps.exif_transpose(_eight_bits(opened)).convert("RGBA")
            picture.thumbnail((1000, 1000))
    except Image.DecompressionBombError:
        raise ValueError(f"{path} has more than 100 million pixels. {too_large}") from None
    except UnidentifiedImageError:
        raise ValueError(
            f"{path} is not a picture that can be read. "
            "Expected PNG, JPEG, GIF, BMP, TIFF or WebP: save it as one of them."
        ) from None
    except (OSError, SyntaxError) as error:
        raise ValueError(f"{path} is damaged ({error}). Save the picture once more.") from None
    flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    colours = np.asarray(flat, dtype=float)
    paper = np.median(np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]]), axis=0)
    coloured = np.mean(np.ptp(colours - paper, axis=2) > 60)
    if coloured > MOST_COLOUR:
        raise ValueError(
            f"{path} looks like a colour photograph, not one digit on plain paper: {coloured:.0%} of it is coloured. "
            "Photograph one dark digit on white paper, cut away what is around it, and try again."
        )
    grey = np.asarray(flat.convert("L"), dtype=float)
    opacity = np.asarray(picture.getchannel("A"), dtype=float)
    if np.ptp(grey) < FAINTEST <= np.ptp(opacity):
        return 255 - opacity  # white ink on nothing
    return grey


def _eight_bits(picture):
    """A picture of 16 bits or of fractions, from its darkest to its lightest grey, in 8 bits; any other as it is."""
    from PIL import Image

    if not picture.mode.startswith(("I", "F")):
        return picture
    grey = np.asarray(picture, dtype=float)
    return Image.fromarray((255 * (grey - grey.min()) / max(np.ptp(grey), 1e-9)).astype(np.uint8))


def strokes(lines, pen=18):
    """Draw lines as a pen on the canvas would.

    Parameters
    ----------
    lines : list of list of (float, float)
        Points (x, y) of each line, in pixels of a canvas of 280x280, y downwards.
    pen : float
        Width of the pen in pixels.

    Returns
    -------
    ndarray of uint8, shape (280, 280)
    """
    from PIL import Image, ImageDraw

    canvas = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(canvas)
    for line in lines:
        points = [tuple(point) for point in line]
        draw.line(points, fill=255, width=round(pen), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return np.asarray(canvas)


def answer(ink, classify):
    """What a network takes a drawing for.

    Parameters
    ----------
    ink : array_like of uint8, shape (height, width)
    classify : callable
        From pictures, `uint8` of shape (1, 28, 28), to probabilities of shape (1, 10).

    Returns
    -------
    picture : ndarray of uint8, shape (28, 28)
        What the network saw.
    probabilities : list of float
        Ten of them.

    Raises
    ------
    ValueError
        If there is nothing on the drawing, or the network answers with another number of numbers.
    """
    picture = as_mnist(ink)
    probabilities = np.asarray(classify(picture[np.newaxis]), dtype=float)
    if probabilities.size != 10:
        raise ValueError(f"The network answered with {probabilities.size} numbers; expected ten probabilities.")
    return picture, probabilities.ravel().tolist()


def pad(classify):
    """Show a canvas for the mouse, a finger or a pen; after each stroke the network says what it reads.

    Where the canvas cannot be shown, a line says how to do the same with a file.

    Parameters
    ----------
    classify : callable
        From pictures, `uint8` of shape (1, 28, 28), to probabilities of shape (1, 10).
    """
    from helpers import notebook

    try:
        from helpers.canvas import Canvas
    except ImportError:
        print(WITHOUT_CANVAS)
        return
    if not notebook.is_running():
        print(WITHOUT_CANVAS)
        return
    notebook.display_widget(Canvas(classify), WITHOUT_CANVAS)
