"""The interface of a hold: a reason for which an environment may not take a change yet."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from promoter.gate.evaluator import Outlook
from promoter.gate.rules import FileChange


@dataclass(frozen=True)
class Hold(ABC):
    """A reason for which ``changes`` wait; ``str()`` is the reason in words."""

    changes: tuple[FileChange, ...]

    @classmethod
    @abstractmethod
    def find(cls, outlook: Outlook) -> Self | None:
        """Return the hold on the environment, None if nothing of this kind holds it back."""

    @abstractmethod
    def __str__(self) -> str:
        """Return the reason in words, without the environment's name."""

    @abstractmethod
    def next_step(self, environment: str) -> str:
        """Return the command that resolves the hold."""


def count(changes: tuple[FileChange, ...]) -> str:
    """Return the number of files in words."""
    return "1 file would change" if len(changes) == 1 else f"{len(changes)} files would change"
