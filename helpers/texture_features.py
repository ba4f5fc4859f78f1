"""What a grey image is made of, in a few numbers: a classical classifier's eyes.

No number knows the size of the image, and none changes if it is turned by 90° or mirrored.
"""

import numpy as np

#: Over how many pixels an image is smoothed, from fine to coarse.
SCALES = (1.0, 2.0, 4.0)
#: One name for each number of `features`.
NAMES = tuple(f"{what} {scale:g} px" for scale in SCALES for what in ("direction", "spread", "share", "lopsidedness"))


def features(image):
    """Twelve numbers: at three scales, what a small neighbourhood and the whole image look like.

    - *direction*: the mean coherence of the structure tensor, weighted by its strength. 1 where all edges nearby run in
      one direction, as along a needle; 0 where they run in all, as round a speck.
    - *spread*: the standard deviation of that coherence over the image.
    - *share*: how much of the image's variance lies between this scale and the next, coarser one.
    - *lopsidedness*: the skewness of what lies between them: above 0 for bright specks or lines on a dark ground.

    Parameters
    ----------
    image : array_like, shape (height, width)
        At least 32 x 32 pixels, of any grey levels: brightness and contrast make no difference.

    Returns
    -------
    ndarray of float, shape (12,)
        In the order of `NAMES`; all 0 for an image of one grey.

    Raises
    ------
    ValueError
        If it is no grey image, or a smaller one, or a pixel is NaN or infinite.

    References
    ----------
    J. Bigün, G. H. Granlund, Optimal orientation detection of linear symmetry, ICCV 1987, p. 433.
    """
    from scipy.ndimage import gaussian_filter, sobel

    image = np.asarray(image, np.float32)
    if image.ndim != 2 or min(image.shape) < 32:
        raise ValueError(f"The image has shape {image.shape}; expected (height, width), 32 or more each.")
    if not np.isfinite(image).all():
        raise ValueError("The image has pixels that are NaN or infinite; expected grey levels.")
    variance = image.var()
    if not variance:
        return np.zeros(len(NAMES))
    image = (image - image.mean()) / np.sqrt(variance)
    found = []
    for scale in SCALES:
        smooth = gaussian_filter(image, scale)
        x, y = sobel(smooth, axis=1), sobel(smooth, axis=0)
        xx, yy, xy = (gaussian_filter(product, 2.5 * scale) for product in (x * x, y * y, x * y))
        strength = xx + yy + 1e-9
        coherence = np.hypot(xx - yy, 2 * xy) / strength
        band = smooth - gaussian_filter(image, 2 * scale)
        width = band.std() + 1e-9
        found += [
            np.average(coherence, weights=strength),
            coherence.std(),
            width**2,
            np.mean((band / width) ** 3),
        ]
    return np.array(found, float)
