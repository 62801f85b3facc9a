"""values.schema.json refuses what is wrong, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from chart_rendering import CHART, good_values

if TYPE_CHECKING:
    from chart_rendering import Chart

SHORT = "sha256:" + "5a" * 31


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lanaBank/image/digest", ""),
        ("lanaBank/image/digest", SHORT),
        ("lanaBank/image/digest", "latest"),
        ("lanaBank/image/tag", "latest"),
        ("lanaBank/image/repository", "gcr.io/galoyorg/lana-bank:0.42.0"),
        ("lanaBank/adminPanel/image/digest", SHORT),
        ("lanaBank/customerPortal/image/digest", SHORT.upper()),
        ("lanaBank/replicas", 0),
        ("lanaBank/replicas", "2"),
        ("lanaBank/replica", 2),
        ("lanaBank/enableArtificialTime", "yes"),
        ("lanaBank/resources/limits", 1),
        ("lanaDomain", ""),
        ("lanaDomain", "no dots"),
        ("environment", "Local Staging"),
        ("chartHash", "abc"),
        ("secrets/mode", "made up"),
        ("nodeSelector/disk", 1),
        ("tolerations", {}),
        ("unknown", 1),
    ],
)
def test_a_wrong_value_is_refused_by_its_place(chart: Chart, path: str, value: Any) -> None:
    values = good_values()
    place = values
    *parents, last = path.split("/")
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value
    refusal = chart.refusal(values)
    assert "don't meet the specifications of the schema" in refusal
    assert f"/{path}'" in refusal or f"'{last}' not allowed" in refusal


def test_pins_are_complete_with_the_comment_that_traces_them() -> None:
    text = (CHART / "values.yaml").read_text()
    lines = [line for line in text.splitlines() if "digest:" in line]
    apps = yaml.safe_load(text)["lanaBank"]
    repositories = [apps[key]["image"]["repository"] for key in ("adminPanel", "customerPortal")]
    assert len(lines) == len(repositories) + 1
    for line, name in zip(
        lines, ["lana-bank", *(r.rsplit("/")[-1] for r in repositories)], strict=True
    ):
        _, _, metadata = line.partition("# METADATA:: ")
        assert metadata.startswith("repository=https://github.com/GaloyMoney/lana-bank;commit_ref=")
        assert metadata.endswith(f";app={name};")
