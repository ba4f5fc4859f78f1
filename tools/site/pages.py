"""What Sphinx has to be told about our pages, so that their sources need not know that there is a website.

Every page and every file lies where its source lies in the repository, and so links are the same in both.
"""

import html
import json
import shutil
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx import addnodes


def add_contents(app, docname, source):
    """Put the table of contents at the end of the README."""
    if docname == app.config.root_doc:
        for caption, pages in app.config.contents.items():
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n" + "\n".join(pages) + "\n```\n"


def add_texts_to_pictures(app, doctree):
    """An output's text is what its picture shows (helpers/notebook.py)."""
    for bundle in doctree.findall(nodes.container):
        if bundle.get("nb_element") == "mime_bundle":
            texts = [output.astext() for output in bundle if output.get("mime_type") == "text/plain"]
            for image in bundle.findall(nodes.image):
                image["alt"] = " ".join(texts)


def lead_links_somewhere(app, doctree):
    """A notebook to fill in leads to its lesson, a file to a copy of it, a folder to a page."""
    here = app.env.docname
    for link in [*doctree.findall(addnodes.pending_xref), *doctree.findall(addnodes.download_reference)]:
        target = link["reftarget"]
        path = Path(app.srcdir, here).parent.joinpath(target).resolve()
        if link.get("refdomain") == "doc":
            link["reftarget"] = target.replace("notebooks/", "solutions/")
        elif path.exists():
            if path.is_file():
                copy(app, path)
            else:
                target += "/index.html"
            link.replace_self(nodes.reference("", "", *link.children, refuri=target))


def offer_skeleton(app, doctree):
    """Under a lesson's title stands where its notebook to fill in is."""
    if app.env.docname in app.config.contents["Lessons"]:
        path = Path(app.srcdir, "notebooks", f"{Path(app.env.docname).name}.ipynb")
        copy(app, path)
        offer = (
            "<p>The whole lesson, with its answers and outputs. To do it yourself: "
            f"<a href='../notebooks/{path.name}' download>download the notebook to fill in</a>, "
            "or <a href='../README.html#start'>install the course</a>, which has it.</p>"
        )
        title = next(doctree.findall(nodes.title))
        title.parent.insert(title.parent.index(title) + 1, nodes.raw("", offer, format="html"))


def list_ledger(app):
    """A page in place of the listing that a repository shows of docs/results."""
    items = ""
    for path in sorted(Path(app.srcdir, "docs", "results").glob("*.json")):
        copy(app, path)
        command = html.escape(json.loads(path.read_text(encoding="utf-8"))["command"])
        items += f"<li><a href='{path.name}'>{path.name}</a>, by <code>{command}</code></li>"
    yield "docs/results/index", {"title": "The ledger", "body": f"<h1>The ledger</h1><ul>{items}</ul>"}, "page.html"


def copy(app, path):
    place = Path(app.outdir, path.relative_to(app.srcdir))
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, place)


def name_first_page(app, error):
    """File servers show index.html first."""
    if not error:
        shutil.copy(Path(app.outdir, f"{app.config.root_doc}.html"), Path(app.outdir, "index.html"))


def formula(translator, node):
    """A formula as MathML, which browsers draw without a script."""
    block = isinstance(node, nodes.math_block)
    markup = tex2mathml(node.astext(), as_block=block)
    for plain, better in (("<mi>ln</mi>", '<mo lspace="0.17em" rspace="0.17em">ln</mo>'), ("<mo>'</mo>", "<mo>′</mo>")):
        markup = markup.replace(plain, better)
    translator.body.append(f"<div class='formula'>{markup}</div>" if block else markup)
    raise nodes.SkipNode


def setup(app):
    app.add_config_value("contents", {}, "env")
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    app.connect("source-read", add_contents)
    # Before Sphinx collects pictures and downloads, at 500.
    for change in (add_texts_to_pictures, lead_links_somewhere, offer_skeleton):
        app.connect("doctree-read", change, priority=400)
    app.connect("html-collect-pages", list_ledger)
    app.connect("build-finished", name_first_page)
