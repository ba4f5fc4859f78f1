"""The audit: everything is read once, and looked at from all sides."""

from pathlib import Path

import numpy as np

from helpers.audit import findings, grouping, labels, ladder, reading, report, scores, shortcuts
from helpers.timeleft import TimeLeft

#: Goes up when the names or the meaning of `Audit.numbers` change.
SCHEMA = 1


class Audit:
    """What an audit found.

    Attributes
    ----------
    findings : list of Finding
        The gravest first.
    numbers : dict
        All numbers, as they are written to `audit.json`.
    table : list of dict
        The scores, one a row: what, score, low, high.
    split : list of dict
        The recommended split: file, part, label, group.
    seen : reading.Seen
        What was kept of the images.
    """

    def __init__(self, found, numbers, table, split, seen):
        self.findings, self.numbers, self.table, self.split, self.seen = found, numbers, table, split, seen

    @property
    def serious(self):
        """The findings that are serious."""
        return [finding for finding in self.findings if finding.gravity == "serious"]

    def write(self, folder, overwrite=False):
        """Write `report.html`, `audit.json` and `split.csv` into a new folder, all of them or nothing.

        Parameters
        ----------
        folder : path-like
        overwrite : bool
            Whether a folder that an audit wrote may be replaced.

        Returns
        -------
        Path
            Of the report.

        Raises
        ------
        FileExistsError
            If the folder is there and not to be replaced.
        OSError
            If it cannot be written.
        """
        return report.write(self, folder, overwrite)

    def __str__(self):
        return report.text(self)

    __repr__ = __str__

    def _repr_html_(self):
        return report.short(self)


def audit(source, group=None, part=None, seed=1, quick=False):
    """Find out what a score on a data set can be worth.

    Each image is read once, and 4 kB of it are kept. A line shows how far it is.

    Parameters
    ----------
    source : path-like
        A folder with a folder of images for each class; a folder of such folders called train, valid and test; or a CSV
        file with the columns file, relative to its own folder, and label.
    group, part : str, optional
        Columns of the table: which images belong together (one sample, one day, one patient), and which part of a
        split each is in: train, valid or test. By default the columns of these names, if there are any.
    seed : int
        Of all that is random.
    quick : bool
        Train the small network for fewer steps, and leave out the learning curve.

    Returns
    -------
    Audit

    Raises
    ------
    FileNotFoundError, NotADirectoryError, ValueError
        If the source is not as described, or there is too little in it.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"The seed is {seed}; expected a whole number from 0 to {2**32 - 1}.")
    seen = reading.read(reading.find(source, group, part), source)
    items = seen.items
    count, chance = len(items.files), 1 / len(items.classes)
    copies = grouping.find_copies(seen.prints, items.labels)
    together = groups = grouping.united(copies.groups, items.groups)
    part_of = scores.folds(items.labels, groups, seed)
    found = [*findings.of_files(seen), *findings.of_copies(copies, items), *findings.of_parts(items)]
    if part_of is None and items.groups is not None:
        found.append(findings.of_one_group(groups, items))
        groups = copies.groups  # for the scores alone; the recommended split divides no group
        part_of = scores.folds(items.labels, groups, seed)
    if part_of is None:
        alone = next(label for label in range(len(items.classes)) if len(set(groups[items.labels == label])) < 2)
        raise ValueError(
            f"In {source}, all images of the class {items.classes[alone]} are copies of each other; expected pictures "
            "of several things, because nothing can be learned from one."
        )
    line = TimeLeft(9 if quick else 12, "baselines")
    outside = shortcuts.scored(seen, groups, part_of, seed)
    line.update(3)
    features = {"texture": seen.textures, "eigenpictures": ladder.eigenpictures(seen.pictures, seed)}
    answers = {name: ladder.out_of_fold(values, items.labels, part_of, seed) for name, values in features.items()}
    hits = {name: said.argmax(axis=1) == items.labels for name, said in answers.items()}
    line.update(5)
    arrangements = _arrangements(features, hits, items, copies, groups, seed)
    line.update(7)
    nearest = ladder.nearest_mean(features["eigenpictures"], items.labels, part_of)
    rungs = {
        "most frequent class": ladder.most_frequent(items.labels, part_of) == items.labels,
        "nearest mean of eigenpictures": nearest == items.labels,
        "forest on texture": hits["texture"],
        "forest on eigenpictures": hits["eigenpictures"],
    }
    best = max(features, key=lambda name: scores.score(hits[name], items.labels, groups).value)
    control = _control(features[best], items.labels, groups, part_of, seed)
    divided = None
    if "copies" in arrangements:
        single = scores.folds(items.labels, np.arange(count), seed)
        divided = max(_control(values, items.labels, copies.groups, single, seed) for values in features.values())
    line.update(8)
    curve = []
    if not quick:
        curve, rise = ladder.curve(features[best], items.labels, groups, copies.groups, part_of, seed)
    line.close()
    answers["small network"] = ladder.network_out_of_fold(seen.pictures, items.labels, part_of, seed, quick)
    rungs["small network"] = answers["small network"].argmax(axis=1) == items.labels
    rungs = {name: scores.score(right, items.labels, groups) for name, right in rungs.items()}

    able = [name for name in answers if rungs[_rung(name)].clearly_above(chance)]
    suspects = None
    if able:
        mean = np.mean([answers[name] for name in able], axis=0)
        suspects = labels.suspects(mean / mean.sum(axis=1, keepdims=True), items.labels, copies.groups, together)
    pairs = labels.pairs(answers, items.labels, groups)
    suspicious = labels.alike(pairs) if len(items.classes) > 2 else []
    everything = np.hstack(list(features.values()))
    seconds = labels.seconds(suspicious, answers, everything, items.labels, copies.groups, seed)
    parts = grouping.split(items.labels, together, np.random.default_rng(seed))

    skill = (max(score.value for score in rungs.values()) - chance) / (1 - chance)
    found += findings.of_shortcuts(outside, seen, skill)
    found += findings.of_arrangements(arrangements, divided, chance)
    found += findings.of_control(control, chance)
    found += findings.of_labels(suspects, skill, count)
    found += findings.of_pairs(suspicious, pairs, seconds, items)
    found += findings.of_ladder(rungs, np.bincount(items.labels).tolist(), groups is not together)
    if curve:
        found += findings.of_curve(curve, rise)
    found += findings.of_split(parts, together, items)
    found = findings.in_order(found)

    numbers = {"schema": SCHEMA, "source": _called(Path(source).resolve()), "seed": seed, "quick": quick}
    numbers |= _of_data(seen, copies, together)
    numbers |= _of_scores(outside, arrangements, control, divided, rungs, curve)
    numbers |= _of_labels(suspects, suspicious, pairs, seconds, items)
    numbers["split"] = {name: int(np.sum(parts == name)) for name in ("train", "valid", "test")}
    numbers["findings"] = [_told(finding, items) for finding in found]
    table = _table(rungs, outside, arrangements, control, divided, curve)
    split = [
        {"file": name, "part": part, "label": items.classes[label], "group": int(group)}
        for name, part, label, group in zip(items.names, parts, items.labels, together, strict=True)
    ]
    return Audit(found, numbers, table, split, seen)


def _of_data(seen, copies, groups):
    """What is said of the images and their copies."""
    items = seen.items
    return {
        "images": len(items.files),
        "classes": dict(zip(items.classes, np.bincount(items.labels).tolist(), strict=True)),
        "unreadable": [list(pair) for pair in seen.unreadable],
        "chance": 1 / len(items.classes),
        "groups": int(groups.max() + 1),
        "copies": {
            "images": int(copies.copied().sum()),
            "different": int(copies.groups.max() + 1),
            "across_labels": int(copies.crossing(items.labels).sum()),
            "across_parts": None if items.parts is None else int(copies.crossing(items.parts).sum()),
        },
    }


def _of_scores(outside, arrangements, control, divided, rungs, curve):
    """What is said of scores."""
    return {
        "shortcuts": {
            name: {
                "score": _plain(shortcut.score),
                "shuffled": shortcut.shuffled and _plain(shortcut.shuffled),
                "few_groups": shortcut.few,
                "p": shortcut.p,
            }
            for name, shortcut in outside.items()
        },
        "random_split": {
            what: {
                name: {"random": _plain(random), "together": _plain(kept), "difference": _plain(more)}
                for name, (random, kept, more) in by.items()
            }
            for what, by in arrangements.items()
        },
        "shuffled_labels": _plain(control),
        "shuffled_labels_random_split": divided and _plain(divided),
        "ladder": {name: _plain(score) for name, score in rungs.items()},
        "learning_curve": [{"images": size, **_plain(score)} for size, score in curve],
    }


def _of_labels(suspects, suspicious, pairs, seconds, items):
    """What is said of labels and classes."""
    return {
        "labels": suspects
        and {
            "listed": [items.names[place] for place in suspects.places],
            "surest": suspects.surest,
            "against": suspects.against,
            "low": round(suspects.low, 4),
            "high": round(suspects.high, 4),
        },
        "pairs": [
            {
                "classes": [items.classes[label] for label in pair],
                "unusual": unusual,
                **{name: _plain(score) for name, score in pairs[pair].items()},
            }
            for pair, unusual in suspicious
        ],
        "seconds": [
            {
                "class": items.classes[second.label],
                "other": items.classes[second.other],
                "like": items.classes[second.like] if second.like >= 0 else None,
                "images": [items.names[place] for place in second.places],
            }
            for second in seconds
        ],
    }


def _told(finding, items):
    """A finding, with names instead of places."""
    return {
        "gravity": finding.gravity,
        "kind": finding.kind,
        "title": finding.title,
        "evidence": finding.evidence,
        "advice": finding.advice,
        "examples": [[items.names[place] for place in row] for row in finding.examples],
    }


def _called(source):
    """What a source is called, without the way to it; of a table with the folder it is in."""
    return f"{source.parent.name}/{source.name}" if source.is_file() else source.name


def _rung(name):
    return name if name == "small network" else f"forest on {name}"


def _control(features, labels, groups, part, seed):
    """What a forest reaches with labels that mean nothing, the same in each group."""
    meaningless = ladder.shuffled(labels, groups, np.random.default_rng(seed))
    said = ladder.out_of_fold(features, meaningless, part, seed).argmax(axis=1)
    return scores.score(said == meaningless, meaningless, groups)


def _arrangements(features, hits, items, copies, groups, seed):
    """What baselines reach with a random split, and with copies, and groups, kept together, in as many parts."""
    everything = {}
    plans = {}
    if copies.copied().any():
        plans["copies"] = (np.arange(len(items.labels)), copies.groups)
    if items.groups is not None and len(np.unique(groups)) < len(np.unique(copies.groups)):
        plans["groups"] = (copies.groups, groups)
    for what, (loose, tight) in plans.items():
        count = scores.parts_of(items.labels, tight)
        everything[what] = {}
        for name, values in features.items():
            right = []
            for grouped in (loose, tight):
                if grouped is tight and np.array_equal(tight, groups):
                    right.append(hits[name])
                    continue
                part = scores.folds(items.labels, grouped, seed, count)
                right.append(ladder.out_of_fold(values, items.labels, part, seed).argmax(axis=1) == items.labels)
            everything[what][name] = (
                scores.score(right[0], items.labels, tight),
                scores.score(right[1], items.labels, tight),
                scores.difference(right[0], right[1], items.labels, tight),
            )
    return everything


def _plain(score):
    return {name: round(float(getattr(score, name)), 4) for name in ("value", "low", "high")}


def _table(rungs, outside, arrangements, control, divided, curve):
    rows = [("baseline", name, score) for name, score in rungs.items()]
    rows += [("no picture", name, found.score) for name, found in outside.items()]
    for what, by in arrangements.items():
        for name, (random, together, more) in by.items():
            rows += [(f"random split, forest on {name}", f"{what} divided", random)]
            rows += [(f"random split, forest on {name}", f"{what} together", together)]
            rows += [(f"random split, forest on {name}", "difference", more)]
    rows += [("control", "shuffled labels", control)]
    if divided:
        rows += [("control", "shuffled labels, random split", divided)]
    rows += [("learning curve", f"{size:,} images", score) for size, score in curve]
    return [
        {"of": of, "what": what} | {"score": score.value, "low": score.low, "high": score.high}
        for of, what, score in rows
    ]
