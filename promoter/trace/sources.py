"""Everything outside of the deployments repository that a trace reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.errors import GitError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.git import Git
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import ImageLookup, configured_mirrors

_REGISTRIES = ("gcr.io", "us.gcr.io")


@dataclass(frozen=True)
class TraceSources:
    """The registries and the cluster of a trace; ``cluster`` is None if it is not queried."""

    images: ImageLookup
    cluster: Kubectl | None
    progress: Progress


def registry_mirrors(platform: str) -> Mapping[str, str]:
    """Return the mirrors of PROMOTER_REGISTRY_MIRROR, by default the ``platform``'s registry."""
    mirrors = configured_mirrors()
    return mirrors or (dict.fromkeys(_REGISTRIES, platform) if platform else {})


@dataclass(frozen=True)
class Repositories:
    """Bare clones below ``folder``, without file contents, each created on its first use."""

    folder: Path
    _clones: dict[str, Git | str] = field(default_factory=dict)

    def get(self, url: str) -> Git | str:
        """Return the clone of ``url``, or the reason why there is none."""
        if url not in self._clones:
            self._clones[url] = self._clone(url)
        return self._clones[url]

    def _clone(self, url: str) -> Git | str:
        if redact(url) != url:
            return f"clone {redact(url)}: the address contains a password or token"
        target = self.folder / hashlib.sha256(url.encode()).hexdigest()[:16]
        flags = ("--quiet", "--bare", "--filter=blob:none")
        try:
            Git(self.folder).text("clone", *flags, "--", url, str(target))
        except GitError as error:
            return str(error)
        return Git(target)
