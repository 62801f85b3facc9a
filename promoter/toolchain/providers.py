"""A provider served from a folder, where no provider registry is in reach."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

from promoter.common.progress import Progress
from promoter.toolchain.cache import Cache

_HOSTS = ("registry.opentofu.org", "registry.terraform.io")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_KIND = "providers"
_CONFIG = "config.tfrc"


def mirror(cache: Cache, name: str, binary: Path, version: str, progress: Progress) -> Path:
    """A filesystem mirror with ``binary`` as version ``version`` of hashicorp/``name``.

    Unpacked layout, as OpenTofu's CLI configuration documents ``filesystem_mirror``. A CLI
    configuration that installs from it and from nowhere else is beside it.
    """
    key = binary.parent.name
    place = cache.path(_KIND, key) / "mirror"

    def make(folder: Path) -> None:
        first, *others = (_file(folder / "mirror", host, name, version) for host in _HOSTS)
        first.parent.mkdir(parents=True)
        shutil.copy2(binary, first)
        for other in others:
            other.parent.mkdir(parents=True)
            other.hardlink_to(first)  # one file under two names: it is large
        (folder / _CONFIG).write_text(_config(place), encoding="utf-8")

    return cache.folder(_KIND, key, make, progress) / "mirror"


def environment(mirror: Path, terraform: Path) -> dict[str, str]:
    """Variables for ``terraform`` to install providers from ``mirror`` and nowhere else."""
    return {
        "TF_CLI_CONFIG_FILE": str(mirror.parent / _CONFIG),
        "TERRAFORM_BINARY_NAME": str(terraform),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def _config(mirror: Path) -> str:
    return f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'


def _file(mirror: Path, host: str, name: str, version: str) -> Path:
    machine = platform.machine()
    target = f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
    folder = mirror / host / "hashicorp" / name / version / target
    return folder / f"terraform-provider-{name}_v{version}"
