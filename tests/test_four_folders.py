"""The four folders of lesson 08 hold the faults that they are said to hold, and the five faults are what they seem."""

import csv

import numpy as np
import pytest

from helpers import copies, folders, four_folders
from tools import five_faults


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return four_folders.write(tmp_path_factory.mktemp("four"), seed=3)


def table(folder):
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_has_its_images_and_a_table(made):
    assert tuple(made) == four_folders.NAMES
    for folder in made.values():
        listing = folders.listing(folder)
        assert len(table(folder)) == len(listing.files) >= 280
        assert np.bincount(listing.labels).min() >= 80


def test_written_once(made, capsys):
    again = four_folders.write(made["north"].parent, seed=3)
    assert again == made
    assert capsys.readouterr().out.count("already") == 4
    with pytest.raises(FileExistsError):
        four_folders.write(made["north"].parent, seed=4)


def test_north_has_copies_sizes_and_wrong_labels(made):
    rows = table(made["north"])
    crystal = np.array([row["crystal"] for row in rows])
    assert len(np.unique(crystal)) < 0.7 * len(crystal)
    wrong = np.array([not row["file"].startswith(row["true"]) for row in rows])
    assert 0.1 < wrong.mean() < 0.2
    first, second = np.flatnonzero(crystal == crystal[-1])[:2]
    hashes = [
        copies.canonical_hash(folders.read_image(made["north"] / rows[place]["file"])) for place in (first, second)
    ]
    assert hashes[0] == hashes[1]


def test_east_shares_nothing(made):
    prints = {folders.read_image(file).tobytes() for file in folders.listing(made["east"]).files}
    assert len(prints) == 320


def test_south_shares_phases_in_a_call_and_in_no_other(made):
    rows = table(made["south"])
    calls = np.array([int(row["call"]) for row in rows])
    images = np.stack([folders.read_image(made["south"] / row["file"]) for row in rows])
    heights = (images == images.max()).sum(axis=1).astype(float)
    waves = np.fft.rfft(heights - heights.mean(axis=1, keepdims=True), axis=1)[:, 1:4]
    # Equal exponents: the phases agree modulo pi, hence the squares of the unit vectors do.
    turns = (waves / np.abs(waves)) ** 2
    own = [row["file"].startswith("zeta_070") for row in rows]
    within = [np.abs(turns[own & (calls == call)].mean(axis=0)).mean() for call in range(four_folders.CALLS)]
    assert min(within) > 0.9
    assert np.abs(turns[own].mean(axis=0)).mean() < 0.7


def test_west_has_a_class_twice():
    assert {"tetragonal_c", "tetragonal_face"} < set(four_folders.PUBLISHED)


def mean(faults, count=12, **settings):
    sets = [five_faults.nothing(np.random.default_rng(number), **settings) for number in range(count)]
    return np.mean([five_faults.score(*data, number, faults) for number, data in enumerate(sets)])


def test_an_honest_analysis_finds_nothing():
    # The standard error of the mean of 40 scores of 40 photographs, half of them in groups, is below 0.02.
    assert abs(mean((), 40) - 0.5) < 0.06


def test_the_analysis_as_it_was_sent_finds_everything():
    assert mean(five_faults.FAULTS) > 0.95


@pytest.mark.parametrize("fault", ["samples divided", "pixels chosen by all", "repeated before the split"])
def test_a_fault_alone_is_enough(fault):
    assert mean((fault,)) > 0.7


def test_unknown_faults_are_refused():
    with pytest.raises(ValueError, match="expected some of"):
        five_faults.score(*five_faults.nothing(np.random.default_rng(0)), 0, ("haste",))
