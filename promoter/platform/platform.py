"""`Platform`: a Kubernetes control plane and an OCI registry on loopback, in one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from promoter.common import ports
from promoter.common.errors import PlatformError
from promoter.common.progress import Progress
from promoter.platform import external as own
from promoter.platform.cluster import ClusterAdmin
from promoter.platform.layout import Layout
from promoter.platform.logs import PartLog
from promoter.platform.parts import PARTS, PORTS, Part, Parts
from promoter.platform.record import Forward, Record
from promoter.platform.supervisor import READY_SECONDS, PortTaken, Supervisor, wait
from promoter.toolchain.toolchain import Toolchain

_ATTEMPTS = 3
_LOCK_SECONDS = 180.0


@dataclass(frozen=True)
class RunningPlatform:
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


@dataclass(frozen=True)
class Platform:
    """The embedded platform whose everything is below ``folder``."""

    folder: Path
    toolchain: Toolchain

    def up(
        self, progress: Progress, *, kubeconfig: Path | None = None, embedded: bool = False
    ) -> RunningPlatform:
        """Start what does not run, and wait until a pod could be scheduled.

        Data, certificates and (while they are free) ports are kept from one ``up`` to the
        next. With ``kubeconfig``, a cluster of one's own is used from now on: it is only
        asked whether it answers, and the registry alone is started; ``embedded`` takes that
        back. Raises `PlatformError` with the log's last lines if a part does not start; what
        this call started is then ended again.
        """
        self._layout.make()
        own_cluster = None if embedded else kubeconfig or self._chosen_cluster()
        if own_cluster is not None:
            own.check(own_cluster, self.toolchain.program("kubectl"))
        # Before the lock is taken: what is not built yet takes minutes.
        programs = self._programs(PARTS if own_cluster is None else ("registry",))
        with self._locked(progress):
            self._choose_cluster(own_cluster)
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    return self._up(programs, progress)
                except PortTaken as error:
                    if attempt == _ATTEMPTS:
                        raise
                    progress.note(f"{error}; choosing another")
                    self._forget_ports(error.part.ports)
        raise AssertionError("the last attempt returns or raises")

    def forward(self, forward: Forward, progress: Progress) -> RunningPlatform:
        """Let a process on this machine answer for the pods of a namespace, from now on.

        Replaces an earlier `Forward` of the same namespace and port. kwok alone is started
        again, within a second; pods do not notice.
        """
        meant = (forward.namespace, forward.port)
        self._layout.make()
        with self._locked(progress):
            record = self._record()
            others = [each for each in record.forwards if (each.namespace, each.port) != meant]
            changed = {"forwards": (*others, forward)}
            record.model_copy(update=changed).write(self._layout.record)
        return self.up(progress)

    def down(self) -> None:
        """End what ``up`` started, and nothing else; data is kept."""
        if self._layout.record.exists():
            with self._locked(None):
                Supervisor(self._layout).end(set(self._record().parts))

    def status(self) -> tuple[PartStatus, ...]:
        """Every part, in the order in which they are started."""
        record = self._record()
        names = PARTS if record.own_kubeconfig is None else ("registry",)
        return tuple(self._part_status(name, record) for name in names)

    def running(self) -> RunningPlatform | None:
        """The platform if all of its parts run; None if not."""
        if any(part.state != "running" for part in self.status()):
            return None
        return self._running(self._record())

    def require(self) -> RunningPlatform:
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

    def _programs(self, names: Sequence[str]) -> Callable[[str], Path]:
        paths = {name: self.toolchain.program(name) for name in names}
        return paths.__getitem__

    def _chosen_cluster(self) -> Path | None:
        chosen = self._record().own_kubeconfig
        return Path(chosen) if chosen else None

    def _choose_cluster(self, own_cluster: Path | None) -> None:
        """Note which cluster is meant from now on; one's own needs no control plane of ours."""
        supervisor = Supervisor(self._layout)
        if own_cluster is not None:
            supervisor.end(set(self._record().parts) - {"registry"})
        chosen = str(own_cluster.absolute()) if own_cluster else None
        self._record().model_copy(update={"own_kubeconfig": chosen}).write(self._layout.record)

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

    def _up(self, programs: Callable[[str], Path], progress: Progress) -> RunningPlatform:
        record = self._fresh_ports(self._record(), progress)
        record.write(self._layout.record)
        # Cryptography takes a while to import, and only starting the parts needs it.
        from promoter.platform.credentials import Credentials

        credentials = Credentials(self._layout)
        parts = Parts(self._layout, credentials, record.ports, programs, record.forwards)
        supervisor = Supervisor(self._layout, progress)
        try:
            if record.own_kubeconfig is None:
                self._start_all(parts, supervisor)
            else:
                supervisor.ensure([parts.registry()])
        except BaseException:
            # Whatever happened (an error, Ctrl-C): what ran before is left, the rest ended.
            supervisor.end(set(supervisor.started))
            raise
        return self._running(self._record())

    def _start_all(self, parts: Parts, supervisor: Supervisor) -> None:
        with supervisor.progress.task("starting the embedded platform") as detail:
            cluster = ClusterAdmin(parts.access)
            parts.access.write_kubeconfig(self._layout.kubeconfig)
            for group in ([parts.registry(), parts.etcd()], [parts.api_server()]):
                detail(", ".join(part.name for part in group))
                supervisor.ensure(group)
            cluster.prepare()
            controllers = parts.controllers()
            detail(", ".join(part.name for part in controllers))
            supervisor.ensure(controllers)
            _await_nodes(cluster, controllers, supervisor, detail)

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

    def _running(self, record: Record) -> RunningPlatform:
        kubeconfig = self._chosen_cluster() or self._layout.kubeconfig
        registry = f"{ports.HOST}:{record.ports['registry']}"
        return RunningPlatform(kubeconfig, registry, self._layout.folder)

    def _part_status(self, name: str, record: Record) -> PartStatus:
        known = record.parts.get(name)
        port = record.ports.get(name)
        if known is None:
            return PartStatus(name, "stopped", port=port)
        if known.process.alive:
            return PartStatus(name, "running", known.pid, port, known.since)
        tail = PartLog(self._layout.log(name)).tail(known.log_offset)
        return PartStatus(name, "died", known.pid, port, known.since, tail)


def _await_nodes(
    cluster: ClusterAdmin,
    controllers: Sequence[Part],
    supervisor: Supervisor,
    detail: Callable[[str], None],
) -> None:
    """Wait until a pod could run; a controller that dies meanwhile is reported."""

    def nothing_missing() -> bool:
        missing = cluster.missing()
        detail(f"waiting for {missing}" if missing else "")
        supervisor.check(controllers)
        return not missing

    if not wait(nothing_missing):
        raise PlatformError(
            f"start the platform: after {READY_SECONDS:.0f} s it waits for {cluster.missing()}",
            next_step=f"read the logs in {supervisor.layout.log('kwok').parent}",
        )


def _part_of(port: str) -> str:
    return "etcd" if port == "etcd-peer" else port
