"""Wait until a Cachix cache has store paths (seed 004, `wait-cachix-paths`).

Nix's binary cache protocol: ``GET /<hash>.narinfo`` is 200 for a store path that the cache
has, else 404; the hash is the 32 characters before the first dash of the path's name.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.http import HttpClient
from promoter.common.progress import Progress, Silent

# Nix's base 32 leaves out e, o, t and u.
_STORE_PATH = re.compile(r"/nix/store/([0-9abcdfghijklmnpqrsvwxyz]{32})-[\w.+?=-]+")
_LONGEST_DELAY = 60.0


class PathsMissing(PromoterError):
    """The cache lacks paths after the last attempt: ``missing``, each with the reason."""

    def __init__(self, cache: str, missing: Mapping[str, str]) -> None:
        listed = "".join(f"\n  {path} ({reason})" for path, reason in missing.items())
        remedy = "see whether the job that builds them failed, then run this again"
        reason = f"wait for {cache}: {len(missing)} paths are missing:{listed}"
        super().__init__(reason, next_step=remedy)
        self.missing = dict(missing)


@dataclass(frozen=True)
class Retries:
    """The number of ``attempts``, the first ``delay`` and a response's ``timeout`` in seconds."""

    attempts: int
    delay: float
    timeout: float = 10

    def delays(self) -> list[float]:
        """Return the seconds between the attempts, each twice the one before."""
        return [min(self.delay * 2**n, _LONGEST_DELAY) for n in range(self.attempts - 1)]


def read_paths(file: Path) -> tuple[str, ...]:
    """Return the store paths that ``file`` lists, one per line; raises `InvalidFile`."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InvalidFile(str(file), "", str(error)) from error
    paths = tuple(filter(None, map(str.strip, lines)))
    for number, path in enumerate(paths, 1):
        if not _STORE_PATH.fullmatch(path):
            raise InvalidFile(str(file), f"path {number}", f"not a store path: {path}")
    if not paths:
        raise InvalidFile(str(file), "", "lists no store path")
    return paths


def wait(
    paths: Iterable[str],
    address: str,
    retries: Retries,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Query the cache until it has all ``paths`` and return the number of attempts.

    An error of the server or of the network counts as a missing path. Raises `PathsMissing`.
    """
    missing, progress = dict.fromkeys(paths, ""), progress or Silent()
    with HttpClient(retries.timeout, base_url=address, follow_redirects=True) as client:
        for attempt, delay in enumerate([*retries.delays(), None], 1):
            reasons = {path: _missing(client, path) for path in missing}
            missing = {path: reason for path, reason in reasons.items() if reason}
            if not missing:
                return attempt
            if delay is not None:
                progress.note(f"{len(missing)} paths are missing, trying again in {delay:g} s")
                sleep(delay)
    raise PathsMissing(address, missing)


def _missing(client: httpx.Client, path: str) -> str:
    """Return the reason why ``path`` counts as missing, or ""."""
    name = path.removeprefix("/nix/store/").partition("-")[0]
    try:
        status = client.get(f"/{name}.narinfo").status_code
    except httpx.HTTPError as error:
        return type(error).__name__
    return {200: "", 404: "not in the cache"}.get(status, f"the cache answers {status}")
