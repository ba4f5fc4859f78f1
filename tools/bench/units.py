"""A unit is one task of one size that is done in several ways, which take turns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Way(NamedTuple):
    """One way of doing a task.

    Attributes
    ----------
    what : callable
        From a folder to the function whose time is taken; it may return a dict of other numbers. What it takes to make
        it, imports included, is not counted. (Works with a `measure` of their own understand something else here.)
    count : int
        How many things one call makes: times are given for one thing.
    package : str
        The package that it needs, if that is none of ours.
    """

    what: Any
    count: int = 1
    package: str = ""


@dataclass(frozen=True)
class Unit:
    """One task of one size.

    Attributes
    ----------
    work : str
        The module in `works`.
    name : str
        Its key among the runs in the JSON.
    ways : dict of str to Way
    seconds : float
        What a round through all ways takes, about.
    clock : str
        ``"cpu"``, seconds of all cores on one thread if possible, or ``"wall"``.
    rounds : int
    prepare : callable, optional
        Writes into a folder, its argument, what all ways read there.
    measure : callable, optional
        From unit, name of a way, number of the round and folder to a dict of numbers; in place of a process in which
        `one` calls the way.
    """

    work: str
    name: str
    ways: dict = field(compare=False)
    seconds: float
    clock: str = "cpu"
    rounds: int = 5
    prepare: Callable | None = None
    measure: Callable | None = None
