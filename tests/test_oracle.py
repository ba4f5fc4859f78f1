"""The oracle against what can be computed otherwise."""

from statistics import NormalDist

import numpy as np

from helpers import lattice_sets, lattices, oracle, stem


def setting(**changes):
    drawn = lattice_sets.drawn(lattices.PUBLISHED["cubic_bcc"], np.random.default_rng(0))
    return drawn | {"length": 60.0} | changes


def test_the_likelihood_is_that_of_poisson_counts():
    from scipy.stats import poisson

    rng = np.random.default_rng(1)
    mean = rng.uniform(0.5, 3, (2, 6, 6))
    counts = rng.poisson(mean[0])
    expected = poisson.logpmf(counts, mean).sum(axis=(1, 2))
    got = oracle.log_likelihood(counts, mean)
    assert np.isclose(got[0] - got[1], expected[0] - expected[1])


def test_two_classes_that_are_one_are_a_coin_toss():
    names = ("tetragonal_c", "tetragonal_face", "cubic_bcc")
    matrix = oracle.confusion((5.0,), each=4, rng=np.random.default_rng(2), names=names)[0]
    assert np.allclose(matrix, [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]])


def test_with_almost_no_electrons_it_guesses_and_with_many_it_knows():
    names = ("cubic_bcc", "cubic_bcc_2atom", "tetragonal_face_bcc")
    few, many = oracle.confusion((1e-5, 10.0), each=20, rng=np.random.default_rng(3), names=names)
    assert np.allclose(few.sum(axis=1), 1)
    assert abs(np.trace(few) / 3 - 1 / 3) < 0.25
    assert np.allclose(many, np.eye(3))


def test_classes_merge_where_theory_says():
    """Two of them, at the dose that d′ gives for 10 % errors: one in ten simulated answers is wrong."""
    names, rng = ("tetragonal_face_bcc", "tetragonal_face_bcc_2atom"), np.random.default_rng(4)
    images = oracle.candidates(setting(), (3.0, 5.0), names)
    a, b = images[names[0]][0], images[names[1]][0]
    distance = lattice_sets.REDUCED**2 * np.sum((a - b) ** 2 / ((a + b) / 2 + 1e-9))
    dose = (2 * NormalDist().inv_cdf(0.9)) ** 2 / distance
    electrons = dose * lattice_sets.REDUCED**2
    wrong = 0
    for truth, other in ((a, b), (b, a)):
        for _ in range(500):
            counts = rng.poisson(electrons * truth.astype(float))
            wrong += oracle.log_likelihood(counts, electrons * other) > oracle.log_likelihood(counts, electrons * truth)
    assert abs(wrong / 1000 - 0.1) < 0.035


def test_merging_knows_what_never_separates():
    names = ("tetragonal_c", "tetragonal_face", "hexagon")
    doses = oracle.merging(9, np.random.default_rng(5), names)
    assert np.isinf(doses[0, 1])
    assert np.isnan(np.diag(doses)).all()
    assert np.isfinite(doses[0, 2])


def test_candidates_are_the_means_of_the_images():
    """Counts of many images of one class have the mean that the oracle expects."""
    chosen, rng = setting(background=0.1, side=200), np.random.default_rng(6)
    mean = oracle.candidates(chosen, (1.0, 2.0), ("cubic_bcc",))["cubic_bcc"][0]
    displacement = chosen["displacement_x"], chosen["displacement_y"]
    columns = lattices.columns(
        lattices.PUBLISHED["cubic_bcc"], 60.0, (64, 64), None, displacement, chosen["rotation"], (1.0, 2.0)
    )
    clean = stem.intensity(columns, (64, 64), background=0.1 * 80)
    counted = [stem.reduced(stem.counts(clean / clean.max(), 3, rng), 2) for _ in range(300)]
    assert np.abs(np.mean(counted, axis=0) / 3 - mean).max() < 6 * np.sqrt(1 / 3 / 4 / 300)
