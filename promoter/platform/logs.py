"""A part's log: where its latest start begins, and what it last said."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

_KEPT_BYTES = 10_000_000
_TAIL_LINES = 12
_LINE_CHARACTERS = 400


@dataclass(frozen=True)
class PartLog:
    """The log ``file``, which every start of the part appends to."""

    file: Path

    def begin(self) -> int:
        """Where the next start's lines will begin; a log that grew too big is set aside."""
        if not self.file.is_file():
            return 0
        size = self.file.stat().st_size
        if size < _KEPT_BYTES:
            return size
        self.file.replace(self.file.with_suffix(".log.1"))
        return 0

    def tail(self, offset: int) -> str:
        """The last lines since ``offset``, indented to stand in a message."""
        last = deque(self._lines(offset), maxlen=_TAIL_LINES)
        return "\n".join(f"  | {line[:_LINE_CHARACTERS]}" for line in last) or "  | (nothing)"

    def says_port_taken(self, offset: int) -> bool:
        """Whether, since ``offset``, the part could not listen on its port."""
        return any("address already in use" in line for line in self._lines(offset))

    def _lines(self, offset: int) -> list[str]:
        try:
            with self.file.open("rb") as log:
                log.seek(offset)
                return log.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            return []
