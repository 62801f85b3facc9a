"""The chart is rendered as a stack installs it, and an image without a digest is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.checks import images_by_digest
from policies.render import render_objects, renderable_chart
from policies.stack import CheckedStack
from tests.platform_fixture import toolchain

DIGEST = "sha256:" + "ab" * 32
# As the charts do: an image without a digest does not render at all.
JOB = """
{{- range $name, $image := .Values.images }}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" $image.digest) }}{{ fail "no digest" }}{{ end }}
---
apiVersion: batch/v1
kind: Job
metadata: {name: {{ $name }}}
spec: {template: {spec: {containers: [{name: main, image: "app@{{ $image.digest }}"}]}}}
{{- end }}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart with one pinned image, and one whose digest is empty."""
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: small, version: 0.1.0}\n")
    (folder / "values.yaml").write_text(
        f'images:\n  pinned:\n    digest: "{DIGEST}"\n  empty:\n    digest: ""\n'
    )
    (folder / "templates" / "jobs.yaml").write_text(JOB)
    return folder


def findings(chart: Path, tmp_path: Path, values: object) -> list[tuple[str, str]]:
    copy = renderable_chart(chart, tmp_path / "copy")
    objects = render_objects(copy, "bank", values, toolchain().program("helm"))
    assert {item["metadata"]["namespace"] for item in objects} == {"bank"}
    return list(images_by_digest.check(CheckedStack("gcp-qa", {}, objects)))


def test_an_image_whose_digest_is_empty_in_the_chart_is_a_finding(
    chart: Path, tmp_path: Path
) -> None:
    (finding,) = findings(chart, tmp_path, {})
    assert finding == (
        "Job/empty/main",
        "image app is not pinned: its digest in the values is empty",
    )


def test_an_image_whose_digest_is_empty_in_a_stack_is_a_finding(
    chart: Path, tmp_path: Path
) -> None:
    values = {"images": {"pinned": {"digest": ""}, "empty": {"digest": DIGEST}}}
    (finding,) = findings(chart, tmp_path, values)
    assert finding[0] == "Job/pinned/main"


def test_a_value_known_after_apply_renders(chart: Path, tmp_path: Path) -> None:
    values = {"images": {"empty": {"digest": DIGEST}}, "host": "${sql.main.address}"}
    assert findings(chart, tmp_path, values) == []
