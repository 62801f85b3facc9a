"""Starts, awaits and ends parts, and keeps the record of them."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from promoter.common.errors import PlatformError
from promoter.common.process import ProcessId, end, start
from promoter.common.progress import Progress, Silent
from promoter.platform.layout import Layout
from promoter.platform.logs import PartLog
from promoter.platform.parts import Part
from promoter.platform.record import PartRecord, Record

READY_SECONDS = 60.0
POLL_SECONDS = 0.05


class PortTaken(PlatformError):
    """Another program took a port between our choosing it and the part's listening on it."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"start {part.name}: its port was taken by another program")
        self.part = part


@dataclass(frozen=True)
class Supervisor:
    """The processes of the platform in ``layout``; its caller holds the platform's lock.

    ``started`` has the names of those that were started since it was made.
    """

    layout: Layout
    progress: Progress = field(default_factory=Silent)
    started: list[str] = field(default_factory=list)

    def record(self) -> Record:
        """What the folder remembers."""
        return Record.read(self.layout.record)

    def ensure(self, parts: Sequence[Part]) -> None:
        """Start those of ``parts`` that do not run as they should, and wait until all serve.

        Raises `PortTaken`, or `PlatformError` with the last lines of one that died.
        """
        for part in parts:
            if not self._runs_as_meant(part):
                self.end({part.name})
                self.started.append(part.name)
                self._start(part)
        for part in parts:
            self._await(part)

    def check(self, parts: Sequence[Part]) -> None:
        """Raises `PlatformError` with the last lines of the first of ``parts`` that died."""
        for part in parts:
            if not self.record().parts[part.name].process.alive:
                raise self._failure(part, "it died")

    def end(self, names: set[str]) -> None:
        """End the parts ``names`` that run, clients before servers, and forget them."""
        record = self.record()
        clients = names - {"etcd"}
        for group in (clients, names - clients):
            known = [record.parts[name].process for name in group if name in record.parts]
            end([process for process in known if process.alive])
        record.without_parts(names).write(self.layout.record)

    def _runs_as_meant(self, part: Part) -> bool:
        known = self.record().parts.get(part.name)
        if known is None:
            return False
        if not known.process.alive:
            log = self.layout.log(part.name)
            self.progress.note(f"{part.name} had died, starting it again; its log is {log}")
            return False
        if known.fingerprint != part.fingerprint:
            self.progress.note(f"{part.name} runs with other settings, starting it again")
            return False
        return True

    def _start(self, part: Part) -> None:
        log = PartLog(self.layout.log(part.name))
        offset = log.begin()
        since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

        def note(process: ProcessId) -> None:
            entry = PartRecord(
                pid=process.pid,
                mark=process.mark,
                fingerprint=part.fingerprint,
                log_offset=offset,
                since=since,
            )
            self.record().with_part(part.name, entry).write(self.layout.record)

        start(part.argv, log.file, self._environment(), note)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours: no token of the caller's, no configuration of its home folder."""
        return {"HOME": str(self.layout.folder), "PATH": "/usr/bin:/bin"}

    def _await(self, part: Part) -> None:
        process = self.record().parts[part.name].process
        # Alive is asked after ready: else a stranger's answer on its port would pass for it.
        if not wait(lambda: part.ready() or not process.alive):
            raise self._failure(part, f"it is not ready after {READY_SECONDS:.0f} s")
        if not process.alive:
            if self._log(part).says_port_taken(self._offset(part)):
                raise PortTaken(part)
            raise self._failure(part, "it died")

    def _failure(self, part: Part, what: str) -> PlatformError:
        log = self._log(part)
        return PlatformError(
            f"start {part.name}: {what}, its last lines:\n{log.tail(self._offset(part))}",
            next_step=f"read {log.file}; `promoter platform down`, then `up`, starts all anew",
        )

    def _log(self, part: Part) -> PartLog:
        return PartLog(self.layout.log(part.name))

    def _offset(self, part: Part) -> int:
        return self.record().parts[part.name].log_offset


def wait(condition: Callable[[], bool], seconds: float = READY_SECONDS) -> bool:
    """Ask ``condition`` until it holds (True) or ``seconds`` have passed (False)."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(POLL_SECONDS)
    return True
