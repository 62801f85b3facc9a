"""Python environments beside our own, each with exactly what one lock names."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import uv

from promoter.common.errors import InvalidFile
from promoter.common.progress import Progress
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache


def environment(name: str, lock: Path, cache: Cache, progress: Progress) -> Path:
    """The ``bin`` folder of the environment ``name``, with exactly what ``lock`` has, made once.

    Every requirement is verified against the hashes in the lock. Raises `InvalidFile` where
    the lock cannot be read.
    """
    try:
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise InvalidFile(
            str(lock), "", error.strerror or str(error), next_step="restore it from git"
        ) from error
    version = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    # An environment points at the Python that made it, so that one's place is in the key.
    base = hashlib.sha256(os.fsencode(sys.base_prefix)).hexdigest()[:8]
    folder = cache.folder(
        f"python/{name}",
        f"{digest}-python{version}-{base}",
        lambda f: _install(lock, f, progress),
        progress,
    )
    return folder / "venv" / "bin"


def _install(lock: Path, folder: Path, progress: Progress) -> None:
    environment = folder / "venv"
    # `--relocatable`: the folder is renamed when it is whole.
    create = ("venv", "--quiet", "--relocatable", "--python", sys.executable, str(environment))
    install = ("pip", "install", "--require-hashes", "--no-deps", "--compile-bytecode")
    target = ("--python", str(environment / "bin" / "python"), "-r", str(lock))
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    with progress.task(f"installing {lock.parent.name}/{lock.name}") as detail:
        for arguments in (create, (*install, *target)):
            run(
                f"install {lock}",
                [uv.find_uv_bin(), *arguments],
                cwd=folder,
                env=env,
                detail=detail,
                next_step="read the lines above; it needs the Python package index",
            )
