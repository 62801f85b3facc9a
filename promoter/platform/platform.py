"""`Platform`: a Kubernetes control plane and an OCI registry on loopback, in one folder."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promoter.common import ports
from promoter.common.errors import ClusterError, PlatformError, UsageError
from promoter.common.locks import exclusive
from promoter.common.progress import Progress, Silent
from promoter.platform.layout import PARTS, PORTS, Layout, Record
from promoter.platform.supervisor import READY_SECONDS, PortInUse, Supervisor, log_extract, wait
from promoter.programs.kubectl import Kubectl
from promoter.toolchain.toolchain import Toolchain

if TYPE_CHECKING:
    from promoter.platform.parts import Parts

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
    """One part; ``died`` means that it ended although nobody stopped it.

    ``log`` has the lines of a dead part's log that show the cause. ``since`` is an ISO time in UTC.
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

    def create(self) -> None:
        """Create the platform's folder; raises `OSError` where there can be none."""
        self._layout.create()

    def up(
        self, progress: Progress, *, kubeconfig: Path | None = None, embedded: bool = False
    ) -> RunningPlatform:
        """Start the parts that do not run, and wait until a pod could be scheduled.

        Data, certificates and (while they are free) ports are kept from one ``up`` to the
        next. With ``kubeconfig``, the user's own cluster is used from now on: it only has to
        respond, and the registry alone is started; ``embedded`` reverts that. Raises
        `PlatformError` with the log's cause if a part does not start; the parts that this
        call started are then ended again.
        """
        self.create()
        own_cluster = None if embedded else kubeconfig or self._layout.record().own_kubeconfig
        if own_cluster is not None:
            _require_response(own_cluster, self.toolchain.program("kubectl"))
        supervisor = Supervisor(self._layout, progress)
        try:
            # The registry is needed first. Building the cluster's programs takes minutes, so it
            # comes after that, and the lock is not held meanwhile.
            for names in dict.fromkeys((_names(own_cluster)[:1], _names(own_cluster))):
                programs = self.toolchain.programs(names)
                with self._locked(progress):
                    self._choose(own_cluster)
                    self._start(programs, supervisor)
        except BaseException:
            # Whatever happened (an error, Ctrl-C): parts that ran before are left running.
            if supervisor.started:
                with self._locked(Silent()):
                    supervisor.end(supervisor.started)
            raise
        return self._running()

    def down(self) -> None:
        """End the parts that ``up`` started, and nothing else; data is kept."""
        if self._layout.record_file.exists():
            with self._locked(Silent()):
                Supervisor(self._layout).end(self._layout.record().parts)

    def status(self) -> tuple[PartStatus, ...]:
        """Return every part, in the order in which they are started."""
        record = self._layout.record()
        return tuple(self._part_status(name, record) for name in _names(record.own_kubeconfig))

    def running(self) -> RunningPlatform | None:
        """Return the platform if all of its parts run."""
        up = all(part.state == "running" for part in self.status())
        return self._running() if up else None

    def require(self) -> RunningPlatform:
        """Return the platform; raise `PlatformError` with a dead part's log if not up."""
        parts = self.status()
        for part in parts:
            if part.state == "died":
                raise PlatformError(
                    f"use platform {self.folder}: {part.name} died, its log:\n{part.log}",
                    next_step="promoter platform up starts it again, with its data",
                )
        if any(part.state == "stopped" for part in parts):
            raise PlatformError(
                f"use platform {self.folder}: it is not up", next_step="promoter platform up"
            )
        return self._running()

    @property
    def _layout(self) -> Layout:
        return Layout(self.folder.absolute())

    def _locked(self, progress: Progress) -> AbstractContextManager[None]:
        holder = f"another command that works on {self.folder}"
        return exclusive(self._layout.folder / "lock", holder, progress, _LOCK_SECONDS)

    def _choose(self, own_cluster: Path | None) -> None:
        """Record which cluster is used; end the embedded one if it is not."""
        if own_cluster is not None:
            Supervisor(self._layout).end(self._layout.record().parts.keys() - {"registry"})
        self._layout.update(own_kubeconfig=own_cluster and own_cluster.absolute())

    def _start(self, programs: Mapping[str, Path], supervisor: Supervisor) -> None:
        """Start the parts ``programs``; a part whose port was taken meanwhile gets another."""
        # cryptography and httpx take a while to import, and only starting the parts needs them.
        from promoter.platform.certificates import Credentials
        from promoter.platform.parts import Parts

        for attempt in range(1, _ATTEMPTS + 1):
            record = self._layout.update(ports=self._available_ports(supervisor.progress))
            parts = Parts(self._layout, Credentials(self._layout.pki), record.ports, programs)
            try:
                if len(programs) > 1:
                    self._start_all(parts, supervisor)
                else:
                    supervisor.ensure([parts.registry()])
            except PortInUse as error:
                if attempt == _ATTEMPTS:
                    raise
                supervisor.end({error.part})
                supervisor.progress.note(f"{error}; choosing another")
                used = record.ports.items()
                kept = {name: port for name, port in used if _part_of(name) != error.part}
                self._layout.update(ports=kept)
            else:
                return

    def _start_all(self, parts: Parts, supervisor: Supervisor) -> None:
        """Start every part, and wait until a pod could run."""
        from promoter.platform.cluster import bootstrap, missing

        task = supervisor.progress.task("start the embedded platform", folder=str(self.folder))
        with task as detail:
            parts.access.write_kubeconfig(self._layout.kubeconfig)
            for group in ([parts.registry(), parts.etcd()], [parts.api_server()]):
                detail(", ".join(part.name for part in group))
                supervisor.ensure(group)
            bootstrap(parts.access)
            controllers = parts.controllers()
            detail(", ".join(part.name for part in controllers))
            supervisor.ensure(controllers)

            def complete() -> bool:
                awaited = missing(parts.access)
                detail(f"waiting for {awaited}" if awaited else "")
                supervisor.restart_dead(controllers)
                return not awaited

            if not wait(complete):
                awaited = missing(parts.access)
                raise PlatformError(
                    f"start the platform: after {READY_SECONDS:.0f} s it waits for {awaited}",
                    next_step=f"read the logs in {self._layout.log('kwok').parent}",
                )

    def _available_ports(self, progress: Progress) -> dict[str, int]:
        """Keep the ports that our running parts have or that are free; choose the others."""
        record = self._layout.record()
        alive = {name for name, part in record.parts.items() if part.process.alive}
        kept = {
            name: port
            for name, port in record.ports.items()
            if _part_of(name) in alive or ports.is_free(port)
        }
        for name in sorted(record.ports.keys() - kept.keys()):
            progress.note(f"port {record.ports[name]} of {name} is in use; choosing another")
        return ports.choose(PORTS, kept)

    def _running(self) -> RunningPlatform:
        record = self._layout.record()
        kubeconfig = record.own_kubeconfig or self._layout.kubeconfig
        registry = f"{ports.HOST}:{record.ports['registry']}"
        return RunningPlatform(kubeconfig, registry, self._layout.folder)

    def _part_status(self, name: str, record: Record) -> PartStatus:
        part, port = record.parts.get(name), record.ports.get(name)
        if part is None:
            return PartStatus(name, "stopped", port=port)
        if part.process.alive:
            return PartStatus(name, "running", part.pid, port, part.since)
        extract = log_extract(self._layout.log(name), part.log_offset)
        return PartStatus(name, "died", part.pid, port, part.since, extract)


def _names(own_cluster: Path | None) -> tuple[str, ...]:
    return PARTS if own_cluster is None else ("registry",)


def _part_of(port: str) -> str:
    return port.removesuffix("-peer")


def _require_response(kubeconfig: Path, kubectl: Path) -> None:
    """Raise `UsageError` without such a file, `PlatformError` if its cluster does not respond.

    Through kubectl, since a kubeconfig may need any of the plugins that it runs.
    """
    if not kubeconfig.is_file():
        raise UsageError(
            f"use kubeconfig {kubeconfig}: no such file",
            next_step="name a kubeconfig, as `kubectl config view` would read it",
        )
    try:
        Kubectl(kubectl, kubeconfig).run("get", "--raw", "/readyz", seconds=40)
    except ClusterError as error:
        raise PlatformError(
            f"reach the cluster of {kubeconfig}: {error}",
            next_step=f"try kubectl --kubeconfig {kubeconfig} get nodes",
        ) from error
