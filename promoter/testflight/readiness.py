"""Monitor what is not ready in a namespace, and the reasons, while Helm waits."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.programs.kubectl import Kubectl

UNREACHABLE_SECONDS = 20.0
_INTERVAL_SECONDS = 2.0
_LOG_LINES = 5
_EVENTS = 3


@dataclass
class ReadinessMonitor:
    """Notes every reason once; ``reasons`` has those of the last poll that found any.

    ``unreachable`` is set once the cluster has not responded for `UNREACHABLE_SECONDS`: Helm
    itself would keep trying until its own timeout.
    """

    kubectl: Kubectl
    progress: Progress
    reasons: tuple[str, ...] = ()
    unreachable: threading.Event = field(default_factory=threading.Event)
    _responded: float = field(default_factory=time.monotonic)
    _noted: set[str] = field(default_factory=set)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Poll every two seconds while the block runs."""
        done = threading.Event()

        def poll() -> None:
            while not done.wait(_INTERVAL_SECONDS):
                self.poll()

        thread = threading.Thread(target=poll, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(_INTERVAL_SECONDS * 5)

    def poll(self) -> None:
        """Update ``reasons``; a cluster that does not respond is a reason too."""
        try:
            reasons = tuple(self._find_reasons())
            self._responded = time.monotonic()
        except ClusterError as error:
            reasons = (str(error),)
            if time.monotonic() - self._responded > UNREACHABLE_SECONDS:
                self.unreachable.set()
        self.reasons = reasons or self.reasons
        for line in reasons:
            if line not in self._noted:
                self._noted.add(line)
                self.progress.note(f"{self.kubectl.namespace}: {line}")

    def _find_reasons(self) -> Iterator[str]:
        reported = ""
        for pod in self.kubectl.items("pods"):
            if not _is_ready(pod):
                line = f"pod {pod['metadata']['name']}: {'; '.join(_conditions(pod))}"
                reported += line
                yield line
                yield from self._last_output(pod)
        warnings = [each for each in self.kubectl.items("events") if each["type"] == "Warning"]
        warnings.sort(key=lambda each: each.get("lastTimestamp") or each.get("eventTime") or "")
        for event in warnings[-_EVENTS:]:
            message = redact(" ".join(event.get("message", "").split()))
            if not message or message not in reported:
                subject = event["involvedObject"]
                kind, name = subject["kind"].lower(), subject.get("name", "")
                yield f"{kind} {name}: {event.get('reason', '')}: {message}"

    def _last_output(self, pod: Mapping[str, Any]) -> Iterator[str]:
        """Yield the last log lines of a container that ended or restarts, if it has logs."""
        statuses = pod["status"].get("containerStatuses", ())
        if not any(
            each.get("restartCount") or "terminated" in each.get("state", {}) for each in statuses
        ):
            return
        name = pod["metadata"]["name"]
        with suppress(ClusterError):
            output = self.kubectl.run("logs", name, "--all-containers", f"--tail={_LOG_LINES}")
            yield from (f"pod {name} logs: {redact(line)}" for line in output.splitlines())


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
