"""The workloads of one Helm release: availability, and the images that they run.

Each function takes kubectl on the release's namespace, and raises `ClusterError` if the
cluster refuses or does not respond.
"""

import time
from collections.abc import Mapping
from typing import Any

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.common.text import by_cause
from promoter.programs.kubectl import Kubectl
from promoter.programs.pods import unready

_KINDS = "deployments,statefulsets,daemonsets"


def wait_available(kubectl: Kubectl, release: str, seconds: float, progress: Progress) -> None:
    """Wait until every workload of a release is available.

    Raises `PromoterError` naming those that are not after ``seconds``, or if the release has
    no workload at all: a release that runs nothing was not deployed.
    """
    name = f"{kubectl.namespace}/{release}"
    deadline = time.monotonic() + seconds
    with progress.task(f"wait until {name} is available") as update:
        while True:
            found = kubectl.items(_KINDS, _instance(release))
            missing = list(filter(None, map(_unavailable, found)))
            if found and not missing:
                return
            update(by_cause(missing)[0] if missing else "no workload yet")
            if time.monotonic() > deadline:
                pods = kubectl.items("pods", _instance(release))
                causes = by_cause([*missing, *unready(pods)])
                raise PromoterError(
                    f"verify release {name}: {'; '.join(causes) or 'it has no workload'}",
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
    """Return the selector of a release's objects, by the label that Helm's charts carry."""
    return f"app.kubernetes.io/instance={release}"


def _unavailable(item: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return kind, name and the pods that a workload lacks; None with all of its generation."""
    status = item["status"]
    if item["kind"] == "DaemonSet":
        required = status.get("desiredNumberScheduled", 0)
        available = status.get("numberAvailable", 0)
        updated = status.get("updatedNumberScheduled", 0)
    else:
        required, available = item["spec"]["replicas"], status.get("availableReplicas", 0)
        updated = status.get("updatedReplicas", 0)
    stale = status.get("observedGeneration", 0) < item["metadata"]["generation"]
    rolling = " (rolling out)" if updated < required else ""
    reason = " (not yet seen by its controller)" if stale else rolling
    if available >= required and not reason:
        return None
    return item["kind"], item["metadata"]["name"], f"{available} of {required} available{reason}"
