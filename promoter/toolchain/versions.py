"""Versions of outside programs: read from what they print, compared, and bounded."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_NUMBERS = re.compile(r"(?<![\d.])v?(\d+)\.(\d+)(?:\.(\d+))?")
_PROBE_SECONDS = 30


@dataclass(frozen=True, order=True)
class Version:
    """``major.minor.patch``; what follows (a pre-release, a build) does not count."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """The first version in ``text``; raises `ValueError` where there is none."""
        found = _NUMBERS.search(text)
        if found is None:
            raise ValueError(f"no version in {text.strip()[:80]!r}")
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True)
class VersionRange:
    """At least ``minimum`` and, where it is given, below ``below``."""

    minimum: Version
    below: Version | None = None

    @classmethod
    def minors(cls, version: Version, distance: int) -> VersionRange:
        """Any version at most ``distance`` minor versions away from ``version``."""
        return cls(
            Version(version.major, max(version.minor - distance, 0)),
            Version(version.major, version.minor + distance + 1),
        )

    def __contains__(self, version: Version) -> bool:
        return self.minimum <= version and (self.below is None or version < self.below)

    def __str__(self) -> str:
        upper = f" and < {self.below}" if self.below else ""
        return f">= {self.minimum}{upper}"


def version_of(path: Path, arguments: tuple[str, ...]) -> Version:
    """The version that the program at ``path`` prints when called with ``arguments``.

    Raises `ValueError` where it does not run, fails, or prints no version.
    """
    status = path.stat()
    return _probe(path, arguments, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _probe(path: Path, arguments: tuple[str, ...], mtime: int, size: int) -> Version:  # noqa: ARG001
    """As `version_of`; a program that was replaced is asked again (mtime, size)."""
    try:
        done = subprocess.run(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PROBE_SECONDS,
            env=_quiet_environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"{path} does not run: {error}") from error
    if done.returncode != 0:
        raise ValueError(f"{path} exited with {done.returncode}: {done.stderr.strip()[-200:]}")
    return Version.parse(done.stdout)


def _quiet_environment() -> dict[str, str]:
    """Ours, less what makes a program do more than print its version."""
    # A CLI configuration that is not there makes Terraform warn before it answers, and
    # Checkpoint would make it ask its vendor whether there is a newer one.
    kept = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
    return {**kept, "CHECKPOINT_DISABLE": "1", "LC_ALL": "C"}
