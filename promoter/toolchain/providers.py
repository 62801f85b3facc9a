"""A Terraform provider served from a folder, for machines that reach no provider registry."""

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
    """Return a filesystem mirror with ``binary`` as version ``version`` of hashicorp/``name``.

    It has the unpacked layout that OpenTofu documents for ``filesystem_mirror``. Next to it is
    a CLI configuration that installs from this mirror and from nowhere else.
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
        installation = f'filesystem_mirror {{\n    path = "{place}"\n  }}'
        (folder / _CONFIG).write_text(f"provider_installation {{\n  {installation}\n}}\n")

    return cache.folder(_KIND, key, make, progress) / "mirror"


def environment(mirror: Path, terraform: Path) -> dict[str, str]:
    """Return variables by which ``terraform`` installs providers from ``mirror`` only."""
    return {
        "TF_CLI_CONFIG_FILE": str(mirror.parent / _CONFIG),
        "TERRAFORM_BINARY_NAME": str(terraform),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def _file(mirror: Path, host: str, name: str, version: str) -> Path:
    machine = platform.machine()
    target = f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
    folder = mirror / host / "hashicorp" / name / version / target
    return folder / f"terraform-provider-{name}_v{version}"
