"""Monitor what is not ready in a namespace, and the reasons, while Helm waits."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.text import by_cause, redact
from promoter.programs.kubectl import Kubectl
from promoter.programs.pods import unready

UNREACHABLE_SECONDS = 20.0
_INTERVAL_SECONDS = 2.0
_LOG_LINES = 5
_EVENTS = 3


@dataclass
class ReadinessMonitor:
    """Updates a task with the first reason; ``reasons`` has those of the last poll with any.

    ``unreachable`` is set once the cluster has not responded for `UNREACHABLE_SECONDS`: Helm
    itself would keep trying until its own timeout.
    """

    kubectl: Kubectl
    update: Callable[[str], None]
    reasons: tuple[str, ...] = ()
    unreachable: threading.Event = field(default_factory=threading.Event)
    _responded: float = field(default_factory=time.monotonic)

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
            reasons = tuple(by_cause(self._find_reasons()))
            self._responded = time.monotonic()
        except ClusterError as error:
            reasons = (str(error),)
            if time.monotonic() - self._responded > UNREACHABLE_SECONDS:
                self.unreachable.set()
        self.reasons = reasons or self.reasons
        self.update(reasons[0] if reasons else "")

    def _find_reasons(self) -> Iterator[tuple[str, str, str]]:
        """Yield kind, name and cause of what is not ready."""
        reported, pods = "", self.kubectl.items("pods")
        for kind, name, cause in unready(pods):
            reported += cause
            yield kind, name, cause
        for pod in pods:
            yield from self._last_output(pod)
        warnings = [each for each in self.kubectl.items("events") if each["type"] == "Warning"]
        warnings.sort(key=lambda each: each.get("lastTimestamp") or each.get("eventTime") or "")
        for event in warnings[-_EVENTS:]:
            message = redact(" ".join(event.get("message", "").split()))
            if not message or message not in reported:
                subject = event["involvedObject"]
                kind, name = subject["kind"].lower(), subject.get("name", "")
                yield kind, name, f"{event.get('reason', '')}: {message}"

    def _last_output(self, pod: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield the last log lines of a container that ended or restarts, if it has logs."""
        statuses = pod["status"].get("containerStatuses", ())
        if not any(
            each.get("restartCount") or "terminated" in each.get("state", {}) for each in statuses
        ):
            return
        name = pod["metadata"]["name"]
        with suppress(ClusterError):
            output = self.kubectl.run("logs", name, "--all-containers", f"--tail={_LOG_LINES}")
            yield from (("pod", name, f"logs: {redact(line)}") for line in output.splitlines())
