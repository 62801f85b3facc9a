"""Placeholders of the sample's images, pushed as pinned or handed over as its pipeline does."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import semver

from promoter.git import Git
from promoter.programs.oci import write_layout
from promoter.programs.registry import Registry
from promoter.release.cog import read_cog
from promoter.release.images import Image
from promoter.release.pinned import VERSION
from promoter.release.placeholders import Placeholders
from promoter.release.settings import breaking_rule, settings_at
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.version import next_version

ARTIFACT = "lana-cli"
_PROGRAM = f"lana/cli/{ARTIFACT}"


@dataclass(frozen=True)
class SampleImages:
    """Images of ``placeholders``; their labels name the repository at ``address``."""

    placeholders: Placeholders
    address: str

    def push(self, source: SourceTree, registry: Registry) -> tuple[Image, ...]:
        """Push the images that the chart pins to ``registry``."""
        made = self.placeholders.images(source, VERSION, self.address)
        for name, image in made.items():
            registry.push(name, image, [VERSION])
        return tuple(Image(name, registry.repository(name), made[name].digest) for name in made)

    def hand_over(self, git: Git, folder: Path, *, released: bool) -> tuple[str, ...]:
        """Write the images and the program of the next candidate, or of its release, to ``folder``.

        Returns the options by which `promoter release` takes them from there.
        """
        source = source_of_commit(git, "HEAD")
        version = _version(git, source.commit, released=released)
        images = self.placeholders.images(source, str(version), self.address)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / ARTIFACT).write_bytes(self.placeholders.files[_PROGRAM].content)
        recipes = settings_at(git, source.commit).images
        names = [each.name for each in recipes if each.rebuilt or not released]
        for name in names:
            write_layout(images[name], folder / name)
        return (
            _option("artifact", ARTIFACT, folder),
            *(_option("image", n, folder) for n in names),
        )


def _version(git: Git, commit: str, *, released: bool) -> semver.Version:
    following = next_version(git, commit, read_cog(git, commit), breaking_rule(git, commit))
    return following.final if released else following.candidate


def _option(kind: str, name: str, folder: Path) -> str:
    return f"--{kind} {name}=../{folder.name}/{name}"
