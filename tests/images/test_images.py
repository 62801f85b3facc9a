"""Our images: the programs in them, and digests that depend on their content only."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.images.__main__ import main
from dev.images.images import PROGRAMS, Image, pins
from promoter.git import Git
from promoter.programs.registry import Registry
from tests.concourse.test_cepler_resource import remote, source_of
from tests.images.built import Container, container, shared_images, skip_reason
from tests.release.conftest import crane, registry

__all__ = ["crane", "registry", "remote"]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(bool(skip_reason()), reason=skip_reason()),
    # Debian's packages may have to come from its archive first.
    pytest.mark.timeout(1200),
]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    return {image.name: image for image in shared_images(tmp_path_factory)}


@pytest.fixture(scope="module")
def resource(
    images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    with container(images["cepler-resource"], tmp_path_factory.mktemp("resource")) as running:
        yield running


@pytest.fixture(scope="module")
def tasks(
    images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    with container(images["promoter"], tmp_path_factory.mktemp("promoter")) as running:
        yield running


# --- the resource ------------------------------------------------------------------------

KEY = "the words of a key"
# A fake ssh: records the key's file and mode, then acts as the server.
SSH = """\
#!/bin/sh
while [ "$1" != "-i" ]; do shift; done
printf '%s %s %s %s\\n' "$2" "$(stat -c %a "$2")" "$(wc -l <"$2")" "$(cat "$2")" >>/work/keys
while [ "$1" != git@host.example ]; do shift; done
exec sh -c "$2"
"""


def run_step(
    container: Container, work: Path, step: str, *words: str, **request: Any
) -> tuple[int, Any]:
    repository = request.pop("remote")
    ssh = work / "ssh"
    if not ssh.exists():
        ssh.write_text(SSH)
        ssh.chmod(0o755)
    result = container.run(
        f"/opt/resource/{step}",
        *words,
        stdin=json.dumps(request),
        binds={repository: "/repository", work: "/work", ssh: "/usr/bin/ssh"},
    )
    assert KEY not in result.stdout + result.stderr
    assert result.returncode == 0 or result.stderr, "a failure without a message"
    return result.returncode, json.loads(result.stdout) if result.stdout else result.stderr


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def pipelines_source(environment: str, remote: Path) -> dict[str, Any]:
    """The rendered pipeline's source: over ssh, with a key."""
    given = source_of(environment, remote)
    return {**given, "uri": "git@host.example:/repository", "private_key": KEY}


def test_check_in_and_out_inside_the_image_on_a_repository_behind_ssh(
    resource: Container, remote: Path, work: Path
) -> None:
    staging, qa = (
        pipelines_source(name, remote) for name in ("gcp-galoy-staging", "gcp-volcano-qa")
    )
    tip = Git(remote).commit("refs/heads/main")
    code, versions = run_step(resource, work, "check", source=staging, version=None, remote=remote)
    assert (code, versions) == (0, [{"trigger": tip, "version": "1"}])
    code, message = run_step(resource, work, "check", source=qa, remote=remote)
    assert code == 1
    assert "'gcp-galoy-staging' not deployed yet" in message

    (version,) = versions
    code, got = run_step(
        resource, work, "in", "/work/repo", source=staging, version=version, remote=remote
    )
    assert code == 0, got
    assert got["version"] == version
    names = [entry["name"] for entry in got["metadata"]]
    assert names == ["{latest}/charts/a", "environment", "commits"]
    assert got["metadata"][1]["value"] == "gcp-galoy-staging"
    assert (work / "repo/charts/a").read_text() == "1\n"

    put = {"repository": "repo"}
    code, out = run_step(resource, work, "out", "/work", source=staging, params=put, remote=remote)
    assert code == 0, out
    assert out["version"] == version
    assert [entry["name"] for entry in out["metadata"]] == names
    recorded = "cepler/.cepler/lana-bank/gcp-galoy-staging.state"
    assert Git(remote).file("refs/heads/main", recorded)
    code, versions = run_step(resource, work, "check", source=qa, remote=remote)
    assert (code, len(versions)) == (0, 1)

    # Every connection had the key, in a file of its own that nobody else could read, and that
    # is gone: the containers shared nothing but /work.
    used = (work / "keys").read_text().splitlines()
    assert len(used) >= 5
    for line in used:
        name, mode, lines, content = line.split(" ", 3)
        # ssh refuses a key whose last line has no end, as this one's.
        assert (mode, lines, content) == ("600", "1", KEY)
        assert name.startswith("/tmp/")
    left = [file for file in (work / "repo").rglob("*") if file.is_file()]
    assert not [file for file in left if KEY.encode() in file.read_bytes()]


def test_the_keys_file_is_gone_when_a_step_ends(
    resource: Container, remote: Path, work: Path
) -> None:
    ssh = work / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    request = {"source": pipelines_source("gcp-galoy-staging", remote)}
    script = "/opt/resource/check >/dev/null && find /tmp -name '*key*' && grep -rl words /tmp"
    done = resource.run(
        *("sh", "-c", script),
        stdin=json.dumps(request),
        binds={remote: "/repository", work: "/work", ssh: "/usr/bin/ssh"},
    )
    # grep found nothing, so it ends with 1; the step before it with 0.
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert (work / "keys").read_text()


def test_an_unknown_key_of_a_request_is_named(
    resource: Container, remote: Path, work: Path
) -> None:
    source = {**pipelines_source("gcp-galoy-staging", remote), "gates_brnch": "x"}
    code, message = run_step(resource, work, "check", source=source, remote=remote)
    assert code == 1
    assert "source.gates_brnch is no key of this resource" in message


# --- the task image ----------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_tasks_call_starts(tasks: Container, name: str) -> None:
    arguments = {"kubectl": ("version", "--client"), "kubelogin": ("--version",)}.get(
        name, ("version",)
    )
    done = tasks.run(name, *arguments)
    assert done.returncode == 0, done.stderr


def test_a_task_of_the_application_runs_in_it(tasks: Container, tmp_path: Path) -> None:
    bare = Git(tmp_path / "repo" / ".git")
    bare.dir.mkdir(parents=True)
    bare.text("init", "--quiet", "--bare")
    bare.text("config", "user.name", "d")
    bare.text("config", "user.email", "d@l")
    cog = (Path(__file__).parents[2] / "upstream/lana-bank/cog.toml").read_bytes()
    commit = bare.commit_files(None, {"cog.toml": cog}, "feat: greet")
    bare.text("config", "core.bare", "false")
    bare.text("update-ref", "refs/heads/main", commit)
    bare.text("symbolic-ref", "HEAD", "refs/heads/main")
    (tmp_path / "next-version").mkdir()
    scripts = Path(__file__).parents[2] / "upstream/lana-bank/ci/tasks"
    done = tasks.run(
        "./next-version/task",
        binds={tmp_path: "/work", scripts / "next-version": "/work/next-version/task"},
        folder="/work",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "next-version/version").read_text() == "0.1.0-rc.1\n"


# --- what they are -----------------------------------------------------------------------


def entries(layer: Path) -> Iterator[tarfile.TarInfo]:
    with tarfile.open(layer) as archive:
        yield from archive


def test_no_layer_contains_the_place_or_time_of_its_build(images: dict[str, Image]) -> None:
    created = {json.loads(image.content.config.content)["created"] for image in images.values()}
    assert len(created) == 1
    assert len({layer.digest for image in images.values() for layer in image.content.layers}) == 6
    base, _, own, scripts = images["cepler-resource"].content.layers
    for file in (base.file, own.file, scripts.file):
        names = [entry.name for entry in entries(file)]
        assert names == sorted(names, key=lambda name: name.split("/"))
        assert not [name for name in names if "/stage-" in name or "/.making-" in name]
    with tarfile.open(base.file) as archive:
        for blank in ("hostname", "resolv.conf", "machine-id", "apt/sources.list"):
            assert archive.getmember(f"./etc/{blank}").size == 0


def test_the_digests_are_those_of_the_content(images: dict[str, Image]) -> None:
    image = images["cepler-resource"]
    config = json.loads(image.content.config.content)
    manifest = json.loads(image.content.manifest.content)
    assert [one["digest"] for one in manifest["layers"]] == [
        one.digest for one in image.content.layers
    ]
    diff_ids = config["rootfs"]["diff_ids"]
    assert diff_ids == [layer.diff_id for layer in image.content.layers]
    for layer, diff_id in list(zip(image.content.layers, diff_ids, strict=True))[-2:]:
        packed = layer.file.read_bytes()
        assert layer.digest == f"sha256:{hashlib.sha256(packed).hexdigest()}"
        assert diff_id == f"sha256:{hashlib.sha256(gzip.decompress(packed)).hexdigest()}"


def test_the_wheel_is_alone_in_its_image_and_the_one_of_the_others(
    images: dict[str, Image], tasks: Container
) -> None:
    (layer,) = images["promoter-wheel"].content.layers
    (name,) = (entry.name for entry in entries(layer.file) if entry.isfile())
    with tarfile.open(layer.file) as archive:
        content = archive.extractfile(name)
        assert content
        wheel = zipfile.ZipFile(io.BytesIO(content.read()))
    site = tasks.root / "opt/promoter/lib/python3.11/site-packages"
    packed = [each for each in wheel.namelist() if each.startswith("promoter/")]
    assert packed
    assert all((site / each).read_bytes() == wheel.read(each) for each in packed)


def test_a_registry_stores_an_image_under_the_tag_of_the_pipeline(
    images: dict[str, Image], registry: Registry, crane: Path, tmp_path: Path
) -> None:
    image = images["cepler-resource"]
    registry.push(image.name, image.content, [image.tag])
    assert registry.digest("cepler-resource", image.tag) == image.digest
    assert f"sha256:{image.tag}" == image.digest
    reference = registry.reference("cepler-resource", image.digest)
    subprocess.run([crane, "validate", "--remote", reference], check=True, capture_output=True)


def test_the_command_writes_layouts_and_prints_the_pins(
    images: dict[str, Image], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said == pins(images.values())
    assert yaml.safe_load(said) == {
        "cepler-resource-image": {"tag": images["cepler-resource"].tag},
        "promoter-image": {"digest": images["promoter"].digest},
        "promoter-wheel": {"digest": images["promoter-wheel"].digest},
    }
    for image in images.values():
        blobs = (tmp_path / image.name / "blobs/sha256").iterdir()
        digests = {
            image.digest,
            image.content.config.digest,
            *(layer.digest for layer in image.content.layers),
        }
        assert {f"sha256:{file.name}" for file in blobs} == digests
