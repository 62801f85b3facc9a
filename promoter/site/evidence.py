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

from promoter.common.text import redacted

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
