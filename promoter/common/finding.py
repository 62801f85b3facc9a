"""A problem that a check reports: its place, its cause and its fix."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A problem at ``place``: a file, or a path in a document; ``rule`` is a lint rule's id."""

    place: str
    reason: str
    next_step: str = ""
    rule: str = ""

    def __str__(self) -> str:
        text = ": ".join(filter(None, (self.place, self.rule, self.reason)))
        if self.next_step:
            text += f"; next: {self.next_step}"
        # A file name may contain line ends, and bytes that are not UTF-8.
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def summarize(paths: Sequence[str]) -> str:
    """Return the only path, or the first one and the number of the others."""
    return f"{paths[0]} and {len(paths) - 1} more" if len(paths) > 1 else "".join(paths)
