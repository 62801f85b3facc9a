"""Waits until a Cachix cache has store paths: seed 004, `wait-cachix-paths`.

A binary cache answers ``GET /<hash>.narinfo`` with 200 for a store path that it has and 404
for one that it has not; the hash is the 32 characters before the first dash of the path's
name (Nix's binary cache protocol).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.progress import Progress, Silent

# Nix's base 32 leaves out e, o, t and u.
_STORE_PATH = re.compile(r"/nix/store/([0-9abcdfghijklmnpqrsvwxyz]{32})-[\w.+?=-]+")
_FOUND, _MISSING = 200, 404
_LONGEST_DELAY = 60.0


class PathsMissing(PromoterError):
    """The cache does not have all paths after the last attempt; ``missing`` says which."""

    def __init__(self, cache: str, missing: Mapping[str, str]) -> None:
        listed = "".join(f"\n  {path} ({why})" for path, why in missing.items())
        super().__init__(
            f"wait for {cache}: {len(missing)} not there:{listed}",
            next_step="see whether the job that builds them failed, then run this again",
        )
        self.missing = dict(missing)


@dataclass(frozen=True)
class Patience:
    """``attempts`` rounds at most; ``delay`` seconds after the first, then twice as long.

    ``answer`` is how many seconds the cache may be silent when it is asked.
    """

    attempts: int
    delay: float
    answer: float = 10

    def delays(self) -> Iterable[float]:
        """The seconds between the rounds: one fewer than there are rounds."""
        return (min(self.delay * 2**n, _LONGEST_DELAY) for n in range(self.attempts - 1))


def read_paths(file: Path) -> tuple[str, ...]:
    """The store paths that ``file`` lists, one a line; raises `InvalidFile`."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InvalidFile(str(file), "", str(error)) from error
    found = tuple(line.strip() for line in lines if line.strip())
    for number, line in enumerate(found, 1):
        if not _STORE_PATH.fullmatch(line):
            raise InvalidFile(str(file), f"path {number}", f"not a store path: {line}")
    if not found:
        raise InvalidFile(str(file), "", "lists no store path")
    return found


def wait(
    paths: Iterable[str],
    address: str,
    patience: Patience,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Ask the cache at ``address`` until it has all ``paths``; gives how many rounds it took.

    An error of the server or of the network counts as not there yet. Raises `PathsMissing`.
    """
    missing = dict.fromkeys(paths, "")
    said = progress or Silent()
    with httpx.Client(base_url=address, timeout=patience.answer, follow_redirects=True) as client:
        for round_, delay in enumerate([*patience.delays(), None], 1):
            asked = {path: _absence(client, path) for path in missing}
            missing = {path: why for path, why in asked.items() if why}
            if not missing:
                return round_
            if delay is not None:
                said.note(f"{len(missing)} not there yet, asking again in {delay:g} s")
                sleep(delay)
    raise PathsMissing(address, missing)


def _absence(client: httpx.Client, path: str) -> str:
    """Why ``path`` counts as not there; empty where it is."""
    found = _STORE_PATH.fullmatch(path)
    assert found is not None, path  # noqa: S101 - read_paths let it through
    try:
        status = client.get(f"/{found[1]}.narinfo").status_code
    except httpx.HTTPError as error:
        return f"{type(error).__name__}"
    if status == _FOUND:
        return ""
    return "not in the cache" if status == _MISSING else f"the cache answers {status}"
