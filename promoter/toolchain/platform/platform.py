"""`Platform`: a Kubernetes control plane and an OCI registry on loopback, in one folder."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from promoter.errors import PlatformError
from promoter.progress import Progress
from promoter.toolchain.platform import own, ports
from promoter.toolchain.platform.cluster import Cluster
from promoter.toolchain.platform.credentials import Credentials
from promoter.toolchain.platform.files import Layout
from promoter.toolchain.platform.logs import Log
from promoter.toolchain.platform.parts import PORTS, Part, Parts
from promoter.toolchain.platform.processes import ProcessId, end, start
from promoter.toolchain.platform.record import PartRecord, Record
from promoter.toolchain.toolchain import Toolchain

# The order in which they are started; they are ended the other way round.
PARTS = (
    "registry",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
)
_ATTEMPTS = 3
_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LOCK_SECONDS = 180.0


@dataclass(frozen=True)
class Running:
    """A platform that is up: its cluster's kubeconfig (0600) and its registry (host:port)."""

    kubeconfig: Path
    registry: str
    folder: Path


@dataclass(frozen=True)
class PartStatus:
    """One part: ``died`` is one that was started, not ended by us, and does not run.

    ``log`` has the last lines of a part that died. ``since`` is an ISO time in UTC.
    """

    name: str
    state: Literal["running", "stopped", "died"]
    pid: int | None = None
    port: int | None = None
    since: str | None = None
    log: str = ""


class _PortTaken(PlatformError):
    """Another program took a port between our choosing it and the part's listening on it."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"start {part.name}: its port was taken by another program")
        self.part = part


@dataclass(frozen=True)
class Platform:
    """The embedded platform whose everything is below ``folder``."""

    folder: Path
    toolchain: Toolchain

    def up(
        self, progress: Progress, *, kubeconfig: Path | None = None, embedded: bool = False
    ) -> Running:
        """Start what does not run, and wait until a pod could be scheduled.

        Data, certificates and (while they are free) ports are kept from one ``up`` to the
        next. With ``kubeconfig``, a cluster of one's own is used from now on: it is only
        asked whether it answers, and the registry alone is started; ``embedded`` takes that
        back. Raises `PlatformError`
        with the log's last lines if a part does not start; what this call started is then
        ended again.
        """
        self._layout.make()
        with self._locked(progress):
            self._choose_cluster(kubeconfig, embedded)
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    return self._up(progress)
                except _PortTaken as error:
                    if attempt == _ATTEMPTS:
                        raise
                    progress.note(f"{error}; choosing another")
                    self._forget_ports(error.part.ports)
        raise AssertionError("the last attempt returns or raises")

    def down(self) -> None:
        """End what ``up`` started, and nothing else; data is kept."""
        if not self._layout.record.exists():
            return
        with self._locked(None):
            record = self._record()
            self._end(record, set(record.parts)).write(self._layout.record)

    def status(self) -> tuple[PartStatus, ...]:
        """Every part, in the order in which they are started."""
        record = self._record()
        names = PARTS if record.own_kubeconfig is None else ("registry",)
        return tuple(self._part_status(name, record) for name in names)

    def running(self) -> Running | None:
        """The platform if all of its parts run; None if not."""
        if any(part.state != "running" for part in self.status()):
            return None
        return self._running(self._record())

    def require(self) -> Running:
        """The platform; raises `PlatformError` with a dead part's last lines if it is not up."""
        running = self.running()
        if running is not None:
            return running
        for part in self.status():
            if part.state == "died":
                raise PlatformError(
                    f"use platform {self.folder}: {part.name} died, its last lines:\n{part.log}",
                    next_step="promoter platform up starts it again, with its data",
                )
        raise PlatformError(
            f"use platform {self.folder}: it is not up", next_step="promoter platform up"
        )

    @property
    def _layout(self) -> Layout:
        return Layout(self.folder.absolute())

    def _record(self) -> Record:
        return Record.read(self._layout.record)

    @contextmanager
    def _locked(self, progress: Progress | None) -> Iterator[None]:
        lock = FileLock(self._layout.lock)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if progress is not None:
                progress.note(f"waiting for another command that works on {self.folder}")
            self._wait_for(lock)
        try:
            yield
        finally:
            lock.release()

    def _wait_for(self, lock: FileLock) -> None:
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout as error:
            raise PlatformError(
                f"lock {self.folder}: another command has held it for {_LOCK_SECONDS:.0f} s",
                next_step="wait for it, or end it",
            ) from error

    def _choose_cluster(self, kubeconfig: Path | None, embedded: bool) -> None:
        """Note which cluster is meant from now on, and see that one's own answers."""
        record = self._record()
        if embedded:
            record.model_copy(update={"own_kubeconfig": None}).write(self._layout.record)
            return
        if kubeconfig is None and record.own_kubeconfig is not None:
            kubeconfig = Path(record.own_kubeconfig)
        if kubeconfig is not None:
            own.check(kubeconfig, self.toolchain.program("kubectl"))
            chosen = record.model_copy(update={"own_kubeconfig": str(kubeconfig.absolute())})
            self._end(chosen, set(chosen.parts) - {"registry"}).write(self._layout.record)

    def _up(self, progress: Progress) -> Running:
        record = self._fresh_ports(self._record(), progress)
        record.write(self._layout.record)
        started: list[str] = []
        try:
            if record.own_kubeconfig is None:
                self._start_all(record, progress, started)
            else:
                parts = self._parts(record)
                self._ensure([parts.registry()], progress, started)
        except BaseException:
            # Whatever happened (an error, Ctrl-C): what ran before is left, the rest ended.
            self._end(self._record(), set(started)).write(self._layout.record)
            raise
        return self._running(self._record())

    def _start_all(self, record: Record, progress: Progress, started: list[str]) -> None:
        parts = self._parts(record)
        with progress.task("starting the embedded platform") as detail:
            cluster = Cluster(parts.access)
            parts.access.write_kubeconfig(self._layout.kubeconfig)
            for group in ([parts.registry(), parts.etcd()], [parts.api_server()]):
                detail(", ".join(part.name for part in group))
                self._ensure(group, progress, started)
            cluster.prepare()
            controllers = parts.controllers()
            detail(", ".join(part.name for part in controllers))
            self._ensure(controllers, progress, started)
            self._await_nodes(cluster, controllers, detail)

    def _ensure(self, parts: Sequence[Part], progress: Progress, started: list[str]) -> None:
        """Start those of ``parts`` that do not run as they should, and wait until all serve."""
        for part in parts:
            record = self._record()
            known = record.parts.get(part.name)
            if known is not None:
                if known.process.alive and known.fingerprint == part.fingerprint:
                    continue
                if not known.process.alive:
                    progress.note(f"{part.name} had died; its log is {self._layout.log(part.name)}")
                self._end(record, {part.name}).write(self._layout.record)
            started.append(part.name)
            self._start(part)
        for part in parts:
            self._await(part, part.ready)

    def _start(self, part: Part) -> None:
        log = Log(self._layout.log(part.name))
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
            self._record().with_part(part.name, entry).write(self._layout.record)

        start(part.argv, log.file, note)

    def _await(self, part: Part, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + _READY_SECONDS
        known = self._record().parts[part.name]
        log = Log(self._layout.log(part.name))
        while not ready():
            if not known.process.alive:
                if log.says_port_taken(known.log_offset):
                    raise _PortTaken(part)
                raise PlatformError(
                    f"start {part.name}: it died, its last lines:\n{log.tail(known.log_offset)}",
                    next_step=f"read {log.file}",
                )
            if time.monotonic() > until:
                raise PlatformError(
                    f"start {part.name}: not ready after {_READY_SECONDS:.0f} s, its last lines:\n"
                    f"{log.tail(known.log_offset)}",
                    next_step=f"read {log.file}",
                )
            time.sleep(_POLL_SECONDS)

    def _await_nodes(
        self, cluster: Cluster, controllers: Sequence[Part], detail: Callable[[str], None]
    ) -> None:
        """Wait until a pod could run; a controller that dies meanwhile is reported."""
        until = time.monotonic() + _READY_SECONDS
        while waits_for := cluster.ready():
            detail(f"waiting for {waits_for}")
            for part in controllers:
                self._await(part, lambda: True)
            if time.monotonic() > until:
                raise PlatformError(
                    f"start the platform: after {_READY_SECONDS:.0f} s it waits for {waits_for}",
                    next_step=f"read the logs in {self._layout.log('kwok').parent}",
                )
            time.sleep(_POLL_SECONDS)

    def _fresh_ports(self, record: Record, progress: Progress) -> Record:
        """Keep the ports that our running parts have or that are free; choose the others."""
        alive = {name for name, part in record.parts.items() if part.process.alive}
        kept = {
            name: port
            for name, port in record.ports.items()
            if _part_of(name) in alive or ports.is_free(port)
        }
        for name in sorted(set(record.ports) - set(kept)):
            progress.note(f"port {record.ports[name]} of {name} is taken; choosing another")
        return record.with_ports(ports.choose(PORTS, kept))

    def _forget_ports(self, names: Sequence[str]) -> None:
        record = self._record()
        kept = {name: port for name, port in record.ports.items() if name not in names}
        record.with_ports(kept).write(self._layout.record)

    def _end(self, record: Record, names: set[str]) -> Record:
        """End the parts ``names``, clients before servers; the record without them."""
        clients = names - {"etcd"}
        for group in (clients, names - clients):
            known = [record.parts[name].process for name in group if name in record.parts]
            end([process for process in known if process.alive])
        return record.without_parts(names)

    def _parts(self, record: Record) -> Parts:
        layout = self._layout
        return Parts(layout, Credentials(layout), record.ports, self.toolchain.program)

    def _running(self, record: Record) -> Running:
        chosen = record.own_kubeconfig
        kubeconfig = Path(chosen) if chosen else self._layout.kubeconfig
        registry = f"{ports.HOST}:{record.ports['registry']}"
        return Running(kubeconfig, registry, self._layout.folder)

    def _part_status(self, name: str, record: Record) -> PartStatus:
        known = record.parts.get(name)
        port = record.ports.get(name)
        if known is None:
            return PartStatus(name, "stopped", port=port)
        if known.process.alive:
            return PartStatus(name, "running", known.pid, port, known.since)
        tail = Log(self._layout.log(name)).tail(known.log_offset)
        return PartStatus(name, "died", known.pid, port, known.since, tail)


def _part_of(port: str) -> str:
    return "etcd" if port == "etcd-peer" else port
