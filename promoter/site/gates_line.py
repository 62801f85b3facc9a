"""The gates branch as one line of commits: its moves of gates, read by one walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from promoter.approvals.approvals import gates_file
from promoter.common.errors import PromoterError
from promoter.gate.gates import read_gates
from promoter.gate.history import History


@dataclass(frozen=True)
class GatesLine:
    """The commits of a gates branch without merges, the newest first, and their times."""

    history: History
    deployment: str
    commits: tuple[str, ...]
    times: tuple[int, ...]

    @classmethod
    def read(cls, history: History, tip: str | None, deployment: str) -> "GatesLine | None":
        """Return the line up to ``tip``, empty without one; None where there is a merge."""
        lines = history.git.lines("log", "--topo-order", "--format=%H %ct %P", tip) if tip else []
        facts = [line.split() for line in lines]
        if any(len(parents) > 1 for _, _, *parents in facts):
            return None
        commits, times = tuple(each[0] for each in facts), tuple(int(each[1]) for each in facts)
        return cls(history, deployment, commits, times)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {commit: place for place, commit in enumerate(self.commits)}

    def has(self, commit: str) -> bool:
        """Return whether ``commit`` is on the line."""
        return commit in self._places

    def at(self, time: int) -> str | None:
        """Return the newest commit of ``time`` (seconds since the epoch) or before, if any."""
        both = zip(self.commits, self.times, strict=True)
        return next((commit for commit, made in both if made <= time), None)

    def precedes(self, one: str, other: str) -> bool:
        """Return whether ``one`` is ``other`` or comes before it."""
        return self._places[one] >= self._places[other]

    def setter(self, commit: str, environment: str) -> str | None:
        """Return the commit that set the gate that ``environment`` has at ``commit``.

        None where the gate is HEAD. Raises `PromoterError` where the gates file is missing.
        """
        place, file = self._places[commit], gates_file(self.deployment)
        content = self._content(commit)
        if content is None:
            raise PromoterError(f"read {file} at {commit[:12]} of the gates branch: no such file")
        value, setter = read_gates(content, file).commit(environment), commit
        if value is None:
            return None
        for moved in self._moves:
            if self._places[moved] < place:
                continue
            if not self._has(moved, environment, value):
                break
            setter = moved
        return setter

    @cached_property
    def _moves(self) -> Sequence[str]:
        """The commits that changed the gates file, the newest first."""
        path = gates_file(self.deployment)
        listed = ("log", "--topo-order", "--format=%H", self.commits[0], "--", path)
        return self.history.git.lines(*listed)

    def _has(self, commit: str, environment: str, value: str) -> bool:
        content = self._content(commit)
        if content is None or value.encode() not in content:  # Most moves are of other gates.
            return False
        return read_gates(content, gates_file(self.deployment)).entries.get(environment) == value

    def _content(self, commit: str) -> bytes | None:
        found = self.history.file(commit, gates_file(self.deployment))
        return found.content if found else None
