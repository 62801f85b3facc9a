"""What a rule found: which rule, in which file, what is wrong, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; ``file`` counts from the repository's top.

    ``rule`` is the id that docs/linting.md has a heading for.
    """

    rule: str
    file: str
    what: str
    next_step: str

    def __str__(self) -> str:
        return _one_line(f"{self.file}: {self.rule}: {self.what}; next: {self.next_step}")


def _one_line(text: str) -> str:
    """What names of files may hold (line ends, bytes that are no UTF-8) in its escaped form."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def some(paths: list[str]) -> str:
    """Paths in a line: one by its name, more by the first and how many there are."""
    if len(paths) < 2:
        return "".join(paths)
    return f"{paths[0]} and {len(paths) - 1} more"
