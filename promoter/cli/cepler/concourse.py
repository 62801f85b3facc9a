"""``promoter cepler concourse``: JSON on standard input, JSON on standard output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.cli.cepler.arguments import Arguments
from promoter.cli.cepler.syntax import VERSION
from promoter.common.errors import InvalidFile

_HEADINGS = {
    "check": "Checking for new resource",
    "ci_in": "Preparing resource",
    "ci_out": "Recording resource",
}


@dataclass(frozen=True)
class StepLog:
    """Progress as lines on standard error."""

    line: Callable[[str], None]

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        """Print a line at the beginning."""
        self.line(description)
        yield lambda detail: None  # noqa: ARG005

    def note(self, line: str) -> None:
        """Print one line."""
        self.line(line)


def answer(inner: Arguments, out: Callable[[str], None], err: Callable[[str], None]) -> int:
    """Answer the request on standard input; return 0."""
    from promoter.cepler import resource as concourse
    from promoter.cepler.request import read_request

    step = inner.command[-1]
    err(f"{_HEADINGS[step]} - cepler v{VERSION}")
    request, log = read_request(_standard_input()), StepLog(err)
    found: Any
    if step == "check":
        cache = Path(os.environ.get("TMPDIR", "/tmp")) / "cepler-repo-cache"  # noqa: S108
        found = concourse.check(request, cache, log)
    elif step == "ci_in":
        found = concourse.fetch_into(request, Path(inner.value("DESTINATION")), log)
    else:
        found = concourse.record_from(request, Path(inner.value("ORIGIN")), log)
    out(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    return 0


def _standard_input() -> Any:
    try:
        return json.load(sys.stdin)
    except ValueError as error:
        raise InvalidFile("standard input", "", f"not JSON: {error}") from error
