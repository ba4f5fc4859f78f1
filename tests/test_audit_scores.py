"""What the audit's numbers rest on: intervals that hold what they promise, parts and groups that are never divided."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from helpers.audit import findings, grouping, labels, ladder, reading, scores, shortcuts


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


@pytest.mark.parametrize("count", [4, 6, 10, 20])
def test_few_groups_that_agree_are_no_certainty(count):
    """Groups of a hundred images that are right or wrong as one: the interval holds the truth as often as it says."""
    rng, truth = np.random.default_rng(count), 0.8
    of_group = np.repeat(np.arange(count), 100)
    classes = of_group % 2
    inside = 0
    for _ in range(300):
        found = scores.score((rng.random(count) < truth)[of_group], classes, of_group)
        inside += found.low <= truth <= found.high
        assert found.high - found.low > 0.15
    assert inside / 300 >= 0.93
    perfect = scores.score(np.ones(100 * count, bool), classes, of_group)
    assert perfect.low == pytest.approx(scores.wilson(count, count)[0])
    assert perfect.clearly_above(0.5) == (count >= 10)


def test_what_unequal_groups_are_worth():
    groups = np.repeat(np.arange(6), [10, 10, 10, 28, 1, 1])
    assert scores.worth(np.repeat([0, 1], 30), groups) == pytest.approx([3, 900 / 786])
    assert scores.worth(np.zeros(7, int), np.arange(7)) == pytest.approx([7])


def of_sizes(heights, classes):
    """What is kept of images of which only the height differs."""
    items = reading.Items([Path("a.png")] * len(classes), [], classes, ["a", "b"])
    nothing = {name: [] for name in reading.Seen._fields} | {"greys": np.zeros((len(classes), 7))}
    nothing |= {"kinds": ["PNG L"] * len(classes), "tags": [{}] * len(classes), "sizes": np.zeros(len(classes))}
    return reading.Seen(**nothing | {"items": items, "shapes": np.stack([heights, heights], axis=1)})


@pytest.mark.parametrize(("count", "sets"), [(4, 40), (6, 40), (10, 40), (20, 30)])
def test_sizes_of_groups_that_mean_nothing_are_no_alarm(count, sets, monkeypatch):
    """All images of a group have one size, which has nothing to do with the class."""
    monkeypatch.setattr(shortcuts, "TREES", 10)
    monkeypatch.setattr(shortcuts, "FEW_TREES", 5)
    rng, alarms = np.random.default_rng(count), 0
    of_group = np.repeat(np.arange(count), 10)
    for seed in range(sets):
        seen = of_sizes(rng.integers(50, 500, count)[of_group], rng.permutation(count)[of_group] % 2)
        part = scores.folds(seen.items.labels, of_group, seed)
        found = findings.of_shortcuts(shortcuts.scored(seen, of_group, part, seed), seen, 1.0)
        alarms += any(finding.gravity != "note" for finding in found)
    assert alarms == 0


def test_sizes_that_tell_the_class_are_serious_only_if_there_are_enough_groups(monkeypatch):
    monkeypatch.setattr(shortcuts, "FEW_TREES", 5)
    monkeypatch.setattr(shortcuts, "WAYS", 250)
    for count, gravity in ((6, "note"), (16, "serious"), (30, "serious")):
        of_group = np.repeat(np.arange(count), 10)
        seen = of_sizes(50 + 100 * (of_group % 2) + of_group, of_group % 2)
        part = scores.folds(seen.items.labels, of_group, 1)
        (finding,) = findings.of_shortcuts(shortcuts.scored(seen, of_group, part, 1), seen, 1.0)
        assert finding.gravity == gravity
        assert ("In so few groups that may be chance" in finding.evidence) == (gravity == "note")


def test_every_way_to_exchange_labels_is_tried_once():
    ways = list(shortcuts._distinct([0, 0, 1, 1, 1]))
    assert len(ways) == len(set(ways)) == shortcuts._ways(np.array([0, 0, 1, 1, 1])) == 10
    of_group = np.repeat(np.arange(6), 5)
    p = shortcuts.probability((of_group % 2)[:, np.newaxis] + 0.0, of_group % 2, of_group, 1)
    assert p == pytest.approx(2 / 20)  # the right way, and the one in which the classes change names


def test_labels_exchange_within_groups_of_several_classes():
    """Each of four groups has both classes; the value follows the class in all of them: one way of sixteen, and one."""
    of_group, classes = np.repeat(np.arange(4), 20), np.arange(80) % 2
    assert shortcuts.probability(classes[:, np.newaxis] + 0.0, classes, of_group, 1) > shortcuts.RARE


def test_random_and_tight_splits_have_the_same_number_of_parts():
    classes, calls = np.arange(80) % 2, np.arange(80) // 2 % 2
    assert scores.parts_of(classes, calls) == 2
    assert len(set(scores.folds(classes, np.arange(80), 1, 2))) == 2


def test_gravity_of_copies_counts_exact_ones_that_cross():
    """Fifty exact pairs of one label each, and of these, two near pairs with other labels: no serious crossing."""
    exact = np.repeat(np.arange(50), 2)
    groups = exact.copy()
    groups[groups == 1] = 0
    classes = (exact > 0).astype(int)
    found = grouping.Copies(groups, exact, [np.arange(4)])
    items = reading.Items([], [], classes, ["a", "b"])
    gravity = {finding.kind: finding.gravity for finding in findings.of_copies(found, items)}
    assert gravity == {"copies": "serious", "copies across labels": "look"}
    near = found._replace(exact=np.arange(100))
    assert {finding.gravity for finding in findings.of_copies(near, items)} == {"look"}
    classes[1] = 1
    gravity = {finding.kind: finding.gravity for finding in findings.of_copies(found, items)}
    assert gravity["copies across labels"] == "serious"


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
    found = labels.suspects(probabilities, given, np.arange(600), np.arange(600))
    assert set(found.places) == set(wrong)
    assert found.surest == 120
    assert found.low < 0.1 < found.high
    assert labels.suspects(probabilities, true, np.arange(600), np.arange(600)).against == 0


def test_labels_of_few_groups_are_not_counted_as_many():
    """Three of four groups are misjudged a little, one much: no share of wrong labels follows from that."""
    true, groups = np.arange(800) % 2, np.repeat(np.arange(4), 200)
    rng = np.random.default_rng(12)
    given = np.where(rng.random(800) < np.array([0.02, 0.05, 0.4, 0.1])[groups], 1 - true, true)
    said = answers(rng, true, rng.uniform(0.6, 0.9, 800))
    alone = labels.suspects(said, given, np.arange(800), np.arange(800))
    grouped = labels.suspects(said, given, np.arange(800), groups)
    assert alone.low > findings.CONTRADICTED > grouped.low
    assert grouped.against == alone.against
    kinds = [next(findings.of_labels(alone, skill, 800)).kind for skill in (0.3, 0.5)]
    assert kinds == ["labels unsure", "labels"]


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
