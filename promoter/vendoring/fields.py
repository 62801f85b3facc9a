"""Typed access to the values of a YAML file, with errors that name the key.

Not pydantic, which reads the other files that people edit: importing it and building its
models takes longer than fetching a chart.
"""

from __future__ import annotations

import reprlib
from typing import Any, TypeVar

from promoter.common.errors import InvalidFile

_T = TypeVar("_T")
_NAMES = {str: "a text", bool: "true or false", int: "a number", list: "a list", dict: "a map"}


class VendirFields:
    """The keys of one map, each read once; `done` rejects those that were not read."""

    def __init__(self, value: object, file: str, place: str = "") -> None:
        self.file, self.place = file, place
        if not isinstance(value, dict):
            raise InvalidFile(file, place, f"is {_shown(value)}, not a map of keys")
        self._unread: dict[Any, Any] = dict(value)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without ``default`` it is required and must not be empty."""
        value = self._take(key, str, default)
        if default is None and not value:
            raise self.invalid(key, "must not be empty")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is absent."""
        return self._take(key, bool, False)

    def number(self, key: str, default: _T) -> int | _T:
        """Return a number of zero or more."""
        if key not in self._unread:
            return default
        value = self._take(key, int, 0)
        if value < 0:
            raise self.invalid(key, f"{value} is below zero")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty where it is absent."""
        values = tuple(self._take(key, list, []))
        for number, value in enumerate(values):
            if not isinstance(value, str):
                raise self.invalid(f"{key}[{number}]", f"is {_shown(value)}, not a text")
        return values

    def maps(self, key: str) -> list[VendirFields]:
        """Return a list of maps; empty where it is absent."""
        items, place = enumerate(self._take(key, list, [])), self._place_of(key)
        return [VendirFields(value, self.file, f"{place}[{number}]") for number, value in items]

    def map(self, key: str) -> VendirFields:
        """Return a map, which is required."""
        return VendirFields(self._take(key, dict, None), self.file, self._place_of(key))

    def has(self, key: str) -> bool:
        """Return whether the key exists and has not been read."""
        return key in self._unread

    def done(self) -> None:
        """Raise `InvalidFile` for a key that was not read: misspelt, or not supported."""
        for key in self._unread:
            raise self.invalid(str(key), "is not a key that is read here")

    def invalid(self, key: str, reason: str) -> InvalidFile:
        """Return the error about ``key``, to be raised."""
        return InvalidFile(self.file, self._place_of(key), reason)

    def _place_of(self, key: str) -> str:
        return f"{self.place}.{key}".lstrip(".")

    def _take(self, key: str, kind: type[_T], default: _T | None) -> _T:
        value = self._unread.pop(key, None)
        if value is None:
            if default is None:
                raise self.invalid(key, "is missing")
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            # vendir reads a tag 1.10 as 1.1.
            quotable = kind is str and not isinstance(value, list | dict)
            hint = "; put it in quotes" if quotable else ""
            raise self.invalid(key, f"is {_shown(value)}, not {_NAMES[kind]}{hint}")
        return value


def _shown(value: object) -> str:
    # A list is not written out: a few aliases can stand for more than fits in memory.
    if isinstance(value, list | dict):
        return _NAMES[type(value)]
    return "nothing" if value is None else reprlib.repr(value)
