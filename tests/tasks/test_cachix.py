"""wait-cachix-paths against a server that speaks a binary cache's protocol."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile
from promoter.tasks.cachix import PathsMissing, Retries, read_paths, wait
from tests.http_server import listening

LIBRARY = "/nix/store/" + "a" * 32 + "-library-1.0"
PROGRAM = "/nix/store/" + "b" * 32 + "-program-1.0"


@contextmanager
def cache(*answers: dict[str, int]) -> Iterator[str]:
    """Serve a cache that returns the status of each hash; the last of ``answers`` is repeated."""
    requests: dict[str, int] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").removesuffix(".narinfo")
            time = requests[name] = requests.get(name, 0) + 1
            self.send_response(answers[min(time, len(answers)) - 1].get(name, 404))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with listening(Answer) as address:
        yield f"http://{address}"


BOTH = {"a" * 32: 200, "b" * 32: 200}


def test_a_full_cache_is_queried_once() -> None:
    with cache(BOTH) as address:
        assert wait([LIBRARY, PROGRAM], address, Retries(3, 10), sleep=pytest.fail) == 1


def test_each_delay_is_twice_as_long_as_the_one_before() -> None:
    slept: list[float] = []
    with cache({"a" * 32: 500}, {"a" * 32: 200}, BOTH) as address:
        rounds = wait([LIBRARY, PROGRAM], address, Retries(5, 2), sleep=slept.append)
    assert (rounds, slept) == (3, [2, 4])


def test_missing_paths_are_listed_with_their_reasons() -> None:
    with cache({"a" * 32: 500}) as address, pytest.raises(PathsMissing) as raised:
        wait([LIBRARY, PROGRAM], address, Retries(2, 0), sleep=lambda _: None)
    assert raised.value.missing == {
        LIBRARY: "the cache answers 500",
        PROGRAM: "not in the cache",
    }
    assert LIBRARY in str(raised.value)


def test_an_unreachable_cache_counts_as_missing() -> None:
    with cache(BOTH) as address:
        pass
    with pytest.raises(PathsMissing, match="ConnectError"):
        wait([LIBRARY], address, Retries(1, 0))


def test_a_silent_cache_counts_as_missing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(PathsMissing) as raised:
            wait([LIBRARY], address, Retries(2, 0, timeout=0.2), sleep=lambda _: None)
    assert raised.value.missing == {LIBRARY: "ReadTimeout"}


def test_the_longest_delay_is_a_minute() -> None:
    assert Retries(6, 10).delays() == [10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "lists no store path"), ("/usr/bin/env\n", "path 1: not a store path: /usr/bin/env")],
)
def test_an_invalid_file_of_paths_is_an_error(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "paths"
    file.write_text(content)
    with pytest.raises(InvalidFile, match=reason):
        read_paths(file)
