"""Changes that were begun and are not recorded: what runs there may be something else.

A deploy leaves a mark before it applies, beside the evidence, for cepler wipes its own folder. The
mark names the version that its record has, so any record of that version makes it obsolete.
"""

import json
from typing import NamedTuple, Self

FOLDER = "cepler/evidence"


class Begun(NamedTuple):
    """A deploy that was begun: the version that it records, its trigger, and by whom and when."""

    version: int
    trigger: str
    by: str
    at: str

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Return the mark in ``content``; one that cannot be read outlasts every record."""
        try:
            found = json.loads(content)
            return cls(int(found["version"]), *(str(found[name]) for name in cls._fields[1:]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return cls(1 << 62, "", "somebody", "an unknown time")

    def content(self) -> bytes:
        """Return the file's content."""
        return (json.dumps(self._asdict(), indent=2) + "\n").encode()

    def __str__(self) -> str:
        return f"begun by {self.by} at {self.at}, not recorded"


def mark_path(deployment: str, environment: str) -> str:
    """Return the path of the mark of ``environment``."""
    return f"{FOLDER}/{deployment}/{environment}/begun.json"
