"""One source: what is built from it is committed, complete, and gives no solution away."""

import re

import nbformat
import pytest

from tools import notebooks, offline

LESSONS = notebooks.names()


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module", params=LESSONS)
def name(request):
    return request.param


def test_skeleton_is_what_the_source_gives(name):
    built = nbformat.writes(notebooks.skeleton(name)) + "\n"
    committed = (notebooks.SKELETONS / f"{name}.ipynb").read_text(encoding="utf-8")
    assert committed == built, f"notebooks/{name}.ipynb has drifted: run `make notebooks LESSONS={name}`"


def test_solution_is_what_the_source_gives(name):
    built, committed = notebooks.solution(name), read(notebooks.SOLUTIONS / f"{name}.ipynb")
    advice = f"solutions/{name}.ipynb has drifted: run `make notebooks LESSONS={name}`"
    assert committed.metadata["workshop"]["source"] == built.metadata["workshop"]["source"], advice
    assert notebooks.fingerprint(committed) == notebooks.fingerprint(built), advice
    assert [cell.id for cell in committed.cells] == [cell.id for cell in built.cells], advice


def test_solution_is_executed_and_clean(name):
    count = 0
    for cell in read(notebooks.SOLUTIONS / f"{name}.ipynb").cells:
        if cell.cell_type != "code":
            continue
        count += 1
        assert cell.execution_count == count
        may_fail = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            assert output.output_type != "error" or may_fail
            assert output.get("name") != "stderr", output.text
            assert " at 0x" not in str(output), "an object's address is different in every run"
            for kind in {"image/png", "image/gif"} & output.get("data", {}).keys():
                advice = (
                    f"{cell.id}: a picture without a text for those who cannot see it: helpers.plots.show(figure, alt)"
                )
                assert output.metadata.get(kind, {}).get("alt"), advice


def test_no_orphans():
    for folder in (notebooks.SKELETONS, notebooks.SOLUTIONS):
        assert [path.stem for path in sorted(folder.glob("*.ipynb"))] == LESSONS
    assert {path.name for path in notebooks.SKELETONS.glob("*.py")} == set(notebooks.SCRIPTS.values())


def test_script_is_what_the_source_gives():
    for lesson, file in notebooks.SCRIPTS.items():
        committed = (notebooks.SKELETONS / file).read_text(encoding="utf-8")
        assert committed == notebooks.script(lesson), f"notebooks/{file} has drifted: run `make notebooks`"
        compile(committed, file, "exec")


def test_an_extra_is_only_named_in_the_script():
    for lesson in notebooks.SCRIPTS:
        text, extras = notebooks.script(lesson), 0
        for cell in notebooks.solution(lesson).cells:
            if number := cell.metadata.get("exercise"):
                extra = "extra" in cell.metadata["tags"]
                extras += extra
                said = f"(extra)\n#\n# Exercise {number} is an extra, and is in the notebook.\n\n# %%"
                assert text.count(said) == extra
                assert (f'hint("{number}")' in text) != extra
                assert (f'check("{number}"' in text) != extra
        assert text.count("is an extra") == extras > 0


def test_skeleton_gives_nothing_away(name):
    cells = [cell for cell in notebooks.skeleton(name).cells if cell.cell_type == "code"]
    text = "\n".join(cell.source for cell in cells if "to-mend" not in cell.metadata.get("tags", []))
    source = (notebooks.SOLUTIONS / f"{name}.py").read_text(encoding="utf-8")
    for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, flags=re.DOTALL):
        lines = [line.strip() for line in region.splitlines()]
        assert any(line.startswith("### STUB") for line in lines)
        for line in lines:
            # An item of a list, such as a layer, may also stand in an example.
            if len(line) > 12 and not line.startswith("### STUB") and not line.endswith(","):
                assert line not in text
    assert "###" not in text
    for cell in notebooks.skeleton(name).cells:
        assert not notebooks.NOT_FOR_STUDENTS & set(cell.metadata.get("tags", []))


def test_exercises_are_complete(name):
    """Each has a heading with its number and its kind, hints, a blank, a check, in this order."""
    cells = notebooks.solution(name).cells
    numbers = [cell.metadata["exercise"] for cell in cells if "exercise" in cell.metadata]
    lesson = str(int(name[:2]))
    assert numbers == [f"{lesson}.{place}" for place in range(1, len(numbers) + 1)]
    for number in numbers:
        [heading] = [i for i, cell in enumerate(cells) if f"### Exercise {number} ·" in cell.source]
        [hints] = [i for i, cell in enumerate(cells) if cell.metadata.get("hints") == number]
        [exercise] = [i for i, cell in enumerate(cells) if cell.metadata.get("exercise") == number]
        [check] = [i for i, cell in enumerate(cells) if cell.metadata.get("check") == number]
        assert heading < hints < exercise < check
        kind = re.search(rf"### Exercise {re.escape(number)} · .*\((core|extra)\)", cells[heading].source)[1]
        assert kind in cells[exercise].metadata["tags"]
        assert f'check("{number}"' in cells[check].source
        assert cells[hints].source.count("<details>") >= 2
        assert "`" not in cells[hints].source


def test_metadata_is_what_nbgrader_wants(name):
    for notebook in (notebooks.solution(name), notebooks.skeleton(name)):
        nbformat.validate(notebook)
        ids = [cell.metadata["nbgrader"]["grade_id"] for cell in notebook.cells if "nbgrader" in cell.metadata]
        assert len(ids) == len(set(ids)) > 0
        for cell in notebook.cells:
            data = cell.metadata.get("nbgrader")
            if data is None:
                continue
            assert data["schema_version"] == 3
            assert data["task"] is False
            assert data["grade"] != data["solution"]
            assert data["locked"] == data["grade"] == ("points" in data)


#: Where nothing looks at what was trained, one epoch is enough.
ONE_EPOCH = """
keras.Model._fit = keras.Model.fit
keras.Model.fit = lambda model, *data, **settings: model._fit(*data, **settings | {"epochs": 1})
"""
AS_MANY_AS_ASKED = "\nkeras.Model.fit = keras.Model._fit\n"


def test_every_check_of_an_untouched_skeleton_says_not_yet(name):
    notebook = notebooks.skeleton(name)
    for cell in notebook.cells:
        if re.search("^import keras$", cell.source, flags=re.MULTILINE):
            cell.source += ONE_EPOCH
            break
    notebook = notebooks.execute(notebook, allow_errors=True)
    for cell in notebook.cells:
        if "check" not in cell.metadata:
            continue
        [error] = [output for output in cell.outputs if output.output_type == "error"]
        assert error.ename == "NotYet"
        assert f"{cell.metadata['check']} · Not yet." in error.evalue
        assert "blank" in error.evalue
        assert len(error.traceback) == 1


def test_the_core_exercises_need_no_extra(name, tmp_path):
    """The skeleton with the core exercises filled in runs from start to end once the extras are taken out."""
    solved = {cell.id: cell.source for cell in notebooks.solution(name).cells if "exercise" in cell.metadata}
    notebook = notebooks.skeleton(name)
    extras = notebooks.extra_cells(notebook)
    notebook.cells = [cell for cell in notebook.cells if not any(cell is extra for extra in extras)]
    for cell in notebook.cells:
        cell.source = solved.get(cell.id, cell.source)
        # In the later lessons no check looks at what was trained.
        if name >= "05" and "training" in cell.metadata.get("tags", []):
            cell.source = ONE_EPOCH + cell.source + AS_MANY_AS_ASKED
    notebooks.execute(notebook, **offline.environment(tmp_path))


def test_run_all_goes_past_the_extras(name):
    notebook = notebooks.skeleton(name)
    for cell in notebooks.extra_cells(notebook):
        assert "raises-exception" in cell.metadata["tags"]
    for cell in notebooks.solution(name).cells:
        assert "check" not in cell.metadata or "raises-exception" not in cell.metadata.get("tags", [])


def test_an_untouched_script_stops_at_the_first_blank(tmp_path):
    import os
    import subprocess
    import sys

    for file in notebooks.SCRIPTS.values():
        done = subprocess.run(
            [sys.executable, notebooks.SKELETONS / file],
            capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "MPLBACKEND": "Agg"}, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert "1.1 · Not yet. There is still a blank" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('# %% checks="9.1"\nx = 1', "has 'checks'; expected some of check, exercise"),
        ("# %% exercise=9.1\nx = 1", 'exercise="9.1"'),
        ("# %% tags=core\nx = 1", 'tags=["core"]'),
        ('# %% exercise="9.1"\n### BEGIN SOLUTION\nx = 1', "a solution without its begin or its end"),
    ],
)
def test_a_slip_in_a_source_is_named(tmp_path, monkeypatch, cell, says):
    monkeypatch.setattr(notebooks, "SOLUTIONS", tmp_path)
    (tmp_path / "09_slip.py").write_text(cell + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(says)) as error:
        notebooks.skeleton("09_slip")
    assert str(error.value).startswith("solutions/09_slip.py, the cell that begins with ")


def test_what_cannot_be_built_is_said_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "SOLUTIONS", tmp_path)
    (tmp_path / "09_slip.py").write_text('# %% check="9.1"\ncheck("9.1", 1)\n', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"lesson09\.py has no check_9_1"):
        notebooks.require_checks("09_slip")
    with pytest.raises(SystemExit, match="No lesson begins with '9'; there are 09_slip"):
        notebooks.chosen_names(["9"])
    assert notebooks.chosen_names([]) == notebooks.chosen_names(["09"]) == ["09_slip"]


def test_a_name_that_the_ledger_cannot_have():
    output = nbformat.v4.new_output("execute_result", {"text/plain": "{'found_at_0.3': 1.0}"})
    cell = nbformat.v4.new_code_cell("found", metadata={"tags": ["record"]}, outputs=[output])
    with pytest.raises(ValueError, match=r"'found_at_0\.3' cannot be a name in the ledger"):
        notebooks.record(nbformat.v4.new_notebook(cells=[cell]))


def test_outputs_are_kept_where_only_texts_have_changed(name):
    executed = read(notebooks.SOLUTIONS / f"{name}.ipynb")
    changed = notebooks.solution(name)
    changed.cells[0].source += "\n\nAnother sentence."
    kept = notebooks.keep_outputs(changed, executed)
    assert [cell.get("outputs") for cell in kept.cells] == [cell.get("outputs") for cell in executed.cells]
    next(cell for cell in changed.cells if cell.cell_type == "code").source += "\n1 + 1"
    with pytest.raises(ValueError, match="its code has changed"):
        notebooks.keep_outputs(changed, executed)
