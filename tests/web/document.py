"""HTML as a reader gets it: its text, links and structure, by the standard library's parser."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from promoter.web.rendering import render_page
from promoter.web.snapshot import Snapshot

INLINE = {"a", "code", "span", "strong", "time"}
VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Document(HTMLParser):
    """A parsed page. ``problems`` has every tag that is not closed as it was opened."""

    html: str
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        self.problems += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in INLINE:
            self._words.append(" ")
        self.attributes += attrs
        self.links += [value for name, value in attrs if name == "href" and value]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @property
    def text(self) -> str:
        """The text, with one space between words."""
        return " ".join("".join(self._words).split())

    def internal(self, path: str) -> set[str]:
        """Return the addresses of the pages that this one, at ``path``, links to."""
        folder = posixpath.dirname(path)
        return {
            posixpath.normpath(posixpath.join(folder, link))
            for link in self.links
            if not link.startswith(("https://", "#"))
        }


def snapshot(folder: Path) -> Snapshot:
    """Return what was fetched last into the clone ``folder``."""
    return Snapshot.read(folder)


def page(found: Snapshot, path: str) -> Document:
    """Return the parsed page at ``path``."""
    return Document(render_page(found, path))
