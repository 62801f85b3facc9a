"""Base images in the place of Alpine's: Debian's programs, and an `apk` that only checks.

The images of these names can only be had from a registry of images. What stands in says so in the
output of the build.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from dev.images.bases import base_image
from dev.images.debian import OURS, RootRecipe, debian
from dev.images.layers import Layers
from promoter.common.progress import Silent
from promoter.programs.oci import OciImage
from promoter.programs.oci_layout import LayerFile
from promoter.toolchain.cache import Cache, default_cache

# The release of Debian whose Node and Python are those of the Dockerfiles.
NEWER = "trixie"
NODE = RootRecipe(NEWER, ("ca-certificates", "nodejs", "adduser"))
PYTHON = RootRecipe(NEWER, ("ca-certificates", "python3", "python3-pip"))
WITH_GH = RootRecipe(OURS.suite, (*OURS.packages, "gh"))

# What is behind a proxy on this machine is so in a build (`machines_certificates`).
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
NPM = "npm@10"
"""The major version that Node 20 comes with (nodejs.org, "Previous releases")."""

_APK = """#!/bin/sh
echo "apk is a stand-in, which only checks: $*"
for word; do
    case " add --no-cache {packages} " in
        *" $word "*) ;;
        *) echo "apk: not here: $word" >&2; exit 1 ;;
    esac
done
"""


def alpine(
    recipe: RootRecipe,
    packages: Sequence[str],
    *variables: str,
    fill: Callable[[Path], None] | None = None,
) -> OciImage[LayerFile]:
    """Return a base image of Debian's ``recipe`` whose `apk` accepts ``packages``.

    ``fill`` adds files to its folder. ``variables`` are ``NAME=value``.
    """
    layers = layers_of(recipe)
    script = _APK.format(packages=" ".join(packages))

    def write(stage: Path) -> None:
        program(stage, "apk", script)
        if fill:
            fill(stage)

    name = f"alpine-{'-'.join(packages)}"
    return base_image(
        layers, (layers.base(), layers.staged(name, script.encode(), write)), *variables
    )


def layers_of(recipe: RootRecipe) -> Layers:
    """Return the layers of the root of ``recipe``, kept in the cache."""
    cache = Cache(default_cache())
    return Layers(debian(cache, Silent(), recipe=recipe), cache, Silent())


def program(stage: Path, name: str, content: str) -> None:
    """Write an executable file that is on PATH."""
    file = stage / "usr/local/bin" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    file.chmod(0o755)


def node() -> OciImage[LayerFile]:
    """Return the base of the panels: Debian's Node with npm from its registry."""
    variables = (f"NODE_EXTRA_CA_CERTS={CERTIFICATES}", "npm_config_update_notifier=false")
    return alpine(NODE, ["libc6-compat"], *variables, fill=_install_npm)


def python() -> OciImage[LayerFile]:
    """Return the base of the data pipeline's code: Debian's Python with pip."""
    packages = ["build-base", "ca-certificates", "libffi-dev", "openssl-dev"]
    return alpine(PYTHON, packages, f"PIP_CERT={CERTIFICATES}", "PIP_BREAK_SYSTEM_PACKAGES=1")


def _install_npm(stage: Path) -> None:
    modules = stage / "usr/local/lib/node_modules"
    modules.mkdir(parents=True)
    npm = str(shutil.which("npm"))
    run = partial(subprocess.run, check=True, capture_output=True, text=True, cwd=modules)
    archive = run([npm, "pack", "--silent", NPM]).stdout.strip()
    run(["tar", "--extract", "--no-same-owner", "--file", archive])
    (modules / archive).unlink()
    (modules / "package").rename(modules / "npm")
    (stage / "usr/local/bin/npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")
