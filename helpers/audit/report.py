"""The report: one HTML page that needs nothing else, the numbers as JSON, and the split as CSV."""

import base64
import html
import io
import json
import shutil
from pathlib import Path

from PIL import Image

from helpers import folders
from helpers.audit import findings

#: What marks a folder as an audit's, and what else is in it.
NUMBERS, REPORT, SPLIT = "audit.json", "report.html", "split.csv"
STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 50rem; padding: 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem; margin: 0 }
section.finding { border: 1px solid #8888; border-left: .5rem solid #888; padding: .5rem 1rem; margin: 1rem 0 }
section.serious { border-left-color: #b2182b } section.look { border-left-color: #e08214 }
.gravity { font-weight: bold; text-transform: uppercase; font-size: .8rem; letter-spacing: .05em }
.row { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0 }
figure { margin: 0; width: 5rem } figcaption { font-size: .7rem; overflow-wrap: anywhere }
figure img { width: 5rem; height: 5rem; image-rendering: pixelated }
.wide { overflow-x: auto } table { border-collapse: collapse }
td, th { text-align: left; padding: .15rem .6rem .15rem 0 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
svg { width: 12rem; height: 1rem; display: block }
"""


def write(audit, folder, overwrite=False):
    """See `Audit.write`."""
    folder = Path(folder)
    if folder.exists():
        if not overwrite:
            raise FileExistsError(
                f"{folder} is there already; choose another name, or say --overwrite (overwrite=True)."
            )
        if not (folder / NUMBERS).is_file():
            raise FileExistsError(
                f"{folder} was not written by an audit (it has no {NUMBERS}), so it is not overwritten; delete it "
                "yourself, or choose another name."
            )
    with folders.whole(folder) as part:
        part.mkdir()
        (part / REPORT).write_text(page(audit), encoding="utf-8")
        (part / NUMBERS).write_text(json.dumps(audit.numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        folders._write_table(part / SPLIT, audit.split)
        if folder.exists():
            shutil.rmtree(folder)
    return folder / REPORT


def text(audit):
    """The findings in plain text, one a line."""
    lines = [f"{finding.gravity:8}{finding.title}" for finding in audit.findings]
    return "\n".join(lines if found_something(audit) else [NOTHING, *lines])


#: What is said if nothing was found.
NOTHING = "Nothing was found, which proves nothing about what was not looked at."


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
    body = [
        f"<h1>What can a score on {html.escape(numbers['source'])} be worth?</h1>",
        f"<p>{html.escape(summary(audit))}</p>",
        "<h2>Findings</h2>",
    ]
    if not found_something(audit):
        body.append(f"<p><b>{NOTHING}</b></p>")
    body += [_section(finding, audit.seen) for finding in audit.findings]
    looked = "".join(f"<li>{html.escape(what)}</li>" for what in findings.LOOKED_AT)
    body += [
        "<h2>What was looked at</h2>",
        f"<ul>{looked}</ul><p>Not looked at: {html.escape(findings.NOT_LOOKED_AT)}.</p>",
        "<h2>Scores</h2>",
        f"<p>Balanced accuracy, cross-validated, with what belongs together kept together unless it says otherwise. "
        f"The interval of 95 % allows for groups. Chance is {numbers['chance']:.1%}, the mark in the bars.</p>",
        _scores(audit),
        "<h2>A split to use</h2>",
        "<p>"
        + html.escape(
            ", ".join(f"{part} {count:,}" for part, count in numbers["split"].items())
            + f" images, in {SPLIT}. Classes are divided alike; copies and groups are kept together."
        )
        + "</p>",
        f"<p>Seed {numbers['seed']}{', quick' if numbers['quick'] else ''}. The numbers are in {NUMBERS}, schema "
        f"{numbers['schema']}.</p>",
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
    return (
        f'<section class="finding {finding.gravity}"><p class="gravity">{finding.gravity}</p>'
        f"<h3>{html.escape(finding.title)}</h3><p>{html.escape(finding.evidence)}</p>"
        f"<p><b>What to do.</b> {html.escape(finding.advice)}</p>{pictures}</section>"
    )


def _figure(seen, place):
    file = io.BytesIO()
    Image.fromarray(seen.pictures[place]).save(file, "PNG", optimize=True)
    encoded = base64.b64encode(file.getvalue()).decode()
    name, label = seen.items.names[place], seen.items.classes[seen.items.labels[place]]
    said = html.escape(f"Picture {name}, labelled {label}", quote=True)
    caption = html.escape(name if label in name else f"{name} ({label})")
    return (
        f'<figure><img src="data:image/png;base64,{encoded}" alt="{said}"><figcaption>{caption}</figcaption></figure>'
    )


def _scores(audit):
    rows, last = [], None
    for row in audit.table:
        if row["of"] != last:
            rows.append(f'<tr><th colspan="4" scope="rowgroup">{html.escape(row["of"].capitalize())}</th></tr>')
            last = row["of"]
        rows.append(
            f'<tr><td>{html.escape(row["what"])}</td><td class="number">{row["score"]:.1%}</td>'
            f'<td class="number">{row["low"]:.1%} to {row["high"]:.1%}</td>'
            f"<td>{_bar(row, audit.numbers['chance'])}</td></tr>"
        )
    head = '<tr><th scope="col">What</th><th scope="col">Score</th><th scope="col">95 %</th><th></th></tr>'
    return f'<div class="wide"><table>{head}{"".join(rows)}</table></div>'


def _bar(row, chance):
    if row["what"] == "difference":
        return ""
    low, high, value, mark = (
        100 * max(0.0, min(1.0, number)) for number in (row["low"], row["high"], row["score"], chance)
    )
    return (
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<line x1="0" x2="100" y1="4" y2="4" stroke="#8886" stroke-width="0.5"/>'
        f'<line x1="{mark:.1f}" x2="{mark:.1f}" y1="0" y2="8" stroke="#888"/>'
        f'<rect x="{low:.1f}" y="2" width="{max(high - low, 0.5):.1f}" height="4" fill="#4393c3"/>'
        f'<rect x="{value - 0.5:.1f}" y="0.5" width="1" height="7" fill="#053061"/></svg>'
    )
