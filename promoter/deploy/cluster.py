"""What a cluster runs: Helm's own records of releases, and whether workloads are available."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promoter.errors import PromoterError
from promoter.progress import Progress

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

# Helm keeps every revision of a release as a secret with these labels (helm.sh, "storage").
_HELM = "owner=helm"
_PENDING = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@dataclass(frozen=True)
class Release:
    """One revision of a Helm release; ``status`` in Helm's words."""

    name: str
    namespace: str
    revision: int
    status: str

    @property
    def pending(self) -> bool:
        """Whether Helm was at work on it, and still is or was killed."""
        return self.status in _PENDING


@dataclass(frozen=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet and how many of its pods are available."""

    kind: str
    name: str
    wanted: int
    available: int
    reason: str = ""

    @property
    def ready(self) -> bool:
        """Whether every wanted pod of the current generation is available."""
        return self.available >= self.wanted and not self.reason

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.kind} {self.name}: {self.available} of {self.wanted} available{why}"


@dataclass
class Cluster:
    """The cluster that ``kubeconfig`` names (None: the one kubectl would use)."""

    kubeconfig: Path | None
    _client: ApiClient | None = field(default=None, repr=False)

    def release(self, name: str, namespace: str) -> Release | None:
        """The newest revision of a release, None where Helm never installed it."""
        found = self.revisions(name, namespace)
        return found[-1] if found else None

    def revisions(self, name: str, namespace: str) -> tuple[Release, ...]:
        """Every revision of a release that Helm keeps, the newest last."""
        secrets = self._core().list_namespaced_secret(
            namespace, label_selector=f"{_HELM},name={name}"
        )
        labels = (secret.metadata.labels for secret in secrets.items)
        found = (Release(name, namespace, int(each["version"]), each["status"]) for each in labels)
        return tuple(sorted(found, key=lambda each: each.revision))

    def workloads(self, release: str, namespace: str) -> tuple[Workload, ...]:
        """Every workload that belongs to a release, by the label that Helm's charts carry."""
        from kubernetes.client import AppsV1Api

        apps = AppsV1Api(self._api())
        selector = f"app.kubernetes.io/instance={release}"
        listed = (
            ("Deployment", apps.list_namespaced_deployment),
            ("StatefulSet", apps.list_namespaced_stateful_set),
            ("DaemonSet", apps.list_namespaced_daemon_set),
        )
        return tuple(
            _workload(kind, item)
            for kind, read in listed
            for item in read(namespace, label_selector=selector).items
        )

    def wait_available(
        self, release: str, namespace: str, seconds: float, progress: Progress
    ) -> tuple[Workload, ...]:
        """The release's workloads once all are available.

        Raises `PromoterError` naming those that are not after ``seconds``, or when the
        release has no workload at all: what runs nothing was not deployed.
        """
        deadline = time.monotonic() + seconds
        with progress.task(f"wait until {namespace}/{release} is available") as update:
            while True:
                found = self.workloads(release, namespace)
                missing = [each for each in found if not each.ready]
                if found and not missing:
                    return found
                update(str(missing[0]) if missing else "no workload yet")
                if time.monotonic() > deadline:
                    raise _unavailable(release, namespace, missing)
                time.sleep(0.25)

    def images(self, release: str, namespace: str) -> dict[str, str]:
        """Digest by image name (its last path component) of every container that runs."""
        pods = self._core().list_namespaced_pod(
            namespace, label_selector=f"app.kubernetes.io/instance={release}"
        )
        references = {
            container.image
            for pod in pods.items
            if pod.metadata.deletion_timestamp is None
            for container in pod.spec.containers
        }
        pinned = (reference.partition("@") for reference in sorted(references))
        return {name.rpartition("/")[2]: digest for name, _, digest in pinned if digest}

    def _core(self) -> Any:
        from kubernetes.client import CoreV1Api

        return CoreV1Api(self._api())

    def _api(self) -> ApiClient:
        from kubernetes.config import ConfigException, new_client_from_config

        if self._client is None:
            try:
                self._client = new_client_from_config(  # type: ignore[no-untyped-call]
                    config_file=str(self.kubeconfig) if self.kubeconfig else None
                )
            except ConfigException as error:
                raise PromoterError(
                    f"reach the cluster: {error}",
                    next_step="run promoter platform up, or name a kubeconfig with --kubeconfig",
                ) from error
        return self._client


def _workload(kind: str, item: Any) -> Workload:
    status, name = item.status, item.metadata.name
    if kind == "DaemonSet":
        wanted, available = status.desired_number_scheduled, status.number_available
        updated = status.updated_number_scheduled
    else:
        wanted, available = item.spec.replicas, status.available_replicas
        updated = status.updated_replicas
    stale = (status.observed_generation or 0) < item.metadata.generation
    behind = (updated or 0) < wanted
    reason = "not yet seen by its controller" if stale else "rolling out" if behind else ""
    return Workload(kind, name, wanted, available or 0, reason)


def _unavailable(release: str, namespace: str, missing: list[Workload]) -> PromoterError:
    seen = "; ".join(map(str, missing)) or "it has no workload"
    return PromoterError(
        f"verify release {namespace}/{release}: {seen}",
        next_step=f"kubectl -n {namespace} get events, mend the cause, and deploy again",
    )
