"""The committed lock of a platform's providers, in OpenTofu's own format (dependency lock file).

Each platform has one, ``stacks/platforms/<platform>/providers.lock.hcl``, which its environments'
patterns cover: QA and production get exactly the packages that staging had.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from promoter.common.errors import InvalidFile

WORKING_NAME = ".terraform.lock.hcl"
READ_ONLY = "-lockfile=readonly"
_HOST = "registry.opentofu.org"
_ENTRY = re.compile(r'(?ms)^provider "(?P<source>[^"]+)" \{\n(?P<body>.*?)^\}\n')
_VERSION = re.compile(r'(?m)^  version\s+= "(?P<version>[^"]+)"$')
_CONSTRAINTS = re.compile(r'(?m)^  constraints = "(?P<constraints>[^"]+)"$')

Required = Mapping[str, str]
"""Version constraints by source: ``hashicorp/google``, or ``google`` alone."""


def lock_path(platform: str) -> str:
    """Return the path of a platform's lock from the repository's top."""
    return f"stacks/platforms/{platform}/providers.lock.hcl"


@dataclass(frozen=True)
class LockedProvider:
    """A provider of a lock: the first ``line`` of its entry, counted from 1, and its text."""

    line: int
    text: str
    version: str
    constraints: frozenset[str]


@dataclass(frozen=True)
class ProviderLock:
    """The lock ``file`` and its providers by source."""

    file: str
    providers: Mapping[str, LockedProvider]

    @classmethod
    def parse(cls, text: str, file: str) -> Self:
        """Return the lock in ``text``; raises `InvalidFile` for an entry without a version."""
        return cls(file, dict(_entries(text, file)))

    def entries_of(self, required: Required) -> str:
        """Return the entries of the ``required`` providers: OpenTofu refuses further ones.

        Raises `InvalidFile` for a provider that is missing or locked for other constraints.
        """
        for source, constraints in required.items():
            locked = self.providers.get(_address(source))
            if locked is None:
                raise InvalidFile(self.file, "", f"it has no {source}", next_step=_remedy(self))
            if locked.constraints != _parts(constraints):
                reason = (
                    f"{source} {locked.version} was locked for other versions than {constraints}"
                )
                raise InvalidFile(self.file, f"line {locked.line}", reason, next_step=_remedy(self))
        return "\n".join(self.providers[_address(source)].text for source in sorted(required))


def require_lock(tree: Path, platform: str, required: Required, folder: Path) -> tuple[str, ...]:
    """Write the committed lock's entries into ``folder``; return the arguments of ``init``.

    Nothing is written, and there are no arguments, where ``tree`` has no lock of ``platform``.
    """
    entries = locked_entries(tree, platform, required)
    if entries is None:
        return ()
    (folder / WORKING_NAME).write_text(entries, encoding="utf-8")
    return (READ_ONLY,)


def locked_entries(tree: Path, platform: str, required: Required) -> str | None:
    """Return the entries of ``required`` in the lock of ``platform``, None where it has no lock.

    Raises `InvalidFile` for a lock that does not fit.
    """
    file = tree / lock_path(platform)
    if not file.is_file():
        return None
    lock = ProviderLock.parse(file.read_text(encoding="utf-8"), lock_path(platform))
    return lock.entries_of(required)


def _entries(text: str, file: str) -> Iterator[tuple[str, LockedProvider]]:
    for found in _ENTRY.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        version = _VERSION.search(found["body"])
        if version is None:
            remedy = "write it anew: promoter providers lock"
            raise InvalidFile(file, f"line {line}", "it has no version", next_step=remedy)
        constraints = _CONSTRAINTS.search(found["body"])
        parts = _parts(constraints["constraints"] if constraints else "")
        yield found["source"], LockedProvider(line, found[0], version["version"], parts)


def _address(source: str) -> str:
    """Return the whole address of a source, which may be without host and namespace."""
    default = [_HOST, "hashicorp"]
    parts = source.split("/")
    return "/".join((*default[: 3 - len(parts)], *parts))


def _parts(constraints: str) -> frozenset[str]:
    return frozenset("".join(part.split()) for part in constraints.split(",") if part.strip())


def _remedy(lock: ProviderLock) -> str:
    return f"promoter providers lock {Path(lock.file).parent.name}, and commit the result"
