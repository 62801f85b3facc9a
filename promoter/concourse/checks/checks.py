"""All checks of one pipeline, in one call."""

from __future__ import annotations

from pathlib import Path

import yaml

from promoter.common.errors import InvalidFile
from promoter.concourse.checks.artifacts import check_artifacts
from promoter.concourse.checks.names import check_names
from promoter.concourse.checks.secrets import check_secrets
from promoter.concourse.checks.tasks import check_tasks
from promoter.concourse.checks.values import check_values
from promoter.concourse.finding import PipelineFinding
from promoter.concourse.graph import check_cycles
from promoter.concourse.parser import read_pipeline
from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.schema import Pipeline
from promoter.concourse.templates import check_sums


def check(place: PipelineFiles, root: Path) -> list[PipelineFinding]:
    """What is wrong with the rendered pipeline at ``place``; empty where nothing is.

    Raises `InvalidFile` for a file that cannot be read as what it should be.
    """
    pipeline = read_pipeline(place.rendered(root))
    return [
        *check_sums(place, root),
        *check_values(place, root),
        *check_pipeline(pipeline, read_variables(place.variables(root))),
        *check_tasks(pipeline, place, root),
    ]


def check_pipeline(pipeline: Pipeline, variables: dict[str, str]) -> list[PipelineFinding]:
    """The checks that need no file beside the pipeline."""
    return [
        *check_names(pipeline),
        *check_cycles(pipeline),
        *check_artifacts(pipeline),
        *check_secrets(pipeline, variables),
    ]


def read_variables(file: Path) -> dict[str, str]:
    """The list of variables in ``file``: each name with what it is."""
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvalidFile(str(file), "", str(error)) from error
    if not isinstance(found, dict) or not all(
        isinstance(name, str) and isinstance(what, str) for name, what in found.items()
    ):
        raise InvalidFile(str(file), "", "must be variables with what each is")
    return found
