"""Copies are found whatever is done to them, and strangers are not taken for copies."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers import cephalexin, copies, folders, lattice_sets, textures
from tools import audit_alarms, copies_speed
from tools.copies_speed import as_jpeg, smaller


def picture(seed=0, shape=(120, 150)):
    """A random picture with coarse and fine parts."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.uniform(20, 200, (8, 8)).astype(np.float32)).resize(shape[::-1])
    return np.clip(np.asarray(coarse) + rng.normal(0, 12, shape), 0, 255).astype(np.uint8)


#: What the tool measures, and a resizing that changes the ratio of the sides.
CHANGES = copies_speed.CHANGES | {"squashed": lambda image: np.array(Image.fromarray(image).resize((128, 128)))}


def _saved(image, quality):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "jpeg", quality=quality)
    return np.array(Image.open(file))


#: What copies of regular patterns have to survive.
FINER_CHANGES = {
    "smaller": lambda image: np.array(Image.fromarray(image).resize([round(0.8 * side) for side in image.shape[::-1]])),
    "jpeg": lambda image: _saved(image, 85),
    "darker": lambda image: np.clip(0.9 * image - 3, 0, 255).astype(np.uint8),
}
slopes = copies._slopes


def turned(image, seed):
    return np.ascontiguousarray(copies.symmetries(image)[np.random.default_rng(seed).integers(8)])


@pytest.fixture(scope="module")
def samples():
    """The published photographs, and the number of the crystal that each one shows."""
    folder = cephalexin.find()
    if folder is None:
        pytest.skip("the data folder has no photographs of cephalexin")
    files = {path.name: path for path in folders.listing(folder).files}
    crystals = [(number, name) for number, names in enumerate(cephalexin.SAMPLES) for name in names]
    if missing := [name for _, name in crystals if name not in files]:
        pytest.skip(f"the photographs of cephalexin lack {missing[0]}")
    return [folders.read_image(files[name]) for _, name in crystals], [number for number, _ in crystals]


def test_the_symmetries_are_the_eight_of_a_square():
    corners = [tuple(image.ravel().tolist()) for image in copies.symmetries(np.array([[1, 2], [3, 4]]))]
    assert corners[:2] == [(1, 2, 3, 4), (2, 4, 1, 3)]
    assert corners[4] == (2, 1, 4, 3)
    assert len(set(corners)) == 8
    colours = np.zeros((3, 5, 4))
    assert [image.shape for image in copies.symmetries(colours)] == [(3, 5, 4), (5, 3, 4)] * 4


def test_the_canonical_hash_is_that_of_all_orientations_and_of_no_other_image():
    image = picture()
    assert len({copies.canonical_hash(way) for way in copies.symmetries(image)}) == 1
    changed = image.copy()
    changed[3, 5] ^= 1
    others = [changed, image[:, :-1], image.reshape(150, 120), image[::2, ::2]]
    assert len({copies.canonical_hash(other) for other in [image, *others]}) == 5
    flat = [np.zeros(shape, np.uint8) for shape in ((4, 6), (3, 8), (2, 12), (6, 4))]
    assert len({copies.canonical_hash(image) for image in flat}) == 3


def test_the_perceptual_hash_has_a_code_for_each_orientation():
    image = picture()
    codes, other = copies.fingerprints([image, picture(1)]).codes
    assert codes.shape == (8,)
    assert codes.dtype == np.uint64
    turned = copies.fingerprints(copies.symmetries(image)).codes
    assert np.bitwise_count(codes ^ turned[:, 0]).max() <= 1
    between = np.bitwise_count(codes[:, np.newaxis] ^ other)
    assert between.min() > copies.DISTANCE
    assert 25 < between.mean() < 38  # half of the 63 bits


@pytest.mark.parametrize("change", CHANGES)
def test_near_copies_are_found(change):
    images = [picture(seed) for seed in range(12)]
    changed = [turned(CHANGES[change](image), seed) for seed, image in enumerate(images)]
    assert copies.groups(images + changed).tolist() == [*range(12)] * 2


def regular(family, seed):
    """A texture in which each grey value is equally frequent: it differs from others in its pattern alone."""
    return audit_alarms._even(textures.texture(family, 96, np.random.default_rng([seed, len(family)])))


def test_regular_patterns_are_not_joined_and_their_copies_are():
    """Of 1,000 rosettes some are nearly alike: the two coarse looks alone take a dozen for copies."""
    images = [regular("rosettes", seed) for seed in range(1000)]
    found = copies.fingerprints(images)
    coarse = sum(int(np.sum(agreement >= copies.ALIKE)) for _, _, agreement in copies.close_pairs(found))
    assert coarse > 10
    assert copies.joined(found).max() + 1 >= 998
    some = [*images[:60], *(regular(family, seed) for family in ("stripes", "chequers") for seed in range(60))]
    for number, change in enumerate(FINER_CHANGES.values()):
        changed = [turned(change(image), seed + number) for seed, image in enumerate(some)]
        groups = copies.groups(some + changed)
        assert np.mean(groups[: len(some)] == groups[len(some) :]) > 0.98


def test_a_film_of_alike_frames_is_one_group_at_once(monkeypatch):
    """2 million pairs agree; each is compared only until its images are in one group."""
    rng, frame = np.random.default_rng(0), picture(3, (48, 48)).astype(float)
    images = [np.clip(frame + rng.normal(0, 0.7, frame.shape), 0, 255).astype(np.uint8) for _ in range(2000)]
    found = copies.fingerprints(images)
    compared = []
    monkeypatch.setattr(copies, "_slopes", lambda pictures: compared.append(len(pictures)) or slopes(pictures))
    assert copies.joined(found).max() == 0
    assert sum(compared) < 20_000


def test_copies_of_copies_are_one_group_in_the_order_of_their_first():
    first, second = picture(1), picture(2)
    third = smaller(as_jpeg(first))
    assert copies.groups(iter([second, first, third, turned(second, 1), smaller(third)])).tolist() == [0, 1, 1, 0, 1]


def test_blocks_make_no_difference(monkeypatch):
    images = [picture(seed, (60, 60)) for seed in (*range(9), *range(9))]
    monkeypatch.setattr(copies, "BLOCK", 2)
    monkeypatch.setattr(copies, "AT_ONCE", 1)
    assert copies.groups(images).tolist() == [*range(9)] * 2
    assert copies.groups([]).tolist() == []
    assert copies.groups(images[:1]).tolist() == [0]


def test_images_with_nothing_in_them_are_together_only_if_they_are_exact_copies():
    rng = np.random.default_rng(0)
    lit = 60 + 40 * np.cos(np.linspace(-1, 1, 120))[:, None] * np.cos(np.linspace(-1, 1, 150))
    noisy = [np.rint(lit + rng.normal(0, 3, lit.shape)).astype(np.uint8) for _ in range(10)]
    flat = [np.full((120, 150), grey, np.uint8) for grey in (0, 1, 90, 90, 255)]
    spot = flat[2].copy()
    spot[10, 10] = 255  # a pixel of the camera is broken
    other_spot = flat[0].copy()
    other_spot[10, 10] = 255
    found = copies.groups([*noisy, *flat, spot, other_spot, np.rot90(noisy[3])])
    assert found.tolist() == [*range(10), 10, 11, 12, 12, 13, 14, 15, 3]


@pytest.mark.parametrize("kind", ["blurred needles", "lattices", "textures"])
def test_strangers_are_not_joined(kind):
    if kind == "lattices":
        images = [image for image, _, _ in lattice_sets.repaired(seed=0, each=8)]
    elif kind == "textures":
        images = [
            textures.texture(name, 96, np.random.default_rng(seed))
            for name in ("clouds", "needles")
            for seed in range(40)
        ]
    else:
        images = [blurred_needles(np.random.default_rng(seed)) for seed in range(300)]
    found = copies.fingerprints(images)
    assert copies.joined(found).tolist() == [*range(len(images))]
    if kind == "blurred needles":
        assert sum(len(rows) for rows, _, _ in copies.close_pairs(found)) > 3, "the hash alone is not enough"


def blurred_needles(rng):
    """Four needles far out of focus, with the noise of a camera."""
    y, x = np.mgrid[-75:75, -75:75]
    image = np.zeros(x.shape)
    for _ in range(4):
        angle, offset, width = rng.uniform(0, np.pi), rng.normal(0, 30), rng.uniform(10, 18)
        image += rng.uniform(0.2, 1) * np.exp(-(((x * np.sin(angle) - y * np.cos(angle) - offset) / width) ** 2))
    return np.clip(40 + 150 * image / image.max() + rng.normal(0, 3, x.shape), 0, 255).astype(np.uint8)


def test_drawn_crystals_are_found_and_not_mistaken():
    crystals = pytest.importorskip("helpers.crystals")
    images = [image for image, _, _ in crystals.drawn(1, 60)]
    changed = [turned(CHANGES["all"](image), seed) for seed, image in enumerate(images)]
    found = copies.groups(images + changed)
    assert found[:120].tolist() == [*range(120)]
    assert np.mean(found[120:] == found[:120]) > 0.98
    assert (np.bincount(found) <= 2).all()


def test_the_crystals_of_the_published_photographs(samples):
    images, crystals = samples
    assert copies.groups(images).tolist() == crystals
    for change in CHANGES.values():
        one_changed = [turned(change(image), seed) for seed, image in enumerate(images)]
        assert copies.groups(images + one_changed).tolist() == crystals * 2
    for image, crystal in zip(images, crystals, strict=True):
        symmetry, difference = copies.relation(images[crystals.index(crystal)], image)
        assert (symmetry is not None, difference) == (True, 0.0)
        assert copies.relation(images[crystals.index((crystal + 1) % 7)], image)[0] is None


def test_how_copies_are_related():
    image = picture()
    for symmetry, way in enumerate(copies.symmetries(image)):
        assert copies.relation(image, way) == (symmetry, 0.0)
        found, difference = copies.relation(image, CHANGES["all"](way))
        assert found == symmetry
        assert 3 < difference < 25, "10 % brighter and a little noise"
        assert copies.relation(image, smaller(way))[0] == symmetry
    other, difference = copies.relation(image, picture(1))
    assert other is None
    assert difference > 20
    blank = np.full((40, 40), 7, np.uint8)
    assert copies.relation(blank, blank) == (0, 0.0)
    assert copies.relation(blank, blank + np.uint8(2)) == (None, 2.0)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((4, 4)), "float64 of shape (4, 4)"),
        (np.zeros((4, 4, 3), np.uint8), "uint8 of shape (4, 4, 3)"),
        (np.zeros((0, 4), np.uint8), "uint8 of shape (0, 4)"),
        ([[1, 2]], "list"),
    ],
)
def test_what_is_no_image_is_one_clear_sentence(image, words):
    works = (copies.canonical_hash, lambda image: copies.fingerprints([image]), lambda image: copies.groups([image]))
    pairs = (lambda image: copies.relation(image, picture()), lambda image: copies.relation(picture(), image))
    for work in works + pairs:
        with pytest.raises(ValueError, match=r"expected an array of uint8, \(height, width\)\.") as error:
            work(image)
        assert f"The image is {words};" in str(error.value)


def test_files_are_read_one_at_a_time_and_bad_ones_named(tmp_path, capsys, monkeypatch):
    names = ["a (1).png", "b (2).jpg", "c.tif"]
    for name, image in zip(names, (picture(1), np.rot90(picture(1)), picture(2)), strict=True):
        Image.fromarray(image).save(tmp_path / name)
    files = [tmp_path / name for name in names]
    assert copies.groups_of_files(files).tolist() == [0, 0, 1]
    assert capsys.readouterr().out == "looking for copies · 3 images read\n"
    (tmp_path / "c.tif").write_text("no image")
    with pytest.raises(ValueError, match=r"c\.tif begins with b'no image' and is no PNG"):
        copies.groups_of_files(files)
