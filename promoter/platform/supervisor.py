"""`Supervisor`: starts parts, waits for them, ends them, and keeps the record of them."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.common.errors import PlatformError
from promoter.common.process import ProcessId, end, start
from promoter.common.progress import Progress, Silent
from promoter.common.text import telling_lines
from promoter.platform.layout import Layout, PartRecord

if TYPE_CHECKING:
    from promoter.platform.parts import Part

READY_SECONDS = 60.0
_POLL_SECONDS = 0.05
_STARTS = 3
_LOG_BYTES = 10_000_000
_LINE_CHARACTERS = 400


class PortInUse(PlatformError):
    """Another program started to use a port between our choice and the part's start."""

    def __init__(self, part: str) -> None:
        super().__init__(f"start {part}: its port is in use by another program")
        self.part = part


@dataclass(frozen=True)
class Supervisor:
    """The processes of the platform in ``layout``; its caller holds the platform's lock.

    ``started`` has a part's name for each time that this supervisor started it.
    """

    layout: Layout
    progress: Progress = field(default_factory=Silent)
    started: list[str] = field(default_factory=list)

    def ensure(self, parts: Sequence[Part]) -> None:
        """Start those of ``parts`` that do not run as they should, and wait until all serve.

        One that dies meanwhile is started again. Raises `PortInUse`, or `PlatformError` with
        the log of a part that died each time.
        """
        for part in parts:
            if not self._up_to_date(part):
                self.end({part.name})
                self._start(part)
        for part in parts:
            self._await(part)

    def restart_dead(self, parts: Sequence[Part]) -> None:
        """Start those of ``parts`` again that died since they served; raises as `ensure`."""
        for part in parts:
            if not self._recorded(part).process.alive:
                self._restart(part)
                self._await(part)

    def end(self, names: Collection[str]) -> None:
        """End the parts ``names`` that run, clients before servers, and forget them."""
        parts = self.layout.record().parts
        for group in (set(names) - {"etcd"}, set(names) & {"etcd"}):
            end([parts[name].process for name in group & parts.keys()])
        left = {name: part for name, part in parts.items() if name not in names}
        self.layout.update(parts=left)

    def _recorded(self, part: Part) -> PartRecord:
        return self.layout.record().parts[part.name]

    def _up_to_date(self, part: Part) -> bool:
        recorded = self.layout.record().parts.get(part.name)
        if recorded is None:
            return False
        if not recorded.process.alive:
            log = self.layout.log(part.name)
            self.progress.note(f"{part.name} had died, starting it again; its log is {log}")
            return False
        if recorded.fingerprint != part.fingerprint:
            self.progress.note(f"{part.name} runs with other settings, starting it again")
            return False
        return True

    def _start(self, part: Part) -> None:
        part.admit(False)
        self.started.append(part.name)
        log = self.layout.log(part.name)
        if log.is_file() and log.stat().st_size >= _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        offset = log.stat().st_size if log.is_file() else 0
        since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

        def note(process: ProcessId) -> None:
            started = PartRecord(
                pid=process.pid,
                mark=process.mark,
                fingerprint=part.fingerprint,
                log_offset=offset,
                since=since,
            )
            self.layout.update(parts={**self.layout.record().parts, part.name: started})

        # Nothing is inherited: no token, no configuration of the home folder.
        environment = {"HOME": str(self.layout.folder), "PATH": "/usr/bin:/bin"}
        start(part.argv, log, environment, note)

    def _restart(self, part: Part) -> None:
        """Start a part that died while it was starting, `_STARTS` times in all."""
        starts = self.started.count(part.name)
        if starts >= _STARTS:
            raise self._failure(part, f"it died {starts} times")
        log = self.layout.log(part.name)
        self.progress.note(
            f"{part.name} died while starting, starting it again "
            f"({starts} of {_STARTS - 1}); its log is {log}"
        )
        self._start(part)

    def _await(self, part: Part) -> None:
        while not self._ready(part):
            recorded = self._recorded(part)
            lines = _log_lines(self.layout.log(part.name), recorded.log_offset)
            if any("address already in use" in line for line in lines):
                raise PortInUse(part.name)
            self._restart(part)
        part.admit(True)

    def _ready(self, part: Part) -> bool:
        """Wait for ``part``; return False if it died."""
        process = self._recorded(part).process
        # Alive is checked after ready: otherwise a stranger's response on its port would do.
        if not wait(lambda: part.ready() or not process.alive):
            raise self._failure(part, f"it is not ready after {READY_SECONDS:.0f} s")
        return process.alive

    def _failure(self, part: Part, cause: str) -> PlatformError:
        log = self.layout.log(part.name)
        extract = log_extract(log, self._recorded(part).log_offset)
        return PlatformError(
            f"start {part.name}: {cause}, its log:\n{extract}",
            next_step=f"read {log}; `promoter platform down`, then `up`, restarts everything",
        )


def wait(condition: Callable[[], bool]) -> bool:
    """Poll ``condition`` until it holds (True) or `READY_SECONDS` have passed (False)."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def log_extract(log: Path, offset: int) -> str:
    """Return the lines since ``offset`` that have the cause, indented for a message."""
    lines = telling_lines(_log_lines(log, offset))
    return "\n".join(f"  | {line[:_LINE_CHARACTERS]}" for line in lines) or "  | (nothing)"


def _log_lines(log: Path, offset: int) -> list[str]:
    with suppress(FileNotFoundError), log.open("rb") as content:
        content.seek(offset)
        return content.read().decode(errors="replace").splitlines()
    return []
