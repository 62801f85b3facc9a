"""Requests to the Concourse resource: the JSON that cepler's resource takes, as records."""

from typing import Any, NamedTuple, TypeVar

from promoter.cepler.remote import Remote
from promoter.common.errors import InvalidFile

Answer = dict[str, Any]


class ResourceVersion(NamedTuple):
    """A version of the resource: the trigger commit, and the state file's version."""

    trigger: str
    version: str | None = None


class ResourceSource(NamedTuple):
    """The ``source`` of a resource in a pipeline."""

    uri: str
    branch: str
    private_key: str
    gates_branch: str | None = None
    gates_file: str | None = None
    environment: str | None = None
    ignore_queue: bool = False
    config: str = "cepler.yml"

    @property
    def remote(self) -> Remote:
        """The repository."""
        return Remote(self.uri, self.branch, self.private_key)


class ResourceParams(NamedTuple):
    """The ``params`` of a step: ``prepare`` of ``in``, the others of ``out``."""

    prepare: bool = True
    repository: str | None = None
    environment: str | None = None


class ResourceRequest(NamedTuple):
    """A request: source, the version that Concourse has, and the step's parameters."""

    source: ResourceSource
    version: ResourceVersion | None
    params: ResourceParams | None


Record = TypeVar("Record", ResourceSource, ResourceVersion, ResourceParams)


def read_request(document: Any) -> ResourceRequest:
    """Return the request in a JSON document; raise `InvalidFile` naming what is wrong with it."""
    whole = _object(document, "the request")
    source = _object(whole.get("source"), "source")
    unknown = sorted(source.keys() - set(ResourceSource._fields))
    if unknown:
        raise invalid(f"source.{unknown[0]} is no key of this resource")
    version, params = whole.get("version"), whole.get("params")
    return ResourceRequest(
        _record(ResourceSource, source),
        None if version is None else _record(ResourceVersion, _object(version, "version")),
        None if params is None else _record(ResourceParams, _object(params, "params")),
    )


def invalid(reason: str) -> InvalidFile:
    """Return the error of a request that is wrong for ``reason``."""
    return InvalidFile("standard input", "", reason, next_step="see cepler's Concourse resource")


def _record(kind: type[Record], values: dict[str, Any]) -> Record:
    """Return the record of ``values``; its defaults say which ones are flags or may be missing."""
    found: dict[str, Any] = {**kind._field_defaults, **values}
    for name in kind._fields:
        value, default = found.get(name), kind._field_defaults.get(name, "")
        if isinstance(default, bool):
            if not isinstance(value, bool):
                raise invalid(f"{name} must be true or false")
        elif value is None and default is not None:
            raise invalid(f"{name} is missing")
        elif not isinstance(value, str | None):
            raise invalid(f"{name} must be a text")
    return kind(**{name: found[name] for name in kind._fields})


def _object(value: Any, name: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise invalid(f"{name} must be an object")
