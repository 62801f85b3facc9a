"""Sessions: kept in memory, so that a cookie holds nothing but the id of one."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from promoter.web.settings import Role

_Value = TypeVar("_Value")
Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


class Expiring(Generic[_Value]):
    """Values by key, each kept for ``lasts``; beyond ``most`` the oldest ones make room."""

    def __init__(self, lasts: timedelta, most: int, clock: Clock = now) -> None:
        self._lasts, self._most, self._clock = lasts, most, clock
        self._values: dict[str, tuple[datetime, _Value]] = {}

    def put(self, key: str, value: _Value) -> None:
        """Keep ``value``."""
        self._values.pop(key, None)
        while len(self._values) >= self._most:
            del self._values[next(iter(self._values))]
        self._values[key] = (self._clock() + self._lasts, value)

    def get(self, key: str) -> _Value | None:
        """Return the value, None where there is none any more."""
        ends, value = self._values.get(key, (None, None))
        if ends is not None and ends <= self._clock():
            self.remove(key)
            return None
        return value

    def remove(self, key: str) -> None:
        """Forget the value, if there is one."""
        self._values.pop(key, None)


@dataclass(frozen=True)
class Session:
    """A person who is signed in.

    ``subject`` is the issuer and its id of the person, ``name`` is what the issuer calls them, and
    ``token`` is in every form of this session, and in nobody else's.
    """

    subject: str
    name: str
    roles: frozenset[Role]
    ends: datetime
    token: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
