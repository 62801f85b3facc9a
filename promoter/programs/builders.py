"""Builders of images from Dockerfiles: one Protocol, one adapter per program.

Base images are given by digest whatever the Dockerfile's `FROM` says, and secrets by the
environment: a command line is visible to every user of a machine.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from promoter.common.child import run_child
from promoter.common.environment import CONTAINERS, REGISTRY, child_environment
from promoter.common.errors import ProgramMissing, PromoterError, UsageError
from promoter.common.signals import INTERRUPTS
from promoter.common.text import redact
from promoter.programs.oci import OciImage
from promoter.programs.oci_layout import LayerFile, read_archive, read_layout

_SECONDS = 3600
_SHOWN_LINES = 12
_BUILDX_SINCE = 23
"""Major version of Docker's client from which buildx builds (docs.docker.com, release notes)."""


class BuildError(PromoterError):
    """A Dockerfile could not be built."""


@dataclass(frozen=True)
class DockerfileBuild:
    """An image to build: a Dockerfile, its context, and everything that enters the build.

    ``bases`` has a reference by digest for each base image as the Dockerfile names it; ``secrets``
    are build arguments that appear on no command line; no file is newer than ``epoch``.
    """

    name: str
    dockerfile: Path
    context: Path
    epoch: int
    args: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    bases: Mapping[str, str] = field(default_factory=dict)

    def options(self) -> list[str]:
        """Return the options that every builder has."""
        given = [f"{name}={value}" for name, value in self.args.items()]
        pairs = [("--build-arg", each) for each in (*given, *self.secrets)]
        return ["--file", str(self.dockerfile), *(word for pair in pairs for word in pair)]


class Builder(Protocol):
    """A program that builds images for linux/amd64 from Dockerfiles."""

    def build(self, build: DockerfileBuild, folder: Path) -> OciImage[LayerFile]:
        """Return the image, its layers in the empty ``folder``; raises `BuildError`."""


@dataclass(frozen=True)
class Buildah:
    """buildah, and podman, which has the same options.

    The same files and arguments give the same digest. ``mirrors`` maps a registry's host to the
    address that base images are pulled from. Without a daemon, and as root with storage of its own.
    """

    program: Path
    command: str
    mirrors: Mapping[str, str] = field(default_factory=dict)

    def build(self, build: DockerfileBuild, folder: Path) -> OciImage[LayerFile]:
        """See `Builder`."""
        with _storage() as (storage, scratch):
            variables = {**_environment(), **_registries(self.mirrors, scratch)}
            words = [*storage, self.command, "--isolation", "chroot", "--layers=false"]
            words += ["--platform", "linux/amd64", "--timestamp", str(build.epoch)]
            for name, reference in build.bases.items():
                words += ["--build-context", f"{name}=docker-image://{reference}"]
            image_id = scratch / "id"
            words += ["--iidfile", str(image_id), *build.options(), str(build.context)]
            _run(self.program, words, build, {**variables, **build.secrets})
            layout = folder / "layout"
            target = [image_id.read_text().strip(), f"oci:{layout}"]
            _run(self.program, [*storage, "push", "--format", "oci", *target], build, variables)
        return read_layout(layout)


@dataclass(frozen=True)
class Docker:
    """A Docker engine. It sets times of its own, so a second build has another digest.

    BuildKit builds, unless the caller's DOCKER_BUILDKIT is 0: a client before 23 uses it only if it
    is named, a later one where buildx is installed. Without it `COPY --chmod` is refused.

    Base images are pulled by digest and have the names of the Dockerfile during the build. Then the
    engine has the names that it had before, and keeps neither the built image nor a new base image,
    but its cache.
    """

    program: Path
    mirrors: Mapping[str, str] = field(default_factory=dict)

    def build(self, build: DockerfileBuild, folder: Path) -> OciImage[LayerFile]:
        """See `Builder`."""
        variables = self._environment()
        with self._bases(build), TemporaryDirectory() as scratch:
            image_id, archive = Path(scratch) / "id", Path(scratch) / "image.tar"
            words = ["build", "--pull=false", "--iidfile", str(image_id), *build.options()]
            _run(self.program, [*words, str(build.context)], build, {**variables, **build.secrets})
            built = image_id.read_text().strip()
            try:
                saved = ["save", "--output", str(archive), built]
                _run(self.program, saved, build, variables)
            finally:
                # An image with a name is somebody's, who built the same before.
                if self._inspect(built, "{{len .RepoTags}} {{len .RepoDigests}}") == "0 0":
                    self._attempt("image", "rm", built)
            return read_archive(archive, folder)

    def _environment(self) -> dict[str, str]:
        version = run_child(
            [self.program, "version", "--format", "{{.Client.Version}}"],
            env=_environment(),
            text=True,
            seconds=_SECONDS,
        ).stdout
        major = version.partition(".")[0]
        named = major.isdecimal() and int(major) < _BUILDX_SINCE
        return {**({"DOCKER_BUILDKIT": "1"} if named else {}), **_environment()}

    @contextmanager
    def _bases(self, build: DockerfileBuild) -> Iterator[None]:
        """Name the base images as the Dockerfile does, and restore the names at the end."""
        variables = _environment()
        with ExitStack() as restored:
            for name, reference in build.bases.items():
                host, _, rest = reference.partition("/")
                address = f"{self.mirrors.get(host, host)}/{rest}"
                before = self._inspect(name)
                if not self._inspect(address):
                    restored.callback(self._attempt, "image", "rm", address)
                _run(self.program, ["pull", "--quiet", address], build, variables)
                undo = ("tag", before, name) if before else ("image", "rm", name)
                restored.callback(self._attempt, *undo)
                _run(self.program, ["tag", address, name], build, variables)
            try:
                yield
            finally:
                with INTERRUPTS.held_back(cleanup=True):
                    restored.close()

    def _inspect(self, image: str, template: str = "{{.Id}}") -> str:
        """Return a property of an image of the engine, "" where it has none of that name."""
        return self._attempt("image", "inspect", "--format", template, image)

    def _attempt(self, *words: str) -> str:
        """Return the output of a command, "" where it fails."""
        variables = _environment()
        done = run_child([self.program, *words], env=variables, text=True, seconds=_SECONDS)
        return done.stdout.strip() if done.returncode == 0 else ""


BUILDERS: Mapping[str, Callable[[Path, Mapping[str, str]], Builder]] = {
    "buildah": lambda program, mirrors: Buildah(program, "build", mirrors),
    "podman": lambda program, mirrors: Buildah(program, "build", mirrors),
    "docker": lambda program, mirrors: Docker(program, mirrors),
}
"""The known builders by name, in the order in which they are looked for."""


def find_builder(name: str, mirrors: Mapping[str, str]) -> Builder:
    """Return the builder ``name`` (empty: the first on PATH).

    Raises `UsageError` for an unknown name, `ProgramMissing` where it is not installed.
    """
    if name and name not in BUILDERS:
        raise UsageError(f"find builder {name}: unknown; known: {', '.join(BUILDERS)}")
    for each in (name,) if name else BUILDERS:
        if program := shutil.which(each):
            return BUILDERS[each](Path(program), mirrors)
    raise ProgramMissing(
        f"find a builder of images: {name or ', '.join(BUILDERS)} is not on PATH",
        next_step="install one, or hand over the built image: --image NAME=<OCI layout or digest>",
    )


def _environment() -> dict[str, str]:
    return child_environment(REGISTRY, CONTAINERS)


@contextmanager
def _storage() -> Iterator[tuple[list[str], Path]]:
    """Yield the options of a storage, and a scratch folder.

    Root gets a storage of its own that is removed afterwards; other users' files belong to
    sub-ids, which they cannot remove, so theirs is the one that is configured.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder, options = Path(name), []
        if os.geteuid() == 0:
            options = ["--root", str(folder / "storage"), "--runroot", str(folder / "run")]
            options += ["--storage-driver", os.environ.get("STORAGE_DRIVER", "vfs")]
        yield options, folder


def _registries(mirrors: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the variable that names a registries.conf with ``mirrors``, if there are any."""
    if not mirrors:
        return {}
    lines = ['unqualified-search-registries = ["docker.io"]']
    for host, address in mirrors.items():
        plain = address.startswith(("127.", "localhost", "[::1]"))
        lines += ["[[registry]]", f'prefix = "{host}"', f'location = "{address}"']
        lines += [f"insecure = {str(plain).lower()}"]
    (folder / "registries.conf").write_text("\n".join(lines) + "\n")
    return {"CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf")}


def _run(
    program: Path, words: Sequence[str], build: DockerfileBuild, variables: Mapping[str, str]
) -> None:
    try:
        done = run_child([program, *words], env=variables, text=True, seconds=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"build image {build.name}: timeout after {_SECONDS} s") from error
    except OSError as error:
        raise BuildError(f"build image {build.name}: run {program}: {error.strerror}") from error
    if done.returncode != 0:
        output = redact(done.stdout + done.stderr)
        for secret in filter(None, build.secrets.values()):
            output = output.replace(secret, "***")
        lines = output.strip().splitlines()[-_SHOWN_LINES:] or ["no message"]
        raise BuildError(
            f"build image {build.name}: {program.name} exit {done.returncode}:\n"
            + "\n".join(lines),
            next_step=f"correct {build.dockerfile.name}, or what it downloads",
        )
