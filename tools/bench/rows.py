"""One line of the table: ours, what it is compared with, and the floor. Less is better in all of them."""

import statistics
from dataclasses import dataclass

from tools.bench.measuring import ratios

NO = "–"


@dataclass(frozen=True)
class Row:
    """One comparison. Series have a number for each run.

    Attributes
    ----------
    what : str
    unit : str
        ``"ms"``, ``"mb"`` or ``""``.
    ours : list of float
    reference : str
        What it is compared with, empty for nothing.
    theirs : list of float
        Empty where that was not measured.
    floor : str
        What nothing can be below.
    least : list of float
    key : str
        The unit of the bench it is from.
    source : str
        Where else it is from: an entry of the ledger, with its date.
    """

    what: str
    unit: str
    ours: list
    reference: str = ""
    theirs: list = ()
    floor: str = ""
    least: list = ()
    key: str = ""
    source: str = ""

    @classmethod
    def of(cls, run, key, what, unit, reference="", floor="", ours="ours", called="", source=""):
        """A row from the series of a unit, which are called ``"WAY_UNIT"``."""
        return cls(
            what, unit, run[f"{ours}_{unit}"], called or reference, run.get(f"{reference}_{unit}", ()), floor,
            run.get(f"floor_{unit}", ()) if floor else (), key, source,
        )  # fmt: skip

    @property
    def against(self):
        """How many times as much the reference is: the median over runs, or None."""
        return statistics.median(ratios(self.theirs, self.ours)) if self.theirs else None

    @property
    def over(self):
        """How many times the floor ours is: the median over runs, or None."""
        return statistics.median(ratios(self.ours, self.least)) if self.least else None

    def cells(self, measured):
        """The texts of the columns; `measured` tells the date of each unit of the bench."""
        return (
            self.what,
            amount(statistics.median(self.ours), self.unit),
            self.reference or NO,
            amount(statistics.median(self.theirs), self.unit)
            if self.theirs
            else ("not measured" if self.reference else NO),
            factor(self.against),
            self.floor or NO,
            amount(statistics.median(self.least), self.unit) if self.least else NO,
            factor(self.over),
            self.source or f"bench {measured[self.key]}",
        )


HEADINGS = ("what", "ours", "compared with", "theirs", "theirs/ours", "floor", "at least", "ours/floor", "from")


def amount(value, unit):
    """A number with its unit, three digits of it."""
    if unit == "ms":
        for name, size in (("s", 1e3), ("ms", 1), ("µs", 1e-3)):
            if value >= size or name == "µs":
                return f"{digits(value / size)} {name}"
    return f"{digits(value)} MB" if unit == "mb" else digits(value)


def digits(value):
    """Three digits, and no more decimals than that takes."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def factor(value):
    """A ratio with two digits."""
    if value is None:
        return NO
    if value >= 100:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def text(rows, measured):
    """The table for a terminal: a string."""
    lines = [HEADINGS, *(row.cells(measured) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    left = {0, 2, 5, 8}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
