"""``promoter cepler concourse``: JSON on standard input, JSON on standard output."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.cli.cepler.arguments import Values
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

    print: Callable[[str], None]

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        """Print a line at the beginning."""
        self.print(description)
        yield lambda detail: None  # noqa: ARG005

    def note(self, line: str) -> None:
        """Print one line."""
        self.print(line)


def answer(step: str, inner: Values, out: Callable[[str], None], err: Callable[[str], None]) -> int:
    """Answer the request of ``step`` on standard input; return 0."""
    from promoter.cepler import resource as concourse
    from promoter.cepler.request import read_request

    err(f"{_HEADINGS[step]} - cepler v{VERSION}")
    try:
        document = json.load(sys.stdin)
    except ValueError as error:
        raise InvalidFile("standard input", "", f"not JSON: {error}") from error
    request, log = read_request(document), StepLog(err)
    found: Any
    if step == "check":
        cache = Path(os.environ.get("TMPDIR", "/tmp")) / "cepler-repo-cache"  # noqa: S108
        found = concourse.check(request, cache, log)
    elif step == "ci_in":
        found = concourse.fetch_into(request, Path(inner["DESTINATION"]), log)
    else:
        found = concourse.record_from(request, Path(inner["ORIGIN"]), log)
    out(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    return 0
