"""Typed access to what a YAML file holds, with errors that name the key.

Not pydantic, which reads the other files that people edit: importing it and building its
models takes longer than fetching a chart, and a sync is meant to cost what the chart costs.
"""

from __future__ import annotations

import reprlib
from typing import Any, TypeVar

from promoter.common.errors import InvalidFile

_T = TypeVar("_T")
_NAMES = {str: "a text", bool: "true or false", int: "a number", list: "a list", dict: "a map"}


class Fields:
    """The keys of one map, each to be taken once; `done` refuses those that nobody took."""

    def __init__(self, value: object, file: str, place: str = "") -> None:
        self.file, self.place = file, place
        if not isinstance(value, dict):
            raise InvalidFile(file, place, f"is {_shown(value)}, not a map of keys")
        self._left: dict[Any, Any] = dict(value)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without ``default`` it has to be there and not be empty."""
        found = self._take(key, str, default)
        if default is None and not found:
            raise self.invalid(key, "must not be empty")
        return found

    def flag(self, key: str) -> bool:
        """True or false; false where it is absent."""
        return self._take(key, bool, False)

    def number(self, key: str, default: _T) -> int | _T:
        """A number of zero or more."""
        if key not in self._left:
            return default
        found = self._take(key, int, 0)
        if found < 0:
            raise self.invalid(key, f"{found} is below zero")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is absent."""
        found = self._take(key, list, [])
        for number, one in enumerate(found):
            if not isinstance(one, str):
                raise self.invalid(f"{key}[{number}]", f"is {_shown(one)}, not a text")
        return tuple(found)

    def maps(self, key: str) -> list[Fields]:
        """A list of maps; empty where it is absent."""
        found = self._take(key, list, [])
        inside = f"{self.place}.{key}".lstrip(".")
        return [Fields(one, self.file, f"{inside}[{n}]") for n, one in enumerate(found)]

    def map(self, key: str) -> Fields:
        """A map, which has to be there."""
        return Fields(self._take(key, dict, None), self.file, f"{self.place}.{key}".lstrip("."))

    def has(self, key: str) -> bool:
        """Whether the key is there, taken or not yet."""
        return key in self._left

    def done(self) -> None:
        """Raise `InvalidFile` for a key that was not taken: misspelt, or not supported."""
        for key in self._left:
            raise self.invalid(str(key), "is not a key that is read here")

    def invalid(self, key: str, reason: str) -> InvalidFile:
        """The error about ``key``, to be raised."""
        return InvalidFile(self.file, f"{self.place}.{key}".lstrip("."), reason)

    def _take(self, key: str, kind: type[_T], default: _T | None) -> _T:
        if self._left.get(key) is None:
            self._left.pop(key, None)
            if default is None:
                raise self.invalid(key, "is missing")
            return default
        found = self._left.pop(key)
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise self.invalid(key, f"is {_shown(found)}, not {_NAMES[kind]}{_hint(found, kind)}")
        return found


def _shown(value: object) -> str:
    # A list is not written out: a few aliases can stand for more than there is memory.
    if isinstance(value, (list, dict)):
        return _NAMES[type(value)]
    return "nothing" if value is None else reprlib.repr(value)


def _hint(found: object, kind: type) -> str:
    # vendir makes 1.1 of a tag 1.10.
    return "; put it in quotes" if kind is str and not isinstance(found, (list, dict)) else ""
