"""HTML of an e-mail into its text: what a browser would show, line by line. Nothing is fetched and nothing runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_LINES = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.IGNORECASE)


def text_of(markup: str) -> tuple[str, bool]:
    """Give the text, and whether some of it would not have been visible."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    lines = ("\n".join(" ".join(line.split()) for line in "".join(parser.out).split("\n"))).strip()
    return re.sub(r"\n{3,}", "\n\n", lines), parser.hidden


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self.hidden = False
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.hidden = self.hidden or "hidden" in given or bool(_HIDDEN.search(given.get("style") or ""))
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _LINES:
            self.out.append("\n")
        elif tag in ("td", "th"):
            self.out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag in _LINES and tag != "br":
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data.replace("\n", " "))
