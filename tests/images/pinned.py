"""The deployments repository with pins of small images, which a registry on loopback has signed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from dev.images import publish
from dev.images.images import NAMES
from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.cosign import create_keys
from promoter.programs.registry import MIRROR_VARIABLE
from promoter.toolchain import Toolchain
from tests.concourse.test_pipelines import ROOT
from tests.release.conftest import serving

CREATED = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Pinned:
    """The repository ``git`` below ``folder``, and the key and the registry of its images."""

    folder: Path
    git: Git
    public_key: Path
    registry: str

    @property
    def variables(self) -> dict[str, str]:
        """Variables that lead a command to them instead of GitHub and us.gcr.io, and the key."""
        return {
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "COSIGN_PUBLIC_KEY": str(self.public_key),
            MIRROR_VARIABLE: f"us.gcr.io={self.registry}",
        }


def layouts(folder: Path) -> Path:
    """Write the layouts of small images with the names of ours to ``folder``; return it."""
    for name in NAMES:
        layer = oci.layer({f"/{name}": SourceFile(name.encode())})
        oci.write_layout(oci.image([layer], {}, {}, created=CREATED), folder / name)
    return folder


@contextmanager
def published(folder: Path) -> Iterator[Pinned]:
    """Publish and pin the images as their pipeline does."""
    programs = Toolchain(ROOT)
    key, public = create_keys(programs.program("cosign"), folder / "keys")
    git = Git(folder / "galoy-deployments.git")
    git.dir.mkdir()
    git.text("init", "--quiet", "--bare")
    address = f"git@github.com:GaloyMoney/{git.dir.name}"
    rule = f'[url "{git.dir}"]\n\tinsteadOf = {address}\n'
    (folder / "gitconfig").write_text(rule)
    with serving(programs.program("crane")) as registry:
        images = str(layouts(folder / "images"))
        command = [images, "--registry", f"{registry}/galoyorg", "--remote", str(git.dir)]
        with patch.dict(os.environ, {"COSIGN_KEY": str(key)}):
            assert publish.main(command) == 0
        yield Pinned(folder, git, public, registry)
