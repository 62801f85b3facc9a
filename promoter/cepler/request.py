"""Requests to the Concourse resource: the JSON that cepler's resource takes, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any

from promoter.cepler.remote import Remote
from promoter.common.errors import InvalidFile

Answer = dict[str, Any]

_CONFIG = "cepler.yml"


@dataclass(frozen=True)
class ResourceVersion:
    """A version of the resource: the trigger commit, and the state file's version."""

    trigger: str
    version: str | None

    def answer(self) -> Answer:
        """Return the version for JSON."""
        return {"trigger": self.trigger, "version": self.version}


@dataclass(frozen=True)
class ResourceSource:
    """The ``source`` of a resource in a pipeline."""

    uri: str
    branch: str
    private_key: str
    gates_branch: str | None = None
    gates_file: str | None = None
    environment: str | None = None
    ignore_queue: bool = False
    config: str = _CONFIG

    @property
    def remote(self) -> Remote:
        """The repository."""
        return Remote(self.uri, self.branch, self.private_key)


@dataclass(frozen=True)
class ResourceParams:
    """The ``params`` of a step: ``prepare`` of ``in``, the others of ``out``."""

    prepare: bool = True
    repository: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class ResourceRequest:
    """A request: source, the version asked about, and the step's parameters."""

    source: ResourceSource
    version: ResourceVersion | None
    params: ResourceParams | None


def read_request(document: Any) -> ResourceRequest:
    """Return the request in a JSON document; raise `InvalidFile` naming what is wrong with it."""
    whole = _object(document, "the request")
    source = _object(whole.get("source"), "source")
    unknown = sorted(set(source) - {field.name for field in fields_of(ResourceSource)})
    if unknown:
        raise invalid(f"source.{unknown[0]} is no key of this resource")
    version = whole.get("version")
    params = whole.get("params")
    return ResourceRequest(
        ResourceSource(
            uri=_needed(source, "uri"),
            branch=_needed(source, "branch"),
            private_key=_needed(source, "private_key"),
            gates_branch=_text(source, "gates_branch"),
            gates_file=_text(source, "gates_file"),
            environment=_text(source, "environment"),
            ignore_queue=_flag(source, "ignore_queue", default=False),
            config=_needed(source, "config") if "config" in source else _CONFIG,
        ),
        _version(_object(version, "version")) if version is not None else None,
        _params(_object(params, "params")) if params is not None else None,
    )


def invalid(reason: str) -> InvalidFile:
    """Return the error of a request that is wrong for ``reason``."""
    return InvalidFile("standard input", "", reason, next_step="see cepler's Concourse resource")


def _version(fields: Mapping[str, Any]) -> ResourceVersion:
    return ResourceVersion(_needed(fields, "trigger"), _text(fields, "version"))


def _params(fields: Mapping[str, Any]) -> ResourceParams:
    return ResourceParams(
        prepare=_flag(fields, "prepare", default=True),
        repository=_text(fields, "repository"),
        environment=_text(fields, "environment"),
    )


def _needed(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if value is None:
        raise invalid(f"{name} is missing")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise invalid(f"{name} must be a text")


def _flag(fields: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = fields.get(name, default)
    if isinstance(value, bool):
        return value
    raise invalid(f"{name} must be true or false")


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise invalid(f"{what} must be an object")
