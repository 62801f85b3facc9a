"""What a cluster runs: Helm's own records of releases, and whether workloads are available."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.programs.kubectl import Kubectl

# Helm keeps every revision of a release as a secret with these labels (helm.sh, "storage").
_HELM = "owner=helm"
_LABELS = (
    'jsonpath={range .items[*]}{.metadata.labels.version} {.metadata.labels.status}{"\\n"}{end}'
)
_PENDING = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@dataclass(frozen=True)
class HelmRelease:
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


@dataclass(frozen=True)
class Cluster:
    """The cluster that ``kubeconfig`` names (None: the one kubectl uses), read by ``kubectl``.

    Raises `ClusterError` where it refuses or does not answer.
    """

    kubectl: Path
    kubeconfig: Path | None

    def release(self, name: str, namespace: str) -> HelmRelease | None:
        """The newest revision of a release, None where Helm never installed it."""
        found = self.revisions(name, namespace)
        return found[-1] if found else None

    def revisions(self, name: str, namespace: str) -> tuple[HelmRelease, ...]:
        """Every revision of a release that Helm keeps, the newest last."""
        # Labels alone: the secrets themselves hold the manifests, and with them secrets.
        told = self._get(
            "secrets",
            namespace,
            f"{_HELM},name={name}",
            _LABELS,
        )
        pairs = (line.split() for line in told.splitlines())
        found = (HelmRelease(name, namespace, int(version), status) for version, status in pairs)
        return tuple(sorted(found, key=lambda each: each.revision))

    def workloads(self, release: str, namespace: str) -> tuple[Workload, ...]:
        """Every workload that belongs to a release, by the label that Helm's charts carry."""
        kinds = "deployments,statefulsets,daemonsets"
        told = self._get(kinds, namespace, _instance(release), "json")
        return tuple(_workload(item) for item in json.loads(told)["items"])

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
        pinned = (found.partition("@") for found in sorted(self.references(release, namespace)))
        return {name.rpartition("/")[2]: digest for name, _, digest in pinned if digest}

    def references(self, release: str, namespace: str) -> frozenset[str]:
        """The image of every container that runs, as its pod names it."""
        told = self._get("pods", namespace, _instance(release), "json")
        return frozenset(
            container["image"]
            for pod in json.loads(told)["items"]
            if "deletionTimestamp" not in pod["metadata"]
            for container in pod["spec"]["containers"]
        )

    def _get(self, what: str, namespace: str, selector: str, output: str) -> str:
        kubectl = Kubectl(self.kubectl, self.kubeconfig, namespace)
        return kubectl.run("get", what, f"--selector={selector}", f"--output={output}")


def _instance(release: str) -> str:
    return f"app.kubernetes.io/instance={release}"


def _workload(item: Mapping[str, Any]) -> Workload:
    kind, name, status = item["kind"], item["metadata"]["name"], item["status"]
    if kind == "DaemonSet":
        wanted = status.get("desiredNumberScheduled", 0)
        available = status.get("numberAvailable", 0)
        updated = status.get("updatedNumberScheduled", 0)
    else:
        wanted, available = item["spec"]["replicas"], status.get("availableReplicas", 0)
        updated = status.get("updatedReplicas", 0)
    stale = status.get("observedGeneration", 0) < item["metadata"]["generation"]
    behind = updated < wanted
    reason = "not yet seen by its controller" if stale else "rolling out" if behind else ""
    return Workload(kind, name, wanted, available, reason)


def _unavailable(release: str, namespace: str, missing: list[Workload]) -> PromoterError:
    seen = "; ".join(map(str, missing)) or "it has no workload"
    return PromoterError(
        f"verify release {namespace}/{release}: {seen}",
        next_step=f"kubectl -n {namespace} get events, mend the cause, and deploy again",
    )
