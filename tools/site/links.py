"""Walk a built site: `python -m tools.site.links FOLDER` fails if a link, an anchor or a picture leads nowhere.

Nothing that a page loads may come from outside, and every picture says what it shows. Links for people to follow to
other places on the web are not looked at.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: What a style sheet loads from elsewhere.
OUTSIDE = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')]+)")


class Page(HTMLParser):
    """The anchors of a page, the addresses in it, and its pictures without a text."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loads, self.mute = {""}, [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        if "href" in attributes:
            (self.links if tag == "a" else self.loads).append(attributes["href"])
        if "src" in attributes:
            self.loads.append(attributes["src"])
        if tag == "img" and not re.search(r"\w \w", attributes.get("alt") or ""):
            self.mute.append(attributes.get("src"))


def walk(folder):
    """What is wrong with the site in a folder, a line each, and how many addresses were looked at."""
    pages = {path: Page(path) for path in sorted(folder.resolve().rglob("*.html"))}
    wrong, seen = [], 0
    for path, page in pages.items():
        name = path.relative_to(folder.resolve()).as_posix()
        wrong += [f"{name}: the picture {source} needs a text" for source in page.mute]
        for address in page.loads + page.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if address in page.loads and parts.scheme != "data":
                    wrong.append(f"{name}: {address} is loaded from outside")
                continue
            seen += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.path.startswith("/") or not target.is_file():
                wrong.append(f"{name}: {address} leads nowhere")
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                wrong.append(f"{name}: {address} has no such place")
    for path in sorted(folder.rglob("*.css")):
        for address in OUTSIDE.findall(path.read_text(encoding="utf-8")):
            wrong.append(f"{path.relative_to(folder).as_posix()}: {address} is loaded from outside")
    return wrong, f"{len(pages)} pages, {seen} links"


if __name__ == "__main__":
    found, counted = walk(Path(sys.argv[1]))
    print("\n".join([*found, f"{counted}, {len(found)} of them wrong"]))
    sys.exit(bool(found))
