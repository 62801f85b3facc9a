"""A real Keycloak, where one is installed, with what the chart has wired for its pods."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from promoter.common.progress import Progress
from promoter.smoketest.container import Container
from promoter.smoketest.processes import Program
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache

REALMS = "/opt/keycloak/data/import"
"""Where its pod has the realms that it imports."""

_READY = re.compile(rb"Listening on: http://127\.0\.0\.1:(\d+)[.\s]")
_SECONDS = 300.0  # a quarter of a minute on a machine that does nothing else
# "Configuring Keycloak for production": these are built in, the others are read at each start.
_BUILT_IN = ("--db=dev-mem", "--health-enabled=false", "--metrics-enabled=false")
_AT_START = (
    "--cache=local",
    "--http-host=127.0.0.1",
    "--http-port=0",
    "--log-console-output=default",
)


def keycloak_home() -> Path | None:
    """The folder of the Keycloak whose ``kc.sh`` is on PATH, None where there is none."""
    found = shutil.which("kc.sh")
    home = Path(found).resolve().parents[1] if found else None
    return home if home and (home / "lib/quarkus").is_dir() else None


def keycloak(
    home: Path, container: Container, folder: Path, cache: Cache, progress: Progress
) -> Program:
    """Keycloak of ``home`` with the chart's realms and clients; it writes into ``folder`` only.

    Its database is in memory. It is built for that once, in a copy that the cache keeps.
    """
    made = partial(_build, home, progress)
    built = cache.folder("keycloak", _key(home), made, progress)
    own = _with_realms(built, container.below(REALMS), folder / "keycloak")
    start = ("start", "--optimized", "--import-realm", *_AT_START)
    return Program(
        ("sh", str(built / "bin/kc.sh"), f"-Dkc.home.dir={own}", *start),
        {**_wired(container.variables), **_java()},
        ready=_READY,
        seconds=_SECONDS,
        source=str(home),
    )


def _with_realms(built: Path, realms: Mapping[str, str], folder: Path) -> Path:
    """A Keycloak of links to ``built``, with files of its own."""
    (folder / "data/import").mkdir(parents=True)
    for name, text in realms.items():
        (folder / "data/import" / name).write_text(text)
    for each in built.iterdir():
        (folder / each.name).symlink_to(each)
    return folder


def _key(home: Path) -> str:
    """What changes when any file of ``home`` does."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    stats = ((path, path.stat()) for path in files)
    told = "".join(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n" for path, stat in stats)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _build(home: Path, progress: Progress, copy: Path) -> None:
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("data"), dirs_exist_ok=True)
    with progress.task(f"build Keycloak of {home} for a database in memory") as detail:
        run(
            f"build Keycloak of {home}",
            ["sh", str(copy / "bin/kc.sh"), "build", *_BUILT_IN],
            cwd=copy,
            env={"PATH": os.environ["PATH"], **_java()},
            detail=detail,
            next_step="read the lines above; it needs Java 17 or newer",
        )


def _wired(variables: Mapping[str, str]) -> Mapping[str, str]:
    """What the chart has wired, but for what is built in."""
    built_in = ("KC_DB", "KC_HEALTH", "KC_METRICS")
    return {name: value for name, value in variables.items() if not name.startswith(built_in)}


def _java() -> Mapping[str, str]:
    """Where Java is, for a ``kc.sh`` that does not find it on PATH, and that it starts quickly."""
    home = {name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ}
    return {**home, "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"}
