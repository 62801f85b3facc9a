"""What in a namespace is not ready and why: told while Helm waits, and once more at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.programs.kubectl import Kubectl

_EVERY_SECONDS = 2.0
PATIENCE_SECONDS = 20.0
_LOG_LINES = 5
_EVENTS = 3


@dataclass
class Watch:
    """Notes each reason once.

    ``last`` has the newest reasons, for the end; ``lost`` is set once the cluster has not
    answered for `PATIENCE_SECONDS`: Helm itself would go on asking until its own timeout.
    """

    kubectl: Kubectl
    progress: Progress
    last: tuple[str, ...] = ()
    lost: threading.Event = field(default_factory=threading.Event)
    _answered: float = field(default_factory=time.monotonic)
    _told: set[str] = field(default_factory=set)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look every two seconds while the block runs."""
        done = threading.Event()
        thread = threading.Thread(target=self._look_until, args=(done,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(_EVERY_SECONDS * 5)

    def look(self) -> tuple[str, ...]:
        """Why what is not ready is not; a cluster that does not answer is itself a reason."""
        try:
            found = tuple(self._reasons())
            self._answered = time.monotonic()
        except ClusterError as error:
            found = (str(error),)
            if time.monotonic() - self._answered > PATIENCE_SECONDS:
                self.lost.set()
        self.last = found or self.last
        for line in found:
            if line not in self._told:
                self._told.add(line)
                self.progress.note(f"{self.kubectl.namespace}: {line}")
        return found

    def _look_until(self, done: threading.Event) -> None:
        while not done.wait(_EVERY_SECONDS):
            self.look()

    def _reasons(self) -> Iterator[str]:
        pods = [pod for pod in self.kubectl.items("pods") if not _ready(pod)]
        told = ""
        for pod in pods:
            line = f"pod {pod['metadata']['name']}: {'; '.join(_why(pod))}"
            told += line
            yield line
            yield from self._last_words(pod)
        warnings = [each for each in self.kubectl.items("events") if each["type"] == "Warning"]
        for event in sorted(warnings, key=_when)[-_EVENTS:]:
            about = event["involvedObject"]
            message = redact(" ".join(event.get("message", "").split()))
            if message and message in told:
                continue
            kind, name = about["kind"].lower(), about.get("name", "")
            yield f"{kind} {name}: {event.get('reason', '')}: {message}"

    def _last_words(self, pod: Mapping[str, Any]) -> Iterator[str]:
        """The last lines of a container that ended or restarts; none where there are no logs."""
        if not _failing(pod):
            return
        name = pod["metadata"]["name"]
        try:
            said = self.kubectl.run("logs", name, "--all-containers", f"--tail={_LOG_LINES}")
        except ClusterError:
            return
        for line in said.splitlines():
            yield f"pod {name} says: {redact(line)}"


def _ready(pod: Mapping[str, Any]) -> bool:
    if pod["status"].get("phase") == "Succeeded" or "deletionTimestamp" in pod["metadata"]:
        return True
    conditions = pod["status"].get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _why(pod: Mapping[str, Any]) -> list[str]:
    status = pod["status"]
    conditions = [
        f"{each['type']} is {each['status']} ({each.get('reason') or each.get('message')})"
        if not each.get("message")
        else f"{each['type']} is {each['status']}: {each['message']}"
        for each in status.get("conditions", ())
        if each["status"] != "True" and (each.get("message") or each.get("reason"))
    ]
    waiting = [
        f"container {each['name']} {kind}: {state.get('reason', '')} {state.get('message', '')}"
        for each in status.get("containerStatuses", ())
        for kind, state in each.get("state", {}).items()
        if kind != "running"
    ]
    found = [redact(text.strip()) for text in (*conditions, *waiting)]
    return found or [f"phase {status.get('phase', 'unknown')}, not ready"]


def _failing(pod: Mapping[str, Any]) -> bool:
    statuses = pod["status"].get("containerStatuses", ())
    return any(
        each.get("restartCount") or "terminated" in each.get("state", {}) for each in statuses
    )


def _when(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
