"""The process that holds a lease or a testflight's namespace for a limited time."""

from __future__ import annotations

import dataclasses
import json
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from promoter.common.environment import user_name
from promoter.common.process import ProcessId


@dataclass(frozen=True)
class Holder:
    """A process that holds a lease or a namespace; times are UTC in ISO 8601.

    ``token`` is random: without it two leases of one process in the same second would be the
    same commit, and pushing a commit that the remote already has succeeds for both.
    """

    who: str
    host: str
    pid: int
    process_started: str
    since: str
    until: str
    token: str

    @classmethod
    def this_process(cls, now: datetime, duration: timedelta = timedelta(hours=1)) -> Holder:
        """Return the calling process, holding from ``now`` for ``duration``."""
        process = ProcessId.of_this()
        return cls(
            who=user_name(),
            host=socket.gethostname(),
            pid=process.pid,
            process_started=process.mark,
            since=stamp(now),
            until=stamp(now + duration),
            token=secrets.token_hex(8),
        )

    @classmethod
    def parse(cls, text: str) -> Holder:
        """Return the holder in a JSON ``text``; raise `ValueError` for anything else."""
        found = json.loads(text)
        fields = {each.name: each.type for each in dataclasses.fields(cls)}
        if not isinstance(found, dict) or found.keys() != fields.keys():
            raise ValueError(text)
        if any(type(found[name]).__name__ != kind for name, kind in fields.items()):
            raise ValueError(text)
        holder = cls(**found)
        if datetime.fromisoformat(holder.until).tzinfo is None or holder.pid <= 0:
            raise ValueError(text)
        return holder

    def expired(self, now: datetime) -> bool:
        """Return whether the time is over at ``now``."""
        return datetime.fromisoformat(self.until) <= now

    def dead(self) -> bool:
        """Return whether the holder ran on this host and its process has ended."""
        process = ProcessId(self.pid, self.process_started)
        return self.host == socket.gethostname() and not process.alive

    def ended(self, now: datetime) -> bool:
        """Return whether nothing is held at ``now``: it has expired, or its process is dead."""
        return self.expired(now) or self.dead()

    def __str__(self) -> str:
        return f"{self.who}@{self.host} (process {self.pid}, since {self.since})"


def stamp(moment: datetime) -> str:
    """Return ``moment`` in ISO 8601, to the second."""
    return moment.isoformat(timespec="seconds")
