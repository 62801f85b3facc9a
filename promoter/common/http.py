"""HTTP with limits on the whole exchange; httpx and requests limit the time of each read only."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

import httpx

MOST_BYTES = 4 * 1024 * 1024
_Result = TypeVar("_Result")


class HttpClient(httpx.Client):
    """An httpx client each of whose responses is complete in ``seconds``, and ``most`` bytes long.

    Raises `httpx.ReadTimeout` and `httpx.ReadError` otherwise; streams are not supported.
    """

    def __init__(self, seconds: float, *, most: int = MOST_BYTES, **options: Any) -> None:
        super().__init__(timeout=seconds, **options)
        self._seconds, self._most = seconds, most

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send ``request`` and return the response with its whole body."""
        try:
            return bounded(lambda: self._exchange(request, options), self._seconds)
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error), request=request) from error

    def _exchange(self, request: httpx.Request, options: dict[str, Any]) -> httpx.Response:
        response = super().send(request, **{**options, "stream": True})
        try:
            body = limited(response.iter_bytes(), self._most)
        except ValueError as error:
            raise httpx.ReadError(str(error), request=request) from error
        finally:
            response.close()
        headers = [pair for pair in response.headers.multi_items() if pair[0] not in _ENCODED]
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)


# They describe the body as it was sent, not as it was decoded.
_ENCODED = ("content-encoding", "content-length", "transfer-encoding")


def bounded(exchange: Callable[[], _Result], seconds: float) -> _Result:
    """Return the result of ``exchange``, or raise `TimeoutError` after ``seconds``.

    It runs in a thread that is left to itself then: nothing else ends a slow lookup of a name,
    slow headers and a slow body alike.
    """
    outcome: Future[_Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(exchange())
        except BaseException as error:
            outcome.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"no complete response within {seconds:g} s")
    return outcome.result()


def limited(chunks: Iterable[bytes], most: int) -> bytes:
    """Return ``chunks`` as one; raise `ValueError` if they are longer than ``most`` bytes."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise ValueError(f"response of more than {most} bytes")
    return bytes(body)
