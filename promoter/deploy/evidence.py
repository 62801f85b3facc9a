"""Evidence: what was seen at a step, kept beside cepler's folder and never inside it."""

from __future__ import annotations

import getpass
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["deploy", "ungated", "destroy"]
Outcome = Literal["deployed", "failed", "refused", "noted"]


@dataclass(frozen=True)
class Evidence:
    """One thing that was seen: a deploy that worked or failed, or a gate passed by.

    ``trigger`` is the commit cepler names as the state's head; times are UTC, ISO 8601.
    """

    deployment: str
    environment: str
    kind: Kind
    outcome: Outcome
    trigger: str
    at: str
    actor: str
    summary: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its place in the repository: one file a step, named so that they sort by time."""
        moment = re.sub(r"[^0-9TZ]", "", self.at.replace("+00:00", "Z"))
        name = f"{moment}-{self.kind}-{self.outcome}-{self.trigger[:7]}.json"
        return f"{folder(self.deployment, self.environment)}/{name}"

    def content(self) -> bytes:
        """The file's bytes: JSON, redacted."""
        return (json.dumps(redacted(asdict(self)), indent=2, sort_keys=True) + "\n").encode()


def folder(deployment: str, environment: str) -> str:
    """Where the evidence of one environment is kept."""
    return f"cepler/evidence/{deployment}/{environment}"


def now() -> str:
    """The present moment, UTC, to the microsecond so that two steps never share a file."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def actor() -> str:
    """Who runs this process: user@host."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


# What must never be written down, whatever a tool printed: tokens of the forges and clouds
# by their published prefixes, keys, and values behind names that say secret.
_SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S),
    re.compile(r"\b(?:gh[pousr]_|github_pat_|ya29\.|AKIA)[A-Za-z0-9_.\-]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(
        r"(?i)(?<![A-Za-z])((?:[a-z0-9_\-]*(?:password|passwd|secret|token|api[_\-]?key))"
        r"[\"']?\s*[:=]\s*[\"']?)([^\s\"',}]{3,})"
    ),
)


def redact(text: str) -> str:
    """``text`` with everything that looks like a secret replaced."""
    for pattern in _SECRETS[:-1]:
        text = pattern.sub("[redacted]", text)
    return _SECRETS[-1].sub(r"\1[redacted]", text)


def redacted(value: Any) -> Any:
    """A JSON value with `redact` applied to every string in it."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return value
