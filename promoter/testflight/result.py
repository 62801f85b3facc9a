"""The result of a testflight, its error, and the files that keep it as evidence."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from promoter.common.errors import PromoterError
from promoter.common.text import redacted
from promoter.site.evidence import actor, now
from promoter.smoketest.report import Report


class TestflightError(PromoterError):
    """A testflight could not run, or its installation did not become available."""


@dataclass(frozen=True)
class TestflightResult:
    """The result of a testflight.

    ``reasons`` explain what was not ready at the end; ``error`` ended it, None if it passed.
    """

    ref: str
    content: str
    namespace: str
    outcome: Literal["passed", "failed"] = "failed"
    at: str = field(default_factory=now)
    actor: str = field(default_factory=actor)
    without: tuple[str, ...] = ()
    summary: str = ""
    reasons: tuple[str, ...] = ()
    destroyed: bool = True
    report: Report | None = None
    error: BaseException | None = None

    def evidence(self) -> Mapping[str, Any]:
        """Return the result as a redacted JSON value."""
        fields = {key: value for key, value in vars(self).items() if key not in ("report", "error")}
        report = self.report.evidence() if self.report else None
        return dict(redacted({**fields, "smoketest": report}))

    def write(self, folder: Path) -> Path:
        """Write the evidence, and any report as JUnit XML, to a new folder below."""
        time = re.sub(r"[^0-9TZ]", "", self.at.replace("+00:00", "Z"))
        target = folder / f"{time}-{self.outcome}-{self.ref[:7]}"
        target.mkdir(parents=True, exist_ok=True)
        content = json.dumps(self.evidence(), indent=2, sort_keys=True) + "\n"
        (target / "evidence.json").write_text(content)
        if self.report:
            (target / "junit.xml").write_bytes(self.report.junit())
        return target
