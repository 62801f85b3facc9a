"""What can be built here: each program's Go module, package and linker flags.

The versions are not here: they are read from ``dev/toolchain/<module>/go.mod``, so there
is one place to change one. Build times on two cores: OpenTofu 3 min, kube-apiserver
4 min, the rest 15-70 s each.
"""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.toolchain.versions import Version

_STRIP = ("-s", "-w")


@dataclass(frozen=True)
class Recipe:
    """How one program is built: ``package`` inside the Go module ``dev/toolchain/<folder>``.

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
        """The value of ``-ldflags`` for a build of ``version``."""
        numbers = Version.parse(version)
        filled = (
            v.format(version=version, major=numbers.major, minor=numbers.minor)
            for v in self.variables
        )
        return " ".join([*_STRIP, *(f"-X {variable}" for variable in filled)])


_KUBERNETES = "k8s.io/kubernetes"
# Without gitVersion the API server says v0.0.0-master, which clients cannot parse.
_KUBERNETES_VARIABLES = (
    "k8s.io/component-base/version.gitVersion={version}",
    "k8s.io/component-base/version.gitMajor={major}",
    "k8s.io/component-base/version.gitMinor={minor}",
    "k8s.io/client-go/pkg/version.gitVersion={version}",
)


def _kubernetes(name: str) -> Recipe:
    package = f"{_KUBERNETES}/cmd/{name}"
    return Recipe(name, "kubernetes", package, _KUBERNETES, _KUBERNETES_VARIABLES)


_HELM = "helm.sh/helm/v3"
_CRANE = "github.com/google/go-containerregistry"
_TOFU = "github.com/opentofu/opentofu"
_KWOK = "sigs.k8s.io/kwok"
_COSIGN = "github.com/sigstore/cosign/v3"
_COSIGN_VARIABLES = ("sigs.k8s.io/release-utils/version.gitVersion={version}",)
_HELM_PROVIDER = "github.com/hashicorp/terraform-provider-helm"

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("tofu", "opentofu", f"{_TOFU}/cmd/tofu", _TOFU, (f"{_TOFU}/version.dev=no",)),
        Recipe(
            "helm",
            "helm",
            f"{_HELM}/cmd/helm",
            _HELM,
            (f"{_HELM}/internal/version.version={{version}}",),
        ),
        _kubernetes("kubectl"),
        Recipe("etcd", "etcd", ".", "go.etcd.io/etcd/server/v3"),
        _kubernetes("kube-apiserver"),
        _kubernetes("kube-controller-manager"),
        _kubernetes("kube-scheduler"),
        Recipe("kwok", "kwok", f"{_KWOK}/cmd/kwok", _KWOK),
        Recipe(
            "crane",
            "crane",
            f"{_CRANE}/cmd/crane",
            _CRANE,
            (f"{_CRANE}/cmd/crane/cmd.Version={{version}}",),
        ),
        Recipe("registry", "crane", "./registry", _CRANE),
        Recipe("cosign", "cosign", f"{_COSIGN}/cmd/cosign", _COSIGN, _COSIGN_VARIABLES),
        Recipe(
            "terraform-provider-helm", "terraform-provider-helm", _HELM_PROVIDER, _HELM_PROVIDER
        ),
    )
}

_AZURERM = "github.com/hashicorp/terraform-provider-azurerm"

ON_REQUEST: dict[str, Recipe] = {
    "terraform-provider-azurerm": Recipe(
        "terraform-provider-azurerm", "terraform-provider-azurerm", _AZURERM, _AZURERM
    )
}
"""Built only when asked for by name: some minutes and gigabytes, for `make test-providers`."""


@dataclass(frozen=True)
class Pinned:
    """A recipe read together with its module: which version, and a key for the cache.

    ``key`` is ``<version>-<hash>``; the hash covers go.mod, go.sum, our own Go files, the
    linker flags and the machine, so whatever changes the program changes the key.
    """

    recipe: Recipe
    module: Path
    version: str
    key: str


def pinned(recipe: Recipe, root: Path) -> Pinned:
    """What ``recipe`` builds in the tree ``root``; raises `InvalidFile` on a bad go.mod."""
    module = root / "dev" / "toolchain" / recipe.folder
    version = module_version(module / "go.mod", recipe.pinned)
    digest = hashlib.sha256()
    for part in _inputs(recipe, module, version):
        digest.update(len(part).to_bytes(8, "big") + part)
    return Pinned(recipe, module, version, f"{version.removeprefix('v')}-{digest.hexdigest()[:12]}")


def module_version(go_mod: Path, module: str) -> str:
    """The version (``v1.2.3``) at which ``go_mod`` requires ``module``."""
    found = re.search(rf"^(?:require)?\s*{re.escape(module)} (v\S+)", _read(go_mod), re.MULTILINE)
    if found is None:
        raise InvalidFile(str(go_mod), "require", f"{module} is not required")
    return found[1]


def go_version(go_mod: Path) -> str:
    """The Go version that ``go_mod`` asks for, such as ``1.26.0``."""
    found = re.search(r"^go (\S+)", _read(go_mod), re.MULTILINE)
    if found is None:
        raise InvalidFile(str(go_mod), "go", "no line says which Go version it needs")
    return found[1]


def _inputs(recipe: Recipe, module: Path, version: str) -> list[bytes]:
    files = [module / "go.mod", module / "go.sum", *sorted(module.rglob("*.go"))]
    texts = [recipe.package, recipe.linker_flags(version), platform.system(), platform.machine()]
    named = [part for file in files for part in (file.name.encode(), _read(file).encode())]
    return [*named, *(text.encode() for text in texts)]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidFile(
            str(file), "", error.strerror or str(error), next_step="restore it from git"
        ) from error
