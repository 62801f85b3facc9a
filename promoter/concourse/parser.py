"""A rendered pipeline file in, a typed `Pipeline` out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from promoter.common.errors import InvalidFile
from promoter.concourse.schema import Pipeline


def read_pipeline(file: Path) -> Pipeline:
    """The pipeline in ``file``; raises `InvalidFile` naming the place that is wrong."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvalidFile(str(file), "", str(error)) from error
    return parse_pipeline(document, str(file))


def parse_pipeline(document: Any, name: str) -> Pipeline:
    """The pipeline in a YAML document that was read from ``name``."""
    try:
        return Pipeline.model_validate(document)
    except ValidationError as error:
        raise InvalidFile.from_model(
            name,
            error,
            next_step="see concourse-ci.org/docs for the schema, promoter/concourse/schema.py "
            "for the part of it that is read",
        ) from error
