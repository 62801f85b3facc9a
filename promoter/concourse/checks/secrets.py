"""Checks of variables and secrets: every secret is a ((variable)), every variable is listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from promoter.concourse.finding import PipelineFinding
from promoter.concourse.schema import Pipeline, Task

# vars/template.go of Concourse: an optional source, a path of names, optional fields.
VARIABLE = re.compile(r"\(\(((?:[-/.\w]+:)?[-/.:@\"\w]+)\)\)")
_ANY_PARENTHESES = re.compile(r"\(\([^()]*\)\)|\(\(|\)\)")
_SECRET_KEY = re.compile(
    r"(?i)(password|passwd|secret|private_?key|(access|auth|api)_?token|_token$|^token$|credentials"
    r"|webhook_token|kubeconfig)"
)
_MATERIAL = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{20}|AKIA[0-9A-Z]{16}|[a-z]+://[^/\s:@(]+:[^@\s(]+@"
)


def check_secrets(pipeline: Pipeline, declared: Mapping[str, str]) -> Iterator[PipelineFinding]:
    """Findings about secrets written out, and variables not in ``declared`` or not used.

    A name in ``declared`` may have a ``*``, for what there is once an environment.
    """
    used: set[str] = set()
    for place, key, text in _texts(pipeline.model_dump(by_alias=True, exclude_none=True)):
        if _MATERIAL.search(text):
            yield PipelineFinding(place, "has a secret written out")
        if _SECRET_KEY.search(key) and text and not VARIABLE.fullmatch(text):
            yield PipelineFinding(place, f"{key} must be one ((variable))")
        names = {found[1] for found in VARIABLE.finditer(text)}
        if len(_ANY_PARENTHESES.findall(text)) != len(VARIABLE.findall(text)):
            yield PipelineFinding(place, f"not a variable: {text}")
        for name in sorted(names):
            fitting = {each for each in declared if fnmatchcase(name, each)}
            if not fitting and not name.startswith(".:"):
                yield PipelineFinding(place, f"(({name})) is not in variables.yml")
            used |= fitting
    for name in sorted(set(declared) - used):
        yield PipelineFinding("variables.yml", f"{name} is not used")
    yield from _local_variables(pipeline)


def _local_variables(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    """((.:name)) must be loaded by a load_var of the same job."""
    for job in pipeline.jobs:
        dumped = job.model_dump(by_alias=True, exclude_none=True)
        loaded = {text for _, key, text in _texts(dumped) if key == "load_var"}
        read = {
            found[1].removeprefix(".:").partition(".")[0]
            for _, _, text in _texts(dumped)
            for found in VARIABLE.finditer(text)
            if found[1].startswith(".:")
        }
        for name in sorted(read - loaded):
            yield PipelineFinding(f"jobs.{job.name}", f"((.:{name})) is loaded by no load_var")
        for name in sorted(loaded - read):
            yield PipelineFinding(f"jobs.{job.name}", f"load_var {name} is read by nothing")


def _texts(value: Any, place: str = "", key: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{place}.{name}".lstrip("."), str(name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            name = inner.get("name") if isinstance(inner, dict) else None
            yield from _texts(inner, f"{place}.{name or index}", key)
    elif isinstance(value, str):
        yield place, key, value


def is_pinned(task: Task) -> bool:
    """Whether the task's image is one digest (a variable that has it, or the digest)."""
    digest = (task.config.image_resource.version or {}).get("digest", "")
    return bool(VARIABLE.fullmatch(digest) or re.fullmatch(r"sha256:[0-9a-f]{64}", digest))
