"""Pages as HTML: Jinja2 with every value escaped, redacted and cut."""

import posixpath
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from promoter.common.text import duration
from promoter.web import charts, pages, text
from promoter.web.snapshot import Snapshot

SCRIPT = "live.js"
STATIC = {"style.css": "text/css", "icon.svg": "image/svg+xml", SCRIPT: "text/javascript"}
"""The files that pages refer to, and their types; ``SCRIPT`` is for live pages only."""

UNREADABLE_PAGE = "This page cannot be shown"
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)


def render_page(snapshot: Snapshot, path: str, *, live: bool = False, account: bool = False) -> str:
    """Return the page at ``path``; raises as `find_page` and as its read models.

    One that is ``live`` has the script that follows the server's events, one with ``account``
    a link to the page by which people sign in and out.
    """
    template, context = pages.find_page(snapshot, path)
    shared = {"snapshot": snapshot, "live": live, "account": account}
    return render(template, path, {**shared, **context})


def render_error(
    path: str, status: int, title: str, reason: str, next_step: str = "", *, live: bool = False
) -> str:
    """Return the page for an error, which needs no repository; a live one follows the events."""
    context = {"status": status, "title": title, "reason": reason, "next_step": next_step}
    shared = {"snapshot": None, "live": live, "account": False, "sign_in": False}
    return render("error.html", path, {**shared, **context})


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
    """Return the content of one of `STATIC`."""
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
        "elapsed": text.elapsed,
        "lines": text.lines,
    }
    made.tests["source_commit"] = pages.is_source_commit
    made.globals |= {
        "chart": charts.chart,
        "record_path": pages.record_path,
        "difference_path": pages.difference_path,
    }
    return made
