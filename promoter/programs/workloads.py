"""The workloads of one Helm release: availability, and the images that they run.

Each function takes kubectl on the release's namespace, and raises `ClusterError` if the
cluster refuses or does not answer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.programs.kubectl import Kubectl

_KINDS = "deployments,statefulsets,daemonsets"


@dataclass(frozen=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet and its number of available pods."""

    kind: str
    name: str
    required: int
    available: int
    reason: str = ""

    @property
    def ready(self) -> bool:
        """Return True if every required pod of the current generation is available."""
        return self.available >= self.required and not self.reason

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.kind} {self.name}: {self.available} of {self.required} available{reason}"


def workloads(kubectl: Kubectl, release: str) -> tuple[Workload, ...]:
    """Return every workload of a release, by the label that Helm's charts carry."""
    return tuple(map(_workload, kubectl.items(_KINDS, _instance(release))))


def wait_available(kubectl: Kubectl, release: str, seconds: float, progress: Progress) -> None:
    """Wait until every workload of a release is available.

    Raises `PromoterError` naming those that are not after ``seconds``, or if the release has
    no workload at all: a release that runs nothing was not deployed.
    """
    name = f"{kubectl.namespace}/{release}"
    deadline = time.monotonic() + seconds
    with progress.task(f"wait until {name} is available") as update:
        while True:
            found = workloads(kubectl, release)
            missing = [str(each) for each in found if not each.ready]
            if found and not missing:
                return
            update(missing[0] if missing else "no workload yet")
            if time.monotonic() > deadline:
                raise PromoterError(
                    f"verify release {name}: {'; '.join(missing) or 'it has no workload'}",
                    next_step=f"kubectl -n {kubectl.namespace} get events, fix the cause, "
                    "and deploy again",
                )
            time.sleep(0.25)


def container_images(kubectl: Kubectl, release: str) -> frozenset[str]:
    """Return the image of every container that runs, as its pod names it."""
    return frozenset(
        container["image"]
        for pod in kubectl.items("pods", _instance(release))
        if "deletionTimestamp" not in pod["metadata"]
        for container in pod["spec"]["containers"]
    )


def image_digests(kubectl: Kubectl, release: str) -> dict[str, str]:
    """Return the digest of every container that runs, by the last part of its image's name."""
    images = (image.partition("@") for image in sorted(container_images(kubectl, release)))
    return {name.rpartition("/")[2]: digest for name, _, digest in images if digest}


def _instance(release: str) -> str:
    return f"app.kubernetes.io/instance={release}"


def _workload(item: Mapping[str, Any]) -> Workload:
    status = item["status"]
    if item["kind"] == "DaemonSet":
        required = status.get("desiredNumberScheduled", 0)
        available = status.get("numberAvailable", 0)
        updated = status.get("updatedNumberScheduled", 0)
    else:
        required, available = item["spec"]["replicas"], status.get("availableReplicas", 0)
        updated = status.get("updatedReplicas", 0)
    stale = status.get("observedGeneration", 0) < item["metadata"]["generation"]
    rolling = "rolling out" if updated < required else ""
    reason = "not yet seen by its controller" if stale else rolling
    return Workload(item["kind"], item["metadata"]["name"], required, available, reason)
