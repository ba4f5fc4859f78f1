"""Links and pictures in the texts lead somewhere, and every picture says what it shows."""

import re

import pytest

from tools import notebooks

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
TEXTS = [notebooks.ROOT / "README.md", *(notebooks.ROOT / "docs").rglob("*.md"), *notebooks.SOLUTIONS.glob("*.py")]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(path):
    for picture, text, target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith(("http", "#", "mailto:")):
            continue
        assert (path.parent / target.split("#")[0]).exists(), target
        if picture:
            assert len(text) > 20, f"{target} needs a text that states what it shows"
