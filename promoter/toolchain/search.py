"""Programs on PATH: which is there, and whether its version will do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.toolchain.versions import Version, VersionRange, version_of


@dataclass(frozen=True)
class OnPath:
    """A program on PATH with a version that will do."""

    path: Path
    version: Version


@dataclass(frozen=True)
class Unfit:
    """Why no program of that name on PATH will do: one reason for each one found."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "not on PATH"


def search(
    name: str,
    accepted: VersionRange,
    arguments: tuple[str, ...],
    probe: Callable[[Path, tuple[str, ...]], Version] = version_of,
) -> OnPath | Unfit:
    """The first ``name`` on PATH whose version is ``accepted``, or why there is none.

    Every folder of PATH is looked at, not only the first that has one: an old system
    package must not hide the new one behind it.
    """
    reasons = []
    for path in _candidates(name):
        try:
            version = probe(path, arguments)
        except ValueError as error:
            reasons.append(str(error))
            continue
        if version in accepted:
            return OnPath(path, version)
        reasons.append(f"{path} is {version}, needed is {accepted}")
    return Unfit(tuple(reasons))


def _candidates(name: str) -> Iterator[Path]:
    seen: set[Path] = set()
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder or os.curdir, name).absolute()
        # /bin is /usr/bin on most machines: one program, not two.
        if path.resolve() not in seen and path.is_file() and os.access(path, os.X_OK):
            seen.add(path.resolve())
            yield path
