"""Checks of variables and secrets: every secret is a ((variable)), every variable is described."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from promoter.common.finding import Finding
from promoter.concourse.schema import Pipeline, Task

# vars/template.go of Concourse: an optional source, a path of names, optional fields.
VARIABLE = re.compile(r"\(\(((?:[-/.\w]+:)?[-/.:@\"\w]+)\)\)")
_ANY_PARENTHESES = re.compile(r"\(\([^()]*\)\)|\(\(|\)\)")
_SECRET_KEY = re.compile(
    r"(?i)(password|passwd|secret|private_?key|(access|auth|api)_?token|_token$|^token$|credentials"
    r"|webhook_token|kubeconfig)"
)
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{20}|AKIA[0-9A-Z]{16}|[a-z]+://[^/\s:@(]+:[^@\s(]+@"
)


def check_secrets(pipeline: Pipeline, described: Mapping[str, str]) -> Iterator[Finding]:
    """Find literal secrets, and variables that are not in ``described`` or not used.

    A name in ``described`` may contain ``*``, for variables that exist once per environment.
    """
    used: set[str] = set()
    for place, key, text in _texts(pipeline.model_dump(by_alias=True, exclude_none=True)):
        if _SECRET.search(text):
            yield Finding(place, "contains a literal secret")
        if _SECRET_KEY.search(key) and text and not VARIABLE.fullmatch(text):
            yield Finding(place, f"{key} must be one ((variable))")
        if len(_ANY_PARENTHESES.findall(text)) != len(VARIABLE.findall(text)):
            yield Finding(place, f"not a variable: {text}")
        for name in sorted(set(VARIABLE.findall(text))):
            matching = {each for each in described if fnmatchcase(name, each)}
            if not matching and not name.startswith(".:"):
                yield Finding(place, f"(({name})) is not in variables.yml")
            used |= matching
    for name in sorted(set(described) - used):
        yield Finding("variables.yml", f"{name} is not used")
    yield from _local_variables(pipeline)


def _local_variables(pipeline: Pipeline) -> Iterator[Finding]:
    """Find each ((.:name)) without a load_var in the same job, and the other way round."""
    for job in pipeline.jobs:
        texts = list(_texts(job.model_dump(by_alias=True, exclude_none=True)))
        loaded = {text for _, key, text in texts if key == "load_var"}
        read = {
            name.removeprefix(".:").partition(".")[0]
            for _, _, text in texts
            for name in VARIABLE.findall(text)
            if name.startswith(".:")
        }
        for name in sorted(read - loaded):
            yield Finding(f"jobs.{job.name}", f"no load_var loads ((.:{name}))")
        for name in sorted(loaded - read):
            yield Finding(f"jobs.{job.name}", f"nothing reads load_var {name}")


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
    """Return whether the task's image is one digest, or a variable in its place."""
    digest = (task.config.image_resource.version or {}).get("digest", "")
    return bool(VARIABLE.fullmatch(digest) or re.fullmatch(r"sha256:[0-9a-f]{64}", digest))
