"""The result of a trace: links, each checked, and the chains that they form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from promoter.common.errors import PromoterError
from promoter.common.text import plain, redact, redacted

Step = Literal["environment", "state", "chart", "pin", "image", "source"]


@dataclass(frozen=True)
class Link:
    """One step of a chain: its target, facts about it, and its problems.

    ``value`` is a name, a commit (40 hex digits) or a digest; ``broken`` lists every check
    that failed.
    """

    step: Step
    value: str
    facts: Mapping[str, str] = field(default_factory=dict)
    broken: Sequence[str] = ()

    def lines(self) -> Iterator[str]:
        """Yield the link as text, redacted and safe for a terminal."""
        facts = (*self.facts.items(), *(("broken", each) for each in self.broken))
        heading = f"{'BROKEN ' if self.broken else ''}{self.step}: {self.value or 'nothing'}"
        for line in (heading, *(f"  {name}: {fact}" for name, fact in facts)):
            yield plain(redact(line))


@dataclass(frozen=True)
class Trace:
    """The links of an environment, and those of each pin of its chart: pin, image, source."""

    environment: str
    links: Sequence[Link]
    pins: Sequence[Sequence[Link]] = ()

    @classmethod
    def unreadable(cls, environment: str, error: PromoterError) -> Self:
        """Return the trace of an environment that cannot be traced: one broken link."""
        return cls(environment, [Link("environment", environment, {}, (str(error),))])

    @property
    def all_links(self) -> tuple[Link, ...]:
        """All links."""
        return (*self.links, *(link for pin in self.pins for link in pin))

    @property
    def broken(self) -> tuple[str, ...]:
        """Every failed check, after its step."""
        return tuple(
            f"{link.step} {link.value[:19]}: {problem}"
            for link in self.all_links
            for problem in link.broken
        )

    def lines(self) -> Iterator[str]:
        """Yield the trace as text, with one level of indentation per step."""
        for start, links in ((0, self.links), *((len(self.links), pin) for pin in self.pins)):
            for depth, link in enumerate(links, start):
                yield from (f"{'  ' * depth}{line}" for line in link.lines())

    def document(self) -> Mapping[str, Any]:
        """Return the trace as a JSON value, redacted."""
        return dict(redacted({**asdict(self), "broken": self.broken}))
