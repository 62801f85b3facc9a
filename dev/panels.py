"""The panels of upstream/lana-bank as in their images, built once per state of their sources."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from functools import partial
from pathlib import Path

from promoter.common.environment import BUILD, child_environment
from promoter.common.errors import ProgramMissing
from promoter.common.progress import Progress, Silent
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache, default_cache

APPLICATION = Path(__file__).parents[1] / "upstream" / "lana-bank"
PANELS = ("admin-panel", "customer-portal")
_WORKSPACE = ("package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml")
_NOT_SOURCES = shutil.ignore_patterns("node_modules", ".next", "*.tsbuildinfo", "next-env.d.ts")
_REGISTRY = "it needs the npm registry"


def environment() -> dict[str, str]:
    """Return the variables of pnpm: it is on PATH, and all runs share one store in the cache."""
    return {
        **child_environment(BUILD),
        "PATH": os.pathsep.join([str(pnpm().parent), os.environ["PATH"]]),
        "NEXT_TELEMETRY_DISABLED": "1",
        "npm_config_store_dir": str(default_cache() / "pnpm-store"),
    }


def pnpm(progress: Progress | None = None) -> Path:
    """Return pnpm in the version that the application names, installed once.

    Raises `ProgramMissing` without npm, `BuildFailed`.
    """
    package = json.loads((APPLICATION / "package.json").read_text(encoding="utf-8"))
    _, _, version = package["packageManager"].partition("@")
    make = partial(_install_pnpm, version, progress or Silent())
    folder = Cache(default_cache()).folder("pnpm", version, make, progress or Silent())
    return folder / "node_modules" / ".bin" / "pnpm"


def _install_pnpm(version: str, progress: Progress, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ProgramMissing(
            f"install pnpm {version}: npm is not on PATH",
            next_step="install Node 20.9 or newer (https://nodejs.org)",
        )
    title = f"install pnpm {version}"
    words = [npm, "install", "--no-audit", "--no-fund", "--prefix", ".", f"pnpm@{version}"]
    with progress.task(title) as detail:
        run(
            title,
            words,
            cwd=folder,
            env=child_environment(BUILD),
            detail=detail,
            next_step=_REGISTRY,
        )


def built(progress: Progress | None = None) -> Path:
    """Return the folder with both panels: ``<panel>/apps/<panel>/server.js`` starts one.

    Raises `ProgramMissing` without npm, `BuildFailed`.
    """
    make = partial(_build, progress or Silent())
    return Cache(default_cache()).folder("panels", _key(), make, progress or Silent())


def _key() -> str:
    digest = hashlib.sha256()
    folders = sorted(file for file in (APPLICATION / "apps").rglob("*") if file.is_file())
    ignored = {"node_modules", ".next"}
    for file in [APPLICATION / name for name in _WORKSPACE] + folders:
        path = file.relative_to(APPLICATION)
        if not ignored & set(path.parts):
            digest.update(f"{path}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _build(progress: Progress, folder: Path) -> None:
    work = folder / "work"
    shutil.copytree(APPLICATION / "apps", work / "apps", ignore=_NOT_SOURCES)
    for name in _WORKSPACE:
        shutil.copyfile(APPLICATION / name, work / name)
    title = "build the panels of upstream/lana-bank"
    chosen = [word for panel in PANELS for word in ("--filter", f"{panel}...")]
    with progress.task(title) as detail:
        for words in (["install", "--frozen-lockfile", *chosen], [*chosen, "run", "build"]):
            run(
                title,
                [str(pnpm(progress)), *words],
                cwd=work,
                env=environment(),
                detail=detail,
                next_step=_REGISTRY,
            )
    for panel in PANELS:
        _assemble(work / "apps" / panel, folder / panel)
    shutil.rmtree(work)


def _assemble(source: Path, target: Path) -> None:
    """Put the parts of a build where the Dockerfile has them; .next/cache is for a volume."""
    (source / ".next" / "standalone").rename(target)
    own = target / "apps" / source.name
    (source / ".next" / "static").rename(own / ".next" / "static")
    shutil.copytree(source / "public", own / "public", dirs_exist_ok=True)
    (own / ".next" / "cache").mkdir(exist_ok=True)
