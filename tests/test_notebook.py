"""Errors that students meet end with what to do about them; widgets are shown by every version of ipywidgets."""

from types import SimpleNamespace

import IPython.display
import nbclient
import nbformat
import pytest

from helpers import notebook

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


def test_a_widget_is_shown_as_ipywidgets_does_it(monkeypatch):
    """Asked for nothing but its number: Colab's widgets, of ipywidgets 7, have no `_repr_mimebundle_`."""
    ipywidgets = pytest.importorskip("ipywidgets")
    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: shown.append(data))
    slider = ipywidgets.FloatSlider()
    notebook.display_widget(SimpleNamespace(model_id=slider.model_id), "no sliders here")
    assert shown == [{**slider._repr_mimebundle_(), "text/plain": "no sliders here"}]
