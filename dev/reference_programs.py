"""Programs of others that cargo builds: cepler and cog, to compare ours with, and cargo-nextest.

``python -m dev.reference_programs NAME...`` builds them once, into the cache, before tests run;
and the sample application's server (`sample_server`) and panels (`panels`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dev import panels
from dev.sample_server import SampleServer
from promoter.cli.progress import shown
from promoter.common.errors import ProgramMissing, PromoterError
from promoter.common.locks import exclusive
from promoter.common.progress import Progress, Silent
from promoter.toolchain.build import run
from promoter.toolchain.cache import default_cache

# Tests compare answers, so a program that is compiled sooner serves them better than a fast one.
_QUICKLY = {
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1",
}


@dataclass(frozen=True)
class Reference:
    """The program ``name`` of a crate in a version, kept in ``cache``.

    Unless ``optimized``, as its authors publish it, it is one that takes less time to compile;
    ``options`` are further ones of cargo install.
    """

    name: str
    crate: str
    version: str
    options: tuple[str, ...] = ()
    optimized: bool = False
    cache: Path = field(default_factory=default_cache)

    @property
    def place(self) -> Path:
        """The place of the program, built or not."""
        suffix = "-optimized" if self.optimized else ""
        return self.cache / f"{self.crate}-{self.version}{suffix}" / "bin" / self.name

    def built(self) -> Path:
        """Return the program; raises `ProgramMissing` where it was not built."""
        if self.place.is_file():
            return self.place
        raise ProgramMissing(
            f"run {self.crate} {self.version}: it is not in the cache",
            next_step=f"python -m dev.reference_programs {self.name}, as make test does",
        )

    def path(self, progress: Progress | None = None) -> Path:
        """Return the program, built if necessary.

        Raises `ProgramMissing` without cargo, `BuildFailed`.
        """
        if not self.place.is_file():
            self._build(self.place.parents[1], progress or Silent())
        return self.place

    def _build(self, folder: Path, progress: Progress) -> None:
        cargo = shutil.which("cargo")
        if cargo is None:
            raise ProgramMissing(
                f"build {self.crate} {self.version}: cargo is not on PATH",
                next_step="install Rust (https://rustup.rs)",
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        pinned = [self.crate, "--version", self.version, *self.options]
        command = [cargo, "install", "--locked", *pinned]
        title = f"build {self.crate} {self.version}"
        waiting = f"another process that builds {self.crate}"
        with exclusive(Path(f"{folder}.lock"), waiting, progress):
            if self.place.is_file():
                return
            with progress.task(f"{title} with cargo, some minutes") as detail:
                run(
                    title,
                    [*command, "--root", str(folder)],
                    cwd=folder.parent,
                    env=self._environment(),
                    detail=detail,
                    next_step="it needs the crates registry",
                )

    def _environment(self) -> dict[str, str]:
        # The system's OpenSSL where there is one: the crates would compile another from C.
        linked = {"OPENSSL_NO_VENDOR": "1"} if _has_openssl() else {}
        return {**os.environ, **linked, **({} if self.optimized else _QUICKLY)}


def _has_openssl() -> bool:
    found = shutil.which("pkg-config")
    return found is not None and subprocess.run([found, "openssl"], check=False).returncode == 0


CEPLER = Reference("cepler", "cepler", "0.7.22")
COG = Reference("cog", "cocogitto", "7.0.0")
# Without the features by which it replaces itself and DTrace watches it. It waits for tests, which
# it compiles and runs with their own profile: optimized, it would take twice as long to compile.
_LEAST = ("--no-default-features", "--config", "profile.release.opt-level=0")
NEXTEST = Reference("cargo-nextest", "cargo-nextest", "0.9.151", _LEAST)

BUILDS: dict[str, Callable[[Progress], Path]] = {
    "cepler": CEPLER.path,
    "cog": COG.path,
    "nextest": NEXTEST.path,
    "server": SampleServer().path,
    "panels": panels.built,
}


def main() -> int:
    """Build what is missing; return 0 also without cargo or npm: tests that need it are skipped."""
    parser = argparse.ArgumentParser(prog="python -m dev.reference_programs")
    parser.add_argument("name", nargs="+", choices=BUILDS)
    progress = shown()
    for name in parser.parse_args().name:
        try:
            BUILDS[name](progress)
        except PromoterError as error:
            progress.note(f"{error}; tests that need it are skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
