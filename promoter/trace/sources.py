"""Everything outside of the deployments repository that a trace reads."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from promoter.common.errors import GitError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.git import Git
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import ImageLookup, configured_mirrors

Clones = Callable[[str], Git | str]
"""Return the bare clone of an address, without file contents, or the reason for having none."""


@dataclass(frozen=True)
class TraceSources:
    """The registries and the cluster of a trace; ``cluster`` is None if it is not queried."""

    images: ImageLookup
    cluster: Kubectl | None
    progress: Progress


def registry_mirrors(platform: str) -> Mapping[str, str]:
    """Return the mirrors of PROMOTER_REGISTRY_MIRROR, by default the ``platform``'s registry."""
    default = dict.fromkeys(("gcr.io", "us.gcr.io"), platform) if platform else {}
    return configured_mirrors() or default


def clones_below(folder: Path) -> Clones:
    """Return `Clones` that are created below ``folder`` on their first use."""

    @cache
    def clone(url: str) -> Git | str:
        if redact(url) != url:
            return f"clone {redact(url)}: the address contains a password or token"
        target = folder / hashlib.sha256(url.encode()).hexdigest()[:16]
        flags = ("--quiet", "--bare", "--filter=blob:none")
        try:
            Git(folder).text("clone", *flags, "--", url, str(target))
        except GitError as error:
            return str(error)
        return Git(target)

    return clone
