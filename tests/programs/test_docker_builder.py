"""Images built by a real Docker engine, which keeps what it had and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from promoter.programs.builders import BuildError, Docker, DockerfileBuild
from promoter.programs.oci import files_in
from promoter.programs.registry import Registry
from promoter.toolchain import Toolchain
from tests import docker_engine
from tests.release.conftest import serving
from tests.release.dockerfiles import push_base

ROOT = Path(__file__).parents[2]
DOCKERFILE = """\
FROM alpine:latest AS base
FROM gcr.io/distroless/static
ARG VERSION
COPY --from=base /marker /marker
COPY lana-cli /bin/lana-cli
USER 1000
ENV VERSION="$VERSION"
"""
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(bool(docker_engine.skip_reason()), reason=docker_engine.skip_reason()),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    options = ("--storage-driver", "vfs")
    with docker_engine.engine(tmp_path_factory.mktemp("docker"), *options) as address:
        yield address


def docker(engine: str, *words: str, given: bytes | None = None) -> str:
    done = subprocess.run(
        ["docker", "--host", engine, *words], input=given, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def named(engine: str) -> set[str]:
    form = "{{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}"
    return {
        line
        for line in docker(engine, "images", "--digests", "--format", form).splitlines()
        if not line.startswith("<none>:<none> <none>")
    }


@pytest.fixture
def build(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Docker, DockerfileBuild]]:
    """The builder, and a build whose base images are on a registry of this machine."""
    monkeypatch.setenv("DOCKER_HOST", engine)
    context = tmp_path / "context"
    context.mkdir()
    (context / "lana-cli").write_bytes(b"lana-cli 0.1.0")
    (context / "Dockerfile").write_text(DOCKERFILE)
    crane = Toolchain(ROOT).program("crane")
    with serving(crane) as host:
        alpine = push_base(Registry(f"{host}/library", crane), "alpine", {"/marker": b"ours"})
        static = push_base(Registry(f"{host}/distroless", crane), "static", {"/etc/passwd": b""})
        bases = {
            "alpine:latest": f"docker.io/library/alpine@{alpine}",
            "gcr.io/distroless/static": f"gcr.io/distroless/static@{static}",
        }
        program = shutil.which("docker")
        assert program
        yield (
            Docker(Path(program), {"docker.io": host, "gcr.io": host}),
            DockerfileBuild(
                "lana-bank", context / "Dockerfile", context, 0, {"VERSION": "0.1.0"}, {}, bases
            ),
        )


def import_somebodys(engine: str, name: str) -> None:
    """Give the engine an image of somebody under the name of a base image."""
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo("marker")
        member.size = 6
        tar.addfile(member, BytesIO(b"theirs"))
    docker(engine, "import", "-", name, given=archive.getvalue())


def test_an_image_has_the_pinned_bases_and_the_engine_what_it_had(
    engine: str, build: tuple[Docker, DockerfileBuild], tmp_path: Path
) -> None:
    builder, wanted = build
    import_somebodys(engine, "alpine:latest")
    before = named(engine)
    (tmp_path / "layers").mkdir()
    image = builder.build(wanted, tmp_path / "layers")
    files = files_in(image.layers)
    assert files["/marker"][2] == b"ours"
    assert files["/bin/lana-cli"][2] == b"lana-cli 0.1.0"
    assert named(engine) == before


def test_buildkit_builds_where_the_client_has_it(
    build: tuple[Docker, DockerfileBuild], tmp_path: Path
) -> None:
    builder, wanted = build
    program = next(filter(has_buildkit, ("/usr/bin/docker", str(builder.program))), None)
    if program is None:
        pytest.skip("no Docker client with BuildKit (before 23, or with buildx)")
    text = DOCKERFILE.replace("COPY lana-cli", "COPY --chmod=0755 lana-cli")
    wanted.dockerfile.write_text(text)
    (tmp_path / "layers").mkdir()
    image = Docker(Path(program), builder.mirrors).build(wanted, tmp_path / "layers")
    files = files_in(image.layers)
    assert files["/marker"][2] == b"ours"
    assert files["/bin/lana-cli"][2] == b"lana-cli 0.1.0"


def has_buildkit(program: str) -> bool:
    def succeeds(*words: str) -> bool:
        done = subprocess.run([program, *words], capture_output=True, check=False, timeout=60)
        return done.returncode == 0 and (words[0] != "--version" or b" version 20." in done.stdout)

    return Path(program).exists() and (succeeds("--version") or succeeds("buildx", "version"))


def test_a_build_that_fails_leaves_the_engine_as_it_was(
    engine: str, build: tuple[Docker, DockerfileBuild], tmp_path: Path
) -> None:
    builder, wanted = build
    before = named(engine)
    wanted.dockerfile.write_text(DOCKERFILE.replace("COPY lana-cli", "COPY absent"))
    with pytest.raises(BuildError, match="build image lana-bank: docker exit"):
        builder.build(wanted, tmp_path)
    assert named(engine) == before


def test_an_image_that_somebody_named_stays(
    engine: str, build: tuple[Docker, DockerfileBuild], tmp_path: Path
) -> None:
    builder, wanted = build
    (tmp_path / "layers").mkdir()
    for name, reference in wanted.bases.items():
        host, _, rest = reference.partition("/")
        address = f"{builder.mirrors[host]}/{rest}"
        docker(engine, "pull", "--quiet", address)
        docker(engine, "tag", address, name)
    context = wanted.context
    docker(engine, "build", "--tag", "mine", "--build-arg", "VERSION=0.1.0", str(context))
    before = named(engine)
    assert any(image.startswith("mine:") for image in before)
    builder.build(wanted, tmp_path / "layers")
    assert named(engine) == before
