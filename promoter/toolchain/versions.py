"""Versions of outside programs, and the programs on PATH whose version is accepted."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from promoter.common.child import run_child
from promoter.common.environment import child_environment

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
        """Return the first version in ``text``; raises `ValueError` if there is none."""
        found = _NUMBERS.search(text)
        if found is None:
            raise ValueError(f"no version in {text.strip()[:80]!r}")
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True)
class VersionRange:
    """At least ``minimum`` and, if given, below ``below``."""

    minimum: Version
    below: Version | None = None

    @classmethod
    def minors(cls, version: Version, distance: int) -> VersionRange:
        """Return the versions at most ``distance`` minor versions away from ``version``."""
        return cls(
            Version(version.major, max(version.minor - distance, 0)),
            Version(version.major, version.minor + distance + 1),
        )

    def __contains__(self, version: Version) -> bool:
        return self.minimum <= version and (self.below is None or version < self.below)

    def __str__(self) -> str:
        upper = f" and < {self.below}" if self.below else ""
        return f">= {self.minimum}{upper}"


@dataclass(frozen=True)
class OnPath:
    """A program on PATH with an accepted version."""

    path: Path
    version: Version


@dataclass(frozen=True)
class Unfit:
    """The reasons why no program of a name on PATH is accepted: one for each one found."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "not on PATH"


def search(name: str, accepted: VersionRange, arguments: tuple[str, ...]) -> OnPath | Unfit:
    """Return the first ``name`` on PATH whose version is ``accepted``, or why there is none.

    Searches every folder of PATH, not only the first that has the name: an old system package
    must not hide the new one behind it.
    """
    reasons = []
    for path in _candidates(name):
        try:
            version = version_of(path, arguments)
        except ValueError as error:
            reasons.append(str(error))
            continue
        if version in accepted:
            return OnPath(path, version)
        reasons.append(f"{path} is {version}, but {accepted} is required")
    return Unfit(tuple(reasons))


def probe(name: str, arguments: tuple[str, ...]) -> None:
    """Run each ``name`` on PATH for its version, which `search` then knows."""
    for path in _candidates(name):
        with suppress(ValueError):
            version_of(path, arguments)


def version_of(path: Path, arguments: tuple[str, ...]) -> Version:
    """Return the version that the program at ``path`` prints when called with ``arguments``.

    Raises `ValueError` if it does not run, fails, or prints no version.
    """
    status = path.stat()
    return _probe(path, arguments, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _probe(path: Path, arguments: tuple[str, ...], mtime: int, size: int) -> Version:  # noqa: ARG001
    # mtime and size are part of the cache's key: a program that was replaced is run again.
    try:
        result = run_child(
            [path, *arguments],
            text=True,
            errors="replace",
            seconds=_PROBE_SECONDS,
            env=_quiet_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"{path} does not run: {error}") from error
    if result.returncode != 0:
        raise ValueError(f"{path} exited with {result.returncode}: {result.stderr.strip()[-200:]}")
    return Version.parse(result.stdout)


def _candidates(name: str) -> Iterator[Path]:
    resolved: set[Path] = set()
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder or os.curdir, name).absolute()
        # /bin is /usr/bin on most machines: one program, not two.
        if path.resolve() not in resolved and path.is_file() and os.access(path, os.X_OK):
            resolved.add(path.resolve())
            yield path


def _quiet_environment() -> dict[str, str]:
    """Return our environment, less what makes a program do more than print its version."""
    # A CLI configuration that does not exist makes Terraform warn before it answers, and
    # Checkpoint would make it ask its vendor for a newer version.
    return {**child_environment(), "CHECKPOINT_DISABLE": "1", "LC_ALL": "C"}
