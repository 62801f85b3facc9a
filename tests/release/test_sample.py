"""The sample releases what its Dockerfiles build; the demo hands over placeholders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common.errors import RegistryError
from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.programs.registry import Registry
from promoter.release.build_inputs import BuildInputs
from promoter.release.builds import image_builds
from promoter.release.errors import ReleaseError
from promoter.release.placeholders import read_placeholders
from promoter.release.proposal import propose_settings
from promoter.release.settings import SETTINGS_FILE, parse_settings, read_settings
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.upstream import export

from .conftest import APPLICATION, ROOT

CHART = "charts/lana-bank/values.yaml"


@pytest.fixture
def bare(tmp_path: Path) -> Git:
    export(APPLICATION, tmp_path / "sample.git")
    return Git(tmp_path / "sample.git")


@pytest.fixture
def sample(bare: Git) -> SourceTree:
    return source_of_commit(bare, "main")


def unreadable(base: str) -> str | None:
    raise RegistryError(f"no registry for {base} here")


def test_they_are_what_init_proposes_and_what_only_a_person_decides(sample: SourceTree) -> None:
    values = ROOT / "upstream/galoy-private-charts" / CHART
    chart = {CHART: SourceFile(values.read_bytes())}
    settings = read_settings(sample)
    files = {path: file for path, file in sample.files.items() if path != SETTINGS_FILE}
    proposal = propose_settings(replace(sample, files=files), settings.source, chart, unreadable)
    decided = {"breaking_below_one", "hooks", "chart"}
    proposed = parse_settings(proposal.text().encode())
    assert proposed.model_dump(exclude=decided) == settings.model_dump(exclude=decided)
    bases = "alpine:latest", "gcr.io/distroless/static", "node:20-alpine", "python:3.13-alpine"
    for base in bases:
        reason = f"base image {base}: its digest (its registry cannot be read here)"
        assert reason in proposal.unknown
    assert not [line for line in proposal.unknown if "no pipeline names its Dockerfile" in line]


def test_without_digests_of_base_images_nothing_is_built(bare: Git, sample: SourceTree) -> None:
    settings = read_settings(sample)
    inputs = BuildInputs(artifacts={"lana-cli": b""})
    registry = Registry("127.0.0.1:1/galoyorg", Path("crane"))
    made = image_builds(bare, sample, settings, "0.1.0", registry, inputs, released=False)
    with made as builds, pytest.raises(ReleaseError, match=r"base image .* has no digest"):
        builds.check(settings.images)


def test_there_is_a_placeholder_of_each_image(sample: SourceTree) -> None:
    names = [each.name for each in read_settings(sample).images]
    assert [each.name for each in read_placeholders(APPLICATION).recipes] == names
