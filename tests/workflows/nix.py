"""Fake nix on this machine: the programs that it runs, and where those find their packages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev import panels
from dev.reference_programs import NEXTEST
from dev.sample_server import SampleServer
from promoter.common.locks import exclusive
from promoter.common.progress import Silent
from promoter.toolchain.cache import default_cache
from tests.concourse.test_pipelines import ROOT

# What a machine needs to find its programs and package registries.
_MACHINE = (
    "PATH",
    "PIP_",
    "UV_",
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GOFLAGS",
    "npm_config_",
    "SSL_",
)
# The files of programs that this machine has below its user's home, by the variable that names it.
_BELOW_HOME = {
    "RUSTUP_HOME": ".rustup",
    "CARGO_HOME": ".cargo",
    "PYENV_ROOT": ".pyenv",
    "GOMODCACHE": "go/pkg/mod",
}


def machine() -> dict[str, str]:
    """Return the variables by which programs find this machine's, and package registries.

    All runs have one store of packages and one target, as the cache of the real runner is.
    """
    return {
        **{name: value for name, value in os.environ.items() if name.startswith(_MACHINE)},
        **{name: str(Path.home() / folder) for name, folder in _BELOW_HOME.items()},
        "CARGO_TARGET_DIR": str(SampleServer().compiled),
        "npm_config_store_dir": str(default_cache() / "pnpm-store"),
    }


@contextmanager
def cargo_target() -> Iterator[None]:
    """Hold the shared target: another run would replace the tests that this one starts."""
    lock = Path(f"{SampleServer().compiled}.lock")
    with exclusive(lock, "another run of cargo", Silent()):
        yield


def write_nix(folder: Path) -> None:
    """Create ``folder`` with nix, and with programs that are built here and not on PATH."""
    folder.mkdir()
    outputs = str(ROOT / "tests" / "concourse" / "outputs.nix")
    text = (Path(__file__).parent / "fakes" / "nix").read_text().replace("@OUTPUTS@", outputs)
    (folder / "nix").write_text(text)
    (folder / "nix").chmod(0o755)
    if NEXTEST.place.is_file():
        (folder / "cargo-nextest").symlink_to(NEXTEST.place)
    if shutil.which("npm"):
        (folder / "pnpm").symlink_to(panels.pnpm())
