"""The programs that can be built here: their Go modules, packages and linker flags.

Their versions come from ``dev/toolchain/<module>/go.mod``, so each one is changed in one
place. Build times on two cores: OpenTofu 3 min, kube-apiserver 4 min, the rest 15-70 s each.
"""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.toolchain.cache import read_committed
from promoter.toolchain.versions import Version


@dataclass(frozen=True)
class Recipe:
    """The build of one program: ``package`` in the Go module ``dev/toolchain/<folder>``.

    ``pinned`` is the required module whose version is the program's version, and
    ``variables`` are the Go variables that a release sets when it links, with ``{version}``
    (``v1.2.3``), ``{major}`` and ``{minor}`` filled in.
    """

    name: str
    folder: str
    package: str
    pinned: str
    variables: tuple[str, ...] = ()

    def linker_flags(self, version: str) -> str:
        """Return the value of ``-ldflags`` for a build of ``version``."""
        parsed = Version.parse(version)
        names = {"version": version, "major": parsed.major, "minor": parsed.minor}
        return " ".join(["-s", "-w", *(f"-X {text.format(**names)}" for text in self.variables)])


_KUBERNETES = "k8s.io/kubernetes"
# Without gitVersion the API server reports v0.0.0-master, which clients cannot parse.
_KUBERNETES_VARIABLES = (
    "k8s.io/component-base/version.gitVersion={version}",
    "k8s.io/component-base/version.gitMajor={major}",
    "k8s.io/component-base/version.gitMinor={minor}",
    "k8s.io/client-go/pkg/version.gitVersion={version}",
)
_HELM = "helm.sh/helm/v3"
_CRANE = "github.com/google/go-containerregistry"
_TOFU = "github.com/opentofu/opentofu"
_KWOK = "sigs.k8s.io/kwok"
_COSIGN = "github.com/sigstore/cosign/v3"
_HASHICORP = "github.com/hashicorp"


def _kubernetes(name: str) -> Recipe:
    package = f"{_KUBERNETES}/cmd/{name}"
    return Recipe(name, "kubernetes", package, _KUBERNETES, _KUBERNETES_VARIABLES)


def _command(name: str, folder: str, module: str, *variables: str) -> Recipe:
    """Return the recipe of ``<module>/cmd/<name>``; variables are relative to the module."""
    settings = tuple(f"{module}/{variable}" for variable in variables)
    return Recipe(name, folder, f"{module}/cmd/{name}", module, settings)


def _provider(name: str) -> Recipe:
    return Recipe(name, name, f"{_HASHICORP}/{name}", f"{_HASHICORP}/{name}")


_ALL = (
    _command("tofu", "opentofu", _TOFU, "version.dev=no"),
    _command("helm", "helm", _HELM, "internal/version.version={version}"),
    _kubernetes("kubectl"),
    Recipe("etcd", "etcd", ".", "go.etcd.io/etcd/server/v3"),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
    _kubernetes("kube-scheduler"),
    _command("kwok", "kwok", _KWOK),
    _command("crane", "crane", _CRANE, "cmd/crane/cmd.Version={version}"),
    Recipe("registry", "crane", "./registry", _CRANE),
    Recipe(
        "cosign",
        "cosign",
        f"{_COSIGN}/cmd/cosign",
        _COSIGN,
        ("sigs.k8s.io/release-utils/version.gitVersion={version}",),
    ),
    _provider("terraform-provider-helm"),
    _provider("terraform-provider-azurerm"),
)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
ON_REQUEST = ("terraform-provider-azurerm",)
"""Built only when named: it takes minutes and gigabytes, for `make test-providers`."""


@dataclass(frozen=True)
class ProgramPin:
    """A recipe together with the version that its module pins, and a key for the cache.

    ``key`` is ``<version>-<hash>``; the hash covers go.mod, go.sum, our own Go files, the
    linker flags and the machine, so whatever changes the program changes the key.
    """

    recipe: Recipe
    module: Path
    version: str
    key: str

    @classmethod
    def read(cls, recipe: Recipe, root: Path) -> ProgramPin:
        """Return the pin in the tree ``root``; raises `InvalidFile` on a bad go.mod."""
        module = root / "dev" / "toolchain" / recipe.folder
        version = module_version(module / "go.mod", recipe.pinned)
        digest = hashlib.sha256()
        for part in _inputs(recipe, module, version):
            digest.update(len(part).to_bytes(8, "big") + part)
        key = f"{version.removeprefix('v')}-{digest.hexdigest()[:12]}"
        return cls(recipe, module, version, key)


def module_version(go_mod: Path, module: str) -> str:
    """Return the version (``v1.2.3``) at which ``go_mod`` requires ``module``."""
    pattern = rf"^(?:require)?\s*{re.escape(module)} (v\S+)"
    return _find(go_mod, pattern, "require", f"{module} is not required")


def go_version(go_mod: Path) -> str:
    """Return the Go version that ``go_mod`` requires, such as ``1.26.0``."""
    return _find(go_mod, r"^go (\S+)", "go", "no line has the required Go version")


def _find(go_mod: Path, pattern: str, place: str, problem: str) -> str:
    found = re.search(pattern, read_committed(go_mod).decode(), re.MULTILINE)
    if found is None:
        raise InvalidFile(str(go_mod), place, problem)
    return found[1]


def _inputs(recipe: Recipe, module: Path, version: str) -> list[bytes]:
    files = [module / "go.mod", module / "go.sum", *sorted(module.rglob("*.go"))]
    texts = [recipe.package, recipe.linker_flags(version), platform.system(), platform.machine()]
    named = [part for file in files for part in (file.name.encode(), read_committed(file))]
    return [*named, *(text.encode() for text in texts)]
