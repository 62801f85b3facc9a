"""Evidence of deploys and bypasses, kept outside of cepler's own folder, which cepler wipes."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from promoter.common.environment import user_name
from promoter.common.text import redacted
from promoter.gate.begun import FOLDER
from promoter.git.objects import is_full_id

if TYPE_CHECKING:
    from promoter.site.site import Site

OVERRIDE = "override"
"""The detail of a deploy that names the override by which it was allowed."""

GATES = "gates"
"""The detail of a deploy that names the commit of the gates branch that decided it."""

_UNREADABLE = "unreadable"
_YEARS = range(2000, 3000)

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


@dataclass(frozen=True)
class Attempt:
    """A deploy, a bypass or a destroy as its evidence has it; times are UTC, ISO 8601.

    ``outcome`` is ``unreadable`` where the evidence is not JSON of its form.
    """

    path: str
    kind: str
    outcome: str
    at: str = ""
    actor: str = ""
    trigger: str = ""
    summary: str = ""
    plan: str = ""
    plan_digest: str = ""
    gates: str = ""
    override: str = ""
    smoketests: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_readable(self) -> bool:
        """True if the evidence has its form."""
        return self.outcome != _UNREADABLE

    @classmethod
    def read(cls, path: str, content: bytes) -> Self:
        """Return the attempt in the evidence ``content``, whatever it is."""
        try:
            found = json.loads(content)
            details = found["details"]
            texts = {name: str(found[name]) for name in ("kind", "outcome", "at", "actor")}
            at = datetime.fromisoformat(texts["at"])
            if at.tzinfo is None or at.year not in _YEARS:
                raise ValueError("a time without zone, or an impossible one")
            gates = str(details.get(GATES) or "")
            if gates and not is_full_id(gates):
                raise ValueError("the gates are no commit")
            reports = [each for each in details.get("smoketests") or () if _is_report(each)]
            return cls(
                path,
                **texts,
                trigger=str(found["trigger"]),
                summary=str(found["summary"]),
                plan=str(details.get("plan") or ""),
                plan_digest=str(details.get("plan_digest") or ""),
                gates=gates,
                override=str(details.get(OVERRIDE) or ""),
                smoketests=tuple(reports),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls(path, "evidence", _UNREADABLE)


def newest_deploy(site: Site, deployment: str) -> Attempt | None:
    """Return the evidence of the newest deploy that can be read, None if there is none."""
    with site.reading() as history:
        listed = history.listing(site.tip, [f"{FOLDER}/{deployment}"])
        deploys = [path for path in listed if "-deploy-deployed-" in path]
        for path in sorted(deploys, key=_name, reverse=True):
            found = history.file(site.tip, path)
            attempt = Attempt.read(path, found.content if found else b"")
            if attempt.is_readable:
                return attempt
    return None


def bypass_reason(site: Site, deployment: str, environment: str) -> str | None:
    """Return why the gate or the rules were bypassed by what was deployed last, None if not."""
    with site.reading() as history:
        listed = history.listing(site.tip, [folder(deployment, environment)])
        deploys = [path for path in listed if "-ungated-" in path or "-deploy-deployed-" in path]
        newest = max(deploys, default="")
        found = history.file(site.tip, newest)
    if found is None:
        return None
    attempt = Attempt.read(newest, found.content)
    if not attempt.is_readable:
        return f"unknown, {newest} cannot be read"
    return attempt.summary if "-ungated-" in newest else attempt.override or None


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _is_report(document: Any) -> bool:
    results = document.get("results") if isinstance(document, dict) else None
    return isinstance(results, list) and all(isinstance(each, dict) for each in results)
