"""Build the notebooks from their one source: `python -m tools.notebooks [NAME ...]`.

`solutions/NN_name.py` (percent format) becomes `solutions/NN_name.ipynb`, executed, and the
skeleton `notebooks/NN_name.ipynb`. What the attributes of a cell mean is in docs/authoring.md.
"""

import argparse
import ast
import hashlib
import html
import json
import os
import re
import sys
import tempfile
import textwrap
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from helpers import checks, digits

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS, SKELETONS = ROOT / "solutions", ROOT / "notebooks"
CELL_LIMIT = 600  # seconds
NOT_FOR_STUDENTS = {"solution-only", "instructor"}
#: What a cell may carry in its first line (docs/authoring.md).
ATTRIBUTES = {"check", "exercise", "hints", "picture", "points", "tags", "timed"}
#: The lesson whose skeleton is also a script, and the script's name.
SCRIPTS = {"01_mnist_skeleton": "mnist.py"}


def names():
    """The lessons, in order: the stems of the sources."""
    return sorted(path.stem for path in SOLUTIONS.glob("[0-9][0-9]_*.py"))


def read(name):
    """The source of a lesson as a notebook, as it is written."""
    notebook = jupytext.read(SOLUTIONS / f"{name}.py")
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        cell.metadata.pop("lines_to_next_cell", None)
        _refuse_slips(cell, f"solutions/{name}.py")
    return notebook


def _refuse_slips(cell, file):
    """Raise ValueError for attributes that would be left unread, and for a solution without an end."""
    where = f"{file}, the cell that begins with {(cell.source.splitlines() or [''])[0][:60]!r}"
    if unread := cell.metadata.get("incorrectly_encoded_metadata"):
        raise ValueError(f'{where} has {unread} behind its # %%, which cannot be read; expected such as tags=["core"].')
    if unknown := cell.metadata.keys() - ATTRIBUTES:
        raise ValueError(f"{where} has {min(unknown)!r}; expected some of {', '.join(sorted(ATTRIBUTES))}.")
    for kind in ("check", "exercise", "hints"):
        if not isinstance(cell.metadata.get(kind, ""), str):
            raise ValueError(f'{where} has {kind}={cell.metadata[kind]}; expected quotes, as in {kind}="9.1".')
    if cell.source.count("### BEGIN SOLUTION") != cell.source.count("### END SOLUTION"):
        raise ValueError(f"{where} has a solution without its begin or its end.")


def chosen_names(beginnings):
    """The lessons whose names begin with one of these, or all of them; SystemExit if one begins no name."""
    for beginning in beginnings:
        if not any(name.startswith(beginning) for name in names()):
            sys.exit(
                f"No lesson begins with {beginning!r}; there are {', '.join(names())}. Write for example LESSONS=01."
            )
    return [name for name in names() if not beginnings or name.startswith(tuple(beginnings))]


def reads_digits(name):
    """Whether a lesson's data are the digits."""
    return "data = digits.load(" in (SOLUTIONS / f"{name}.py").read_text(encoding="utf-8")


def solution(name):
    """The solved notebook of a lesson, not executed."""
    notebook = read(name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = "\n".join(
                line for line in cell.source.splitlines() if not line.lstrip().startswith("### STUB ")
            )
    finish(notebook)
    notebook.metadata["workshop"] = {"source": fingerprint(notebook)}
    return notebook


def skeleton(name):
    """The notebook that students fill in: no solutions, no instructor's cells, no outputs."""
    notebook = read(name)
    notebook.cells = [cell for cell in notebook.cells if not NOT_FOR_STUDENTS & set(cell.metadata.get("tags", []))]
    extras = extra_cells(notebook)
    for cell in notebook.cells:
        cell.source = without_solution(cell.source)
        if any(cell is extra for extra in extras):
            # Run All Cells goes on past an extra that was left out.
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), "raises-exception"})
    finish(notebook)
    needed = set()
    for cell in extras:
        used, made = names_in(cell.source)
        if "exercise" in cell.metadata:
            number, needed = cell.metadata["exercise"], made
        elif "check" not in cell.metadata and used & needed:
            needed |= made
            notice = f"# An extra: this may fail if you left {number} out. Then go on with the next cell."
            cell.source = f"{notice}\n{cell.source}"
    return notebook


def names_in(source):
    """The names that a cell's code reads, and those that it defines, as two sets."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    read, made = ({node.id for node in names if isinstance(node.ctx, how)} for how in (ast.Load, ast.Store))
    return read, made | defined


def extra_cells(notebook):
    """The code cells that may be left out: the exercises tagged ``extra``, their checks, and what uses them."""
    numbers = {
        cell.metadata["exercise"]
        for cell in notebook.cells
        if "exercise" in cell.metadata and "extra" in cell.metadata.get("tags", [])
    }
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and ("extra" in cell.metadata.get("tags", []) or cell.metadata.get("check") in numbers)
    ]


def without_solution(source):
    """The source of a cell with each solution region replaced by its stub."""
    kept, inside = [], False
    for line in source.splitlines():
        mark = line.strip()
        if mark == "### BEGIN SOLUTION":
            inside = True
        elif mark == "### END SOLUTION":
            inside = False
        elif inside and mark.startswith("### STUB "):
            kept.append(line.replace("### STUB ", "", 1))
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def finish(notebook):
    """Stable ids and metadata, and what nbgrader wants to know of exercises and checks."""
    seen = {}
    for cell in notebook.cells:
        # Written out in order, so that the same source gives the same bytes.
        cell.metadata = nbformat.from_dict(dict(sorted(cell.metadata.items())))
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "hints" in cell.metadata:
            # Inside <details> JupyterLab takes the text for HTML, in which backticks mean nothing.
            cell.source = re.sub(r"`([^`]+)`", lambda code: f"<code>{html.escape(code[1])}</code>", cell.source)
        cell.id = _id(cell)
        seen[cell.id] = seen.get(cell.id, 0) + 1
        if seen[cell.id] > 1:
            cell.id = f"{cell.id}-{seen[cell.id]}"
        exercise, check = (cell.metadata.get(key) for key in ("exercise", "check"))
        if (exercise or check) and cell.cell_type == "code":
            cell.metadata["nbgrader"] = {
                "grade": bool(check),
                "grade_id": cell.id,
                "locked": bool(check),
                "schema_version": 3,
                "solution": bool(exercise),
                "task": False,
                **({"points": cell.metadata.get("points", 1)} if check else {}),
            }
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )


def _id(cell):
    for kind in ("exercise", "check", "hints"):
        if kind in cell.metadata:
            return f"{kind}-{cell.metadata[kind].replace('.', '-')}"
    return f"{cell.cell_type}-{hashlib.sha256(cell.source.encode()).hexdigest()[:10]}"


def fingerprint(notebook):
    """A hash of the sources and metadata of a notebook's cells."""
    cells = [[cell.cell_type, cell.source, cell.metadata] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def script(name):
    """The skeleton as a plain Python script: the core exercises, with the text as comments."""
    notebook = skeleton(name)
    extras = extra_cells(notebook)
    left_out = {cell.metadata["exercise"] for cell in extras if "exercise" in cell.metadata}
    parts = []
    for cell in notebook.cells:
        if any(cell is extra for extra in extras):
            continue
        text = cell.source
        if cell.cell_type == "markdown":
            number = cell.metadata.get("hints")
            if number in left_out:
                continue
            if number:
                text = f'Stuck? Put hint("{number}") before the check.'
            heading = re.search(r"^### Exercise (\S+) .*$", text, flags=re.MULTILINE)
            if heading and heading[1] in left_out:
                text = f"{text[: heading.end()]}\n\nExercise {heading[1]} is an extra, and is in the notebook."
            text = re.sub(r"^!\[.*?\]\(.*?\)\s*$", "", text, flags=re.MULTILINE)
            text = re.sub(r"<!--.*?-->", "", text).rstrip()
            text = textwrap.indent(text, "# ", lambda line: True)
            text = "\n".join(line.rstrip() for line in text.splitlines())
        parts.append("# %%" + (" [markdown]\n" if cell.cell_type == "markdown" else "\n") + text)
    return "\n\n".join(parts) + "\n"


def execute(notebook, seed=None, timing=False, allow_errors=False, **environment):
    """Execute a notebook in place, in a fresh folder, so that no run finds what another one left.

    Parameters
    ----------
    notebook : NotebookNode
    seed : int, optional
        Replaces the number in the cell tagged ``parameters``.
    timing : bool
        Whether to note in the cells' metadata when they ran.
    allow_errors : bool
        Whether to go on after a cell that fails.
    **environment
        Environment variables for the kernel.
    """
    if seed is not None:
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = re.sub(r"^SEED = \d+$", f"SEED = {seed}", cell.source, flags=re.MULTILINE)
    with tempfile.TemporaryDirectory() as temporary:
        client = NotebookClient(
            notebook,
            timeout=CELL_LIMIT,
            record_timing=timing,
            store_widget_state=False,
            coalesce_streams=True,
            allow_errors=allow_errors,
            resources={"metadata": {"path": temporary}},
        )
        client.execute(env=os.environ | {"WORKSHOP_PROGRESS": f"{temporary}/progress.jsonl", **environment})
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            # The HTML holds the picture once more, for JupyterLab's text alternative; the PNG and its text stay.
            if {"image/png", "image/gif"} & output.get("data", {}).keys():
                output.data.pop("text/html", None)
            # A saved widget has lost its kernel: what stands in its place is the text that goes with it.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def keep_outputs(notebook, executed):
    """Give a notebook the outputs of an executed one whose code is the same.

    Raises
    ------
    ValueError
        If the code differs.
    """
    new, old = ([cell for cell in each.cells if cell.cell_type == "code"] for each in (notebook, executed))
    if [(cell.source, cell.metadata) for cell in new] != [(cell.source, cell.metadata) for cell in old]:
        raise ValueError("its code has changed, too")
    for cell, before in zip(new, old, strict=True):
        cell.outputs, cell.execution_count = before.outputs, before.execution_count
    return notebook


def record(notebook):
    """What the cell tagged ``record`` of an executed solution measured, as a dict of floats."""
    for cell in notebook.cells:
        if "record" in cell.metadata.get("tags", []):
            found = ast.literal_eval(cell.outputs[-1].data["text/plain"])
            if wrong := [key for key in found if not re.fullmatch(r"\w+", key)]:
                raise ValueError(f"{wrong[0]!r} cannot be a name in the ledger: letters, digits and _ only.")
            return found
    return {}


def write(path, text):
    """Write a text file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def require_mnist(lessons=None):
    """Stop where MNIST is missing: what is committed is made with it, and not with its stand-in.

    Parameters
    ----------
    lessons : list of str, optional
        Only if one of these loads digits.
    """
    sources = [(SOLUTIONS / f"{name}.py").read_text(encoding="utf-8") for name in lessons or ()]
    if lessons is not None and not any("digits.load(" in source for source in sources):
        return
    if digits.load().name != "MNIST":
        sys.exit("This needs MNIST: put mnist.npz into data/, or name its folder in WORKSHOP_DATA.")


def require_checks(name):
    """Stop where a lesson names a check that is not there."""
    for cell in read(name).cells:
        if number := cell.metadata.get("check"):
            try:
                checks.find(number)
            except checks.NotYet:
                function = f"check_{number.replace('.', '_')}"
                sys.exit(
                    f"solutions/{name}.py checks {number}, and helpers/checks/lesson{name[:2]}.py has no {function}."
                )


def solved(name, only_texts=False):
    """A lesson's solution with its outputs: executed, or those that it has if only texts have changed."""
    if not only_texts:
        print(f"{name}: executing", flush=True)
        return execute(solution(name))
    try:
        return keep_outputs(solution(name), nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4))
    except (OSError, ValueError) as error:
        sys.exit(f"{name} has to be executed ({error}): make notebooks LESSONS={name[:2]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="names or beginnings of names, for example 01; all by default")
    parser.add_argument("--skeletons", action="store_true", help="build the skeletons only, execute nothing")
    parser.add_argument("--texts", action="store_true", help="only texts have changed: keep the outputs of the code")
    chosen = parser.parse_args()
    lessons = chosen_names(chosen.lessons)
    if not (chosen.skeletons or chosen.texts):
        require_mnist(lessons)
    for name in lessons:
        write(SKELETONS / f"{name}.ipynb", nbformat.writes(skeleton(name)) + "\n")
        if name in SCRIPTS:
            write(SKELETONS / SCRIPTS[name], script(name))
        if not chosen.skeletons:
            require_checks(name)
            write(SOLUTIONS / f"{name}.ipynb", nbformat.writes(solved(name, chosen.texts)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
