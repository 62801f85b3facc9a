"""The declaration of the endpoints that an installation must have."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml

DECLARATION = "endpoints.yml"


class EndpointRequest(StrictModel):
    """A request. ``{domain}`` in a header becomes the domain of the installation.

    ``token`` is the realm whose service account signs in first; ``files`` (name: content) are
    sent as a form, ``json_body`` (``json`` in the file) as JSON.
    """

    method: Literal["GET", "POST"] = "GET"
    path: Annotated[str, Field(pattern=r"^/\S*$")]
    headers: Mapping[str, str] = {}
    json_body: Any = Field(default=None, alias="json")
    files: Mapping[str, str] = {}
    token: Literal["", "internal"] = ""


class Expectation(StrictModel):
    """Requirements on the response.

    ``json_values`` (``json`` in the file): dotted path, in which numbers are indexes of lists,
    to value; null means that the path must exist with any other value.
    """

    status: tuple[Annotated[int, Field(ge=100, le=599)], ...] = (200,)
    json_values: Mapping[str, Any] = Field(default={}, alias="json")
    contains: str = ""
    starts_with: str = ""


class Endpoint(StrictModel):
    """One endpoint: component and port, request and expectation, limits (in seconds)."""

    name: str
    component: str
    port: str
    part: str = ""
    request: EndpointRequest
    expect: Expectation = Expectation()
    attempts: int = Field(default=5, ge=1, le=100)
    timeout: float = Field(default=5, gt=0, le=60)
    deadline: float = Field(default=30, gt=0, le=600)


class _Declaration(StrictModel):
    endpoints: tuple[Endpoint, ...] = Field(min_length=1)


def read_endpoints(file: Path | None = None) -> tuple[Endpoint, ...]:
    """Return the endpoints declared in ``file`` (None: the default); raise `InvalidFile`."""
    name = str(file or DECLARATION)
    try:
        content = file.read_bytes() if file else files(__package__).joinpath(name).read_bytes()
        endpoints = _Declaration.model_validate(read_yaml(content, name)).endpoints
    except OSError as error:
        raise InvalidFile(name, "", error.strerror or str(error)) from error
    except ValidationError as error:
        raise InvalidFile.from_model(name, error) from error
    names = [each.name for each in endpoints]
    for each in names:
        if names.count(each) > 1:
            raise InvalidFile(name, "endpoints", f"more than one is named {each!r}")
    return endpoints
