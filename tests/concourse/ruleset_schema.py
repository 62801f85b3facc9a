"""GitHub's schema of a repository ruleset, as far as a branch's may be (REST API, 2022-11-28).

Written after components/schemas/repository-ruleset and repository-rule-* of GitHub's OpenAPI
description; what those do not know is refused, and so is what their descriptions forbid.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RefName(_Strict):
    include: list[Annotated[str, Field(pattern=r"^(refs/heads/\S+|~DEFAULT_BRANCH|~ALL)$")]]
    exclude: list[Annotated[str, Field(pattern=r"^refs/heads/\S+$")]]


class Conditions(_Strict):
    ref_name: RefName


class BypassActor(_Strict):
    actor_id: int | None
    actor_type: Literal["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey"]
    bypass_mode: Literal["always", "pull_request", "exempt"]

    @model_validator(mode="after")
    def _deploy_keys_have_no_id(self) -> Self:
        if self.actor_type == "DeployKey":
            if self.actor_id is not None or self.bypass_mode == "pull_request":
                raise ValueError("a DeployKey has no actor_id, and no pull_request mode")
        elif self.actor_id is None:
            raise ValueError(f"a {self.actor_type} needs its actor_id")
        return self


class Bare(_Strict):
    type: Literal[
        "creation",
        "deletion",
        "non_fast_forward",
        "required_linear_history",
        "required_signatures",
        "update",
    ]


class PullRequestParameters(_Strict):
    required_approving_review_count: Annotated[int, Field(ge=0, le=10)]
    dismiss_stale_reviews_on_push: bool
    require_code_owner_review: bool
    require_last_push_approval: bool
    required_review_thread_resolution: bool
    allowed_merge_methods: list[Literal["merge", "squash", "rebase"]] | None = None


class PullRequest(_Strict):
    type: Literal["pull_request"]
    parameters: PullRequestParameters


class StatusCheck(_Strict):
    context: Annotated[str, Field(min_length=1)]
    integration_id: int | None = None


class StatusChecksParameters(_Strict):
    required_status_checks: Annotated[list[StatusCheck], Field(min_length=1)]
    strict_required_status_checks_policy: bool
    do_not_enforce_on_create: bool | None = None


class StatusChecks(_Strict):
    type: Literal["required_status_checks"]
    parameters: StatusChecksParameters


Rule = Annotated[Bare | PullRequest | StatusChecks, Field(discriminator="type")]


class Ruleset(_Strict):
    name: Annotated[str, Field(min_length=1)]
    target: Literal["branch"]
    enforcement: Literal["disabled", "active", "evaluate"]
    conditions: Conditions
    bypass_actors: list[BypassActor]
    rules: Annotated[list[Rule], Field(min_length=1)]


class CommittedActor(BypassActor):
    """As in a committed file: an app has its slug, whose number is looked up."""

    actor_id: int | str | None  # type: ignore[assignment]


class CommittedRuleset(Ruleset):
    """A ruleset as it is committed."""

    bypass_actors: list[CommittedActor]  # type: ignore[assignment]
