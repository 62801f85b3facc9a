"""One endpoint asked over HTTP until it answers as declared, or has had its time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from promoter.common.text import redact
from promoter.smoketest.endpoints import Endpoint, Expectation

_LONGEST = 4 * 1024 * 1024
_SHOWN = 160
_PAUSE_SECONDS = 0.25
_ABSENT = object()


@dataclass(frozen=True)
class Answer:
    """What came back: the status and the whole body."""

    status: int
    body: bytes


class Unexpected(Exception):
    """An answer that is not as declared, or none; the text says in what way."""


def ask(endpoint: Endpoint, url: str, headers: Mapping[str, str]) -> None:
    """One attempt; raises `Unexpected` saying what was wrong."""
    request = endpoint.request
    until = time.monotonic() + endpoint.timeout
    with httpx.Client(
        base_url=url,
        timeout=endpoint.timeout,
        trust_env=False,
        follow_redirects=False,
        verify=False,  # noqa: S501 - plain HTTP to loopback; reading certificates takes 20 ms
    ) as client:
        files = {name: (name, text.encode()) for name, text in request.files.items()}
        try:
            answer = _whole(client, endpoint, headers, files, until)
        except httpx.TimeoutException as error:
            raise Unexpected(f"no answer within {endpoint.timeout:g} s") from error
        except httpx.HTTPError as error:
            raise Unexpected(f"no answer: {error or type(error).__name__}") from error
    verify(answer, endpoint.expect)


def _whole(
    client: httpx.Client,
    endpoint: Endpoint,
    headers: Mapping[str, str],
    files: Mapping[str, tuple[str, bytes]],
    until: float,
) -> Answer:
    """The answer, read to its end: httpx's timeout is for each read, ours for all of it."""
    request = endpoint.request
    body = b""
    with client.stream(
        request.method,
        request.path,
        headers=dict(headers),
        json=request.json_body,
        files=dict(files) or None,
    ) as response:
        for chunk in response.iter_bytes():
            body += chunk
            if time.monotonic() > until:
                raise Unexpected(f"no complete answer within {endpoint.timeout:g} s")
            if len(body) > _LONGEST:
                raise Unexpected(f"an answer of more than {_LONGEST} bytes")
        return Answer(response.status_code, body)


def verify(answer: Answer, expect: Expectation) -> None:
    """Raises `Unexpected` unless ``answer`` is as ``expect`` says."""
    if answer.status not in expect.status:
        wanted = " or ".join(map(str, expect.status))
        raise Unexpected(f"status {answer.status}, not {wanted}: {_shown(answer)}")
    if not answer.body.startswith(expect.starts_with.encode()):
        raise Unexpected(f"does not begin with {expect.starts_with!r}: {_shown(answer)}")
    if expect.contains not in answer.body.decode(errors="replace"):
        raise Unexpected(f"does not contain {expect.contains!r}: {_shown(answer)}")
    if expect.json_values:
        _verify_json(answer, expect.json_values)


def until_it_answers(
    endpoint: Endpoint, attempt: Callable[[], None]
) -> tuple[bool, str, int, float]:
    """Make attempts as the endpoint's declaration allows.

    Gives whether one worked, what was wrong with the last one (empty if it worked), how
    many there were and how many seconds they took together.
    """
    began = time.monotonic()
    detail, made = "", 0
    while made < endpoint.attempts and time.monotonic() - began < endpoint.deadline:
        if made:
            time.sleep(min(_PAUSE_SECONDS * made, endpoint.timeout))
        made += 1
        try:
            attempt()
        except Unexpected as error:
            detail = redact(str(error))
            continue
        return True, "", made, time.monotonic() - began
    return False, detail, made, time.monotonic() - began


def _verify_json(answer: Answer, expected: Mapping[str, Any]) -> None:
    try:
        document = json.loads(answer.body)
    except ValueError as error:
        raise Unexpected(f"is not JSON: {_shown(answer)}") from error
    for path, wanted in expected.items():
        found = _at(document, path)
        if found is _ABSENT or (found is None if wanted is None else found != wanted):
            seen = "absent" if found is _ABSENT else repr(found)
            raise Unexpected(f"{path} is {seen}, not {wanted!r}: {_shown(answer)}")


def _at(document: Any, path: str) -> Any:
    """What ``path`` leads to; a number in it is a place in a list."""
    for key in path.split("."):
        if isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, Mapping) and key in document:
            document = document[key]
        else:
            return _ABSENT
    return document


def _shown(answer: Answer) -> str:
    text = " ".join(answer.body[: 4 * _SHOWN].decode(errors="replace").split())
    return redact(text)[:_SHOWN] or "an empty body"
