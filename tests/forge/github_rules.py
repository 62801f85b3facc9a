"""GitHub's permissions of a token, and its rulesets at the merge of a pull request.

After the permissions that the REST API's reference lists for each endpoint, and "About rulesets":
rulesets are layered, and whoever bypasses one of them still meets the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from promoter.forge.forge import PullRequest

_LEVELS = ("none", "read", "write", "admin")
# A check run may end with these, and the requirement is fulfilled.
PASSING = ("success", "neutral", "skipped")


@dataclass(frozen=True)
class Token:
    """A token: its owner, an app's id, and permissions; without any, a person's with all rights."""

    login: str = "someone"
    permissions: Mapping[str, str] | None = None
    app: int | None = None

    def allows(self, accepted: str) -> bool:
        """Return whether one of the alternatives ("issues=write; pull_requests=write") is met."""
        if self.permissions is None:
            return True
        granted = {"metadata": "read", **self.permissions}
        wanted = [each.strip().split("=") for each in accepted.split(";")]
        return any(
            _LEVELS.index(granted.get(name, "none")) >= _LEVELS.index(level)
            for name, level in wanted
        )


def of_workflow(permissions: Mapping[str, str]) -> Token:
    """Return the token that a job with these ``permissions:`` gets."""
    granted = {name.replace("-", "_"): level for name, level in permissions.items()}
    return Token("github-actions[bot]", granted, app=15368)


def skips_workflows(message: str) -> bool:
    """Return whether GitHub runs no workflow for a commit with this message ("Skip runs")."""
    words = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
    return any(word in message for word in words) or bool(
        re.search(r"(?m)\n\n^skip-checks: ?true$", message)
    )


def active(rulesets: Iterable[Mapping[str, Any]], branch: str) -> Iterator[Mapping[str, Any]]:
    """Yield the active rulesets of ``branch``."""
    for each in rulesets:
        include = each.get("conditions", {}).get("ref_name", {}).get("include", [])
        if each["enforcement"] == "active" and f"refs/heads/{branch}" in include:
            yield each


def violations(
    rulesets: Iterable[Mapping[str, Any]],
    pull: PullRequest,
    token: Token,
    results: Mapping[str, str],
    approvals: int,
) -> list[str]:
    """Return GitHub's sentences about each rule that forbids the merge of ``pull`` by ``token``.

    ``results`` are conclusions of check runs and states of statuses by name, a running one's "".
    """
    found: list[str] = []
    for ruleset in active(rulesets, pull.base):
        actors = ruleset.get("bypass_actors", [])
        if token.app and token.app in [
            actor["actor_id"] for actor in actors if actor["actor_type"] == "Integration"
        ]:
            continue
        for rule in ruleset["rules"]:
            parameters = rule.get("parameters", {})
            if rule["type"] == "pull_request":
                required = parameters["required_approving_review_count"]
                if approvals < required:
                    found.append(
                        f"At least {required} approving review is required by reviewers with"
                        " write access."
                    )
            if rule["type"] == "required_status_checks":
                found += _of_checks(parameters["required_status_checks"], results)
    return found


def _of_checks(required: Iterable[Mapping[str, Any]], results: Mapping[str, str]) -> Iterator[str]:
    for name in (each["context"] for each in required):
        if name not in results:
            yield f'Required status check "{name}" is expected.'
        elif not results[name]:
            yield f'Required status check "{name}" is in progress.'
        elif results[name] not in PASSING:
            yield f'Required status check "{name}" is failing.'
