"""Which endpoints an installation must have: the declaration, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from promoter.common.errors import InvalidFile

DECLARATION = "endpoints.yml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EndpointRequest(_Strict):
    """What is asked. ``{domain}`` in a header is the installation's domain.

    ``token`` names the realm whose service account signs in first; ``files`` are sent as a
    form (name -> content), ``json_body`` (``json`` in the file) as JSON.
    """

    method: Literal["GET", "POST"] = "GET"
    path: Annotated[str, Field(pattern=r"^/\S*$")]
    headers: Mapping[str, str] = {}
    json_body: Any = Field(default=None, alias="json")
    files: Mapping[str, str] = {}
    token: Literal["", "internal"] = ""


class Expectation(_Strict):
    """What an answer must be like.

    ``json_values`` (``json`` in the file): dotted path, in which numbers are places in lists,
    -> value; a path whose value is null has to be there with anything but null.
    """

    status: tuple[Annotated[int, Field(ge=100, le=599)], ...] = (200,)
    json_values: Mapping[str, Any] = Field(default={}, alias="json")
    contains: str = ""
    starts_with: str = ""


class Endpoint(_Strict):
    """One endpoint: where it is, what is asked of it and how patiently (seconds)."""

    name: str
    component: str
    port: str
    part: str = ""
    request: EndpointRequest
    expect: Expectation = Expectation()
    attempts: int = Field(default=5, ge=1, le=100)
    timeout: float = Field(default=5, gt=0, le=60)
    deadline: float = Field(default=30, gt=0, le=600)


class _Declaration(_Strict):
    endpoints: tuple[Endpoint, ...] = Field(min_length=1)


def declared(file: Path | None = None) -> tuple[Endpoint, ...]:
    """The endpoints that ``file`` declares (None: our own); raises `InvalidFile`."""
    name = str(file or DECLARATION)
    try:
        content = file.read_bytes() if file else files(__package__).joinpath(name).read_bytes()
        found = _Declaration.model_validate(yaml.safe_load(content)).endpoints
    except OSError as error:
        raise InvalidFile(name, "", error.strerror or str(error)) from error
    except yaml.YAMLError as error:
        raise InvalidFile(name, "", f"not YAML: {error}") from error
    except ValidationError as error:
        raise InvalidFile.from_model(name, error) from error
    names = [each.name for each in found]
    for each in names:
        if names.count(each) > 1:
            raise InvalidFile(name, "endpoints", f"two are called {each!r}")
    return found
