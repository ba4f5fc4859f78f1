"""Errors that students meet end with what to do about them."""

import nbclient
import nbformat
import pytest

BLANK, FORGOTTEN = "the three dots of a blank", "Run All Above Selected Cell"
ERRORS = {
    "mean.shape": BLANK,
    "len(mean)": BLANK,
    "1.0 + mean": BLANK,
    "for each in mean: pass": BLANK,
    "raise ValueError('Could not interpret optimizer identifier: Ellipsis')": BLANK,  # as Keras says it
    "median": FORGOTTEN,
    "def f():\n    x\n    x = 1\nf()": "",
    "1 / 0": "",
    "int('three dots')": "",
}


@pytest.fixture(scope="module")
def cells():
    cells = [nbformat.v4.new_code_cell(source) for source in ("import helpers.checks\nmean = ...", *ERRORS)]
    nbclient.NotebookClient(nbformat.v4.new_notebook(cells=cells), allow_errors=True).execute()
    return {cell.source: cell.outputs for cell in cells}


@pytest.mark.parametrize("source", ERRORS)
def test_what_an_error_ends_with(cells, source):
    kinds = [output.output_type for output in cells[source]]
    printed = "".join(output.text for output in cells[source] if output.output_type == "stream")
    assert kinds[0] == "error"
    assert ERRORS[source] in printed
    assert bool(printed) == bool(ERRORS[source])
