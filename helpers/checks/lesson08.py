"""Checks of lesson 8: your own data."""

import difflib
import warnings
from unittest.mock import patch

import numpy as np
from scipy.stats import norm
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from helpers.checks import NotYet, array, call, close, describe, number, refuse_blank
from helpers.checks.witness import observe
from helpers.four_folders import FAULTS, NAMES

# --- a guess --------------------------------------------------------------------------------------


def check_8_1(guess):
    """A list of known words for each of the four folders."""
    refuse_blank(guess)
    if not isinstance(guess, dict):
        raise NotYet(
            f'`guess` is {describe(guess)}; expected a dictionary: {{"north": ["copies"], …}}, with the four names.'
        )
    for name in guess:
        if name not in NAMES:
            raise NotYet(f"There is no folder {name!r}; their names are {', '.join(NAMES)}.{_nearest(name, NAMES)}")
    if missing := [name for name in NAMES if name not in guess]:
        raise NotYet(f"There is no guess yet for {' and '.join(missing)}.")
    for name in NAMES:
        _judge_words(guess[name], name)
    return "written down; the audit will tell"


def _judge_words(words, name):
    """Raise `NotYet` unless these are words of the lesson, in a list."""
    what = f'`guess["{name}"]`'
    if words is ...:
        raise NotYet(f"{what} is still blank (...). A wrong guess is welcome, an empty one is not.")
    if isinstance(words, str):
        raise NotYet(
            f'{what} is the text {words[:30]!r}. Put it into a list, also if it is one word: ["{words[:30]}"].'
        )
    if not isinstance(words, (list, tuple, set, frozenset, np.ndarray)):
        raise NotYet(f"{what} is {describe(words)}; expected a list of words.")
    words = list(words)
    if not words:
        raise NotYet(f'{what} is empty. If you expect no fault, say so: ["nothing"].')
    for word in words:
        if word is ...:
            raise NotYet(f"In {what} is still a blank (...). A wrong guess is welcome, an empty one is not.")
        if not isinstance(word, str):
            raise NotYet(f"In {what} is {describe(word)}; expected words in quotes: {_quoted(FAULTS)}.")
        if word not in FAULTS:
            raise NotYet(f"{what} says {word[:30]!r}; the words are {_quoted(FAULTS)}.{_nearest(word, FAULTS)}")
    if "nothing" in words and len(set(words)) > 1:
        others = [word for word in words if word != "nothing"]
        raise NotYet(f'{what} says "nothing", and {_quoted(others)} as well. Decide for one or the other.')


def _nearest(word, known):
    near = difflib.get_close_matches(str(word).lower(), known, 1)
    return f' Did you mean "{near[0]}"?' if near else ""


def _quoted(words):
    return ", ".join(f'"{word}"' for word in words)


# --- new days -------------------------------------------------------------------------------------


def check_8_2(day_by_day):
    """An accuracy for each day, trained on all others, in the order of days."""
    rng = np.random.default_rng(0)
    sizes = np.array([9, 23, 14, 31, 12, 17])
    day_of = np.repeat([412, 7, 98, 30, 255, 61], sizes)
    mixed = rng.permutation(sizes.sum())
    labels = rng.choice(3, sizes.sum(), p=(0.6, 0.3, 0.1))
    wrong = rng.random(len(labels)) < np.where(labels > 0, 0.4, 0.15)
    said = np.where(wrong, (labels + 1) % 3, labels)
    features = np.stack([np.arange(len(labels)), said], axis=1).astype(float)
    _judge_days(day_by_day, features, labels, day_of[mixed], said)
    dates = np.array([f"2024-{month:02}-{day:02}" for month, day in ((5, 3), (1, 30), (11, 2), (2, 14))])
    try:
        _judge_days(day_by_day, features[:60], labels[:60], dates[rng.integers(4, size=60)], said[:60])
    except NotYet as problem:
        raise NotYet(f"It works for days that are numbers. They can be dates, too: {problem.args[0]}") from None
    return "what to expect of a day that nobody has seen"


def _judge_days(day_by_day, features, labels, days, said):
    """Raise `NotYet` unless each day was left out once, and the accuracies are those of the days in order."""
    got, left_out = observe(day_by_day, features, labels, days, name="day_by_day")
    names = np.unique(days)
    if isinstance(got, dict) and "test_score" in got:
        raise NotYet('`cross_validate` returns a dictionary. The accuracies are its "test_score"; return these.')
    if isinstance(got, dict):
        raise NotYet("The result is a dictionary; expected an array: the accuracies alone, in the order of the days.")
    got = array(got, "the result of day_by_day")
    _judge_left_out([part for part in left_out if len(part)], len(left_out), days)
    if got.size == 1:
        raise NotYet(
            f"The result is one number; expected {len(names)}, one for each day. Their mean hides the bad days."
        )
    if got.shape == (len(labels),):
        raise NotYet(
            "That is something for each image, as cross_val_predict gives it. An accuracy for each day: cross_val_score."
        )
    if got.shape != (len(names),):
        raise NotYet(f"There are {len(names)} days, and your result has the shape {got.shape}; expected {names.shape}.")
    _judge_accuracies(got, labels, said, [days == name for name in names], days)


def _judge_left_out(parts, trainings, days):
    """Raise `NotYet` unless the parts that were left out are the days."""
    names, count = np.unique(days), len(days)
    if not trainings:
        raise NotYet("The classifier that is given is never trained. cross_val_score(classifier, …) does that, once for each day.")  # fmt: skip
    if not parts:
        raise NotYet("The classifier is trained on all days, and judged by one that it knows. Leave that day out: LeaveOneGroupOut.")  # fmt: skip
    by_day = [np.flatnonzero(days == name) for name in names]
    left, whole = ({frozenset(part.tolist()) for part in some} for some in (parts, by_day))
    others = {frozenset(np.setdiff1d(np.arange(count), day).tolist()) for day in by_day}
    if left == whole:
        return
    if left == others:
        raise NotYet("The classifier is trained on one day and judged by all others. It is the other way round: train on all others, and judge by the one.")  # fmt: skip
    divided = [len(np.unique(days[part])) for part in parts]
    if all(any(day <= part for part in left) for day in whole) and len(left) < len(whole):
        raise NotYet(f"{len(names)} days are left out in {len(left)} parts, several at a time. Each day has its turn alone: LeaveOneGroupOut.")  # fmt: skip
    if max(divided) > 1 and not left & whole:
        raise NotYet(
            f"What is left out comes from up to {max(divided)} days, and others of these days are trained on. Leave out whole days, one at a time: "
            "groups=days, cv=LeaveOneGroupOut()."
        )
    raise NotYet(f"In {trainings} trainings {len(left & whole)} of {len(names)} days are left out; expected each day once, with all of its images: LeaveOneGroupOut.")  # fmt: skip


def _judge_accuracies(got, labels, said, of_days, days):
    """Raise `NotYet` unless there is the accuracy of each day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a day may have no image of a class
        balanced = np.array([balanced_accuracy_score(labels[day], said[day]) for day in of_days])
    right = np.array([np.mean(labels[day] == said[day]) for day in of_days])
    if close(got, right, 1e-7):
        return
    _, first, counts = np.unique(days, return_index=True, return_counts=True)
    wrong = [
        (right[np.argsort(first)], "The days come in the order in which they are met. Their own order is asked for: np.unique(days) has it."),
        (balanced, 'That is the balanced accuracy. Plain accuracy is asked for here, which is what cross_val_score takes without "scoring".'),
        (np.ones(len(right)), "All are 100%: judged by images that the classifier was trained on. Judge it by the day that was left out."),
        (100 * right, "Those are per cent. Return shares, from 0 to 1."),
        (1 - right, "Those are the shares that are wrong. Return accuracies."),
        (right * counts, "Those are numbers of images that are right. Divide by the day's images."),
    ]  # fmt: skip
    for values, words in wrong:
        if close(got, values, 1e-7):
            raise NotYet(words)
    if close(np.sort(got), np.sort(right), 1e-7):
        raise NotYet(
            "The accuracies are right, but in another order. The days' own order is asked for, as np.unique(days) and LeaveOneGroupOut have it."
        )
    place = int(np.abs(got - right).argmax())
    raise NotYet(
        f"For day number {place} you return {got[place]:.4f}; expected {right[place]:.4f}, the share of its images that are right after training on all others."
    )


# --- controls -------------------------------------------------------------------------------------


def check_8_3(shuffled):
    """Groups exchange their labels; their numbers stay, and every exchange is possible."""
    rng = np.random.default_rng(0)
    sizes = np.array([1, 3, 1, 13, 2, 8, 1, 2, 5, 8, 2, 4])
    of_group = np.array([1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0])
    mixed = rng.permutation(sizes.sum())
    member = np.repeat(np.arange(len(sizes)), sizes)[mixed]
    names = rng.permutation(90)[: len(sizes)] - 20
    labels, groups = of_group[member], names[member]

    results = [_exchanged(shuffled, labels, groups, np.random.default_rng(0))]
    if not np.array_equal(results[0], _exchanged(shuffled, labels, groups, np.random.default_rng(0))):
        raise NotYet("With the same random generator the labels are others the second time. All chance has to come from `rng`.")  # fmt: skip
    results += [_exchanged(shuffled, labels, groups, rng) for _ in range(300)]
    _judge_chance(
        np.array(results)[:, [int(np.argmax(member == group)) for group in range(len(sizes))]], of_group, sizes
    )
    words = np.array(["plate", "rod", "needle", "heap", "dust", "film", "tube"])
    try:
        for _ in range(20):
            _exchanged(shuffled, np.array([2, 0, 1, 2, 1, 2, 0])[member % 7], words[member % 7], rng)
    except NotYet as problem:
        raise NotYet(
            f"It works for two classes, and groups that are numbers. With three, and names of groups: {problem.args[0]}"
        ) from None
    return "the labels mean nothing now, and everything that could leak is as it was"


def _exchanged(shuffled, labels, groups, rng):
    """New labels for images, or a hint if groups have not exchanged theirs."""
    given = labels.copy(), groups.copy()
    result = call(shuffled, *given, rng, name="shuffled", copy=False)
    for what, before, after in zip(("labels", "groups"), (labels, groups), given, strict=True):
        if not np.array_equal(before, after):
            raise NotYet(f"`{what}` is changed by your function, and the real ones are lost. Make a new array.")
    names, first, member = np.unique(groups, return_index=True, return_inverse=True)
    got = array(result, "the result of shuffled")
    if got.shape == names.shape:
        raise NotYet(f"You return one label for each of {len(names)} groups; expected one for each of {len(labels)} images: […][member], where `member` says of which group an image is.")  # fmt: skip
    if got.shape != labels.shape:
        raise NotYet(f"For {len(labels)} images you return the shape {got.shape}; expected {labels.shape}.")
    if not np.isin(got, labels).all():
        odd = got[~np.isin(got, labels)][0]
        raise NotYet(f"There is a label {odd} now, which no image had. It is the labels that the groups exchange, not their names or places.")  # fmt: skip
    if not np.array_equal(got, got[first][member]):
        if np.array_equal(np.sort(got), np.sort(labels)):
            raise NotYet("Images are shuffled one by one, so that those of one group get different labels. Shuffle the groups' labels, and give each image that of its group.")  # fmt: skip
        raise NotYet("Images of one group get different labels. Give each image the label of its group.")
    before, after = (
        np.bincount(of_each, minlength=labels.max() + 1) for of_each in (labels[first], got[first].astype(int))
    )
    if np.array_equal(got, labels.max() - labels) and not np.array_equal(before, after):
        raise NotYet("The two labels have changed places, everywhere: a classifier finds them as before. Which *group* has which is to be left to chance.")  # fmt: skip
    if not np.array_equal(before, after):
        raise NotYet(
            f"Groups with each label were {before.tolist()} and are {after.tolist()} now; expected as many as before. Take the groups' own labels, one of each "
            "group, and permute these: nothing is drawn twice, and labels of images don't come in."
        )
    return got


def _judge_chance(drawn, of_group, sizes):
    """Raise `NotYet` unless labels (draws, groups) look like permutations that are drawn at random."""
    if (drawn == of_group).all():
        raise NotYet("The labels come back as they were: each group has its own still. Let the groups exchange them: rng.permutation.")  # fmt: skip
    arrangements = len(np.unique(drawn, axis=0))
    if arrangements == 1:
        raise NotYet("The labels are the same each time, so that many shuffles are worth one. Draw with the `rng` that is given.")  # fmt: skip
    share = drawn.mean(axis=0)
    stuck = np.ptp(drawn, axis=0) == 0
    if stuck.any():
        group = int(np.argmax(stuck * sizes))
        raise NotYet(
            f"In {len(drawn)} shuffles a group of {sizes[group]} images always had the label {drawn[0, group]}. Large and small groups exchange labels, "
            "too: any group can get any other's."
        )
    if arrangements < 60:
        raise NotYet(f"In {len(drawn)} shuffles there are only {arrangements} arrangements of labels; expected far more. rng.permutation can make every one.")  # fmt: skip
    wanted = of_group.mean()
    off = np.abs(share - wanted) / np.sqrt(wanted * (1 - wanted) / len(drawn))
    if off.max() > 5:
        group = int(off.argmax())
        raise NotYet(
            f"In {len(drawn)} shuffles a group of {sizes[group]} images got the label 1 in {share[group]:.0%}; expected about {wanted:.0%}, as for every "
            "group. rng.permutation gives each the same chance."
        )


def check_8_4(p_value):
    """The share that is as high or higher, one's own among them."""
    rng = np.random.default_rng(0)
    spread = np.round(rng.normal(0.5, 0.06, 29), 2)
    for score, of_shuffled in (
        (np.sort(spread)[-4], spread),  # there are others that are as high
        (0.93, spread[:19]),
        (0.31, spread[:24]),
        (0.5, np.full(9, 0.5)),
        (0.52, spread[:1]),
    ):
        given = of_shuffled.tolist()
        try:
            result = call(p_value, float(score), given, name="p_value")
        except NotYet as problem:
            if "'list'" not in problem.args[0]:
                raise
            raise NotYet(f"{problem.args[0]} The scores come as a list: np.asarray(of_shuffled) makes an array of it.") from None  # fmt: skip
        if given != of_shuffled.tolist():
            raise NotYet("`of_shuffled` is another list after the call: append and sort change the one that is given. Make a new one: of_shuffled + [score].")  # fmt: skip
        _judge_p(number(result, "the result of p_value"), float(score), of_shuffled)
    return "never 0, and the more shuffles, the lower it can be"


def _judge_p(got, score, of_shuffled):
    """Raise `NotYet` unless this is the p value."""
    n, high = len(of_shuffled), int(np.sum(of_shuffled >= score))
    right = (1 + high) / (n + 1)
    if close(got, right, 1e-6):
        return
    higher, low = int(np.sum(of_shuffled > score)), int(np.sum(of_shuffled <= score))
    away = np.abs(of_shuffled - of_shuffled.mean())
    two_sided = int(np.sum(away >= abs(score - of_shuffled.mean())))
    own = "Your own score counts as well: it is one of n + 1 that are alike if the labels mean nothing."
    wrong = [
        (high / n, f"That is the share of the shuffled scores alone{', and a p value is never 0' if high == 0 else ''}. {own} Add 1 above and below."),
        (high / (n + 1), "Your own score is counted below, but not above. It is as high as itself: add 1 there, too."),
        ((1 + high) / n, "Your own score is counted above, but not below. There are n + 1 scores: add 1 to the divisor, too."),
        ((1 + higher) / (n + 1), "Scores that are just as high are left out. They count, too: >=, not >."),
        (higher / n, f"Scores that are just as high are left out (>=, not >), and your own. {own}"),
        ((1 + low) / (n + 1), "That is the share of scores that are as *low* or lower. A surprising score is a high one: >=."),
        (low / n, "That is the share of scores that are as *low* or lower. A surprising score is a high one: >=."),
        (1 - right, "That is 1 − p. Return p, which is small if hardly any shuffled score is as high."),
        (1 - high / n, "That is the share of scores that are lower. Return that of scores that are as high or higher."),
        (100 * right, "That is per cent. Return the share, a number from 0 to 1."),
        (1 + high, "That is a number of scores. Return their share: divide by n + 1."),
        (high, "That is a number of scores. Return a share, with your own counted."),
        (1 + high / (n + 1), "Mind the parentheses: (1 + …) / (n + 1). A p value is never above 1."),
        (1 + high / n + 1, "Mind the parentheses: (1 + …) / (n + 1). A p value is never above 1."),
        (1 / (n + 1), "That is the lowest p value that so many shuffles can give. Count those that are as high as the score."),
        ((1 + two_sided) / (n + 1), "That counts scores that are as far off on either side. Only those that are as *high* or higher are asked for."),
        (2 * right, "That is twice it, for both sides. Only scores that are as *high* or higher are asked for."),
        ((1 + high) / 20, f"You divide by 20, and here are {n} shuffled scores and your own. Divide by len(of_shuffled) + 1."),
    ]  # fmt: skip
    for freedom in (0, 1) if n > 1 else ():
        z = (score - of_shuffled.mean()) / max(of_shuffled.std(ddof=freedom), 1e-12)
        wrong += [
            (norm.sf(z), "That assumes a normal distribution. Count the scores themselves, which assumes nothing."),
            (2 * norm.sf(abs(z)), "That assumes a normal distribution, and takes both sides. Count the scores themselves, those as high or higher."),
            (z, "That is a distance in standard deviations. Count the scores that are as high or higher."),
        ]  # fmt: skip
    for value, words in wrong:
        if close(got, value, 1e-6):
            raise NotYet(words)
    raise NotYet(f"Of {n} shuffled scores {high} are {score:g} or higher, and you return {got:.4g}; expected (1 + {high}) / ({n} + 1) = {right:.4f}.")  # fmt: skip


# --- an interval ----------------------------------------------------------------------------------


def _bootstrap(gain, groups, rng, ends=(0.025, 0.975), share=1.0, of_groups=False):
    """Means of data sets that are drawn group by group, and their quantiles."""
    _, member = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(member, weights=gain), np.bincount(member)
    if of_groups:
        sums, counts = sums / counts, np.ones(len(counts))
    drawn = rng.integers(len(sums), size=(1000, round(share * len(sums))))
    return np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), ends)


def check_8_5(interval):
    """The 95 % interval of a mean over images, by drawing groups."""
    rng = np.random.default_rng(28)
    sizes = np.array([1, 2, 9, 1, 12, 3, 2, 14, 1, 4, 11, 2, 3, 16, 5, 2, 1, 3])
    of_group = 0.03 * sizes + rng.gamma(2, 0.12, len(sizes))
    mixed = rng.permutation(sizes.sum())
    member = np.repeat(np.arange(len(sizes)), sizes)[mixed]
    gain, groups = (
        (of_group[member] + rng.normal(0, 0.1, len(member))),
        (rng.permutation(70)[: len(sizes)] - 20)[member],
    )

    def ends(seed, groups=groups):
        return _ends(call(interval, gain, groups, np.random.default_rng(seed), name="interval"))

    first = ends(0)
    if not np.array_equal(first, ends(0)):
        raise NotYet("With the same random generator the interval is another the second time. All chance has to come from `rng`.")  # fmt: skip
    found = np.array([first, *(ends(seed) for seed in range(1, 12))])
    _judge_interval(found, gain, groups)
    if (found == first).all():
        raise NotYet("With another random generator the interval is exactly the same. Draw the groups with the `rng` that is given.")  # fmt: skip
    words = np.array([f"sample {letter}" for letter in "qwertzuiopasdfghjk"])
    try:
        ends(0, words[member])
    except NotYet as problem:
        raise NotYet(f"It works if groups are numbers. They can have names, too: {problem.args[0]}") from None
    _judge_whole_groups(interval)
    return "as wide as the number of groups says, and not that of images"


def _ends(result):
    """The two ends of an interval, as an array, or a hint."""
    if isinstance(result, (list, tuple)):
        for end in result:
            refuse_blank(end)
    got = array(result, "the result of interval")
    if got.size == 1:
        raise NotYet("The result is one number; expected two, the lower and the upper end.")
    if got.shape == (1000,):
        raise NotYet("Those are the 1000 means. Return two of their quantiles: np.quantile(means, [0.025, 0.975]).")
    if got.shape != (2,):
        raise NotYet(f"The result has the shape {got.shape}; expected two numbers, the lower and the upper end.")
    return got


def _judge_whole_groups(interval):
    """Raise `NotYet` if images are drawn anew within the groups that were drawn."""
    groups = np.repeat(np.arange(12), 6)
    gain = np.tile([1.0, -1.0], 36)  # the mean of each group is 0, hence that of any groups
    low, high = _ends(call(interval, gain, groups, np.random.default_rng(0), name="interval"))
    if max(abs(low), abs(high)) > 1e-9:
        raise NotYet(
            f"Where each group has the mean 0, so have all groups that can be drawn, and you return {low:.3f} to {high:.3f}: images are drawn anew within "
            "the groups. Take all images of each group that is drawn, once."
        )


def _judge_interval(found, gain, groups):
    """Raise `NotYet` unless some intervals (n, 2) agree in the mean with those of very many draws, and scatter no more."""

    def several(units=groups, **options):
        return np.array([_bootstrap(gain, units, np.random.default_rng(99 + n), **options) for n in range(30)])

    def drawn(units=groups, **options):
        return several(units, **options).mean(axis=0)

    usual = several()
    got, (low, high) = found.mean(axis=0), usual.mean(axis=0)
    tolerance = 0.042 * (high - low)  # the means of 12 intervals of 1000 draws scatter by a sixth of this

    def same(wanted, times=1):
        return np.allclose(got / times, wanted, rtol=0, atol=tolerance)

    scatter = found.std(axis=0).mean() / usual.std(axis=0).mean()  # about 1, and 3.2 of a hundred draws
    if scatter > 2 and np.abs(got - (low, high)).max() < 3 * tolerance:
        raise NotYet(f"From one random generator to the next your ends scatter {scatter:.1f} times as much as those of a thousand draws. Draw a thousand times.")  # fmt: skip
    if same((low, high)):
        return
    if same((high, low)):
        raise NotYet("The ends are the right ones in the wrong order. The lower end comes first: 0.025, then 0.975.")
    if same((low, high), 100):
        raise NotYet("The interval is in per cent. Return means of `gain`, as it is given.")
    if np.ptp(got) < 1e-9 and same((gain.mean(), gain.mean())):
        raise NotYet("The interval has no width: each new data set has the same groups. Draw *with* replacement: rng.integers, or rng.choice.")  # fmt: skip
    as_images = "That is too narrow, as if each image were news: images are drawn, or as many groups as there are images. Draw as many groups as there are groups, and take all images of each."
    _, member = np.unique(groups, return_inverse=True)
    middle = gain.mean()
    one_se = (high - low) / (2 * norm.ppf(0.975))
    wrong = [
        (drawn(np.arange(len(gain))), as_images),
        (drawn(share=len(gain) / len(np.unique(groups))), as_images),
        (drawn(of_groups=True), "That is the mean of the groups' means, in which a group of one image counts as much as one of sixteen. Take the mean over all images: sum of the sums, divided by the sum of the numbers."),
        (drawn(ends=(0.05, 0.95)), "That holds 90% of the means. For 95% leave out 2.5% on either side: 0.025 and 0.975."),
        (drawn(ends=(0.005, 0.995)), "That holds 99% of the means. For 95% leave out 2.5% on either side: 0.025 and 0.975."),
        (drawn(ends=(0, 0.95)), "5% are left out, all of them at the top. Leave out 2.5% on either side: 0.025 and 0.975."),
        (drawn(ends=(0.25, 0.75)), "Those are the quartiles, which hold half of the means. The ends are the quantiles 0.025 and 0.975."),
        (drawn(ends=(0.00025, 0.00975)), "np.quantile takes shares, and np.percentile takes per cent: 2.5 and 97.5 for that one."),
        (drawn(ends=(0, 1)), "Those are the lowest and the highest mean. The more you draw, the further apart they are: take quantiles."),
        (drawn(share=0.5), "That is too wide: fewer groups are drawn than there are. Draw as many as there are."),
        ((middle - one_se, middle + one_se), "That is one standard error to either side, which holds about 68%. The ends for 95% are the quantiles 0.025 and 0.975."),
        ((low - middle, high - middle), "That is the interval of the distance from the mean. The interval of the mean itself is asked for."),
        (np.quantile(gain, (0.025, 0.975)), "Those are quantiles of `gain`: where single images lie. The mean of all images varies much less; draw groups, take the mean, 1000 times."),
        (np.quantile(np.bincount(member, weights=gain) / np.bincount(member), (0.025, 0.975)), "Those are quantiles of the groups' means. The mean of all images varies much less; draw groups, take the mean, 1000 times."),
    ]  # fmt: skip
    values, words = min(wrong, key=lambda other: np.abs(got - other[0]).max())
    if same(values):
        raise NotYet(words)
    if low - tolerance <= got[0] and got[1] <= high + tolerance and got[0] < got[1]:
        more = "It is too narrow. Draw as many groups as there are, with replacement, and take all images of each."
    elif not got[0] <= gain.mean() <= got[1]:
        more = f"The mean of all images, {gain.mean():.3f}, is not even inside. Divide the sum over all images drawn by their number."
    else:
        more = "Draw as many groups as there are, with replacement; take the mean over all of their images; then quantiles."
    raise NotYet(f"In the mean you return {got[0]:.3f} to {got[1]:.3f}; expected about {low:.3f} to {high:.3f}. {more}")


# --- suspects -------------------------------------------------------------------------------------


def _limits(probabilities, labels):
    return np.array([probabilities[labels == k, k].mean() for k in range(probabilities.shape[1])])


def _suspects(probabilities, labels, limits=None, reaches=np.greater_equal):
    """The answer of Exercise 8.6, or with other limits that of a wrong turn."""
    limits = _limits(probabilities, labels) if limits is None else limits
    reached = np.where(reaches(probabilities, limits), probabilities, 0)
    return np.flatnonzero(reached.any(axis=1) & (reached.argmax(axis=1) != labels))


#: Eighths, so that the limits are exact: 5/8, 4/8 and 6/8. Image number 7 reaches the limit of class 1 exactly.
EIGHTHS = np.array([
    [6, 1, 1], [4, 3, 1], [5, 2, 1], [1, 5, 2], [3, 3, 2], [0, 1, 7], [2, 1, 5], [3, 4, 1], [0, 2, 6], [7, 0, 1], [0, 4, 4],
]) / 8  # fmt: skip
OF_EIGHTHS = np.array([0, 0, 0, 1, 1, 2, 2, 0, 2, 0, 1])


def check_8_6(suspects):
    """Confident learning: those that reach the limit of another class."""
    rng = np.random.default_rng(0)
    true = rng.choice(3, 150, p=(0.5, 0.3, 0.2))
    labels = np.where(rng.random(150) < 0.2, rng.integers(3, size=150), true)
    strength = 0.8 * np.eye(3)[true] + np.array([0.9, 0.0, -0.9]) + rng.normal(0, 0.8, (150, 3))
    probabilities = np.exp(strength) / np.exp(strength).sum(axis=1, keepdims=True)
    _judge_suspects(suspects, probabilities, labels)
    _judge_suspects(suspects, EIGHTHS, OF_EIGHTHS)
    sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.25, 0.75], [0.1, 0.9]])
    _judge_suspects(suspects, sure, np.array([0, 0, 1, 1]))
    return "to be looked at, and not to be deleted"


def _judge_suspects(suspects, probabilities, labels):
    """Raise `NotYet` unless the suspects among these images are found."""
    result = call(suspects, probabilities, labels, name="suspects")
    if isinstance(result, tuple) and len(result) == 1:
        raise NotYet("np.where gives a tuple with one array in it. Return that array, as np.flatnonzero does.")
    got = array(result, "the result of suspects")
    n, right = len(labels), _suspects(probabilities, labels)
    if got.dtype.kind == "b":
        raise NotYet("Those are True and False; expected places, whole numbers: np.flatnonzero makes them of it.")
    if got.ndim == 2 and got.shape[1] == 1:
        raise NotYet("np.argwhere gives a matrix of one column. np.flatnonzero gives the places themselves.")
    if got.ndim != 1:
        raise NotYet(f"The result has the shape {got.shape}; expected places of images, (number of suspects,).")
    if got.size and (got.dtype.kind == "f" or got.min() < 0 or got.max() >= n):
        raise NotYet(f"The result holds such numbers as {got.max():g}; expected places of {n} images, whole numbers from 0 to {n - 1}.")  # fmt: skip
    if np.array_equal(got, right):
        return
    if np.array_equal(np.sort(got), right):
        raise NotYet("Those are the suspects, in another order. Return their places in rising order: np.sort.")
    if np.array_equal(np.unique(got), right):
        raise NotYet("Some suspects are there several times. Return each place once: np.unique.")
    for values, words in _other_suspects(probabilities, labels):
        if np.array_equal(np.sort(got), values):
            raise NotYet(words)
    limits = ", ".join(f"{limit:.3f}" for limit in _limits(probabilities, labels))
    place = int(np.setxor1d(got, right)[0])
    has = ", ".join(f"{value:.3f}" for value in probabilities[place])
    verdict = ("is a suspect, and you leave it out", "is none, and you list it")[place in got]
    raise NotYet(f"The limits are {limits}. Image number {place} has the label {labels[place]} and the probabilities {has}: it {verdict}.")  # fmt: skip


def _other_suspects(probabilities, labels):
    """Places that are not asked for, with what to say of them."""
    classes = probabilities.shape[1]
    limits = _limits(probabilities, labels)
    own = probabilities[np.arange(len(labels)), labels]
    best, reached = probabilities.argmax(axis=1), probabilities >= limits
    called = np.array([probabilities[best == k, k].mean() if (best == k).any() else 1.0 for k in range(classes)])
    each = "Each class has a limit of its own: the mean of its probability over the images with its label."
    others = reached & (np.arange(classes) != labels[:, np.newaxis])
    return [
        (_suspects(probabilities, labels, reaches=np.greater), "An image that has exactly the limit is left out. It reaches it: >=, not >."),
        (_suspects(probabilities, labels, np.zeros(classes)), "Those are all images whose most probable class is not their label, also where the classifier is unsure. The class has to reach its limit, too."),
        (_suspects(probabilities, labels, probabilities.mean(axis=0)), "The limits are means over all images. That of a class is the mean over the images *with its label*: probabilities[labels == k, k]."),
        (_suspects(probabilities, labels, 0.5), f"One limit of 0.5 for all. {each}"),
        (_suspects(probabilities, labels, own.mean()), f"One limit for all, the mean over all images. {each}"),
        (_suspects(probabilities, labels, limits.mean()), f"One limit for all, the mean of the limits. {each}"),
        (_suspects(probabilities, labels, called), "The limits are means over the images that the classifier calls so. It goes by their labels: probabilities[labels == k, k]."),
        (_suspects(probabilities, labels, np.array([np.median(probabilities[labels == k, k]) for k in range(classes)])), "The limits are medians. Take the mean."),
        (np.flatnonzero(own < limits[labels]), "Those are images that don't reach the limit of their *own* label. Suspects are those that reach that of another class."),
        (np.flatnonzero(~reached.any(axis=1) | (np.where(reached, probabilities, 0).argmax(axis=1) != labels)), "Images that reach no limit at all are among them. Of these nothing is known: there has to be a class that is reached."),
        (np.flatnonzero(np.where(reached, probabilities, 0).argmax(axis=1) != labels), "Images that reach no limit at all are among them: argmax says 0 for them. There has to be a class that is reached, .any(axis=1)."),
        (np.flatnonzero(reached.any(axis=1) & (reached.argmax(axis=1) != labels)), "You take the first class whose limit is reached. Of several it is the most probable one."),
        (np.flatnonzero(others.any(axis=1)), "Those are all that reach the limit of another class. If the label's own limit is reached as well, and the label is the more probable, it is no suspect."),
        (np.flatnonzero(others.any(axis=1) & ~reached[np.arange(len(labels)), labels]), "Images that reach the limit of their own label are left out, even if another class that is reached is more probable."),
        (np.flatnonzero(reached[np.arange(len(labels)), best] & (best != labels)), "You ask only if the most probable class of all reaches its limit. Choose among those that do: the second one may."),
        (np.setdiff1d(np.arange(len(labels)), _suspects(probabilities, labels)), "Those are all the others. Return the suspects."),
    ]  # fmt: skip


# --- an analysis that looks fine ------------------------------------------------------------------


def _nothing(rng, samples, each=1, rare=0.5, side=6, noise=1.0):
    """Images of samples that differ, and of classes that do not; see `nothing` in the lesson."""
    sample = np.repeat(np.arange(samples), each)
    labels = (rng.permutation(samples) < round(rare * samples)).astype(int)[sample]
    shared = rng.normal(size=(samples, side, side))
    return shared[sample] + noise * rng.normal(size=(samples * each, side, side)), labels, sample


def check_8_7(mended):
    """Chance where there is nothing, whichever of the five ways to find something there is tried; and not blind."""
    # For so few images, more than one thread costs more than it saves.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        _judge_usual(mended)
        _judge_rows(mended, rare=0.5)  # as many of either class: nothing is repeated too early
        _judge_faults(mended)
        _judge_rows(mended, rare=0.25)
    return "it finds nothing where there is nothing, and still finds what is there"


def _score(mended, images, labels, samples, seed):
    """The score of an analysis, or a hint if it is none."""
    got = call(mended, images, labels, samples, seed, name="mended")
    if np.size(got) == 6 and not isinstance(got, (str, dict, set)):
        raise NotYet("Those are the scores of all six numbers of neighbours. Return one: that of the test, with the number that was best on `valid`.")  # fmt: skip
    got = number(got, "the result of mended")
    if not -1e-9 <= got <= 100 + 1e-9:
        raise NotYet(f"The score is {got}; expected a number from 0 to 1.")
    if got > 1 + 1e-9:
        raise NotYet(f"The score is {got:.4g}, as if in per cent; expected a number from 0 to 1.")
    return got


def _judge_usual(mended):
    """Raise `NotYet` unless the score is high where there is something to be found, and low on noise."""
    rng = np.random.default_rng(1)
    scores = []
    for seed in range(3):
        images, labels, samples = _nothing(rng, 40, each=4, rare=0.25, side=24)
        images[labels == 1, 8:14, 8:14] += 3
        scores.append(_score(mended, images, labels, samples, seed))
    found = np.mean(scores)
    if found < 0.2:
        raise NotYet(f"Where the cracks can be seen, the score is {found:.2f}: you return the share that is wrong. Return what is right.")  # fmt: skip
    if found < 0.8:
        raise NotYet(
            f"It no longer finds what is there: with cracks that can be seen, it scores {found:.2f}; expected nearly 1. Keep the analysis, and give "
            "each step the right photographs with their own labels."
        )
    if _is_above(0.65, 0.7, mended, {"samples": 240}, "pure noise"):
        raise NotYet(
            "On pure noise, one photograph of each of many samples, it scores far above one half: it is judged by photographs that it was trained on. The score comes from "
            "`test`, and nothing of that goes into `fit`."
        )


def _judge_faults(mended):
    """Raise `NotYet` with the first of the five faults, each of which shows on data on which the others don't."""
    # Twenty, because then even 25 neighbours are mostly of one sample: 0.87, if only the test has samples of `train`.
    if _is_above(0.7, 0.8, mended, {"samples": 50, "each": 20, "noise": 0.3}, "twenty photographs of each sample"):
        raise NotYet(
            "Photographs of one sample are on both sides of the split: where those of a sample are alike, it scores far above one half, though there is "
            "nothing to be found. Keep samples together, above all in the split that gives `test`: `divided`."
        )
    if _is_above(0.72, 1.0, mended, {"samples": 80, "side": 40}, "photographs with many pixels"):
        raise NotYet(
            "The thirty pixels are chosen with labels of the test: with many pixels to choose from, it scores far above one half. Choose them after the split: "
            "SelectKBest(…).fit(features[train], labels[train])."
        )
    plain = _lopsided(mended)
    if plain is None and _is_above(0.7, 0.8, mended, {"samples": 240, "rare": 0.1}, "few cracked samples"):
        raise NotYet(
            "The rarer class is repeated before the split, so that the same photograph is in training and in test: with few cracked samples it scores far "
            "above one half. Split first, then repeat within `train`."
        )
    if _is_lucky(mended):
        raise NotYet(
            "The number of neighbours is chosen by the photographs that give the score, so that luck is counted as skill: with few photographs, and nothing in "
            "them, an honest score is below one half as often as above it, and yours hardly ever. Choose by `valid`, and return the score on `test` with that one number."
        )
    if plain is not None:
        is_accuracy = min(abs(plain - 0.2), abs(plain - 0.8)) < 0.1
        which = ": the plain accuracy, which rewards whoever always says the same" if is_accuracy else ""
        raise NotYet(
            f"On photographs that are all alike, with a fifth of the samples cracked, you return {plain:.2f}{which}. Balanced accuracy is 0.5 there: "
            "balanced_accuracy_score."
        )


def _judge_rows(mended, rare):
    """Raise `NotYet` if some of the photographs that are judged at the end were in the last training."""
    trained, judged = set(), []
    fit, predict = KNeighborsClassifier.fit, KNeighborsClassifier.predict

    def rows(features):
        return [row.tobytes() for row in np.ascontiguousarray(features, float)]

    def watched_fit(self, features, *labels):
        trained.clear()
        trained.update(rows(features))
        return fit(self, features, *labels)

    def watched_predict(self, features):
        judged[:] = [row in trained for row in rows(features)]
        return predict(self, features)

    data = _nothing(np.random.default_rng(4), 40, each=4, rare=rare, side=24)
    with (
        patch.object(KNeighborsClassifier, "fit", watched_fit),
        patch.object(KNeighborsClassifier, "predict", watched_predict),
    ):
        _score(mended, *data, 0)
    # All of them: somebody looks at the training score last, which is their own affair.
    if 0 < sum(judged) < len(judged):
        raise NotYet(
            f"Of the {len(judged)} photographs that it is judged by, {sum(judged)} are also among those that it was trained on, as if places in a part were taken "
            "for numbers of photographs. divided(learn, …) gives numbers, divided(np.arange(len(learn)), …) places in `learn`; np.flatnonzero(labels[train] == …) "
            "are places in `train`, and train[labels[train] == …] numbers."
        )


def _lopsided(mended):
    """A score other than one half on images that are all alike, as accuracy gives it and balanced accuracy never; or None."""
    images, labels, samples = _nothing(np.random.default_rng(2), 240, rare=0.2)
    try:
        got = _score(mended, np.zeros_like(images), labels, samples, 0)
    except NotYet as problem:
        raise NotYet(f"On photographs that are all alike: {problem.args[0]}") from None
    return got if abs(got - 0.5) > 0.1 else None


def _scores(mended, like, what):
    """Scores on data sets with nothing in them, one after the other."""
    rng = np.random.default_rng(3)
    for seed in range(120):
        try:
            yield _score(mended, *_nothing(rng, **like), seed)
        except NotYet as problem:
            raise NotYet(f"With {what}: {problem.args[0]}") from None


def _is_above(middle, far, mended, like, what):
    """Whether the mean score on data with nothing in them is above `middle`, and not near one half."""
    return _grows((score - middle for score in _scores(mended, like, what)), far)


def _is_lucky(mended):
    """Whether scores on small data sets with nothing in them are hardly ever below one half, as often as honest ones are."""
    scores = _scores(mended, {"samples": 60}, "few photographs")
    return _grows(((score > 0.52) * 0.25 - (score < 0.48) * 0.75 for score in scores), 5.6)


def _grows(steps, far):
    """Whether the sum of steps reaches `far` before it falls to -0.7 of it.

    That takes few steps where it is clear, and more where it is close (A. Wald, Sequential tests of statistical hypotheses,
    1945). To refuse takes more than to accept.
    """
    ahead = 0.0
    for step in steps:
        ahead += step
        if not -0.7 * far < ahead < far:
            break
    return ahead >= far
