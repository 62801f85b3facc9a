"""The programs that can be built here: their Go modules, packages and linker flags.

All but two Terraform providers, slsa-verifier, kubelogin, act and otelcol are packages of one
module, ``dev/toolchain/programs``, so that what they share is compiled once.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.toolchain.cache import read_committed
from promoter.toolchain.versions import Version

SHARED = "programs"
"""The module that most programs are built from; `KEYS` has a key for each of them."""

KEYS = "keys.json"
# A cold start is mostly compiling. The linker strips debug information anyway, and these programs
# wait more than they compute: nothing but the standard library is inlined (decision 91).
_FAST = ("-gcflags=all=-dwarf=false -l", "-gcflags=std=-dwarf=false")
_FLAGS = {
    # OpenTofu's client of Cloud Storage without DirectPath (gRPC by xDS), which it does not use.
    SHARED: (*_FAST, "-tags=disable_grpc_modules"),
    "terraform-provider-kubernetes": _FAST,
    # Prometheus without the discovery of every cloud.
    "otelcol": ("-gcflags=all=-dwarf=false", "-tags=remove_all_sd,enable_dns_sd"),
}


@dataclass(frozen=True)
class Recipe:
    """The build of one program: ``package`` in the Go module ``dev/toolchain/<folder>``.

    ``pinned`` is the required module whose version is the program's version, ``seconds`` the
    CPU time of its build after those listed before it, and ``variables`` are the Go variables
    that a release sets when it links, with ``{version}`` (``v1.2.3``), ``{major}`` and
    ``{minor}`` filled in. ``release`` is the version by the CHANGELOG.md of a module that is
    pinned at a commit, since the Go module proxy has none of its major versions.
    """

    name: str
    folder: str
    package: str
    pinned: str
    seconds: int
    variables: tuple[str, ...] = ()
    release: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        """The compiler's flags."""
        return _FLAGS.get(self.folder, ())

    def assignments(self, version: str) -> list[str]:
        """Return the linker's ``-X`` arguments for a build of ``version``."""
        parsed = Version.parse(version)
        names = {"version": version, "major": parsed.major, "minor": parsed.minor}
        return [f"-X {text.format(**names)}" for text in self.variables]


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
_KUBELOGIN = "github.com/Azure/kubelogin"
_SLSA = "github.com/slsa-framework/slsa-verifier/v2"
_ACT = "github.com/nektos/act"
_OTELCOL = "go.opentelemetry.io/collector/otelcol"


def _kubernetes(name: str, seconds: int) -> Recipe:
    package = f"{_KUBERNETES}/cmd/{name}"
    return Recipe(name, SHARED, package, _KUBERNETES, seconds, _KUBERNETES_VARIABLES)


def _command(name: str, module: str, seconds: int, *variables: str) -> Recipe:
    """Return the recipe of ``<module>/cmd/<name>``."""
    return Recipe(name, SHARED, f"{module}/cmd/{name}", module, seconds, variables)


def _provider(name: str, folder: str, seconds: int, release: str) -> Recipe:
    module = f"{_HASHICORP}/{name}"
    return Recipe(name, folder, module, module, seconds, release=release)


# In the order in which a first change needs them, and builds them (`build`).
_ALL = (
    Recipe("registry", SHARED, "./registry", _CRANE, 32),
    _command("crane", _CRANE, 3, f"{_CRANE}/cmd/crane/cmd.Version={{version}}"),
    _command("cosign", _COSIGN, 164, "sigs.k8s.io/release-utils/version.gitVersion={version}"),
    Recipe("etcd", SHARED, "./etcd", "go.etcd.io/etcd/server/v3", 17),
    _kubernetes("kube-apiserver", 193),
    _kubernetes("kube-controller-manager", 78),
    _kubernetes("kube-scheduler", 5),
    _command("kwok", _KWOK, 18),
    _kubernetes("kubectl", 29),
    _command("helm", _HELM, 17, f"{_HELM}/internal/version.version={{version}}"),
    _command("tofu", _TOFU, 134, f"{_TOFU}/version.dev=no"),
    _provider("terraform-provider-helm", SHARED, 9, "3.2.0"),
    _kubernetes("kubelet", 19),
    _kubernetes("kube-proxy", 8),
    _provider("terraform-provider-azurerm", "terraform-provider-azurerm", 940, "5.2.0"),
    _provider("terraform-provider-kubernetes", "terraform-provider-kubernetes", 120, "3.2.1"),
    Recipe("kubelogin", "kubelogin", _KUBELOGIN, _KUBELOGIN, 85),
    Recipe("slsa-verifier", "slsa-verifier", f"{_SLSA}/cli/slsa-verifier", _SLSA, 50),
    Recipe("act", "act", _ACT, _ACT, 55),
    Recipe("otelcol", "otelcol", ".", _OTELCOL, 285),
)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
ON_REQUEST = (
    *("kubelet", "kube-proxy"),
    *("terraform-provider-azurerm", "terraform-provider-kubernetes"),
    *("kubelogin", "slsa-verifier", "act", "otelcol"),
)
"""Built only when named: a real node, providers that take minutes, the task image's sign-in to
AKS, a check for others, the engine of `make test-workflows`, and the chart's collector."""


@dataclass(frozen=True)
class ProgramPin:
    """A recipe together with the version that its module pins, and a key for the cache.

    ``key`` is ``<version>-<hash>``; the hash covers the modules that the program is built
    from, our own Go files, the flags and the machine, so whatever changes the program changes
    the key, and a change of another program does not.
    """

    recipe: Recipe
    module: Path
    version: str
    key: str

    @property
    def release(self) -> str:
        """The version of the program, such as ``1.2.3``."""
        return self.recipe.release or self.version.removeprefix("v")

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


def modules_key(module: Path, name: str) -> str:
    """Return the key of the modules that program ``name`` of the shared module is built from.

    Raises `InvalidFile` where go.mod or go.sum changed since the keys were computed.
    """
    file = module / KEYS
    keys = json.loads(read_committed(file))
    if keys["requirements"] != requirements_digest(module) or name not in keys["programs"]:
        raise InvalidFile(
            str(file),
            "",
            "it does not belong to go.mod and go.sum",
            next_step="make generated",
        )
    return str(keys["programs"][name])


def requirements_digest(module: Path) -> str:
    """Return the SHA-256 of a module's go.mod and go.sum."""
    return hashlib.sha256(
        read_committed(module / "go.mod") + b"\0" + read_committed(module / "go.sum")
    ).hexdigest()


def _inputs(recipe: Recipe, module: Path, version: str) -> list[bytes]:
    linker = " ".join(["-s", "-w", *recipe.assignments(version)])
    texts = [recipe.package, linker, platform.system(), platform.machine(), *recipe.flags]
    return [*_sources(recipe, module), *(text.encode() for text in texts)]


def _sources(recipe: Recipe, module: Path) -> list[bytes]:
    if recipe.folder == SHARED:
        own = sorted((module / recipe.package).glob("*.go")) if recipe.package[0] == "." else []
        return [modules_key(module, recipe.name).encode(), *map(read_committed, own)]
    files = [module / "go.mod", module / "go.sum", *sorted(module.rglob("*.go"))]
    return [part for file in files for part in (file.name.encode(), read_committed(file))]
