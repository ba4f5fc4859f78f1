"""A student in JupyterLab: a real browser, a real server, lessons 1 and 2.

Skipped where there is no Chromium; on failure a picture of the page is in tests/screenshots/.
"""

import json
import math
import re
from pathlib import Path

import pytest

from tests import lab
from tools import offline

pytest.importorskip("playwright", reason="the browser test needs the package playwright")
if lab.CHROMIUM is None:
    pytest.skip("the browser test needs the program chromium, which is not installed", allow_module_level=True)

SCREENSHOTS = Path(__file__).parent / "screenshots"
LESSON = "01_mnist_skeleton"
ANSWERS = lab.answers(LESSON)


@pytest.fixture
def folders(tmp_path):
    """A copy of the course, and a home folder."""
    (tmp_path / "home").mkdir()
    return lab.copy_of_the_course(tmp_path / "course"), tmp_path / "home"


def first_exercise(notebook):
    """Answer exercise 1.1 wrongly, then rightly."""
    notebook.run_up_to("exercise-1-1")
    notebook.run("exercise-1-1")
    assert "1.1 · Not yet. There is still a blank" in notebook.run("check-1-1")
    notebook.type("exercise-1-1", "picture, label = x_train[6], y_train[6]")
    notebook.run("exercise-1-1")
    refused = notebook.run("check-1-1")
    assert "Counting starts at zero" in refused
    assert "Traceback" not in refused
    notebook.type("exercise-1-1", ANSWERS["1.1"])
    notebook.run("exercise-1-1")
    assert "✓ 1.1" in notebook.run("check-1-1")
    green = notebook.cell("check-1-1").locator(".ansi-green-fg")
    assert "✓ 1.1" in green.inner_text()


def second_exercise(page, notebook):
    """Look at a picture, open a hint, and have the solution of exercise 1.2 put into a cell."""
    below = notebook.index("check-1-1") + 1
    notebook.run(below)
    picture = notebook.cell(below).locator(".jp-OutputArea img")
    assert "One picture, titled label" in picture.get_attribute("alt")

    hint = notebook.cell("hints-1-2").locator("details").first
    assert not hint.locator("code").first.is_visible()
    hint.locator("summary").click()
    assert hint.locator("code").first.is_visible()

    notebook.type("exercise-1-2", 'catch_up("1.2")')
    notebook.run("exercise-1-2")
    new = notebook.index("exercise-1-2") + 1
    assert notebook.source(new).endswith(ANSWERS["1.2"])
    notebook.run(new)
    assert "✓ 1.2" in notebook.run("check-1-2")


def work_through(notebook, answers, start=0, until=None):
    """Fill in each exercise between two cells, and run all cells; each check has to pass."""
    for identifier in notebook.ids()[start:until]:
        if "jp-CodeCell" not in notebook.cell(identifier).get_attribute("class"):
            continue
        if identifier.startswith("exercise-"):
            notebook.type(identifier, answers[identifier.removeprefix("exercise-").replace("-", ".")])
        output = notebook.run(identifier)
        assert "Traceback" not in output, f"{identifier}: {output}"
        if identifier.startswith("check-"):
            assert "✓" in output, f"{identifier}: {output}"


def test_a_students_whole_path(folders, tmp_path):
    """Lesson 1 to its end, the browser closed and opened again, a new kernel, lesson 2 up to a digit of one's own."""
    course, home = folders
    (tmp_path / "no data").mkdir()
    nothing = offline.environment(tmp_path / "no data")  # the small digits, which are quickly learned
    with lab.server(course, home, **nothing) as address:
        with lab.page(SCREENSHOTS) as page:
            notebook = lab.Notebook(page, address, f"notebooks/{LESSON}.ipynb")
            first_exercise(notebook)
            second_exercise(page, notebook)
            work_through(notebook, ANSWERS, start=notebook.index("check-1-2") + 1)
            notebook.save()

        with lab.page(SCREENSHOTS) as page:
            notebook = lab.Notebook(page, address, f"notebooks/{LESSON}.ipynb")
            assert notebook.source("exercise-1-1") == ANSWERS["1.1"]
            assert "✓ 1.1" in notebook.run("check-1-1"), "the kernel has forgotten its variables"

            notebook.restart_kernel()
            notebook.run(next(i for i in range(9) if "from helpers.checks import check" in notebook.source(i)))
            assert "There is no `picture` yet" in notebook.run("check-1-1")
            notebook.run_up_to("check-1-1")
            assert "✓ 1.1" in notebook.run("check-1-1")

            notebook = lab.Notebook(page, address, "notebooks/02_mnist_cnn.ipynb")
            pad = next(i for i in range(len(notebook.ids())) if "drawing.pad(" in notebook.source(i))
            work_through(notebook, lab.answers("02_mnist_cnn"), until=pad + 1)
            draw(page, [(0.5, 0.2), (0.5, 0.8)])
            page.locator(".drawing-message").get_by_text("The network reads a").wait_for()

            notebook.type("check-2-10", "progress()")
            shown = notebook.run("check-2-10")
            for mark in ("✓ 1.1", "↷ 1.2", "✓ 1.15", "✓ 2.9", "○ 2.10"):
                assert mark in shown


#: A network in miniature, so that the test need not train one: the nearest of scikit-learn's digits.
PAD = """import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from helpers import digits, drawing

data = digits.enlarged_digits()
pictures = np.array([drawing.as_mnist(picture) for picture in data.x_train]).reshape(-1, 784)
nearest = KNeighborsClassifier(5).fit(pictures, data.y_train)
drawing.pad(lambda pictures: nearest.predict_proba(pictures.reshape(-1, 784)))"""


def draw(page, points):
    """Draw one line on the canvas with the mouse; the points are shares of its width and height."""
    canvas = page.locator(".drawing-here")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}


def write_notebook(course, name, *cells):
    """A notebook of code cells in a copy of the course."""
    import nbformat

    notebook = nbformat.v4.new_notebook(metadata=KERNEL, cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, course / "notebooks" / name)


def test_a_digit_is_drawn(folders):
    course, home = folders
    write_notebook(course, "pad.ipynb", PAD)
    with lab.server(course, home) as address, lab.page(SCREENSHOTS) as page:
        notebook = lab.Notebook(page, address, "notebooks/pad.ipynb")
        notebook.run(0)
        message = page.locator(".drawing-message")
        message.get_by_text("Draw a digit in the large field").wait_for()
        # A zero in a corner, far from where those of the training set are.
        circle = [(0.2 + 0.12 * math.sin(t / 4), 0.3 - 0.2 * math.cos(t / 4)) for t in range(27)]
        draw(page, circle)
        message.get_by_text("The network reads a 0").wait_for()
        first = page.locator(".drawing-bars > div").first
        assert "100.0 %" in first.inner_text()
        assert first.locator(".drawing-bar").bounding_box()["width"] > 50
        page.locator(".drawing-pad button").click()
        message.get_by_text("Draw a digit in the large field").wait_for()
        draw(page, [(0.7, 0.3), (0.7, 0.8)])
        message.get_by_text("The network reads a 1").wait_for()


WALK = """import numpy as np
from helpers import gallery

gallery.walk(lambda place: np.full((28, 28), round(255 * place), "uint8"))"""
MICROSCOPE = """import numpy as np
from helpers import lattice_plots

lattice_plots.microscope(lambda dose: np.arange(64).reshape(8, 8) > dose, dose=(0, 60, 5))"""


def test_sliders_change_their_pictures(folders):
    """The walk of lesson 4 and the microscope of lesson 6, and in lesson 5 itself the exponent, by the keyboard."""
    course, home = folders
    write_notebook(course, "sliders.ipynb", WALK, MICROSCOPE)
    with lab.server(course, home) as address, lab.page(SCREENSHOTS) as page:
        notebook = lab.Notebook(page, address, "notebooks/sliders.ipynb")
        for cell in range(2):
            notebook.run(cell)
            move(notebook.cell(cell))

        notebook = lab.Notebook(page, address, "notebooks/05_roughness.ipynb")
        slider = next(i for i in range(len(notebook.ids())) if "zeta_slider(" in notebook.source(i))
        work_through(notebook, {}, until=slider + 1)
        move(notebook.cell(slider))


def move(cell):
    """Move the slider below a cell; its picture has to change."""
    from playwright.sync_api import expect

    picture, handle = cell.locator("img.widget-image"), cell.locator(".noUi-handle")
    before = picture.get_attribute("src")
    handle.focus()
    handle.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before)
    assert picture.bounding_box()["width"] > 100


@pytest.mark.parametrize(
    ("broken", "noticed"),
    [
        pytest.param(
            "lesson01.check_1_1 = lambda *answers: 'all is well'",
            r"'Counting starts at zero' in '.*all is well",
            id="accepts everything",
        ),
        pytest.param(
            "def refuse(*answers): raise checks.NotYet('Counting starts at zero')\nlesson01.check_1_1 = refuse",
            r"'✓ 1.1' in '.*Counting starts at zero",
            id="refuses everything",
        ),
    ],
)
def test_a_broken_check_is_noticed(folders, tmp_path, broken, noticed):
    """The walk above must fail, and where it should, when the check does not do its work."""
    course, home = folders
    (tmp_path / "sitecustomize.py").write_text(
        f"from helpers import checks\nfrom helpers.checks import lesson01\n{broken}\n"
    )
    with (
        lab.server(course, home, PYTHONPATH=str(tmp_path)) as address,
        lab.page(tmp_path / "screenshots") as page,
        pytest.raises(AssertionError, match=noticed),
    ):
        first_exercise(lab.Notebook(page, address, f"notebooks/{LESSON}.ipynb"))


def test_a_notebook_from_elsewhere_runs_nothing_when_it_is_opened(folders):
    """Scripts in saved outputs and in texts are dropped until the student runs cells (docs/security.md)."""
    import nbformat

    course, home = folders
    script = '<img src="x" onerror="window.harmed = true"><script>window.harmed = true</script>harmless'
    outputs = [
        nbformat.v4.new_output("display_data", {kind: contents})
        for kind, contents in {
            "text/html": script,
            "image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="window.harmed = true">{script}</svg>',
            "application/javascript": "window.harmed = true",
        }.items()
    ]
    cells = [nbformat.v4.new_code_cell("1", outputs=outputs), nbformat.v4.new_markdown_cell(script)]
    stranger = nbformat.v4.new_notebook(metadata=KERNEL, cells=cells)
    nbformat.write(stranger, course / "notebooks" / "stranger.ipynb")
    with lab.server(course, home) as address, lab.page(SCREENSHOTS) as page:
        lab.Notebook(page, address, "notebooks/stranger.ipynb")
        page.locator(".jp-RenderedMarkdown", has_text="harmless").wait_for()
        assert page.locator(".jp-OutputArea", has_text="harmless").count()
        assert page.evaluate("() => window.harmed") is None


def test_the_workshops_settings_are_in_force(folders):
    """JupyterLab's widgets on another thread spoil pictures; what the workshop installs switches that off."""
    course, home = folders
    with lab.server(course, home) as address:
        answer = lab.ask(address, "lab/api/settings/@jupyterlab/apputils-extension:kernels-settings")
        assert json.loads(answer)["schema"]["properties"]["commsOverSubshells"]["default"] == "disabled"


def test_the_check_list_fits_on_one_page():
    with lab.page(SCREENSHOTS) as page:
        page.goto((lab.notebooks.ROOT / "docs" / "checklist.html").as_uri())
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
