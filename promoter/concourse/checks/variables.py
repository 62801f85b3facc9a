"""Checks of values, variables and secrets: each one that is read is set, and each is used."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from promoter.common.errors import InvalidFile
from promoter.common.finding import Finding
from promoter.common.yaml_file import read_yaml
from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.schema import Pipeline, read_document

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
_VALUE = re.compile(r"\bdata\.values\.(\w+)")
_COMMENT = re.compile(r"(?m)^\s*#!.*$")


def check_values(files: PipelineFiles, root: Path) -> Iterator[Finding]:
    """Find values that are read and not set (as ytt does), and those that are set and not read."""
    present: dict[str, str] = {}
    read: dict[str, str] = {}
    for file in files.templates(root):
        text, name = file.read_text(encoding="utf-8"), f"{files.folder}/{file.name}"
        if "#@data/values" in text:
            values = read_yaml(text, str(file))
            if not isinstance(values, dict):
                raise InvalidFile(str(file), "", "must be a mapping of values")
            present |= dict.fromkeys(map(str, values), name)
        else:
            read = {**dict.fromkeys(_VALUE.findall(_COMMENT.sub("", text)), name), **read}
    for value in sorted(read.keys() - present.keys()):
        yield Finding(read[value], f"reads data.values.{value}, which no values file sets")
    for value in sorted(present.keys() - read.keys()):
        yield Finding(present[value], f"sets {value}, which no template reads")


def read_variables(file: Path) -> Mapping[str, str]:
    """Return the descriptions of the variables; raises `InvalidFile`."""
    found = read_document(file) or {}
    if not isinstance(found, dict) or {*map(type, found), *map(type, found.values())} - {str}:
        raise InvalidFile(str(file), "", "must be a mapping of variables to descriptions")
    return found


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
