"""docs/benchmarks.md: the text of page.md with the numbers of the JSON and the ledger, so that they cannot part."""

import importlib
import statistics
from pathlib import Path

from tools.bench import ledger, pictures, results, rows, works
from tools.bench.works import copies, lessons


def table(entry):
    """All rows: those of the bench, and those of the ledger."""
    found = []
    for name in works.NAMES:
        found += importlib.import_module(f"tools.bench.works.{name}").rows(entry["runs"])
    return found[: _before_lessons(found)] + list(ledger.rows()) + found[_before_lessons(found) :]


def _before_lessons(found):
    return next((number for number, row in enumerate(found) if row.what.startswith("lesson ")), len(found))


def table_text(entry):
    """The table in Markdown."""
    lines = [rows.HEADINGS, ("---",) * len(rows.HEADINGS)]
    lines += [row.cells(results.dates(entry)) for row in table(entry)]
    return "\n".join(f"| {' | '.join(cell for cell in line)} |" for line in lines)


def worse(entry):
    """Sentences: what is slower, larger or finds less than what it is compared with, budgets included."""
    sentences = []
    for row in table(entry):
        if row.against is None or row.against >= 1:
            continue
        ours, theirs = (rows.amount(statistics.median(series), row.unit) for series in (row.ours, row.theirs))
        if row.reference == "budget":
            sentences.append(f"- {row.what}: {ours}, over the budget of {theirs}")
        else:
            much = {"ms": "as long", "mb": "as much", "": "as large"}[row.unit]
            sentences.append(
                f"- {row.what}: {ours}, {rows.factor(1 / row.against)} times {much} as {row.reference} ({theirs})"
            )
    found = copies.found(entry["runs"])
    for name, shares in found.items():
        for kind, called in copies.KINDS.items():
            ours, theirs = found["ours"][f"{kind}_found"], shares[f"{kind}_found"]
            if theirs > ours:
                sentences.append(f"- {called}: ours finds {ours:.0%}, {name} {theirs:.0%}")
        if shares["false_groups"] < found["ours"]["false_groups"]:
            ours, theirs = found["ours"]["false_groups"], shares["false_groups"]
            sentences.append(f"- groups that are no copies: ours makes {ours:g}, {name} {theirs:g}")
    return sentences


def found_text(entry):
    """What was found of the copies that were planted, as a table in Markdown, or nothing."""
    found = copies.found(entry["runs"])
    if not found:
        return ""
    lines = [["", *copies.KINDS.values(), "groups that are no copies"], ["---"] * (len(copies.KINDS) + 2)]
    for name, shares in found.items():
        parts = [f"{shares[f'{kind}_found']:.0%}" for kind in copies.KINDS]
        lines.append([name, *parts, f"{shares['false_groups']:g}"])
    count = int(copies.largest(entry["runs"]).partition("_")[2])
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"What was found of 50 planted copies of each kind, among {count:,} images:\n\n{text}\n\n"


def circumstances(entry):
    """When and where it was measured, and what was not."""
    if not entry["runs"]:
        return "Nothing of `make bench` itself has been kept here yet: what you see is from the ledger."
    machines = sorted({unit["machine"] for unit in entry["measured"].values()})
    dates = sorted({unit["date"] for unit in entry["measured"].values()})
    versions = ", ".join(f"{name} {number}" for name, number in (entry["versions"] | entry["peers"]).items())
    days = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    lines = [f"Rows of the bench are of {days}, on {' and on '.join(machines)}, with {versions}."]
    words = sorted({word for skipped in entry["skipped"].values() for word in skipped.values()})
    return "\n\n".join(lines + words)


def page(entry):
    """The text of the page, from the entry that `results.read` gives."""
    reached, times = ledger.usual_reached()
    behind = "\n".join(worse(entry)) or "- nothing, in what has been measured here so far"
    plans = pictures.plans(entry["runs"], table(entry))
    shown = {name: f"![{alt}](imgs/{name}.png)\n\n{pictures.CAPTIONS[name]}" for name, (alt, *_) in plans.items()}
    ratios = "\n\n".join(shown.pop(name) for name in ("bench_ratios", "bench_floors") if name in shown)
    grows = "\n\n".join(shown.values())
    return (
        Path(__file__)
        .with_suffix(".md")
        .read_text(encoding="utf-8")
        .format(
            circumstances=circumstances(entry),
            behind=behind,
            table=table_text(entry),
            found=found_text(entry),
            ratios=ratios,
            grows=grows,
            bits=copies.BITS,
            reached=reached,
            times=times,
            works=", ".join(works.NAMES),
            minutes=lessons.SECONDS // 60,
        )
    )
