"""Settings that foundations have in common: who may deploy there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import Field, model_validator

from modules.federation import FederatedSubject
from stacks.environments import EnvironmentFiles
from stacks.platforms.settings import CloudShared, StackBlueprint
from stacks.settings import Settings, invalid_settings, read_settings

_NAME = r"^[A-Za-z0-9][-A-Za-z0-9_.]*$"
Issuer = Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+$")]
Name = Annotated[str, Field(pattern=_NAME)]


class Concourse(Settings):
    """The pipeline whose job of this environment may deploy (Concourse's `idtoken`)."""

    issuer: Issuer
    """Address of Concourse, which publishes the keys of its tokens."""
    team: Name
    """Team of the pipeline."""
    pipeline: Name
    """Name of the pipeline."""

    def subject(self, stack: str) -> FederatedSubject:
        """Return the job ``stack``, as a token with the scope `job` names it."""
        claims = {"team": self.team, "pipeline": self.pipeline, "job": stack}
        # The third part are the instance's variables, of which the pipeline has none.
        name = f"{self.team}/{self.pipeline}//{stack}"
        return FederatedSubject("concourse", self.issuer, name, claims)


class GitHub(Settings):
    """The repository whose workflows may deploy, in the GitHub environment of this name."""

    repository: Annotated[str, Field(pattern=r"^[-A-Za-z0-9]+/[-A-Za-z0-9_.]+$")]
    """Repository, `<owner>/<name>`."""

    def subject(self, stack: str) -> FederatedSubject:
        """Return workflows in the GitHub environment ``stack``, whose rules protect it."""
        issuer = "https://token.actions.githubusercontent.com"
        claims = {"repository": self.repository, "environment": stack}
        name = f"repo:{self.repository}:environment:{stack}"
        return FederatedSubject("github", issuer, name, claims)


class FoundationSettings(Settings):
    """foundation.yml on every cloud: who may deploy, without any key."""

    concourse: Concourse | None = None
    github: GitHub | None = None

    @model_validator(mode="after")
    def _deployable(self) -> FoundationSettings:
        if self.concourse is None and self.github is None:
            raise ValueError("nobody may deploy; set concourse, github or both")
        return self

    def subjects(self, stack: str) -> tuple[FederatedSubject, ...]:
        """Return who may deploy the environment ``stack``."""
        return tuple(each.subject(stack) for each in (self.concourse, self.github) if each)


SharedT = TypeVar("SharedT", bound=CloudShared)
SettingsT = TypeVar("SettingsT", bound=FoundationSettings)


@dataclass(frozen=True)
class FoundationBlueprint(StackBlueprint, Generic[SharedT, SettingsT]):
    """A stack of what an account has, ready to be built."""

    source: EnvironmentFiles
    shared: SharedT
    settings: SettingsT

    @property
    def environment(self) -> str:
        """The environment that is built on this foundation."""
        return self.source.stack.removesuffix(f"-{self.source.deployment}")


def read_foundation(
    source: EnvironmentFiles, shared: type[SharedT], settings: type[SettingsT], *, ranges: int
) -> tuple[EnvironmentFiles, SharedT, SettingsT]:
    """Return the fields of a blueprint; raises ``InvalidSettings``.

    ``ranges`` is the number of ranges of the cluster's nodes, pods and services.
    """
    file = source.relative(source.shared)
    location = read_settings(source.shared, shared, shown_as=file)
    if len(location.network.cluster_cidrs) != ranges:
        reasons = {
            "network.cluster_cidrs": f"name {ranges} ranges, in the order of docs/settings.md"
        }
        raise invalid_settings(source.shared, file, reasons)
    shown_as = source.relative(source.settings)
    return source, location, read_settings(source.settings, settings, shown_as=shown_as)
