"""From numbers to sentences: what was found, how grave it is, and what to do."""

from typing import NamedTuple

import numpy as np

from helpers.audit import grouping, labels, scores, shortcuts

#: From grave to light, and what each means.
GRAVITIES = {
    "serious": "Do not believe a score on these images before this is mended.",
    "look": "It may be as it should be, or not: look.",
    "note": "Good to know.",
}
#: What was looked at, for those who find nothing.
LOOKED_AT = (
    "images that cannot be read",
    "copies, exact and near, in all eight orientations, within labels, across labels and across a given split",
    "sizes, file formats, metadata, brightness and contrast, bytes on disk and file numbers as classifiers",
    "a random split against one that keeps copies, and given groups, together",
    "shuffled labels",
    "five baselines, labels that may be wrong, and classes that cannot be told apart",
)
NOT_QUICK = "whether more images would help"
NOT_LOOKED_AT = (
    "colour (all images were read as grey), scale bars and captions in the picture, who labelled what, whether the "
    "images are those that the network will meet in use, and groups that nobody told the audit of"
)
#: Rows of examples, and pictures in each.
ROWS, COLUMNS = 6, 6
#: Of classes that cannot be told apart, so many pairs are shown.
PAIRS = 5
#: The share of images from which exact copies are serious; near ones are a guess, and never are.
COPIED = 0.01
#: Labels are suspicious if baselines contradict this share of the surest images, and cannot be judged from the larger
#: share on, because these baselines are not sure of anything.
CONTRADICTED, UNSURE = 0.02, 0.25
#: A difference between two splits of which the interval of 95 % begins above this is told.
SURE = 0.02
#: A learning curve that rises by less than this from half of the images to all is flat.
HARDLY_RISES = 0.02
#: Skill (0 for the most frequent class, 1 for no mistake) below which contradictions are not told, because classes that
#: overlap so much explain them, and from which they are hardly due to overlap.
UNSKILFUL, SKILFUL = 0.4, 0.8


class Finding(NamedTuple):
    """One thing that was found.

    Attributes
    ----------
    gravity : str
        One of `GRAVITIES`.
    title : str
        In one short sentence.
    evidence : str
        With numbers.
    advice : str
        What to do.
    examples : list of lists of int
        Images to show, as places, in rows.
    kind : str
        One word for programs.
    """

    gravity: str
    title: str
    evidence: str
    advice: str
    examples: list | tuple = ()
    kind: str = ""


def in_order(found):
    """Findings, the gravest first."""
    return sorted(found, key=lambda finding: list(GRAVITIES).index(finding.gravity))


def of_files(seen):
    """Images that cannot be read."""
    if seen.unreadable:
        total = len(seen.unreadable) + len(seen.items.files)
        names = ", ".join(name for name, _ in seen.unreadable[:5]) + (" …" if len(seen.unreadable) > 5 else "")
        yield Finding(
            "look",
            f"{len(seen.unreadable)} of {total:,} files cannot be read",
            f"{names}. The first: {seen.unreadable[0][1]}",
            "Replace them or take them out. All else here is about the others.",
            kind="unreadable",
        )


def of_copies(copies, items):
    """Copies within labels, across labels, and across a given split."""
    copied, exact, count = copies.copied(), copies.exactly(), len(items.labels)
    apart = copies.crossing(items.labels)
    if copied.any():
        counts = np.bincount(items.labels[copied], minlength=len(items.classes))
        order = [label for label in np.argsort(-counts, kind="stable")[:5] if counts[label]]
        shown = ", ".join(f"{items.classes[label]} {counts[label]:,}" for label in order)
        within = [group for group in copies.examples if not apart[group[0]]]
        yield Finding(
            _of_copied(exact),
            f"{_percent(copied)} of the images are copies of others",
            f"{copied.sum():,} of {count:,} images have a copy (most of them: {shown}). Exact copies, perhaps turned "
            f"or mirrored: {exact.sum():,}. There are {copies.groups.max() + 1:,} different pictures. If copies are on "
            "both sides of a split, the test asks what the network has seen.",
            "Keep copies together: use the recommended split, or leave all but one out. Near copies are a guess: look.",
            rows(within or copies.examples),
            "copies",
        )
    if apart.any():
        yield Finding(
            _of_copied(copies.crossing(items.labels, exactly=True)),
            f"{apart.sum():,} images have a copy with another label",
            f"Groups of copies in which the labels differ: {len(np.unique(copies.groups[apart])):,}. Of exact copies, "
            "one has a wrong label; near ones may differ in what is too fine for the audit to see.",
            "Find out which label is right, or leave these images out.",
            rows([_in_turn(group, items.labels) for group in copies.examples if apart[group[0]]]),
            "copies across labels",
        )
    if items.parts is not None:
        tested = items.parts != "train"
        across = copies.crossing(items.parts) & tested
        if across.any():
            examples = [_in_turn(group, items.parts) for group in copies.examples if across[group].any()]
            yield Finding(
                _of_copied(copies.crossing(items.parts, exactly=True)[tested]),
                f"{_percent(across[tested])} of the images for validation and test have a copy in another part",
                f"{across.sum():,} of {tested.sum():,} images that are not for training.",
                "Divide again, with copies kept together: the recommended split does.",
                rows(examples),
                "copies across parts",
            )


def _in_turn(group, values):
    """The images of a group, those of different values in turn, so that the first ones show all of them."""
    values = values[group]
    turn = np.array([np.sum(values[:place] == value) for place, value in enumerate(values)])
    return group[np.argsort(turn, kind="stable")]


def _of_copied(exact):
    """How grave it is that these images are exact copies; of near ones a person has to judge."""
    return "serious" if exact.mean() > COPIED else "look"


def _percent(chosen):
    """A share in words."""
    share = chosen.mean()
    return f"{share:.0%}" if share >= 0.01 else f"{share:.2%}"


def of_parts(items):
    """Groups on both sides of a given split, and classes that miss in a part."""
    if items.parts is None:
        return
    if items.groups is not None:
        divided = grouping.mixed(items.groups, items.parts)
        if divided.any():
            yield Finding(
                "serious",
                f"{divided.sum():,} of {len(divided):,} groups are divided by the split",
                f"{np.mean(divided[items.groups]):.0%} of the images belong to a group that is in several parts.",
                "Divide again, with groups kept together: the recommended split does.",
                kind="groups across parts",
            )
    for part in np.unique(items.parts):
        missing = set(range(len(items.classes))) - set(items.labels[items.parts == part].tolist())
        if missing:
            names = ", ".join(items.classes[label] for label in sorted(missing)[:5])
            yield Finding(
                "look",
                f"The part {part} lacks {len(missing)} of the {len(items.classes)} classes",
                f"Missing: {names}.",
                "Divide again, each class alike.",
                kind="missing classes",
            )


def of_one_group(groups, items):
    """A class that lies in one group."""
    alone = [name for label, name in enumerate(items.classes) if len(set(groups[items.labels == label])) < 2]
    return Finding(
        "serious",
        f"All images of {alone[0]} are in one group",
        f"{len(alone)} of {len(items.classes)} classes have one group each, or share one with copies of it. Whatever "
        "that group has in common, its lamp, its sample, its day, tells the class, and no test can tell the two apart.",
        "Record each class in several groups. All scores here are of splits that divide groups, which the recommended "
        "split does not.",
        kind="one group",
    )


#: For each set of numbers how grave it is if it tells the classes, the title, why it matters, and what to do.
OF_SHORTCUT = {
    "height and width": (
        "serious",
        "Height and width give the class away",
        "a network meets sizes again in the blur of resizing and in the aspect ratio",
        "Cut windows of one size from all images, or record all classes alike.",
    ),
    "format and mode": (
        "serious",
        "File formats give the class away",
        "compression and colour mode leave traces in the pixels",
        "Save all images anew in one way, from the originals; record all classes alike.",
    ),
    "metadata": (
        "serious",
        "What is written in the files gives the class away",
        "the classes come from different programs, cameras or days, which a network may recognise instead",
        "Find out how each class was recorded, and record classes mixed.",
    ),
    "brightness and contrast": (
        "look",
        "Brightness and contrast tell the class",
        "this can be what the classes are, or the lamp on the day",
        "Look whether that is meant. If not, standardise each image, and compare the baselines with it.",
    ),
    "bytes on disk": (
        "note",
        "The lengths of the files tell the class",
        "a file is long if its picture is large, or rich in detail, which may be honest",
        "If sizes and formats are alike, it only says that the detail differs.",
    ),
    "number in the name": (
        "note",
        "The classes were numbered one after the other",
        "if numbers follow time, so may lamp, focus and sample, which a network does see",
        "Find out when each class was recorded.",
    ),
}


#: Shortcuts that can be seen in pictures.
SEEN = ("height and width", "brightness and contrast")
#: With few groups, a score is told as a note from this skill on, if it is not clear that it is more than chance.
HIGH = 0.8


def of_shortcuts(found, seen, skill):
    """What is not the picture and tells the classes.

    Parameters
    ----------
    found : dict of str to shortcuts.Shortcut
        From `shortcuts.scored`.
    seen : reading.Seen
    skill : float
        Of the best baseline: 0 for the most frequent class, 1 for no mistake.
    """
    items = seen.items
    chance = 1 / len(items.classes)
    for name, (score, control, few, p) in found.items():
        clear = score.clearly_above(chance)
        gravity, title, why, advice = OF_SHORTCUT[name]
        if clear and not few and score.low <= control.high:
            continue
        if not clear and not (few and score.value - chance > (1 - chance) * HIGH):
            continue
        if name == "number in the name" and (score.value if few else score.low) < 0.9:
            continue
        if name == "brightness and contrast" and (score.value - chance) / (1 - chance) < skill / 2:
            gravity = "note"
        doubt = ""
        if few and (p is None or p > shortcuts.RARE):
            gravity = "note"
            doubt = "In so few groups that may be chance. "
        elif few:
            doubt = f"If groups exchange their labels, chance does that in {p:.1%} of cases. "
        yield Finding(
            gravity,
            title,
            f"Without any picture, a balanced accuracy of {score}; chance is {chance:.1%}. {doubt}"
            f"{_typical(name, seen)}It matters because {why}.",
            advice,
            _of_each_class(items, range(min(ROWS, len(items.classes)))) if name in SEEN else (),
            f"shortcut: {name}",
        )


def _typical(name, seen):
    """What the classes have, in a sentence."""
    items = seen.items
    if name == "brightness and contrast":
        grey = [seen.greys[items.labels == label, 0] for label in range(len(items.classes[:6]))]
        said = [f"{name} {own.mean():.0f} ± {own.std():.0f}" for name, own in zip(items.classes, grey, strict=False)]
        return f"Mean grey: {', '.join(said)}{' …' if len(items.classes) > 6 else ''}. "
    if name == "height and width":
        values = [f"{width} x {height}" for height, width in seen.shapes]
    elif name == "format and mode":
        values = seen.kinds
    elif name == "metadata":
        values = [", ".join(f"{key} {value}" for key, value in tags.items()) or "none" for tags in seen.tags]
    else:
        return ""
    return f"Most frequent: {shortcuts.typical(values, items.labels, items.classes)}. "


def of_arrangements(found, meaningless, chance):
    """What a random split adds to a score.

    Parameters
    ----------
    found : dict of str to dict of str to (Score, Score, Score)
        For ``"copies"`` and ``"groups"``, for each baseline: random, kept together, the difference.
    meaningless : Score or None
        With a random split, when copies have the same label, but one that means nothing.
    chance : float
    """
    words = {
        "copies": (
            "copies are kept together",
            "Copies are worth",
            "Keep copies together, as the recommended split does.",
        ),
        "groups": (
            "groups are kept together",
            "Having seen the same group is worth",
            "Ask of each use: will there be new groups? Then divide by groups, as the recommended split does. Say "
            "which split a score is from. Find out what a group's images have in common that tells the class.",
        ),
    }
    for what, by_baseline in found.items():
        name, (random, together, more) = max(by_baseline.items(), key=lambda item: item[1][2].value)
        if more.value > scores.MORE and more.low > SURE:
            how, worth, advice = words[what]
            seen = ""
            if what == "copies" and meaningless.clearly_above(chance):
                seen = (
                    f" With shuffled labels, the same for all copies of a picture, a random split gives {meaningless}."
                )
            yield Finding(
                "serious",
                f"{worth} {100 * more.value:.0f} points of a score",
                f"The same baseline reaches a balanced accuracy of {random} with a random split, and {together} when "
                f"{how}: {100 * more.value:.1f} points less ({100 * more.low:.1f} to {100 * more.high:.1f}). That is "
                f"the forest on {name}, the one of the two forests that gains more.{seen}",
                advice,
                kind=f"random split: {what}",
            )


def of_control(score, chance):
    """Shuffled labels that are recognised."""
    if score.clearly_above(chance):
        yield Finding(
            "serious",
            "Labels that mean nothing are recognised",
            f"With shuffled labels a baseline reaches {score}, where {chance:.1%} is chance. That happens by chance to "
            f"{scores.BY_CHANCE}. Otherwise the audit's own baselines see the answers, and all scores here are "
            "too high.",
            "Run the audit again with another seed. If it says the same, do not use its scores.",
            kind="control",
        )


def of_curve(curve, rise):
    """Whether more images would help.

    Parameters
    ----------
    curve : list of (int, scores.Score)
        From `ladder.curve`.
    rise : scores.Score
        The difference of the last two scores.
    """
    title = "Whether more images would help this baseline is open"
    if rise.low > 0:
        title = "More images would help"
    elif rise.high < HARDLY_RISES:
        title = "More images of the same kind would hardly help this baseline"
    (half, _), (full, score) = curve[-2:]
    yield Finding(
        "note",
        title,
        f"From {half:,} to {full:,} images for training, the balanced accuracy changes by "
        f"{100 * rise.value:+.1f} points ({100 * rise.low:+.1f} to {100 * rise.high:+.1f}), to {score.value:.1%}.",
        "See the learning curve. A network may need more images than this baseline, and gain more by them.",
        kind="learning curve",
    )


def of_ladder(ladder, frequencies, divided=False):
    """What baselines can and cannot do; `divided` says whether groups that were given had to be divided."""
    chance = 1 / len(frequencies)
    best, score = max(ladder.items(), key=lambda item: item[1].value)
    if not score._replace(value=1.0).clearly_above(chance):
        yield Finding(
            "note",
            "There are too few groups to tell a baseline from guessing",
            f"The best ({best}) has a balanced accuracy of {score}; chance is {chance:.1%}. Where all images of a "
            "group may be right or wrong together, even no mistake at all could be chance.",
            "Collect more groups; more images of the same will not do.",
            kind="nothing learned",
        )
    elif not any(score.clearly_above(chance) for score in ladder.values()):
        yield Finding(
            "look",
            "No baseline is clearly better than guessing",
            f"The best ({best}) has a balanced accuracy of {score}; chance is {chance:.1%}.",
            "Either the difference is finer than these see, or there is none, or there are too few images. Can you "
            "tell them?",
            kind="nothing learned",
        )
    else:
        yield Finding(
            "note",
            f"A network has to beat {score.value:.1%}" if score.value < 0.9995 else "A baseline makes no mistake",
            f"That is the balanced accuracy of a baseline ({best}): {score}, with "
            + ("copies kept together, and groups divided." if divided else "what belongs together kept together."),
            "Quote it beside any score.",
            kind="baseline",
        )
    share = max(frequencies) / sum(frequencies)
    if share > max(0.8, 1.5 * chance):
        yield Finding(
            "note",
            f"Who always says the most frequent class is right in {share:.0%}",
            "The classes are of very different sizes.",
            "Quote balanced accuracy, or precision and recall of the rare class, not accuracy.",
            kind="imbalance",
        )


def of_split(parts, groups, items):
    """What the recommended split can and cannot do.

    Parameters
    ----------
    parts : ndarray of str, shape (n,)
        From `grouping.split`.
    groups : ndarray of int, shape (n,)
    items : reading.Items
    """
    lacking = {
        part: [name for label, name in enumerate(items.classes) if part not in parts[items.labels == label]]
        for part in ("train", "valid", "test")
    }
    if any(lacking.values()):
        words = "; ".join(f"{part} lacks {', '.join(names[:5])}" for part, names in lacking.items() if names)
        yield Finding(
            "look",
            "There are too few groups for a split",
            f"The images are in {len(np.unique(groups)):,} groups or different pictures, so that in the recommended "
            f"split of 70, 25 and 5% parts lack classes: {words}.",
            "Cross-validate, leaving out one group at a time, or collect more groups; more images of the same will not "
            "do.",
            kind="few groups",
        )
    count = len(np.unique(groups[parts == "test"]))
    if not count:
        return
    right, words = (0.95 * count, "95%") if count >= 20 else (count, "all")
    low, high = scores.wilson(right, count)
    yield Finding(
        "note",
        f"A test set of 5% has {count:,} independent thing{'s' if count != 1 else ''}",
        f"If {words} of them are called right, the true share is anything from {low:.0%} to {high:.0%}.",
        "Quote a score with its interval. For a narrower one, test on more, or cross-validate.",
        kind="test size",
    )


def of_labels(suspects, skill, count):
    """Labels that may be wrong.

    Parameters
    ----------
    suspects : labels.Suspects or None
    skill : float
        Of the best baseline: 0 for the most frequent class, 1 for no mistake.
    count : int
        Of images.
    """
    if suspects is None or suspects.against / suspects.surest >= UNSURE or skill < UNSKILFUL:
        yield Finding(
            "note",
            "Whether labels are right cannot be judged",
            "No baseline is right often enough to doubt a label.",
            "Have two persons label a hundred images, each without knowing the other's labels, and compare.",
            kind="labels unsure",
        )
        return
    share = suspects.against / suspects.surest
    if suspects.low > CONTRADICTED:
        first = suspects.places[: ROWS * COLUMNS // 2].tolist()
        yield Finding(
            "serious" if skill > SKILFUL else "look",
            f"Labels may be wrong, of the order of {share:.0%}",
            f"Of the {suspects.surest:,} different images of which the baselines are surest, {suspects.against:,} "
            f"({suspects.low:.0%} to {suspects.high:.0%}) have another label. Wrong labels do that; so do classes that "
            f"overlap. cleanlab lists {len(suspects.places):,} of {count:,} images; the most suspicious are "
            "shown, and some of them will be right.",
            "Look at these images without their labels, best by two persons, and correct what is wrong, also in the "
            "test set. No honest score can be higher than the share of right labels.",
            [first[start : start + COLUMNS] for start in range(0, len(first), COLUMNS)],
            "labels",
        )


def of_pairs(suspicious, found, seconds, items):
    """Classes that are one, or two."""
    more = f" This is one of {len(suspicious)} such pairs." if len(suspicious) > 1 else ""
    for pair, unusual in suspicious[:PAIRS]:
        by = ", ".join(f"{name} {score}" for name, score in found[pair].items())
        names = [items.classes[label] for label in pair]
        yield Finding(
            "serious" if unusual else "look",
            f"No baseline tells {names[0]} from {names[1]}",
            f"Balanced accuracy for these two alone: {by}; a coin has 50%."
            + (f" Half of all other pairs are told apart in {labels.USUAL:.0%} or more." if unusual else "")
            + more,
            "Can you tell them? Find out how the two were made. If they are one, merge them: until then the score has "
            "a ceiling that no network can pass.",
            _of_each_class(items, pair),
            "pair",
        )
    for second in seconds:
        name, other = items.classes[second.label], items.classes[second.other]
        total = int(np.sum(items.labels == second.label))
        like = ""
        if second.like >= 0:
            like = f" A forest of all other classes says {items.classes[second.like]} of {second.share:.0%} of them."
        yield Finding(
            "serious",
            f"{name} is two classes: a part of it is something else",
            f"Most of it cannot be told from {other}, but {len(second.places)} of its {total} images surely "
            f"can be.{like}",
            "Look at them, and at how they were made: they may be mislabelled.",
            rows([second.places], 2),
            "two in one",
        )


def _of_each_class(items, labels):
    """Examples: for each of these classes some images, from its first to its last."""
    places = [np.flatnonzero(items.labels == label) for label in labels]
    return [own[np.linspace(0, len(own) - 1, min(COLUMNS, len(own))).astype(int)].tolist() for own in places]


def rows(groups, count=ROWS):
    """Examples: the first groups, and the first images of each."""
    return [[int(place) for place in group[:COLUMNS]] for group in groups[:count]]
