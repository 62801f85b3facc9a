"""What a smoketest saw: one result an endpoint, as JSON evidence and as JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from promoter.common.text import redact, redacted

Outcome = Literal["passed", "failed", "not installed"]

# What XML 1.0 cannot hold even escaped: control characters of a server's answer.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Result:
    """One endpoint's result; ``seconds`` over all ``attempts``, ``detail`` says why.

    ``part`` is the part of the chart that has it, empty for what is always there.
    """

    endpoint: str
    outcome: Outcome
    detail: str
    attempts: int
    seconds: float
    part: str = ""

    def __str__(self) -> str:
        tries = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        return f"{self.outcome}: {self.endpoint}{tries}{f': {self.detail}' if self.detail else ''}"


@dataclass(frozen=True)
class Report:
    """Every endpoint's result in one installation, in the order of the declaration.

    ``stand_ins``: for which components' simulated pods a process answered, and where it is from.
    """

    release: str
    namespace: str
    results: tuple[Result, ...]
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Result, ...]:
        """Those of parts that are installed."""
        return tuple(each for each in self.results if each.outcome != "not installed")

    @property
    def failed(self) -> tuple[Result, ...]:
        """Those that did not answer as declared."""
        return tuple(each for each in self.results if each.outcome == "failed")

    def count(self, outcome: Outcome) -> int:
        """How many endpoints had ``outcome``."""
        return sum(each.outcome == outcome for each in self.results)

    @property
    def absent(self) -> tuple[str, ...]:
        """The parts that are not installed here."""
        found = (each.part for each in self.results if each.outcome == "not installed")
        return tuple(dict.fromkeys(found))

    def lines(self) -> Iterator[str]:
        """The report for a person to read: a line an endpoint, one for all that is absent."""
        yield from map(str, self.asked)
        if self.absent:
            yield f"not installed here: {', '.join(self.absent)}"
        yield self.summary()

    def summary(self) -> str:
        """One line with the counts."""
        return (
            f"{self.count('passed')} endpoints answer, {self.count('failed')} do not, "
            f"{self.count('not installed')} are not installed"
        )

    def evidence(self) -> Mapping[str, Any]:
        """The report as a JSON value, redacted."""
        return dict(redacted({**asdict(self), "summary": self.summary()}))

    def junit(self) -> bytes:
        """The report as JUnit XML; what is not installed is skipped with that reason."""
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
            case = Xml.SubElement(
                suite,
                "testcase",
                classname=self.namespace,
                name=each.endpoint,
                time=f"{each.seconds:.3f}",
            )
            kind = {"failed": "failure", "not installed": "skipped"}.get(each.outcome)
            if kind:
                Xml.SubElement(case, kind, message=_NOT_XML.sub("?", redact(each.detail)))
        return bytes(Xml.tostring(suite, encoding="utf-8", xml_declaration=True)) + b"\n"
