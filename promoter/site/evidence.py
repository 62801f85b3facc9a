"""Evidence of deploys and bypasses, kept outside of cepler's own folder, which cepler wipes."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from promoter.common.environment import user_name
from promoter.common.text import redacted
from promoter.gate.begun import FOLDER

if TYPE_CHECKING:
    from promoter.site.site import Site

OVERRIDE = "override"
"""The detail of a deploy that names the override by which it was allowed."""

Kind = Literal["deploy", "ungated", "destroy"]
Outcome = Literal["deployed", "destroyed", "failed", "refused", "noted"]


def now() -> str:
    """Return the time in UTC, to the microsecond so that two steps never share a file."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def actor() -> str:
    """Return ``user@host`` of this process."""
    return f"{user_name()}@{socket.gethostname()}"


@dataclass(frozen=True)
class Evidence:
    """A deploy that worked or failed, or a bypass of the gate.

    ``trigger`` is the commit that cepler calls the state's head; times are UTC, ISO 8601.
    """

    deployment: str
    environment: str
    kind: Kind
    outcome: Outcome
    trigger: str
    at: str = field(default_factory=now)
    actor: str = field(default_factory=actor)
    summary: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its path in the repository: one file per step, with names that sort by time."""
        moment = re.sub(r"[^0-9TZ]", "", self.at.replace("+00:00", "Z"))
        name = f"{moment}-{self.kind}-{self.outcome}-{self.trigger[:7]}.json"
        return f"{folder(self.deployment, self.environment)}/{name}"

    def content(self) -> bytes:
        """Return the file's content: JSON without secrets."""
        return (json.dumps(redacted(asdict(self)), indent=2, sort_keys=True) + "\n").encode()


def folder(deployment: str, environment: str) -> str:
    """Return the folder of an environment's evidence."""
    return f"{FOLDER}/{deployment}/{environment}"


def bypass_reason(site: Site, deployment: str, environment: str) -> str | None:
    """Return why the gate or the rules were bypassed by what was deployed last, None if not."""
    with site.reading() as history:
        listed = history.listing(site.tip, [folder(deployment, environment)])
        deploys = [path for path in listed if "-ungated-" in path or "-deploy-deployed-" in path]
        newest = max(deploys, default="")
        found = history.file(site.tip, newest)
    document = json.loads(found.content if found else b"{}")
    if "-ungated-" in newest:
        return str(document.get("summary", ""))
    override = document.get("details", {}).get(OVERRIDE)
    return str(override) if override else None
