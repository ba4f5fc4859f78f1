"""The board as a web page."""

import html
import os
import tempfile
from pathlib import Path

from helpers.board import showing
from helpers.board.reading import titles
from helpers.board.text import cells

MARK = '<meta name="generator" content="helpers.board">'
#: No script, no picture and no request to anywhere, whatever a nickname or a hint says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"

STYLE = """
:root { color-scheme: light dark; --paper: light-dark(#fff, #16181b); --soft: light-dark(#f1f3f6, #23262b);
  --ink: light-dark(#14171b, #f0f2f4); --line: light-dark(#c9ced6, #454b54); --quiet: light-dark(#4d5562, #b4bcc8);
  --stuck: light-dark(#9c1526, #ff9a9a); --warm: light-dark(#fdeeee, #3a1c1f); --bar: light-dark(#2f6f9f, #7dbbe8) }
* { box-sizing: border-box }
body { font: 1.15rem/1.4 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; margin: 0 auto; max-width: 90rem;
  padding: 1rem 1.5rem 3rem; background: var(--paper); color: var(--ink) }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 2.5rem; border-bottom: 3px solid var(--ink);
  padding-bottom: .4rem }
h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.4rem; margin: 2rem 0 .4rem }
p { margin: .4rem 0 } header p { font-size: 1.35rem; margin: 0 } .small { color: var(--quiet); font-size: 1rem }
ul.stuck { list-style: none; margin: .5rem 0; padding: 0; display: grid; gap: .7rem;
  grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)) }
ul.stuck li { background: var(--warm); border: 2px solid var(--stuck); border-radius: .4rem; padding: .5rem .9rem }
.stuck strong { font-size: 1.35rem } b.stuck { color: var(--stuck) }
.said { font-size: 1rem; overflow-wrap: anywhere } bdi { overflow-wrap: anywhere }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .22rem .7rem .22rem 0; vertical-align: top } th { font-weight: 600 }
thead th { border-bottom: 2px solid var(--line); font-size: 1rem; color: var(--quiet); white-space: nowrap }
tbody tr { border-top: 1px solid var(--line) } tr.said { border-top: 0 } tr.said td { padding: 0 0 .35rem 1.5rem }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody th { font-weight: 400 } .here { font-weight: 700 }
meter { width: 6em; height: .8em; vertical-align: baseline } .count { display: inline-block; min-width: 4.8em }
tr.said ul { margin: 0; padding: 0; list-style: none }
@media (max-width: 60rem) { body { font-size: 1.05rem; padding: .7rem } meter { width: 4em } }
body.wall { font-size: 1.45rem } .wall .said, .wall .small, .wall thead th { font-size: 1.2rem }
"""


def as_page(shown, every):
    """The board as one HTML page that needs nothing else.

    Parameters
    ----------
    shown : View
    every : float
        Seconds after which a browser loads it again.
    """
    body = [
        f"<header><h1>The class</h1><p>{showing.summary(shown)}</p>",
        f"<p>at <time>{showing.clock(shown.moment)}</time></p></header>",
        f'<p class="small">Renewed every {every:g} seconds. If this time stands still, the board has been stopped.</p>',
        *(f"<p><strong>{_text(note)}</strong></p>" for note in shown.notes),
    ]
    if not shown.rows:
        body.append(f"<p>{_text(showing.nobody(shown.rules))}</p>")
    elif not shown.rules.wall:
        body.append(_stuck(shown))
    body += [_lesson(number, lines, shown) for number, lines in reversed(shown.lessons.items())]
    if shown.rows and not shown.rules.wall:
        body.append(_everybody(shown))
    body_tag = '<body class="wall">' if shown.rules.wall else "<body>"
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">', MARK,
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f'<meta http-equiv="refresh" content="{every:g}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>The class: {showing.summary(shown)}</title>", f"<style>{STYLE}</style>", "</head>", body_tag, *body,
        "</body>", "</html>", "",
    ])  # fmt: skip


def _text(text):
    return html.escape(text)


def _stuck(shown):
    rows = [row for row in shown.rows if row.state == "stuck"]
    items = []
    for row in rows:
        said = f'<div class="said"><bdi>{_text(row.told)}</bdi></div>' if row.told else ""
        items.append(
            f"<li><strong><bdi>{_text(row.name)}</bdi></strong> at <strong>{row.exercise.number}</strong> "
            f"{_text(row.exercise.title)}<br>{row.minutes:.0f} min, {row.refused} refused, hints: {row.hints}, "
            f"last sign {showing.ago(row.silent)} ago{said}</li>"
        )
    inside = f'<ul class="stuck">{"".join(items)}</ul>' if items else "<p>Nobody.</p>"
    return f'<h2>Stuck</h2>{inside}<p class="small">{_text(showing.rule(shown.rules))}</p>'


def _lesson(number, lines, shown):
    begun = shown.begun[number]
    rows = []
    for line in lines:
        extra = "" if line.exercise.core else " (extra)"
        meter = f'<meter max="{begun}" value="{line.solved}" aria-hidden="true"></meter>' if begun else ""
        rows.append(
            f'<tr><th scope="row"><b>{line.exercise.number}</b> {_text(line.exercise.title)}{extra}</th>'
            f'<td class="number">{meter}<span class="count">{line.solved} of {begun}</span></td>'
            f'<td class="number{" here" if line.here else ""}">{line.here or ""}</td>'
            f'<td class="number">{"" if line.minutes is None else f"{line.minutes:.0f}"}</td>'
            f'<td class="number">{line.hints or ""}</td><td class="number">{line.solutions or ""}</td></tr>'
        )
        if line.told:
            said = "".join(
                f"<li>{showing.counted(n, times)}: <bdi>{_text(hint)}</bdi></li>" for hint, n, times in line.told
            )
            rows.append(f'<tr class="said"><td colspan="6"><ul>{said}</ul></td></tr>')
    heads = ("solved", "at it", "median minutes", "hints", "solutions")
    head = '<th scope="col">exercise</th>' + "".join(f'<th scope="col" class="number">{name}</th>' for name in heads)
    return (
        f"<h2>Lesson {number}: {_text(titles()[number])}</h2>"
        '<p class="small">Below an exercise: what its check said most often; # where numbers differ.</p>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _everybody(shown):
    rows = []
    for row in shown.rows:
        _, core, place, minutes, refused, hints, silent, state = cells(row)
        title = f" {_text(row.exercise.title)}" if row.exercise else ""
        rows.append(
            f'<tr><th scope="row"><bdi>{_text(row.name)}</bdi></th><td><b class="{row.state}">{state.lower()}</b></td>'
            f'<td><b>{place}</b>{title}</td><td class="number">{minutes}</td><td class="number">{refused}</td>'
            f'<td class="number">{hints}</td><td class="number">{core}</td><td class="number">{silent}</td></tr>'
        )
    words = "".join(f'<th scope="col">{name}</th>' for name in ("student", "state", "at exercise"))
    numbers = ("min there", "refused", "hints", "core solved", "last sign")
    head = words + "".join(f'<th scope="col" class="number">{name}</th>' for name in numbers)
    return (
        f'<h2>Everybody</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def write_page(path, text):
    """Write the page so that a browser never sees half of it; only its owner may read it.

    Raises
    ------
    FileExistsError
        If there is another file at this place.
    """
    path = Path(path)
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            if MARK not in file.read(1000):
                raise FileExistsError(
                    f"{path} is no page of this board, so it is not overwritten; choose another name."
                )
    handle, draft = tempfile.mkstemp(dir=path.absolute().parent, prefix=".board-")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
