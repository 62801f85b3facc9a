"""The version that trace shows for a pinned image, from its labels in a real registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.registry import ImageLookup, Registry
from promoter.release.images import REVISION, SOURCE, TITLE, VERSION
from promoter.trace.pins import image_link
from promoter.vendoring.pins import Pin
from tests.release.conftest import crane, registry

__all__ = ["crane", "registry"]

COMMIT, REPOSITORY = "a" * 40, "https://example.com/lana-bank"


@pytest.mark.parametrize(
    ("labels", "version"),
    [({VERSION: "0.1.0"}, "0.1.0"), ({}, "none, it is not rebuilt for a release")],
)
def test_an_image_names_its_version_or_that_it_carries_none(
    registry: Registry, crane: Path, labels: dict[str, str], version: str
) -> None:
    named = {REVISION: COMMIT, SOURCE: REPOSITORY, TITLE: "dagster", **labels}
    layer = oci.layer({"/code": SourceFile(b"1")})
    image = oci.image([layer], {"Labels": named}, {}, created="2026-01-01T00:00:00Z")
    registry.push("dagster", image, ["edge"])
    pin = Pin(
        "dagster.image.digest",
        f"{registry.address}/dagster",
        image.digest,
        REPOSITORY,
        COMMIT,
        "dagster",
    )
    link = image_link(pin, ImageLookup(crane))
    assert (link.facts, tuple(link.broken)) == ({"version": version}, ())
