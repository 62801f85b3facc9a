"""The pods that are not ready, and the causes that the cluster states."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from promoter.common.text import redact


def unready(pods: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield "pod", its name and the cause for each pod that is not ready."""
    for pod in pods:
        if not _is_ready(pod):
            yield "pod", pod["metadata"]["name"], "; ".join(_conditions(pod))


def _is_ready(pod: Mapping[str, Any]) -> bool:
    if pod["status"].get("phase") == "Succeeded" or "deletionTimestamp" in pod["metadata"]:
        return True
    conditions = pod["status"].get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _conditions(pod: Mapping[str, Any]) -> list[str]:
    """Return the conditions that are not met and the containers that do not run."""
    status = pod["status"]
    conditions = [
        f"{each['type']} is {each['status']}"
        + (f": {each['message']}" if each.get("message") else f" ({each['reason']})")
        for each in status.get("conditions", ())
        if each["status"] != "True" and (each.get("message") or each.get("reason"))
    ]
    containers = [
        f"container {each['name']} {kind}: {state.get('reason', '')} {state.get('message', '')}"
        for each in status.get("containerStatuses", ())
        for kind, state in each.get("state", {}).items()
        if kind != "running"
    ]
    lines = [redact(text.strip()) for text in (*conditions, *containers)]
    return lines or [f"phase {status.get('phase', 'unknown')}, not ready"]
