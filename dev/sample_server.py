"""The server of upstream/lana-bank, compiled by cargo once per state of its sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from promoter.cli.progress import shown
from promoter.common.errors import ProgramMissing
from promoter.common.progress import Progress, Silent
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache, default_cache

APPLICATION = Path(__file__).resolve().parent.parent / "upstream" / "lana-bank"
BUILD = "ci/tasks/build-server"
_SOURCES = ("Cargo.toml", "Cargo.lock", "dev/lana.default.yml", BUILD, "lana/*/**/*", "lib/**/*")


@dataclass(frozen=True)
class SampleServer:
    """The program ``lana-cli`` of the checkout ``application``, kept in ``cache``."""

    application: Path = APPLICATION
    cache: Path = field(default_factory=default_cache)

    @property
    def compiled(self) -> Path:
        """The folder in which cargo keeps what it has compiled."""
        return self.cache / "lana-target"

    def path(self, progress: Progress | None = None) -> Path:
        """Return the program, compiled if its sources or the compiler have changed.

        Raises `ProgramMissing` without cargo, `BuildFailed`.
        """
        if shutil.which("cargo") is None:
            raise ProgramMissing(
                "compile lana-cli: cargo is not on PATH",
                next_step="install Rust (https://rustup.rs) and a C compiler",
            )
        progress = progress or Silent()

        def make(folder: Path) -> None:
            with progress.task("compile lana-cli, about a minute and a half") as detail:
                self._compile(folder / "lana-cli", detail)

        return Cache(self.cache).folder("lana-cli", self._key(), make, progress) / "lana-cli"

    def _compile(self, target: Path, detail: Callable[[str], None]) -> None:
        lines: list[str] = []

        def line(text: str) -> None:
            lines.append(text)
            detail(text)

        run(
            "compile lana-cli",
            [str(self.application / BUILD)],
            cwd=self.application,
            env={**os.environ, "CARGO_TARGET_DIR": str(self.compiled)},
            detail=line,
            next_step=f"by hand: cd {self.application} && {BUILD} (it needs the crates registry)",
        )
        shutil.copy2(lines[-1], target)

    def _key(self) -> str:
        compiler = subprocess.run(["rustc", "-vV"], capture_output=True, check=True).stdout
        content = hashlib.sha256(compiler)
        for file in self._files():
            content.update(f"{file.relative_to(self.application)}\0".encode() + file.read_bytes())
        return content.hexdigest()[:16]

    def _files(self) -> Iterator[Path]:
        for pattern in _SOURCES:
            yield from (file for file in sorted(self.application.glob(pattern)) if file.is_file())


if __name__ == "__main__":
    sys.stdout.write(f"{SampleServer().path(shown())}\n")
