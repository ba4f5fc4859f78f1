"""The website: nothing is missing in its contents, its checker finds what is broken, and a browser shows it."""

import http.server
import runpy
import threading
from functools import partial

import pytest

from tests import lab
from tools import notebooks
from tools.site import links

SITE = notebooks.ROOT / "build" / "site"


def test_contents_name_every_lesson_and_every_text():
    contents = runpy.run_path(str(notebooks.ROOT / "tools" / "site" / "conf.py"))["contents"]
    assert contents["Lessons"] == [f"solutions/{name}" for name in notebooks.names()]
    texts = {f"docs/{path.stem}" for path in (notebooks.ROOT / "docs").glob("*.md")}
    assert {page for pages in contents.values() for page in pages} == {*contents["Lessons"], *texts}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<a href='b.html#here'>b</a> <a href='#top'>up</a> <a href='https://example.org'>away</a>", ""),
        ("<p id='top'><img src='a.png' alt='A ladder of methods'>", ""),
        ("<a href='c.html'>c</a>", "c.html leads nowhere"),
        ("<a href='folder'>a folder</a>", "folder leads nowhere"),
        ("<a href='/b.html'>b</a>", "/b.html leads nowhere"),
        ("<a href='b.html#there'>b</a>", "b.html#there has no such place"),
        ("<img src='a.png' alt='a.png'>", "the picture a.png needs a text"),
        ("<img src='d.png' alt='A ladder of methods'>", "d.png leads nowhere"),
        ("<script src='https://example.org/x.js'></script>", "https://example.org/x.js is loaded from outside"),
        ("<link rel='stylesheet' href='//example.org/x.css'>", "//example.org/x.css is loaded from outside"),
    ],
)
def test_checker_finds_what_is_broken(tmp_path, body, problem):
    (tmp_path / "a.html").write_text(f"<h1 id='top'>a</h1>{body}")
    (tmp_path / "b.html").write_text("<h1 id='here'>b</h1>")
    (tmp_path / "a.png").touch()
    (tmp_path / "folder").mkdir()
    wrong, _ = links.walk(tmp_path)
    assert wrong == ([f"a.html: {problem}"] if problem else [])


def test_checker_finds_fonts_from_outside(tmp_path):
    (tmp_path / "x.css").write_text("@import url('https://example.org/font.css'); p { background: url(a.png) }")
    assert links.walk(tmp_path)[0] == ["x.css: https://example.org/font.css is loaded from outside"]


def is_old():
    """Whether there is no site, or one of earlier texts."""
    texts = [
        *SITE.parents[1].glob("docs/*.md"),
        *SITE.parents[1].glob("solutions/*.ipynb"),
        SITE.parents[1] / "README.md",
    ]
    index = SITE / "index.html"
    return not index.exists() or index.stat().st_mtime < max(path.stat().st_mtime for path in texts)


@pytest.fixture
def address():
    """Where a file server has the site."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.skipif(is_old(), reason="there is no build/site of today's texts: `make site` makes it")
@pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is not installed")
@pytest.mark.parametrize("way", ["folder", "server"])
def test_site_in_a_browser(way, address):
    base = f"{SITE.as_uri()}/" if way == "folder" else address
    asked, complaints = [], []
    with lab.page(notebooks.ROOT / "tests" / "screenshots") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        page.goto(f"{base}index.html")
        page.locator("article").get_by_role("link", name="05 How rough is an interface?").click()
        assert page.url == f"{base}solutions/05_roughness.html"
        hint = page.locator("details").first
        closed = hint.bounding_box()["height"]
        hint.locator("summary").click()
        assert hint.bounding_box()["height"] > closed
        formula = page.locator("math").first.bounding_box()
        assert formula["height"] > 20
        pictures = page.locator("article img")
        assert pictures.count() >= 8
        assert pictures.evaluate_all("all => all.every(one => one.naturalWidth > 0)")

        page.get_by_role("link", name="docs/roughness.md").first.click()
        assert page.url == f"{base}docs/roughness.html"
        page.get_by_label("Search").fill("Poisson")
        page.get_by_label("Search").press("Enter")
        page.locator("#search-results").get_by_role("link", name="Which lattice is it?").first.click()
        assert page.url.startswith(f"{base}solutions/06_stem_lattices.html")

        page.set_viewport_size({"width": 390, "height": 844})
        for name in ("index", "solutions/01_mnist_skeleton", "docs/troubleshooting", "docs/checklist"):
            page.goto(f"{base}{name}.html")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide"
    assert [url for url in asked if not url.startswith((base, "data:"))] == []
    assert complaints == []


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that writes no log."""

    def log_message(self, *_):
        pass
