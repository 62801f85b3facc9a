"""Check one endpoint over HTTP until it responds as declared or its deadline has passed."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from promoter.common.http import HttpClient
from promoter.common.text import redact
from promoter.smoketest.endpoints import Endpoint, Expectation
from promoter.smoketest.report import Outcome, Result

_MAX_SHOWN = 160
_PAUSE_SECONDS = 0.25
_ABSENT = object()


@dataclass(frozen=True)
class Response:
    """The status and the whole body of a response."""

    status: int
    body: bytes

    def __str__(self) -> str:
        text = " ".join(self.body[: 4 * _MAX_SHOWN].decode(errors="replace").split())
        return redact(text)[:_MAX_SHOWN] or "an empty body"


class UnexpectedResponse(Exception):
    """A response that differs from the declaration, or none; the message is the difference."""


def check(endpoint: Endpoint, attempt: Callable[[], None], *, fake: bool = False) -> Result:
    """Return the result; repeat an ``attempt`` that raises `UnexpectedResponse`, as declared."""
    start = time.monotonic()
    outcome: Outcome = "failed"
    detail, attempts = "", 0
    while attempts < endpoint.attempts and time.monotonic() - start < endpoint.deadline:
        if attempts:
            time.sleep(min(_PAUSE_SECONDS * attempts, endpoint.timeout))
        attempts += 1
        try:
            attempt()
        except UnexpectedResponse as error:
            detail = redact(str(error))
        else:
            outcome, detail = "passed", ""
            break
    seconds = round(time.monotonic() - start, 3)
    return Result(endpoint.name, outcome, detail, attempts, seconds, endpoint.part, fake)


def send(endpoint: Endpoint, url: str, headers: Mapping[str, str]) -> None:
    """Send the request once; raise `UnexpectedResponse` unless the response is as declared."""
    try:
        response = _read_response(endpoint, url, headers)
    except httpx.TimeoutException as error:
        raise UnexpectedResponse(f"no complete response within {endpoint.timeout:g} s") from error
    except httpx.HTTPError as error:
        raise UnexpectedResponse(f"no response: {error or type(error).__name__}") from error
    verify(response, endpoint.expect)


def _read_response(endpoint: Endpoint, url: str, headers: Mapping[str, str]) -> Response:
    request = endpoint.request
    files = {name: (name, text.encode()) for name, text in request.files.items()}
    # Plain HTTP to loopback: reading certificates takes 20 ms.
    with HttpClient(endpoint.timeout, trust_env=False, verify=False) as client:
        response = client.request(
            request.method,
            f"{url}{request.path}",
            headers=dict(headers),
            json=request.json_body,
            files=files or None,
        )
        return Response(response.status_code, response.content)


def verify(response: Response, expect: Expectation) -> None:
    """Raise `UnexpectedResponse` unless ``response`` is as ``expect`` declares."""
    if response.status not in expect.status:
        expected = " or ".join(map(str, expect.status))
        raise UnexpectedResponse(f"status {response.status}, not {expected}: {response}")
    if not response.body.startswith(expect.starts_with.encode()):
        raise UnexpectedResponse(f"does not begin with {expect.starts_with!r}: {response}")
    if expect.contains not in response.body.decode(errors="replace"):
        raise UnexpectedResponse(f"does not contain {expect.contains!r}: {response}")
    if expect.json_values:
        _verify_json(response, expect.json_values)


def _verify_json(response: Response, expected_values: Mapping[str, Any]) -> None:
    try:
        document = json.loads(response.body)
    except ValueError as error:
        raise UnexpectedResponse(f"is not JSON: {response}") from error
    for path, expected in expected_values.items():
        value = _value_at(document, path)
        if value is _ABSENT or (value is None if expected is None else value != expected):
            actual = "absent" if value is _ABSENT else repr(value)
            raise UnexpectedResponse(f"{path} is {actual}, not {expected!r}: {response}")


def _value_at(document: Any, path: str) -> Any:
    """Return the value at the dotted ``path``, in which a number is an index of a list."""
    for key in path.split("."):
        if isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, Mapping) and key in document:
            document = document[key]
        else:
            return _ABSENT
    return document
