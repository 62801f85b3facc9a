"""The result of a check, and what checks examine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self

from promoter.common.errors import PromoterError
from promoter.common.yaml_file import read_yaml
from promoter.git import Git
from promoter.site.gates import settings_folder, stage
from promoter.site.site import Site
from promoter.toolchain import Toolchain


class CheckState(StrEnum):
    """The outcome of a check; a problem blocks a deploy, unknown is what was not probed."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CheckResult:
    """One row: its subject, state, the facts, and the change that fixes a problem."""

    check: str
    state: CheckState
    detail: str
    remedy: str = ""

    @classmethod
    def failed(cls, check: str, error: PromoterError) -> Self:
        """Return the problem that ``error`` describes."""
        return cls(check, CheckState.PROBLEM, str(error), error.next_step)


@dataclass(frozen=True)
class ExaminedEnvironment:
    """An environment of a deployment that is examined, with its settings in one commit."""

    deployment: str
    name: str
    site: Site

    @property
    def platform(self) -> str:
        """The platform: gcp, azure or local."""
        return self.name.partition("-")[0]

    @property
    def folder(self) -> str:
        """The folder of its settings."""
        return settings_folder(self.site.git, self.site.tip, self.name)

    @property
    def stage(self) -> str:
        """The stage in its settings, empty where it has none."""
        return stage(self.site.git, self.site.tip, self.name)

    @property
    def recorded(self) -> bool:
        """True if a deploy of it is recorded."""
        return self.site.deployments[self.deployment].recorded(self.name) is not None

    def settings(self, file: str) -> object:
        """Return the settings in ``file`` of its folder, None where there is none."""
        path = f"{self.folder}/{file}"
        content = self.site.git.file(self.site.tip, path)
        return read_yaml(content, path) if content is not None else None


@dataclass(frozen=True)
class Surroundings:
    """The checkout ``git`` on this machine, the repository ``site`` and the chosen ``names``."""

    git: Git
    site: Site
    toolchain: Toolchain
    names: tuple[str, ...] = ()
    kubeconfig: Path | None = None

    @cached_property
    def environments(self) -> tuple[ExaminedEnvironment, ...]:
        """The environments that the names select."""
        return self.selected(self.names)

    def selected(self, names: tuple[str, ...] = ()) -> tuple[ExaminedEnvironment, ...]:
        """Return the environments that ``names`` select, all by default."""
        selected = self.site.select(names)
        return tuple(ExaminedEnvironment(name, env, self.site) for name, env in selected if env)

    def program(self, name: str) -> Path | None:
        """Return the path of a program, None where it would have to be built first."""
        return None if self.toolchain.unbuilt([name]) else self.toolchain.program(name)


Check = Callable[[Surroundings], Iterable[CheckResult]]
