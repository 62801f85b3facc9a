"""Errors in the settings; every message can be shown as it is."""

from __future__ import annotations

from dataclasses import dataclass


class StacksError(Exception):
    """The stacks cannot be built; the message says why and what to change."""


@dataclass(frozen=True)
class SettingsProblem:
    """A problem in a settings file.

    ``file`` is relative to the repository if possible, ``line`` counts from 1 (None if the key
    is missing), ``key`` is a dotted path ("" for the file as a whole).
    """

    file: str
    line: int | None
    key: str
    reason: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.reason}" if self.key else f"{place}: {self.reason}"


class InvalidSettings(StacksError):
    """Settings files with one or more ``problems``."""

    def __init__(self, *problems: SettingsProblem) -> None:
        super().__init__("\n".join(f"read settings: {problem}" for problem in problems))
        self.problems = problems

    @classmethod
    def of(
        cls, file: str, reason: str, *, line: int | None = None, key: str = ""
    ) -> InvalidSettings:
        """Return the error for one problem."""
        return cls(SettingsProblem(file, line, key, reason))


class UnknownStack(StacksError):
    """No folder of settings describes a requested stack."""
