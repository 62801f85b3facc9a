"""Programs that answer for simulated pods: that of the pinned image, Keycloak, Dagster, or a fake.

They run on this machine, not in a container, with the command, variables and files that the
chart gives the pod, so a wrong value fails them as it would fail the container. Each writes into
a folder of its own only.
"""

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import yaml
from backports import tarfile

from promoter.common import ports
from promoter.common.environment import child_environment
from promoter.common.progress import Progress
from promoter.common.yaml_file import read_yaml
from promoter.programs.oci import Layer, OciImage
from promoter.programs.registry import Registry
from promoter.smoketest.installation import Container
from promoter.smoketest.processes import Program
from promoter.smoketest.report import SmoketestError
from promoter.toolchain import Toolchain
from promoter.toolchain.build import run
from promoter.toolchain.cache import Cache

FAKES = ("keycloak", "oathkeeper", "oauth2-proxy", "dagster", "gotenberg")
"""Third-party components, each of which has a fake."""

REALMS = "/opt/keycloak/data/import"
"""The folder of realm files in Keycloak's pod."""

_KEYCLOAK_READY = re.compile(rb"Listening on: http://127\.0\.0\.1:(\d+)[.\s]")
_KEYCLOAK_SECONDS = 300.0  # 15 on an idle machine
# Keycloak's guide "Configuring Keycloak for production" lists the options that are built in; the
# others are read at each start.
_KEYCLOAK_BUILD = (
    "--db=dev-mem",
    *(f"--{each}-enabled=false" for each in ("health", "metrics", "tracing")),
)
_DAGSTER_READY = re.compile(rb"Uvicorn running on http://127\.0\.0\.1:(\d+)\s")
_DAGSTER_SECONDS = 120.0  # 5 on an idle machine
_DAGSTER_HOME = "/opt/dagster/home"


def fake_program(component: str, variables: Mapping[str, str]) -> Program:
    """Return the fake of a third-party ``component``: a server that only keeps its contract."""
    command = (sys.executable, "-m", "promoter.smoketest.fakes", component)
    return Program(command, variables, source=f"fake {component}", fake=True)


def image_program(reference: str, registry: str, toolchain: Toolchain, folder: Path) -> Program:
    """Return the program of the image ``reference``; see `extract_image`."""
    image = extract_image(reference, registry, toolchain, folder)
    config = json.loads(image.config.content).get("config", {})
    command = [*_words(config, "Entrypoint"), *_words(config, "Cmd")]
    if not command:
        raise SmoketestError(f"run {reference}: the image has no entrypoint")
    variables = dict(pair.split("=", 1) for pair in _words(config, "Env") if "=" in pair)
    port = variables.get("PORT", "")
    return Program(
        tuple(_extracted_path(word, folder) for word in command),
        {key: value for key, value in variables.items() if key not in {"PATH", "HOST", "PORT"}},
        port=int(port) if port.isdigit() else None,
        source=f"image {reference}",
    )


def extract_image(
    reference: str, registry: str, toolchain: Toolchain, folder: Path
) -> OciImage[Layer]:
    """Return the image ``reference`` (``gcr.io/x/y@sha256:...``), extracted to ``folder``.

    It is pulled from ``registry`` (``host:port``) instead of the named one. Raises
    `RegistryError` if that does not have it, `SmoketestError` if it is not pinned.
    """
    path, _, digest = reference.partition("@")
    owner, _, name = path.partition("/")[2].rpartition("/")
    if not (name and digest.startswith("sha256:")):
        raise SmoketestError(f"run {reference}: it is not pinned by its digest")
    source = Registry(f"{registry}/{owner}".rstrip("/"), toolchain.program("crane"))
    image = source.pull(name, digest)
    if image.digest != digest:
        raise SmoketestError(f"run {reference}: the registry returned {image.digest}")
    for layer in image.layers:
        with tarfile.open(fileobj=io.BytesIO(layer.tar)) as archive:
            try:
                # Rejects whatever would leave the folder (PEP 706).
                archive.extractall(folder, filter="data")
            except tarfile.TarError as error:
                raise SmoketestError(f"extract image {image.digest[:19]}: {error}") from error
    return image


def _words(config: Mapping[str, object], key: str) -> list[str]:
    words = config.get(key)
    return [str(word) for word in words] if isinstance(words, list) else []


def _extracted_path(word: str, folder: Path) -> str:
    """Return ``word`` of a command, or the extracted file if it is the path of one."""
    file = folder / word.lstrip("/")
    return str(file) if word.startswith("/") and file.exists() else word


def dagster_program(
    webserver: str, container: Container, location: Container, code: Path, folder: Path
) -> Program:
    """Return Dagster's ``webserver`` with the chart's configuration.

    It loads the code location from its extracted image in ``code``, with the command and
    variables of the container ``location``. Its storage is in ``folder``, not in a database.
    """
    text = container.files_in(_DAGSTER_HOME).get("dagster.yaml", "")
    configuration = read_yaml(text, "the chart's dagster.yaml") or {}
    if not isinstance(configuration, dict):
        raise SmoketestError("read the chart's dagster.yaml: it is not a mapping")
    configuration.pop("storage", None)
    home = folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(yaml.safe_dump(configuration))
    port = ports.choose(("dagster",), {})["dagster"]
    listen = ("--host", "127.0.0.1", "--port", str(port), "--uvicorn-log-level", "info")
    own = {"DAGSTER_HOME": str(home), "HOME": str(folder)}
    return Program(
        (webserver, *listen, *_code_location_options(location.command, code)),
        {**container.variables, **location.variables, **own},
        ready=_DAGSTER_READY,
        seconds=_DAGSTER_SECONDS,
        source=webserver,
    )


def _code_location_options(command: tuple[str, ...], code: Path) -> tuple[str, ...]:
    """Return the options of the pod's ``dagster api grpc`` that name the code to load."""
    listen = argparse.ArgumentParser(add_help=False)
    listen.add_argument("-h", "--host")
    listen.add_argument("-p", "--port")
    _, options = listen.parse_known_args(command[3:])
    return tuple(_extracted_path(word, code) for word in options)


def find_keycloak() -> Path | None:
    """Return the folder of the Keycloak whose ``kc.sh`` is on PATH, None without one."""
    script = shutil.which("kc.sh")
    home = Path(script).resolve().parents[1] if script else None
    return home if home and (home / "lib/quarkus").is_dir() else None


def keycloak_program(
    home: Path, container: Container, folder: Path, cache: Cache, progress: Progress
) -> Program:
    """Return the Keycloak in ``home`` with the chart's realms and clients.

    Its database is in memory. It is built for that once, in a copy that ``cache`` keeps.
    """
    build = partial(_build_keycloak, home, progress)
    built = cache.folder("keycloak", _fingerprint(home), build, progress)
    # A folder of links to the built Keycloak, with realm files of its own.
    own, imports = folder / "keycloak", folder / "keycloak/data/import"
    imports.mkdir(parents=True)
    for name, text in container.files_in(REALMS).items():
        (imports / name).write_text(text)
    for each in built.iterdir():
        (own / each.name).symlink_to(each)
    options = ("--import-realm", "--cache=local", "--log-console-output=default")
    start = ("start", "--optimized", "--http-host=127.0.0.1", "--http-port=0", *options)
    built_in = ("KC_DB", "KC_HEALTH", "KC_METRICS", "KC_TRACING")
    variables = {k: v for k, v in container.variables.items() if not k.startswith(built_in)}
    return Program(
        ("sh", str(built / "bin/kc.sh"), f"-Dkc.home.dir={own}", *start),
        {**variables, **_java_variables()},
        ready=_KEYCLOAK_READY,
        seconds=_KEYCLOAK_SECONDS,
        source=str(home),
    )


def _fingerprint(home: Path) -> str:
    """Return a hash that changes with any file of ``home``."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    stats = ((path, path.stat()) for path in files)
    text = "".join(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n" for path, stat in stats)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _build_keycloak(home: Path, progress: Progress, copy: Path) -> None:
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("data"), dirs_exist_ok=True)
    with progress.task(f"build Keycloak of {home} for a database in memory") as detail:
        run(
            f"build Keycloak of {home}",
            ["sh", str(copy / "bin/kc.sh"), "build", *_KEYCLOAK_BUILD],
            cwd=copy,
            env={**child_environment(), **_java_variables()},
            detail=detail,
            next_step="read the lines above; it needs Java 17 or newer",
        )


def _java_variables() -> Mapping[str, str]:
    """Return JAVA_HOME, for a ``kc.sh`` without Java on PATH, and options for a quick start."""
    home = {name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ}
    return {**home, "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"}
