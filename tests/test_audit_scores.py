"""What the audit's numbers rest on: intervals that hold what they promise, parts and groups that are never divided."""

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from helpers.audit import grouping, labels, ladder, reading, scores, shortcuts


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Groups of five that are right or wrong together: 95 of 100 intervals hold the true share, on average."""
    rng = np.random.default_rng(1)
    truth, inside, narrow = 0.7, 0, 0
    of_group = np.repeat(np.arange(120), 5)
    classes = np.repeat(np.arange(2), 300)
    for _ in range(400):
        hits = (rng.random(120) < truth)[of_group]
        found = scores.score(hits, classes, of_group)
        inside += found.low <= truth <= found.high
        alone = scores.score(hits, classes, np.arange(600))
        narrow += alone.low <= truth <= alone.high
    assert 0.92 <= inside / 400 <= 0.98
    assert narrow / 400 < 0.75  # whoever takes copies for independent promises too much


def test_balanced_accuracy_counts_classes_alike():
    classes = np.repeat([0, 1], [90, 10])
    found = scores.score(classes == 0, classes, np.arange(100))
    assert found.value == pytest.approx(0.5)
    assert not found.clearly_above(0.5)
    perfect = scores.score(np.ones(20, bool), np.arange(20) % 2, np.arange(20))
    assert perfect.value == perfect.high == 1
    assert perfect.low == pytest.approx(0.839, abs=0.001)  # Wilson's, for 20 of 20
    assert scores.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I


def test_chance_is_hardly_ever_called_clear():
    rng = np.random.default_rng(2)
    classes = np.arange(100) % 4
    called = [
        scores.score(rng.integers(0, 4, 100) == classes, classes, np.arange(100)).clearly_above(0.25)
        for _ in range(2000)
    ]
    assert np.mean(called) < 0.005


def test_a_difference_is_sharper_than_two_scores():
    rng = np.random.default_rng(3)
    classes, groups = np.arange(400) % 2, np.arange(400)
    hits = rng.random(400) < 0.7
    fewer = hits & (rng.random(400) > 0.1)
    more = scores.difference(hits, fewer, classes, groups)
    assert more.low > 0
    assert more.high - more.low < 0.7 * (
        scores.score(hits, classes, groups).high - scores.score(hits, classes, groups).low
    )
    assert scores.difference(hits, hits, classes, groups)[:3] == (0, 0, 0)


def test_parts_divide_classes_and_never_groups():
    rng = np.random.default_rng(4)
    classes = np.repeat(np.arange(3), [100, 60, 40])
    groups = np.unique(
        np.where(rng.random(200) < 0.5, np.arange(200), 1000 + classes * 10 + rng.integers(0, 9, 200)),
        return_inverse=True,
    )[1]
    part = scores.folds(classes, groups, 1)
    assert all(len(set(part[groups == group])) == 1 for group in set(groups))
    assert np.all(np.abs(np.bincount(part) - 40) < 12)
    assert np.array_equal(part, scores.folds(classes, groups, 1))
    assert len(set(scores.folds(np.arange(40) % 2, np.arange(40) // 14, 1))) == 3
    assert scores.folds(np.arange(40) % 2, np.arange(40) % 2, 1) is None
    split = grouping.split(classes, groups, rng)
    assert all(len(set(split[groups == group])) == 1 for group in set(groups))


def test_groups_are_united():
    first, second = np.array([0, 0, 1, 2, 3]), np.array([5, 6, 6, 7, 7])
    assert grouping.united(first, second).tolist() == [0, 0, 0, 1, 1]
    assert grouping.united(first, None).tolist() == [0, 0, 1, 2, 3]
    assert grouping.mixed(np.array([0, 0, 1, 1]), np.array(["a", "b", "b", "b"])).tolist() == [True, False]


def test_shuffled_labels_keep_groups_together():
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(50), 4)
    classes = (groups % 2).astype(int)
    other = ladder.shuffled(classes, groups, rng)
    assert not np.array_equal(other, classes)
    assert all(len(set(other[groups == group])) == 1 for group in range(50))
    assert other.sum() == classes.sum()
    mixed = ladder.shuffled(np.arange(200) % 2, groups, rng)
    assert mixed.sum() == 100


def test_what_files_say_of_themselves(tmp_path):
    image = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8))
    image.save(tmp_path / "plain.png")
    assert reading.header(tmp_path / "plain.png") == ("PNG L", {})
    written = PngImagePlugin.PngInfo()
    written.add_text("Operator", "x" * 100)
    image.convert("RGB").save(tmp_path / "text.png", pnginfo=written)
    assert reading.header(tmp_path / "text.png") == ("PNG RGB", {"Operator": "x" * 40})
    exif = Image.Exif()
    exif[0x0131], exif[0x0132] = "microscope 3", "2024:05:17 10:00:00"
    image.save(tmp_path / "camera.jpg", exif=exif, quality=50)
    kind, coarse = reading.header(tmp_path / "camera.jpg")
    assert kind == "JPEG L"
    assert (coarse["EXIF Software"], coarse["EXIF DateTime"]) == ("microscope 3", "2024:05:17")
    image.save(tmp_path / "fine.jpg", quality=95)
    assert reading.header(tmp_path / "fine.jpg")[1]["JPEG table 0"] != coarse["JPEG table 0"]


def test_warnings_about_entries_do_not_flood(tmp_path, recwarn):
    exif = Image.Exif()
    exif[0x010F] = "a maker with a long name"
    Image.new("L", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    contents = (tmp_path / "a.jpg").read_bytes()
    place = contents.index(b"Exif") + 6 + 8 + 2 + 4  # how long the first entry says that it is
    (tmp_path / "a.jpg").write_bytes(contents[:place] + b"\xff" * 4 + contents[place + 4 :])
    assert reading.header(tmp_path / "a.jpg")[0] == "JPEG L"
    assert not recwarn.list


@pytest.mark.parametrize(("name", "number"), [("PG (5308).png", 5308), ("run2_img007.tif", 7), ("none.png", np.nan)])
def test_numbers_in_names(name, number):
    assert reading.number(name) == pytest.approx(number, nan_ok=True)


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (20, 300), (3000, 500), (64, 64), (1, 50_000), (1, 1)])
def test_texture_is_taken_of_images_of_any_size(shape):
    image = np.random.default_rng(6).integers(0, 256, shape, np.uint8)
    fair = reading._of_fair_size(image)
    assert min(fair.shape) >= 32
    assert max(fair.shape) <= 4 * reading.LARGEST


def test_typical_values_in_words():
    said = shortcuts.typical(
        ["151 x 151"] * 3 + ["90 x 80", "70 x 60", "70 x 60"], np.array([0, 0, 0, 1, 1, 1]), ["cex", "pg"]
    )
    assert said == "cex: 151 x 151 (100%); pg: 70 x 60 (67%), 90 x 80 (33%)"


def answers(rng, classes, certainty):
    """Probabilities of a baseline that is right as often as it says."""
    wanted = np.eye(classes.max() + 1)[classes] * certainty[:, None] + (1 - certainty[:, None]) / (classes.max() + 1)
    return wanted / wanted.sum(axis=1, keepdims=True)


def test_wrong_labels_are_counted_where_baselines_are_sure():
    rng = np.random.default_rng(7)
    true = np.arange(600) % 3
    probabilities = answers(rng, true, rng.uniform(0.3, 0.95, 600))
    wrong = rng.permutation(600)[:60]
    given = true.copy()
    given[wrong] = (true[wrong] + 1) % 3
    found = labels.suspects(probabilities, given, np.arange(600))
    assert set(found.places) == set(wrong)
    assert found.surest == 120
    assert found.low < 0.1 < found.high
    assert labels.suspects(probabilities, true, np.arange(600)).against == 0


def test_a_pair_that_is_one_among_classes_that_are_not():
    """Classes 0 and 1 are one, but a fifth of class 0 looks like class 2."""
    rng = np.random.default_rng(8)
    given = np.repeat(np.arange(4), 100)
    features = np.eye(4)[np.where(given == 1, 0, given)] + 0.05 * rng.standard_normal((400, 4))
    features[:20] = [0, 0, 0.8, 0]
    features[:20] += 0.02 * rng.standard_normal((20, 4))
    part = scores.folds(given, np.arange(400), 1)
    said = {"forest": ladder.out_of_fold(features, given, part, 1)}
    pairs = labels.pairs(said, given, np.arange(400))
    assert labels.alike(pairs) == [((0, 1), True)]
    (second,) = labels.seconds([((0, 1), True)], said, features, given, np.arange(400), 1)
    assert (second.label, second.other, second.like) == (0, 1, 2)
    assert set(second.places) == set(range(20))
    copied = np.where(np.arange(400) < 20, 0, np.arange(400))  # twenty copies of one picture are no second class
    assert labels.seconds([((0, 1), True)], said, features, given, copied, 1) == []
    hard = {"coin": rng.dirichlet([1] * 4, 400)}
    nothing = labels.pairs(hard, given, np.arange(400))
    assert {unusual for _, unusual in labels.alike(nothing)} == {False}
    both = {**nothing, (0, 1): pairs[0, 1]}
    order = [max(score.value for score in both[pair].values()) for pair, _ in labels.alike(both)]
    assert order == sorted(order)


def test_a_few_images_do_not_make_two_classes_one():
    """Six of ten are called right: by chance, classes that a better answer tells apart look like that."""
    given = np.repeat(np.arange(4), 5)
    sure = np.eye(4)[given]
    sure[:2, [0, 1]] = sure[5:7, [1, 0]] = [0, 1]
    assert labels.alike(labels.pairs({"forest": sure}, given, np.arange(20))) == []
    given, sure = np.repeat(given, 20), np.repeat(sure, 20, axis=0)
    assert labels.alike(labels.pairs({"forest": sure}, given, np.arange(400))) == [((0, 1), True)]


def test_fewer_images_for_a_learning_curve_are_of_all_classes():
    classes, groups = np.repeat([0, 1], [90, 10]), np.arange(100) // 2
    for share, images in ((1.0, 100), (0.5, 48), (0.02, 4)):
        kept = ladder._fewer(classes, groups, np.ones(100, bool), share, np.random.default_rng(9))
        assert kept.sum() == images
        assert set(classes[kept]) == {0, 1}
        assert all(len(set(kept[groups == group])) == 1 for group in range(50))
