"""Connections to GitHub with limits on a whole exchange, retries and their pauses included."""

import json
from typing import Any
from urllib.parse import urlsplit

import requests
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester
from requests.adapters import HTTPAdapter

from promoter.common.http import bounded, limited

_MOST_BYTES = 256 * 1024 * 1024  # an asset of a release is the largest response
_FILE = "application/octet-stream"


class _LimitedAdapter(HTTPAdapter):
    """An adapter that returns the whole response; raises `requests.RequestException`."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Send ``request``, and again as `GithubRetry` decides, for as long as that may take."""
        retry = self.max_retries
        pauses = getattr(retry, "max_rate_limit_wait", None) or 0
        seconds = (1 + (retry.total or 0)) * options["timeout"] + pauses
        try:
            return bounded(lambda: self._exchange(request, options), seconds)
        except TimeoutError as error:
            raise requests.Timeout(str(error)) from error
        except ValueError as error:
            raise requests.RequestException(str(error)) from error

    def _exchange(
        self, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response:
        response = super().send(request, **{**options, "stream": True})
        with response:
            response._content = limited(response.iter_content(65536), _MOST_BYTES)
        _require_document(response, request)
        return response


def _require_document(response: requests.Response, request: requests.PreparedRequest) -> None:
    """Raise `ValueError` for a response that PyGithub would take for an empty list.

    It follows 301 to another path of the API, and 302 to the content of a file.
    """
    file = request.headers.get("Accept") == _FILE
    status, place = response.status_code, response.headers.get("Location", "nowhere")
    moved = status == 301 and urlsplit(place)[:2] == urlsplit(response.url)[:2]
    if 300 <= status < 400 and not moved and not (file and status == 302):
        raise ValueError(f"redirected to {place} (HTTP {status})")
    expected = status in (200, 201) or (status < 300 and request.method == "GET")
    if expected and not file and not _is_document(response.content):
        raise ValueError(f"the response is not a JSON document (HTTP {status})")


def _is_document(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict | list)
    except (ValueError, RecursionError):
        return False


class _Https(HTTPSRequestsConnectionClass):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.session.mount("https://", _LimitedAdapter(max_retries=self.retry))


class _Http(HTTPRequestsConnectionClass):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.session.mount("http://", _LimitedAdapter(max_retries=self.retry))


def limit_connections() -> None:
    """Let PyGithub connect through `_LimitedAdapter` from now on."""
    Requester.injectConnectionClasses(_Http, _Https)
