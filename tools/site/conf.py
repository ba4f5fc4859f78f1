"""The course as a website: `make site`. Sphinx reads the README, docs/ and the executed solutions as they are.

Nothing is executed, and a page needs nothing from outside: it works from a folder and from any file server.
"""

from pathlib import Path

LESSONS = (Path(__file__).resolve().parents[2] / "solutions").glob("[0-9][0-9]_*.ipynb")
#: What stands in the sidebar, in order. A test compares it with what there is.
contents = {
    "Lessons": [f"solutions/{name}" for name in sorted(path.stem for path in LESSONS)],
    "Behind the lessons": ["docs/GAN", "docs/roughness", "docs/stem", "docs/crystals", "docs/audit"],
    "For a class": ["docs/instructors", "docs/image", "docs/hub", "docs/board", "docs/grading"],
    "When it does not work": ["docs/troubleshooting", "docs/other_roads", "docs/security"],
    "For authors": ["docs/contributing", "docs/authoring", "docs/benchmarks", "docs/credits"],
}

project = "Digits to Crystals"
extensions = ["myst_nb", "tools.site.pages"]
root_doc = "README"
include_patterns = ["README.md", "docs/*.md", "solutions/*.ipynb"]
exclude_patterns = [".*", "build", "data", "notebooks", "tests"]  # not even looked into

nb_execution_mode = "off"
nb_render_error_lexer = "none"  # an error of a check is one sentence, not a traceback
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 6  # as GitHub makes them
nitpicky = True

html_theme = "furo"
html_title = project
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_favicon = "icon.svg"
html_math_renderer = "mathml"
html_copy_source = False
html_use_index = False
html_show_copyright = False
# In a folder a page may not read its neighbours, so there the search shows titles only.
TITLES_ONLY = 'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false'
html_js_files = [(None, {"body": TITLES_ONLY})]
