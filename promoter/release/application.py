"""The repositories that a release works on: their clone, their forge, their registry."""

from dataclasses import dataclass, field, replace
from typing import Self

import semver

from promoter.common.progress import Progress, Silent
from promoter.forge.forge import Forge
from promoter.git import Git, Identity
from promoter.programs.registry import Registry
from promoter.release.build_inputs import BuildInputs
from promoter.release.cog import read_cog
from promoter.release.errors import ReleaseError
from promoter.release.settings import SETTINGS_FILE, ReleaseSettings
from promoter.release.supply_chain import SupplyChain
from promoter.release.version import VersionTag, version_tags
from promoter.release.version_branch import VersionBranch

BOT = Identity("CI Bot", "bot@galoy.io")


@dataclass(frozen=True)
class HostedRepository:
    """A clone ``git`` of a repository at ``forge``; its work tree is neither read nor written.

    ``branch`` of ``remote`` is read from and proposed to; ``author`` commits.
    """

    git: Git
    forge: Forge
    remote: str = field(default="origin", kw_only=True)
    branch: str = field(default="main", kw_only=True)
    author: Identity = field(default=BOT, kw_only=True)


@dataclass(frozen=True)
class Application(HostedRepository):
    """The application that is released; without ``supply_chain`` no image is signed or verified.

    Images are in ``registry``, or, where it has no address, each in the registry of release.yml.
    """

    registry: Registry
    supply_chain: SupplyChain | None = None
    progress: Progress = field(default_factory=Silent, compare=False)
    inputs: BuildInputs = field(default_factory=BuildInputs, compare=False)

    def at(self, settings: ReleaseSettings) -> Self:
        """Return the application with its images where ``settings`` says that they are."""
        if self.registry.address:
            return self
        homes = settings.registries()
        for name, address in homes.items():
            if not address:
                raise ReleaseError(
                    f"find the registry of image {name}: {SETTINGS_FILE} names none",
                    next_step="add registry there, or use --registry",
                )
        registry = replace(self.registry, homes=homes)
        signed = self.supply_chain and replace(self.supply_chain, registry=registry)
        return replace(self, registry=registry, supply_chain=signed)

    def fetch(self) -> str:
        """Fetch the remote's branch and tags; return the branch's commit.

        Tags are overwritten by the remote's: one that differs here was never published.
        """
        tip = self.git.tip(self.remote, self.branch)
        self.git.fetch(self.remote, "+refs/tags/*:refs/tags/*")
        return tip

    def tags(self, commit: str) -> list[VersionTag]:
        """Return all version tags, the smallest first, by the tag prefix of ``commit``."""
        return version_tags(self.git, read_cog(self.git, commit).tag_prefix)

    def release_before(self, tag: VersionTag) -> VersionTag | None:
        """Return the newest release with a smaller version than ``tag``."""
        releases = [each for each in self.tags(tag.commit) if not each.version.prerelease]
        return next((each for each in reversed(releases) if each.version < tag.version), None)

    @property
    def counter(self) -> VersionBranch:
        """The version branch."""
        return VersionBranch(self.git, self.remote, author=self.author)

    def is_newest(self, version: semver.Version, commit: str) -> bool:
        """Return whether no tag is above ``version`` (candidates count for candidates only)."""
        others = (tag.version for tag in self.tags(commit))
        return all(version >= v for v in others if version.prerelease or not v.prerelease)
