"""The values of ci/deployments, made from the cepler files: one job an environment.

Seed 004, step 4: cepler-in triggers a job, the job deploys, cepler-out records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.concourse.checks.names import require_identifier
from promoter.concourse.pipelines import DEPLOYMENTS
from promoter.gate.config import CeplerConfig, read_config

EMBEDDED = "local"
VALUES = "environments.yml"
_HEADING = """\
#! Written by `promoter pipeline generate` from cepler/*.yml. Not edited.
#@data/values
---
"""


@dataclass(frozen=True)
class DeployJob:
    """One environment of one deployment. ``name`` is its stack's name (docs of the stacks)."""

    name: str
    environment: str
    deployment: str
    passed: str | None
    platform: str


def jobs(root: Path) -> tuple[DeployJob, ...]:
    """A job for every environment of every cepler file, in the files' order.

    Environments of the platform `local` are not among them: theirs is the embedded platform
    of whoever calls ``promoter deploy``, which no worker of Concourse has.
    Raises `InvalidFile` for a name that Concourse would refuse, and for two of one name.
    """
    found: dict[str, DeployJob] = {}
    for file, config in _configs(root):
        require_identifier(config.deployment, file, "deployment")
        for job in _jobs_of(config, file, found):
            if job.platform != EMBEDDED:
                found[job.name] = job
    return tuple(found.values())


def values(root: Path) -> str:
    """The values that ytt is given for ci/deployments."""
    lines = ["deployments:"]
    every = jobs(root)
    for deployment in dict.fromkeys(job.deployment for job in every):
        lines += [f"- name: {deployment}", "  environments:"]
        for job in every:
            if job.deployment == deployment:
                lines += [
                    f"  - job: {job.name}",
                    f"    name: {job.environment}",
                    f"    platform: {job.platform}",
                    f'    passed: "{job.passed or ""}"',
                ]
    return _HEADING + "\n".join(lines) + "\n"


def values_file(root: Path) -> Path:
    """Where these values are kept."""
    return DEPLOYMENTS.path(root) / VALUES


def _configs(root: Path) -> Iterator[tuple[str, CeplerConfig]]:
    for path in sorted((root / "cepler").glob("*.yml")):
        file = path.relative_to(root).as_posix()
        config = read_config(path.read_bytes(), file)
        if path.stem != config.deployment:
            raise InvalidFile(file, "deployment", f"must be {path.stem}, as the file is called")
        yield file, config


def _jobs_of(
    config: CeplerConfig, file: str, taken: Mapping[str, DeployJob]
) -> Iterator[DeployJob]:
    names = {
        name: f"{name}-{config.deployment}" if name in taken else name
        for name in config.environments
    }
    for name, environment in config.environments.items():
        require_identifier(name, file, f"environments.{name}")
        yield DeployJob(
            name=names[name],
            environment=name,
            deployment=config.deployment,
            passed=names[environment.passed] if environment.passed else None,
            platform=_platform(name, file),
        )


def _platform(name: str, file: str) -> str:
    platform = name.partition("-")[0]
    if platform not in ("azure", "gcp", EMBEDDED):
        raise InvalidFile(
            file,
            f"environments.{name}",
            "begins with no platform",
            next_step="call it azure-, gcp- or local- and what it is: the job's credentials "
            "follow from the platform",
        )
    return platform
