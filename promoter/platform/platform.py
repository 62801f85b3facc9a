"""`Platform`: a Kubernetes control plane and an OCI registry on loopback, in one folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promoter.common import ports
from promoter.common.errors import ClusterError, PlatformError, UsageError
from promoter.common.locks import exclusive
from promoter.common.progress import Progress, Silent
from promoter.platform.cluster import ClusterAdmin
from promoter.platform.layout import Layout
from promoter.platform.parts import PARTS, PORTS, Part, Parts
from promoter.platform.record import Record
from promoter.platform.supervisor import READY_SECONDS, PartLog, PortInUse, Supervisor, wait
from promoter.programs.kubectl import Kubectl
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
    """The embedded platform, all of it below ``folder``."""

    folder: Path
    toolchain: Toolchain

    def up(
        self, progress: Progress, *, kubeconfig: Path | None = None, embedded: bool = False
    ) -> RunningPlatform:
        """Start the parts that do not run, and wait until a pod could be scheduled.

        Data, certificates and (while they are free) ports are kept from one ``up`` to the
        next. With ``kubeconfig``, a cluster of one's own is used from now on: it only has to
        respond, and the registry alone is started; ``embedded`` reverts that. Raises
        `PlatformError` with the log's last lines if a part does not start; the parts that this
        call started are then ended again.
        """
        self._layout.create()
        own_cluster = None if embedded else kubeconfig or self._own_kubeconfig()
        if own_cluster is not None:
            _require_response(own_cluster, self.toolchain.program("kubectl"))
        names = PARTS if own_cluster is None else ("registry",)
        # Before the lock is acquired: building a program takes minutes.
        programs = {name: self.toolchain.program(name) for name in names}
        with self._locked(progress):
            self._choose_cluster(own_cluster)
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    return self._start(programs, progress)
                except PortInUse as error:
                    if attempt == _ATTEMPTS:
                        raise
                    progress.note(f"{error}; choosing another")
                    self._forget_ports(error.part.ports)
        raise AssertionError("the last attempt returns or raises")

    def down(self) -> None:
        """End the parts that ``up`` started, and nothing else; data is kept."""
        if self._layout.record.exists():
            with self._locked(Silent()):
                Supervisor(self._layout).end(set(self._record().parts))

    def status(self) -> tuple[PartStatus, ...]:
        """Return every part, in the order in which they are started."""
        record = self._record()
        names = PARTS if record.own_kubeconfig is None else ("registry",)
        return tuple(self._part_status(name, record) for name in names)

    def running(self) -> RunningPlatform | None:
        """Return the platform if all of its parts run."""
        if any(part.state != "running" for part in self.status()):
            return None
        return self._running()

    def require(self) -> RunningPlatform:
        """Return the platform; raise `PlatformError` with a dead part's last lines if not up."""
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

    def _locked(self, progress: Progress) -> AbstractContextManager[None]:
        holder = f"another command that works on {self.folder}"
        return exclusive(self._layout.lock, holder, progress, _LOCK_SECONDS)

    def _own_kubeconfig(self) -> Path | None:
        chosen = self._record().own_kubeconfig
        return Path(chosen) if chosen else None

    def _choose_cluster(self, own_cluster: Path | None) -> None:
        """Record the cluster in use from now on; one's own needs no control plane of ours."""
        if own_cluster is not None:
            Supervisor(self._layout).end(set(self._record().parts) - {"registry"})
        chosen = str(own_cluster.absolute()) if own_cluster else None
        self._record().changed(own_kubeconfig=chosen).write(self._layout.record)

    def _start(self, programs: Mapping[str, Path], progress: Progress) -> RunningPlatform:
        record = self._fresh_ports(self._record(), progress)
        record.write(self._layout.record)
        # cryptography takes a while to import, and only starting the parts needs it.
        from promoter.platform.certificates import Credentials

        parts = Parts(self._layout, Credentials(self._layout.pki), record.ports, programs)
        supervisor = Supervisor(self._layout, progress)
        try:
            if record.own_kubeconfig is None:
                self._start_all(parts, supervisor)
            else:
                supervisor.ensure([parts.registry()])
        except BaseException:
            # Whatever happened (an error, Ctrl-C): parts that ran before are left running.
            supervisor.end(supervisor.started)
            raise
        return self._running()

    def _start_all(self, parts: Parts, supervisor: Supervisor) -> None:
        with supervisor.progress.task(
            "start the embedded platform", folder=str(self.folder)
        ) as detail:
            cluster = ClusterAdmin(parts.access)
            parts.access.write_kubeconfig(self._layout.kubeconfig)
            for group in ([parts.registry(), parts.etcd()], [parts.api_server()]):
                detail(", ".join(part.name for part in group))
                supervisor.ensure(group)
            cluster.bootstrap()
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
            if name.removesuffix("-peer") in alive or ports.is_free(port)
        }
        for name in sorted(set(record.ports) - set(kept)):
            progress.note(f"port {record.ports[name]} of {name} is in use; choosing another")
        return record.changed(ports=ports.choose(PORTS, kept))

    def _forget_ports(self, names: Sequence[str]) -> None:
        record = self._record()
        kept = {name: port for name, port in record.ports.items() if name not in names}
        record.changed(ports=kept).write(self._layout.record)

    def _running(self) -> RunningPlatform:
        kubeconfig = self._own_kubeconfig() or self._layout.kubeconfig
        registry = f"{ports.HOST}:{self._record().ports['registry']}"
        return RunningPlatform(kubeconfig, registry, self._layout.folder)

    def _part_status(self, name: str, record: Record) -> PartStatus:
        part, port = record.parts.get(name), record.ports.get(name)
        if part is None:
            return PartStatus(name, "stopped", port=port)
        if part.process.alive:
            return PartStatus(name, "running", part.pid, port, part.since)
        tail = PartLog(self._layout.log(name)).tail(part.log_offset)
        return PartStatus(name, "died", part.pid, port, part.since, tail)


def _require_response(kubeconfig: Path, kubectl: Path) -> None:
    """Raise `UsageError` without such a file, `PlatformError` if its cluster does not respond.

    Through kubectl, since a kubeconfig may need any of the plugins that it runs.
    """
    if not kubeconfig.is_file():
        raise UsageError(
            f"use kubeconfig {kubeconfig}: there is no such file",
            next_step="name a kubeconfig, as `kubectl config view` would read it",
        )
    try:
        Kubectl(kubectl, kubeconfig).run("get", "--raw", "/readyz", seconds=40)
    except ClusterError as error:
        raise PlatformError(
            f"reach the cluster of {kubeconfig}: {error}",
            next_step=f"try kubectl --kubeconfig {kubeconfig} get nodes",
        ) from error


def _await_nodes(
    cluster: ClusterAdmin,
    controllers: Sequence[Part],
    supervisor: Supervisor,
    detail: Callable[[str], None],
) -> None:
    """Wait until a pod could run; a controller that dies meanwhile is reported."""

    def complete() -> bool:
        missing = cluster.missing()
        detail(f"waiting for {missing}" if missing else "")
        supervisor.check(controllers)
        return not missing

    if not wait(complete):
        raise PlatformError(
            f"start the platform: after {READY_SECONDS:.0f} s it waits for {cluster.missing()}",
            next_step=f"read the logs in {supervisor.layout.log('kwok').parent}",
        )
