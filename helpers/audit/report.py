"""The report: one HTML page that needs nothing else, the numbers as JSON, and the split as CSV."""

import base64
import html
import io
import json
from collections import Counter
from itertools import groupby
from math import log
from pathlib import Path

from PIL import Image

from helpers import folders
from helpers.audit import findings

#: What marks a folder as an audit's, and what else is in it.
NUMBERS, REPORT, SPLIT = "audit.json", "report.html", "split.csv"
#: What is said if nothing was found.
NOTHING = "Nothing was found, which proves nothing about what was not looked at."
#: The longer side of a picture in the report, and the shorter one at least, in CSS pixels.
LONG, SHORT = 88, 20
#: How the charts are laid out, in units of the drawing: width, left and right end of the axis, height of a row.
WIDTH, LEFT, RIGHT, ROW = 720, 240, 530, 24
#: What the rows of examples are, by kind of finding.
ROWS = {
    "copies": "Each row shows copies of one picture.",
    "copies across labels": "Each row shows copies of one picture.",
    "copies across parts": "Each row shows copies of one picture.",
    "labels": "The most suspicious first.",
    "pair": "A row for each class.",
    "shortcut: height and width": "A row for each class.",
    "shortcut: brightness and contrast": "A row for each class.",
    "two in one": "Images that are surely told from the other class.",
}
#: Headings of the scores, and how to read them, by the beginning of what a row of `Audit.table` is of.
HOW = {
    "baseline": (
        "Baselines",
        "Five answers of rising effort, each about images that it was not trained on. A network is worth its trouble "
        "if it is clearly to the right of the best of them. Eigenpictures are 50 principal components of the pictures; "
        "texture is twelve numbers about edges, detail and specks; a forest is 200 decision trees; the small network "
        "has three convolutions.",
    ),
    "no picture": (
        "Without any picture",
        "Forests that see no picture, but what is written here. What lies clearly to the right of chance tells the "
        "classes, and a network that finds it need not look at what the pictures are of.",
    ),
    "random split": (
        "A random split against an honest one",
        "The same baseline twice: with copies, or groups, on both sides of the split, and with each of them on one "
        "side. The distance is what a score gains by having seen the same thing before.",
    ),
    "control": (
        "Control: shuffled labels",
        "With labels that mean nothing, an honest score is at chance. With a random split it can lie above, because "
        "copies are recognised.",
    ),
    "learning curve": (
        "Learning curve",
        "The score of the better forest by the number of images that it was trained on. If it still rises at the right "
        "end, more images would help.",
    ),
}
STYLE = """
:root { color-scheme: light dark; --soft: light-dark(#f5f6f8, #23262b); --line: light-dark(#d5d9df, #43484f);
  --quiet: light-dark(#5a6270, #a4acb8); --serious: light-dark(#a61c2b, #ff8b8b); --look: light-dark(#955000, #f0ab52);
  --note: light-dark(#5a6270, #a4acb8); --point: light-dark(#14507e, #8fc6f0); --range: light-dark(#9cc3e2, #3f6f95) }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 52rem; padding: 1.5rem 1rem 3rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem }
h3 { font-size: 1.05rem; margin: 0 0 .3rem } h2 ~ h3 { margin-top: 1.6rem }
p { margin: .3rem 0 .6rem } .quiet { color: var(--quiet); font-size: .9rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem .8rem; margin: .8rem 0 }
dt { font-weight: 600 } dd { margin: 0 } dt.serious { color: var(--serious) } dt.look { color: var(--look) }
.finding { background: var(--soft); border-left: .35rem solid var(--note); border-radius: .25rem; padding: .8rem 1.1rem;
  margin: .9rem 0 }
.finding.serious { border-color: var(--serious) } .finding.look { border-color: var(--look) }
.gravity { font-size: .75rem; font-weight: 700; letter-spacing: .06em; text-transform: uppercase; margin: 0 0 .1rem;
  color: var(--note) }
.serious .gravity { color: var(--serious) } .look .gravity { color: var(--look) }
.row { display: flex; flex-wrap: wrap; gap: .6rem; margin: .5rem 0; align-items: flex-start }
figure { margin: 0; width: 5.5rem } figure img { display: block; background: #888 }
figcaption { font-size: .68rem; line-height: 1.25; color: var(--quiet); overflow-wrap: anywhere; margin-top: .2rem }
svg { display: block; width: 100%; height: auto; margin: .3rem 0 }
svg text { font: 13px system-ui, sans-serif; fill: currentColor } svg .small { font-size: 12px; fill: var(--quiet) }
svg .number { font-variant-numeric: tabular-nums } svg .grid { stroke: var(--line) }
svg .chance { stroke: var(--quiet); stroke-dasharray: 4 3 } svg .range { stroke: var(--range); stroke-width: 6 }
svg .curve { stroke: var(--point); fill: none; stroke-width: 1.5 } svg .point { fill: var(--point) }
@media print { body { max-width: none; font-size: 10pt; padding: 0; print-color-adjust: exact }
  .finding, figure, svg { break-inside: avoid } h2, h3 { break-after: avoid } }
"""


def refuse(folder, overwrite=False):
    """Refuse a folder that is there, unless it holds a report and nothing else, and may be replaced.

    Parameters
    ----------
    folder : path-like
    overwrite : bool

    Raises
    ------
    FileExistsError
    """
    folder = Path(folder)
    if not folder.exists():
        return
    if not overwrite:
        raise FileExistsError(f"{folder} is there already; choose another name, or say --overwrite (overwrite=True).")
    if not (folder / NUMBERS).is_file():
        raise FileExistsError(
            f"{folder} was not written by an audit (it has no {NUMBERS}), so it is not overwritten; delete it "
            "yourself, or choose another name."
        )
    others = sorted({path.name for path in folder.iterdir()} - {NUMBERS, REPORT, SPLIT})
    if others:
        raise FileExistsError(
            f"{folder} holds {others[0]}, which no audit wrote, so it is not overwritten; take that out, or choose "
            "another name."
        )


def write(audit, folder, overwrite=False):
    """See `Audit.write`."""
    folder = Path(folder)
    refuse(folder, overwrite)
    with folders.whole(folder, replace_folder=overwrite) as part:
        part.mkdir()
        (part / REPORT).write_text(page(audit), encoding="utf-8")
        (part / NUMBERS).write_text(json.dumps(audit.numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        folders.write_table(part / SPLIT, audit.split)
    return folder / REPORT


def text(audit):
    """The findings in plain text, one a line."""
    lines = [f"{finding.gravity:8}{finding.title}" for finding in audit.findings]
    return "\n".join(lines if found_something(audit) else [NOTHING, *lines])


def found_something(audit):
    """Whether there is more than notes."""
    return any(finding.gravity != "note" for finding in audit.findings)


def short(audit):
    """The findings as a piece of HTML, for a notebook."""
    items = "".join(
        f"<li><b>{html.escape(finding.gravity)}</b>: {html.escape(finding.title)}. {html.escape(finding.evidence)}</li>"
        for finding in audit.findings
    )
    start = "" if found_something(audit) else f"<p>{NOTHING}</p>"
    return f"<div><p>{html.escape(summary(audit))}</p>{start}<ol>{items}</ol></div>"


def summary(audit):
    """How many images of which classes there are, in one sentence."""
    numbers = audit.numbers
    names = list(numbers["classes"].items())
    shown = ", ".join(f"{name} ({count:,})" for name, count in names[:12]) + (" …" if len(names) > 12 else "")
    return f"{numbers['source']}: {numbers['images']:,} images in {len(names)} classes: {shown}."


def page(audit):
    """The whole report, HTML."""
    numbers = audit.numbers
    counts = Counter(finding.gravity for finding in audit.findings)
    gravities = "".join(
        f'<dt class="{gravity}">{counts[gravity]} {gravity}</dt><dd>{html.escape(meaning)}</dd>'
        for gravity, meaning in findings.GRAVITIES.items()
        if counts[gravity]
    )
    looked_at = [*findings.LOOKED_AT, *([] if numbers["quick"] else [findings.NOT_QUICK])]
    looked = "".join(f"<li>{html.escape(what)}</li>" for what in looked_at)
    parts = ", ".join(f"{part} {count:,}" for part, count in numbers["split"].items())
    body = [
        f"<h1>What can a score on {html.escape(numbers['source'])} be worth?</h1>",
        f"<p>{html.escape(summary(audit))}</p>",
        f"<h2>Findings</h2><dl>{gravities}</dl>",
        "" if found_something(audit) else f"<p><b>{NOTHING}</b></p>",
        *[_section(finding, audit.seen) for finding in audit.findings],
        "<h2>Scores</h2>",
        "<p>Balanced accuracy is the mean over classes of the share of their images that are called right. All scores "
        "are cross-validated, with copies and groups on one side unless it says otherwise. A dot is a score, the bar "
        f"around it its interval of 95%, and the dashed line chance, {numbers['chance']:.1%}. Below chance is no "
        "discovery either: guesses scatter to both sides.</p>",
        *_scores(audit),
        "<h2>A split to use</h2>",
        f"<p>{parts} images, listed in {SPLIT}. Copies and groups are kept together; classes are "
        "divided as nearly alike as that allows.</p>",
        f"<h2>What was looked at</h2><ul>{looked}</ul>",
        f"<p>Not looked at: {html.escape(findings.NOT_LOOKED_AT)}.</p>",
        f'<p class="quiet">Seed {numbers["seed"]}{", quick" if numbers["quick"] else ""}. All numbers are in '
        f"{NUMBERS}, schema {numbers['schema']}.</p>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Audit of {html.escape(numbers['source'])}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(finding, seen):
    pictures = "".join(
        f'<div class="row">{"".join(_figure(seen, place) for place in row)}</div>' for row in finding.examples
    )
    if pictures:
        pictures = f'<p class="quiet">{ROWS.get(finding.kind, "")}</p>{pictures}'
    return (
        f'<section class="finding {finding.gravity}"><p class="gravity">{finding.gravity}</p>'
        f"<h3>{html.escape(finding.title)}</h3><p>{html.escape(finding.evidence)}</p>"
        f"<p><b>What to do.</b> {html.escape(finding.advice)}</p>{pictures}</section>"
    )


def _figure(seen, place):
    """An image of its own shape; what was kept of it is a small square."""
    file = io.BytesIO()
    Image.fromarray(seen.pictures[place]).save(file, "PNG", optimize=True)
    encoded = base64.b64encode(file.getvalue()).decode()
    height, width = (max(SHORT, round(LONG * side / max(seen.shapes[place]))) for side in seen.shapes[place])
    name, label = seen.items.names[place], seen.items.classes[seen.items.labels[place]]
    said = html.escape(f"Picture {name}, labelled {label}", quote=True)
    caption = html.escape(name if label in name else f"{name} ({label})")
    return (
        f'<figure><img src="data:image/png;base64,{encoded}" alt="{said}" width="{width}" height="{height}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _scores(audit):
    """The headings, explanations and charts of all scores."""
    chance = audit.numbers["chance"]
    for start, rows in groupby(audit.table, key=lambda row: row["of"].partition(",")[0]):
        heading, how = HOW[start]
        yield f"<h3>{heading}</h3><p>{how}</p>"
        for of, own in groupby(rows, key=lambda row: row["of"]):
            own = list(own)
            if of == "learning curve":
                yield _curve(own, chance)
                continue
            rest = of.partition(", ")[2]
            if rest:
                differences = " ".join(
                    f"Difference: {100 * row['score']:.1f} points ({100 * row['low']:.1f} to {100 * row['high']:.1f})."
                    for row in own
                    if row["what"] == "difference"
                )
                yield f'<p class="quiet">{html.escape(rest.capitalize())}. {differences}</p>'
            yield _chart([row for row in own if row["what"] != "difference"], chance, rest or heading)


def _chart(rows, chance, title):
    """Scores below each other, with their intervals: SVG."""
    bottom = 10 + ROW * len(rows)

    def x(value):
        return LEFT + (RIGHT - LEFT) * max(0.0, min(1.0, value))

    drawn = [_lines("x", x, 6, bottom, chance)]
    drawn += [_text(x(tick / 4), bottom + 16, f"{25 * tick}%", "middle", "small") for tick in range(5)]
    drawn.append(_text((LEFT + RIGHT) / 2, bottom + 34, "balanced accuracy", "middle", "small"))
    for number, row in enumerate(rows):
        y = 10 + ROW * (number + 0.5)
        drawn.append(_text(0, y + 4, row["what"]))
        drawn.append(f'<line class="range" x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{y}" y2="{y}"/>')
        drawn.append(f'<circle class="point" cx="{x(row["score"]):.1f}" cy="{y}" r="4"/>')
        drawn.append(_text(RIGHT + 14, y + 4, _in_words(row), kind="number"))
    return _svg(bottom + 40, f"{title}, balanced accuracy", rows, drawn)


def _curve(rows, chance):
    """A learning curve, with a logarithmic axis of images: SVG."""
    counts = [int(row["what"].split()[0].replace(",", "")) for row in rows]
    top, bottom, left, right = 16, 216, 64, 560
    span = log(counts[-1] / counts[0]) or 1.0

    def y(value):
        return bottom - (bottom - top) * max(0.0, min(1.0, value))

    drawn = [_lines("y", y, left, right, chance)]
    drawn += [_text(left - 8, y(tick / 4) + 4, f"{25 * tick}%", "end", "small") for tick in range(5)]
    places = [left + 24 + (right - left - 48) * log(count / counts[0]) / span for count in counts]
    for place, row, count in zip(places, rows, counts, strict=True):
        drawn.append(
            f'<line class="range" x1="{place:.1f}" x2="{place:.1f}" y1="{y(row["low"])}" y2="{y(row["high"])}"/>'
        )
        drawn.append(_text(place, bottom + 18, f"{count:,}", "middle", "small"))
    line = " ".join(f"{place:.1f},{y(row['score']):.1f}" for place, row in zip(places, rows, strict=True))
    drawn.append(f'<polyline class="curve" points="{line}"/>')
    for place, row in zip(places, rows, strict=True):
        drawn.append(f'<circle class="point" cx="{place:.1f}" cy="{y(row["score"]):.1f}" r="4"/>')
    drawn.append(_text((left + right) / 2, bottom + 38, "images for training", "middle", "small"))
    middle = (top + bottom) / 2
    drawn.append(
        f'<g transform="rotate(-90 14 {middle})">{_text(14, middle, "balanced accuracy", "middle", "small")}</g>'
    )
    return _svg(bottom + 44, "Learning curve, balanced accuracy", rows, drawn)


def _lines(axis, at, start, end, chance):
    """The grid at every quarter, and chance."""
    along = f'{"y" if axis == "x" else "x"}1="{start}" {"y" if axis == "x" else "x"}2="{end}"'
    return "".join(
        f'<line class="{kind}" {axis}1="{at(value):.1f}" {axis}2="{at(value):.1f}" {along}/>'
        for kind, value in (*(("grid", tick / 4) for tick in range(5)), ("chance", chance))
    )


def _text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{html.escape(words)}</text>'


def _in_words(row):
    return f"{row['score']:.1%} ({row['low']:.1%} to {row['high']:.1%})"


def _svg(height, title, rows, drawn):
    said = html.escape(f"{title}: " + "; ".join(f"{row['what']} {_in_words(row)}" for row in rows), quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{said}">{"".join(drawn)}</svg>'
