"""Pages as HTML: Jinja2 with every value escaped, redacted and cut."""

import posixpath
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from promoter.common.text import duration
from promoter.web import pages, text
from promoter.web.snapshot import Snapshot

STYLE = "style.css"
SCRIPT = "live.js"
UNREADABLE_PAGE = "This page cannot be shown"
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)


def render_page(snapshot: Snapshot, path: str, *, live: bool = False) -> str:
    """Return the page at ``path``; raises as `find_page` and as its read models.

    One that is ``live`` has the script that follows the server's events.
    """
    template, context = pages.find_page(snapshot, path)
    return render(template, path, {"snapshot": snapshot, "live": live, **context})


def render_error(path: str, status: int, title: str, reason: str, next_step: str = "") -> str:
    """Return the page for an error, which needs no repository."""
    context = {"status": status, "title": title, "reason": reason, "next_step": next_step}
    return render("error.html", path, {"snapshot": None, "live": False, **context})


def render(template: str, path: str, context: Mapping[str, Any]) -> str:
    """Return ``template`` at ``path``, with links that are relative to it."""
    folder = posixpath.dirname(path)

    def link(target: str) -> str:
        return posixpath.relpath(target, folder or ".")

    return (
        _environment()
        .get_template(template)
        .render(path=path, link=link, content_policy=CONTENT_POLICY, **context)
    )


def static_file(name: str) -> bytes:
    """Return the style sheet or the script."""
    return files("promoter.web").joinpath("static", name).read_bytes()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("promoter.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=text.shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "short": text.short,
        "slug": text.slug,
        "moment": text.moment,
        "duration": duration,
        "lines": text.lines,
    }
    made.tests["source_commit"] = pages.is_source_commit
    made.globals |= {
        "record_path": pages.record_path,
        "difference_path": pages.difference_path,
    }
    return made
