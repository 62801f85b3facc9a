"""Checks of a pipeline, one subject per file."""

from collections.abc import Mapping
from pathlib import Path

from promoter.common.finding import Finding
from promoter.concourse import pipelines
from promoter.concourse.checks.artifacts import check_artifacts
from promoter.concourse.checks.names import check_names
from promoter.concourse.checks.tasks import check_tasks
from promoter.concourse.checks.variables import check_secrets, check_values, read_variables
from promoter.concourse.deployments import check_generated_values
from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.schema import Pipeline, read_pipeline


def check_all(root: Path) -> dict[str, list[Finding]]:
    """Return the findings of each pipeline below ``root``, by its name."""
    found = {files.name: check(files, root) for files in pipelines.existing_pipelines(root)}
    if pipelines.DEPLOYMENTS.name in found:
        found[pipelines.DEPLOYMENTS.name] += check_generated_values(root)
    return found


def check(files: PipelineFiles, root: Path) -> list[Finding]:
    """Return the findings of one rendered pipeline; raises `InvalidFile`."""
    pipeline = read_pipeline(files.rendered(root))
    return [
        *pipelines.check_checksums(files, root),
        *check_values(files, root),
        *check_pipeline(pipeline, read_variables(files.path(root) / "variables.yml")),
        *check_tasks(pipeline, files, root),
    ]


def check_pipeline(pipeline: Pipeline, variables: Mapping[str, str]) -> list[Finding]:
    """Return the findings that need no file besides the pipeline."""
    return [*check_names(pipeline), *check_artifacts(pipeline), *check_secrets(pipeline, variables)]
