"""The few places where a notebook and a plain script differ."""

import re
import sys

#: What Python and Keras raise where three dots stand for a value.
SAID_OF_A_BLANK = (TypeError, AttributeError, ValueError)


def is_running():
    """True in a notebook's kernel; False in a script, a test or a terminal's IPython."""
    return _kernel() is not None


def _kernel():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if shell is not None and hasattr(shell, "kernel") else None


def display_text(text):
    """Show a line that can be changed later; returns its handle."""
    from IPython.display import display

    return display({"text/plain": text}, raw=True, display_id=True)


def update_text(handle, text):
    """Change a line shown by `display_text`."""
    handle.update({"text/plain": text}, raw=True)


def display_picture(picture, alt, width, kind="image/png", live=False, handle=None):
    """Show a picture (bytes) with a text alternative for those who cannot see it.

    JupyterLab takes the text from the HTML, nbconvert from the metadata of the picture. One shown with `live=True`
    can be replaced later by the `handle` that is returned.
    """
    import base64
    import html

    from IPython.display import display

    encoded = base64.b64encode(picture).decode()
    data = {
        "text/html": f'<img src="data:{kind};base64,{encoded}" alt="{html.escape(alt)}" width="{width}">',
        kind: encoded,
        "text/plain": alt,
    }
    metadata = {kind: {"alt": alt, "width": width}}
    if handle is not None:
        handle.update(data, metadata=metadata, raw=True)
        return handle
    return display(data, metadata=metadata, raw=True, display_id=live or None)


def display_widget(widget, otherwise):
    """Show an ipywidget; where its page cannot show widgets, the text `otherwise` stands in its place."""
    from IPython.display import display

    # Written out, because widgets of ipywidgets 7, which Colab has, cannot be asked for it.
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({"application/vnd.jupyter.widget-view+json": view, "text/plain": otherwise}, raw=True)


def insert_cell(code):
    """Put `code` into a new cell below the one that is running; False where there is no notebook."""
    shell = _kernel()
    if shell is None:
        return False
    shell.set_next_input(code, replace=False)
    return True


def can_print(symbol):
    """Whether the output's encoding has this symbol (a Windows console may not)."""
    try:
        symbol.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def say(text):
    """Print, with a question mark for what the output's encoding does not have."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def explain_blanks_and_missing_names():
    """In a notebook, let the errors for an unknown name and for a blank end with what to do about them."""
    shell = _kernel()
    if shell is None:
        return

    def explain(shell, kind, error, trace, tb_offset=None):
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        if advice := _advice(error):
            print(advice)

    shell.set_custom_exc((NameError, *SAID_OF_A_BLANK), explain)


def _advice(error):
    """What to do about an unknown name, or a blank that is still there; None for all other errors."""
    if type(error) is NameError and error.name:  # its subclass is a variable inside a function: no forgotten cell
        return (
            f"There is no `{error.name}` yet. Has the cell that makes it been run since the kernel started? "
            "The menu Run has Run All Above Selected Cell."
        )
    if isinstance(error, SAID_OF_A_BLANK) and re.search(r"\bellipsis\b", str(error), re.I):
        return (
            "Python calls the three dots of a blank `ellipsis`: there is one left in this cell or above it, or it was "
            "filled in and its cell was not run again."
        )
    return None


def green(text):
    """`text` in green where colours are shown: in a notebook and in a terminal."""
    return f"\033[32m{text}\033[0m" if is_running() or sys.stdout.isatty() else text
