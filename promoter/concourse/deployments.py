"""The values of ci/deployments from the cepler files: a job per environment (seed 004, step 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.common.environment import PLATFORMS, pipeline_credentials
from promoter.common.errors import InvalidFile
from promoter.common.finding import Finding
from promoter.concourse.pipelines import DEPLOYMENTS, REMEDY, existing_pipelines, find_ytt, write
from promoter.concourse.schema import identifier_fault
from promoter.gate.config import CeplerConfig, is_config, read_config

EMBEDDED = "local"
FOUNDATION = "foundation"
"""The deployment that grants the pipeline its rights; an administrator deploys it by hand."""
_HEADING = """\
#! Written by `promoter pipeline generate` from cepler/*.yml. Not edited.
#@data/values
---
"""


@dataclass(frozen=True)
class DeployJob:
    """One environment of one deployment. ``name`` is the name of its stack."""

    name: str
    environment: str
    deployment: str
    passed: str | None
    platform: str

    @property
    def credentials(self) -> tuple[str, ...]:
        """The variables of its providers; each is a secret below the name of the job."""
        return pipeline_credentials(PLATFORMS[self.platform])


def generate(root: Path) -> Iterator[str]:
    """Write the values and every rendered pipeline; yields a line for each pipeline.

    Raises `ProgramMissing` without ytt, `InvalidFile` for an invalid cepler file.
    """
    ytt, pipelines = find_ytt(), existing_pipelines(root)
    if DEPLOYMENTS in pipelines:
        values_file(root).write_text(values(root), encoding="utf-8")
    for each in pipelines:
        yield f"{each.name}: {'rendered' if write(each, root, ytt) else 'unchanged'}"


def check_generated_values(root: Path) -> Iterator[Finding]:
    """Find committed values that differ from those of the cepler files."""
    file = values_file(root)
    committed = file.read_text(encoding="utf-8") if file.is_file() else ""
    if committed != values(root):
        name = file.relative_to(root).as_posix()
        yield Finding(name, f"differs from cepler/*.yml: {REMEDY}")


def values_file(root: Path) -> Path:
    """Return the path of the generated values."""
    return DEPLOYMENTS.path(root) / "environments.yml"


def values(root: Path) -> str:
    """Return the values for ytt."""
    lines, all_jobs = ["deployments:"], jobs(root)
    for deployment in dict.fromkeys(job.deployment for job in all_jobs):
        lines += [f"- name: {deployment}", "  environments:"]
        for job in (each for each in all_jobs if each.deployment == deployment):
            lines += [
                f"  - job: {job.name}",
                f"    name: {job.environment}",
                f"    platform: {job.platform}",
                f'    passed: "{job.passed or ""}"',
                f"    credentials: [{', '.join(job.credentials)}]",
            ]
    return _HEADING + "\n".join(lines) + "\n"


def jobs(root: Path) -> tuple[DeployJob, ...]:
    """Return a job for every environment of every cepler file, in the order of the files.

    Environments of the platform `local` have none: no Concourse worker has their embedded
    platform. Nor have foundations: what deploys them can grant itself any right. Raises
    `InvalidFile` for a name that Concourse rejects.
    """
    found: dict[str, DeployJob] = {}
    for path in sorted((root / "cepler").glob("*.yml")):
        if not is_config(str(path)):
            continue
        file = path.relative_to(root).as_posix()
        config = read_config(path.read_bytes(), file)
        if path.stem != config.deployment:
            raise InvalidFile(file, "deployment", f"must be {path.stem}, like the name of the file")
        _require_identifier(config.deployment, file, "deployment")
        # A second deployment in an environment has a stack of its own.
        suffix = f"-{config.deployment}"
        names = {name: name + (suffix if name in found else "") for name in config.environments}
        deploys = [_job(config, name, file, names) for name in config.environments]
        if config.deployment != FOUNDATION:
            found |= {job.name: job for job in deploys if job.platform != EMBEDDED}
    return tuple(found.values())


def _job(config: CeplerConfig, name: str, file: str, names: dict[str, str]) -> DeployJob:
    place = f"environments.{name}"
    _require_identifier(name, file, place)
    platform, passed = name.partition("-")[0], config.environments[name].passed
    if platform not in PLATFORMS:
        remedy = "rename it to azure-, gcp- or local- and a name: the platform decides the"
        raise InvalidFile(
            file, place, "begins with no platform", next_step=f"{remedy} credentials of the job"
        )
    deployment, waits_for = config.deployment, names[passed] if passed else None
    return DeployJob(names[name], name, deployment, waits_for, platform)


def _require_identifier(name: str, file: str, place: str) -> None:
    if fault := identifier_fault(name):
        reason = f"'{name}' is not a valid Concourse identifier: {fault}"
        remedy = "rename it: every environment is a job of ci/deployments"
        raise InvalidFile(file, place, reason, next_step=remedy)
