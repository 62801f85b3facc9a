"""Results of a smoketest: one per endpoint, as text, JSON evidence and JUnit XML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from promoter.common.errors import PromoterError
from promoter.common.text import by_cause, redact, redacted

Outcome = Literal["passed", "failed", "not installed"]

# XML 1.0 cannot represent these characters, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class PodProgram:
    """The program that answered for the simulated pods of one component."""

    program: str
    fake: bool


@dataclass(frozen=True)
class Result:
    """The result of one endpoint; ``seconds`` covers all ``attempts``, ``detail`` is the reason.

    ``part`` is the optional part of the chart that it belongs to. ``fake``: a fake answered.
    """

    endpoint: str
    outcome: Outcome
    detail: str
    attempts: int
    seconds: float
    part: str = ""
    fake: bool = False

    @property
    def reason(self) -> str:
        """The detail, with the number of attempts if there were several."""
        attempts = f"{self.attempts} attempts" if self.attempts > 1 else ""
        return ", after ".join(filter(None, (self.detail, attempts)))

    def __str__(self) -> str:
        fake = " (answered by a fake)" if self.fake else ""
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.outcome}{fake}: {self.endpoint}{reason}"


@dataclass(frozen=True)
class Report:
    """The results of all declared endpoints, and the programs of components by their names."""

    release: str
    namespace: str
    results: tuple[Result, ...]
    pod_programs: Mapping[str, PodProgram] = field(default_factory=dict)

    @property
    def checked(self) -> tuple[Result, ...]:
        """The results of parts that are installed."""
        return tuple(each for each in self.results if each.outcome != "not installed")

    @property
    def failed(self) -> tuple[Result, ...]:
        """The failed results."""
        return tuple(each for each in self.results if each.outcome == "failed")

    @property
    def absent(self) -> tuple[str, ...]:
        """The parts of the chart that are not installed."""
        absent = (each.part for each in self.results if each.outcome == "not installed")
        return tuple(dict.fromkeys(absent))

    def count(self, outcome: Outcome) -> int:
        """Return the number of endpoints with ``outcome``."""
        return sum(each.outcome == outcome for each in self.results)

    @property
    def failures(self) -> list[str]:
        """One line per cause of failure."""
        return by_cause(("endpoint", each.endpoint, each.reason) for each in self.failed)

    def lines(self) -> Iterator[str]:
        """Yield a line per endpoint that passed, per cause of failure, and the summary."""
        yield from self.passed_lines()
        yield from (f"failed: {cause}" for cause in self.failures)
        yield self.summary()

    def passed_lines(self) -> Iterator[str]:
        """Yield a line per endpoint that passed, and one for all absent parts."""
        yield from (str(each) for each in self.results if each.outcome == "passed")
        if self.absent:
            yield f"not installed: {', '.join(self.absent)}"

    def summary(self) -> str:
        """Return one line with the counts, those of fakes included."""
        fakes = sum(each.fake and each.outcome == "passed" for each in self.results)
        answered = f" ({fakes} answered by fakes)" if fakes else ""
        return (
            f"{self.count('passed')} endpoints passed{answered}, {self.count('failed')} failed, "
            f"{self.count('not installed')} not installed"
        )

    def evidence(self) -> Mapping[str, Any]:
        """Return the report as a redacted JSON value."""
        return dict(redacted({**asdict(self), "summary": self.summary()}))

    def junit(self) -> bytes:
        """Return the report as JUnit XML; an endpoint that is not installed is skipped."""
        suite = Xml.Element(
            "testsuite",
            name=f"smoketest of {self.namespace}/{self.release}",
            tests=str(len(self.results)),
            failures=str(len(self.failed)),
            skipped=str(self.count("not installed")),
            errors="0",
            time=f"{sum(each.seconds for each in self.results):.3f}",
        )
        for each in self.results:
            attributes = {"name": each.endpoint, "time": f"{each.seconds:.3f}"}
            case = Xml.SubElement(suite, "testcase", attributes, classname=self.namespace)
            if kind := {"failed": "failure", "not installed": "skipped"}.get(each.outcome):
                Xml.SubElement(case, kind, message=_NOT_XML.sub("?", redact(each.detail)))
            if each.fake:
                Xml.SubElement(case, "system-out").text = "answered by a fake"
        return bytes(Xml.tostring(suite, encoding="utf-8", xml_declaration=True)) + b"\n"


class SmoketestError(PromoterError):
    """A smoketest could not run."""


class SmoketestFailed(SmoketestError):
    """At least one endpoint did not respond as declared; ``report`` has all results."""

    def __init__(self, message: str, report: Report, *, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.report = report

    def evidence(self) -> Mapping[str, Any]:
        """Return the report, as `PromoterError.evidence` does."""
        return {"smoketests": [self.report.evidence()]}
