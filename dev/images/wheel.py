"""promoter as a wheel, and its installation with exactly the packages of the lock."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uv

from dev.images.debian import ImageError

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
# Debian bookworm's: Python 3.11, glibc 2.36.
_DEBIAN = (
    *("--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_36"),
    *("--only-binary", ":all:", "--link-mode", "copy"),
)
_SITE = Path("lib/python3.11/site-packages")
# An interpreter's path, or what uv writes for one that is too long, or relative to the command.
_SHEBANG = re.compile(rb"\A#!(?:\S*python\S*\n|/bin/sh\n'''exec' .*\n' '''\n)")


@dataclass(frozen=True)
class Wheel:
    """A wheel of this repository."""

    file: Path

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    @property
    def installed(self) -> bytes:
        """Everything that the result of `install_alone` depends on."""
        return self.digest.encode() + Path(__file__).read_bytes()

    @property
    def requirement(self) -> str:
        """The wheel as a line of a requirements file, with its hash."""
        return f"promoter @ {self.file.resolve().as_uri()} --hash=sha256:{self.digest}\n"


def version() -> str:
    """Return the version of this tree's wheel."""
    return str(_project()["version"])


def build_wheel(folder: Path, source: Path = ROOT) -> Wheel:
    """Build the wheel of ``source``: the same bytes for the same files."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    _run(command, source, {**os.environ, "SOURCE_DATE_EPOCH": "315532800"})
    (file,) = folder.glob("promoter-*.whl")
    return Wheel(file)


def install(wheel: Wheel, python: Path) -> None:
    """Install ``wheel`` into the environment of ``python``; every file's hash is verified."""
    _uv(wheel, ["--python", str(python)])


def install_dependencies(wheel: Wheel, opt: Path) -> None:
    """Make ``opt`` a virtual environment of Debian's Python with the wheel's dependencies."""
    site = opt / _SITE
    _uv(wheel, ["--target", str(site), *_DEBIAN])
    for own in (site / "promoter", *site.glob("promoter-*.dist-info")):
        shutil.rmtree(own)
    for name in _own_commands():
        (site / "bin" / name).unlink()
    _finish(opt)
    (opt / "bin" / "python3").symlink_to("/usr/bin/python3")
    (opt / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")


def install_alone(wheel: Wheel, opt: Path) -> None:
    """Add the wheel itself to ``opt``, which has its dependencies already."""
    _uv(wheel, ["--target", str(opt / _SITE), "--no-deps", *_DEBIAN])
    _finish(opt)


def dependencies() -> bytes:
    """Return everything that the result of `install_dependencies` depends on."""
    names = "\n".join([*_project()["dependencies"], *_own_commands()])
    return names.encode() + LOCK.read_bytes() + Path(__file__).read_bytes()


def _own_commands() -> list[str]:
    return sorted(_project()["scripts"])


def _project() -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["project"])


def _finish(opt: Path) -> None:
    """Move commands to ``bin``, run by Debian's Python; remove notes of the wheels' origin."""
    site = opt / _SITE
    (site / "bin").rename(opt / "bin")
    for script in (opt / "bin").iterdir():
        content = script.read_bytes()
        script.write_bytes(_SHEBANG.sub(b"#!/opt/promoter/bin/python3\n", content, count=1))
    for note in ("direct_url.json", "uv_cache.json", "RECORD"):
        for file in site.glob(f"*.dist-info/{note}"):
            file.unlink()
    (site / ".lock").unlink(missing_ok=True)


def _uv(wheel: Wheel, target: Sequence[str]) -> None:
    requirements = wheel.file.with_suffix(".requirements")
    requirements.write_text(wheel.requirement)
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--require-hashes", *target]
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    _run([*command, "-r", str(requirements), "-c", str(LOCK)], wheel.file.parent, env)


def _run(command: Sequence[str], folder: Path, env: dict[str, str]) -> None:
    result = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise ImageError(f"run {Path(command[0]).name} {command[1]}: {result.stderr.strip()}")
