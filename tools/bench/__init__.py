"""Ratios that are measured side by side: to other packages, to the usual way, and to the floor: `make bench`.

docs/benchmarks.md, which is written by the same command, tells what is compared and what the words mean.

==============  ======================================================================================
`works/`        the tasks, each a module: its units, their ways of being done, and its rows of the table
`measuring`     the ways of a unit take turns, each in a process of its own
`one`           that process
`peers`         where another package is installed, or a word that says that it is not
`results`       docs/results/bench.json
`ledger`        rows from long runs that are in docs/results already
`rows`          one line of the table, and the table as text
`page`          docs/benchmarks.md, from the JSON
`pictures`      docs/imgs/bench_*.png, from the JSON
==============  ======================================================================================
"""
