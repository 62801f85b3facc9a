"""What is released and where: the repository, its forge, its registry."""

from __future__ import annotations

from dataclasses import dataclass, field

import semver

from promoter.common.progress import Progress, Silent
from promoter.forge.forge import Forge
from promoter.git import Git, Identity
from promoter.programs.registry import Registry
from promoter.release.cog import CogSettings, read_cog
from promoter.release.history import VersionTag, version_tags
from promoter.release.supply_chain import SupplyChain
from promoter.release.version_branch import VersionBranch

BOT = Identity("CI Bot", "bot@galoy.io")


@dataclass(frozen=True)
class Application:
    """An application's clone ``git``, whose ``remote`` is the place that counts.

    ``branch`` is what is released; ``supply_chain`` signs and verifies images (None: neither).
    Nothing is read from or written to the clone's work tree.
    """

    git: Git
    forge: Forge
    registry: Registry
    remote: str = "origin"
    branch: str = "main"
    author: Identity = BOT
    supply_chain: SupplyChain | None = None
    progress: Progress = field(default_factory=Silent, compare=False)

    def fetch(self) -> str:
        """Bring the remote's branch and tags here; gives the branch's commit.

        Tags are taken as the remote has them: one that differs here was never published.
        """
        tip = self.git.tip(self.remote, self.branch)
        self.git.fetch(self.remote, "+refs/tags/*:refs/tags/*")
        return tip

    def settings(self, commit: str) -> CogSettings:
        """cog.toml as ``commit`` has it."""
        return read_cog(self.git, commit)

    def tags(self, commit: str) -> list[VersionTag]:
        """All version tags, the smallest first, read with ``commit``'s tag prefix."""
        return version_tags(self.git, self.settings(commit).tag_prefix)

    def tag_name(self, version: semver.Version, commit: str) -> str:
        """How ``version`` is tagged."""
        return f"{self.settings(commit).tag_prefix}{version}"

    @property
    def counter(self) -> VersionBranch:
        """The version branch."""
        return VersionBranch(self.git, self.remote, author=self.author)

    def is_newest(self, version: semver.Version, commit: str) -> bool:
        """Whether no tag is above ``version`` (candidates count for candidates only)."""
        others = (tag.version for tag in self.tags(commit))
        rivals = others if version.prerelease else (v for v in others if not v.prerelease)
        return all(version >= other for other in rivals)
