"""What a trace is made of: links, each checked, and the chain that they form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from promoter.common.text import plain, redact, redacted

Step = Literal["environment", "state", "chart", "pin", "image", "source"]


@dataclass(frozen=True)
class Link:
    """One step of a chain: what it leads to, what is known of it, and what is wrong with it.

    ``value`` is a name, a commit (40 hex digits) or a digest; ``broken`` lists every check
    that failed, empty where the link holds.
    """

    step: Step
    value: str
    facts: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The link for a person to read."""
        mark = "BROKEN " if self.broken else ""
        told = [f"{mark}{self.step}: {self.value or 'nothing'}"]
        told += [f"  {name}: {fact}" for name, fact in self.facts.items()]
        told += [f"  broken: {problem}" for problem in self.broken]
        # Titles, names and reasons are other people's words.
        yield from (plain(redact(line)) for line in told)


@dataclass(frozen=True)
class PinTrace:
    """One pin and where it leads: the image, the source commit."""

    links: tuple[Link, ...]

    @property
    def pin(self) -> str:
        """The pin's key path."""
        return self.links[0].value


@dataclass(frozen=True)
class Trace:
    """An environment, its state, its chart, and a chain for each pin of that chart."""

    environment: str
    links: tuple[Link, ...]
    pins: tuple[PinTrace, ...] = ()

    @property
    def every(self) -> tuple[Link, ...]:
        """All links."""
        return (*self.links, *(link for pin in self.pins for link in pin.links))

    @property
    def broken(self) -> tuple[str, ...]:
        """Every failed check, by the step that it is of."""
        return tuple(
            f"{link.step} {link.value[:19]}: {problem}"
            for link in self.every
            for problem in link.broken
        )

    def lines(self) -> Iterator[str]:
        """The trace for a person to read, a level of indentation for each step."""
        depth = 0
        for depth, link in enumerate(self.links):
            yield from (f"{'  ' * depth}{line}" for line in link.lines())
        for pin in self.pins:
            for below, link in enumerate(pin.links, start=depth + 1):
                yield from (f"{'  ' * below}{line}" for line in link.lines())

    def document(self) -> Mapping[str, Any]:
        """The trace as a JSON value, redacted."""
        return dict(
            redacted(
                {
                    "environment": self.environment,
                    "links": [_document(link) for link in self.links],
                    "pins": [[_document(link) for link in pin.links] for pin in self.pins],
                    "broken": list(self.broken),
                }
            )
        )


def _document(link: Link) -> Mapping[str, Any]:
    return {
        "step": link.step,
        "value": link.value,
        "facts": dict(link.facts),
        "broken": list(link.broken),
    }
