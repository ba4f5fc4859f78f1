"""The tasks. Each module has `units(quick)` and `rows(runs)`, and each is one idea."""

#: In the order of the table.
NAMES = ("interfaces", "lattices", "copies", "imports", "lessons")
