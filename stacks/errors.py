"""What can be wrong with the settings; every message can be shown as it is."""

from __future__ import annotations

from dataclasses import dataclass


class StacksError(Exception):
    """The stacks cannot be built; ``str(error)`` says what is wrong and what to do."""


@dataclass(frozen=True)
class SettingsProblem:
    """One thing that is wrong in a settings file.

    ``file`` is relative to the repository where it can be, ``line`` counts from 1 (None when
    the key is missing), ``key`` is a dotted path ("" for the file as a whole).
    """

    file: str
    line: int | None
    key: str
    reason: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.reason}" if self.key else f"{place}: {self.reason}"


class InvalidSettings(StacksError):
    """A settings file does not validate; ``findings`` names file, line, key and reason of each."""

    def __init__(self, findings: tuple[SettingsProblem, ...]) -> None:
        super().__init__("\n".join(f"read settings: {finding}" for finding in findings))
        self.findings = findings


class UnknownStack(StacksError):
    """A stack was asked for that no folder of settings describes."""
