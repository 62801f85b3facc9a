"""values.schema.json rejects invalid values by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from promoter.vendoring.pins import read_pins
from tests.charts.chart_rendering import (
    CHART,
    COMPONENTS,
    REPOSITORY,
    good_values,
    whole_values,
)

if TYPE_CHECKING:
    from tests.charts.chart_rendering import Chart

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
        ("lanaBank/smtp/port", 0),
        ("global/lanaDomain", ""),
        ("global/lanaDomain", "no dots"),
        ("global/environment", "Local Staging"),
        ("global/secrets/mode", "made up"),
        ("global/secrets/version", 0),
        ("global/nodeSelector/disk", 1),
        ("global/tolerations", {}),
        ("global/networkPolicies/databaseCidrs", ["10.0.0.0"]),
        ("global/networkPolicies/databaseCidrs", ["10.0.0.0/99"]),
        ("global/networkPolicies/ingressCidrs", ["10.0.0.256/8"]),
        ("global/networkPolicies/ingressNamespace", ""),
        ("global/imagePullSecrets", [""]),
        ("global/imagePullSecrets", ["With_Underscore"]),
        ("global/nodeSelector", {"disk": "a b"}),
        ("global/nodeSelector", {"-disk": "ssd"}),
        ("global/tolerations", [{"effect": "Never", "operator": "Exists"}]),
        ("global/tolerations", [{"operator": "Exists", "value": "x"}]),
        ("global/tolerations", [{"value": "x"}]),
        ("global/priorityClassName", "Lana Bank"),
        ("global/lanaDomain", f"{'a' * 64}.example.com"),
        ("global/unknown", 1),
        ("chartHash", "abc"),
        ("ingress/enabled", "no"),
        ("ingress/className", ""),
        ("ingress/clusterIssuer", "Let's Encrypt"),
        ("ingress/annotations", {"a key": "x"}),
        ("ingress/gateway", {"name": "public", "namespace": ""}),
        ("ingress/bodySize", "20 MB"),
        ("ingress/requestsPerSecond", 0),
        ("lanaBank/maxReplicas", 21),
        ("lanaBank/smtp/relay", "smtp example"),
        ("lanaBank/storage/bucket", "gs://documents"),
        ("lanaBank/storage/volume/size", "100"),
        ("keycloak/smtp", {"relay": "smtp.example.com", "port": 587, "from": ""}),
        ("lanaBank/superuserEmail", "nobody"),
        ("lanaBank/serviceAccountAnnotations", {"a key": "x"}),
        ("lanaBank/resources/limits/memory", "1XX"),
        ("lanaBank/resources/requests/cpu", "a lot"),
        ("databaseRoles/image/digest", SHORT),
        ("postgresql/persistence/size", "10"),
        ("keycloak/image/digest", SHORT),
        ("keycloak/replicas", 0),
        ("keycloak/adminPanelRedirects", ["http://example.com/"]),
        ("oathkeeper/image/digest", ""),
        ("oauth2Proxy/image/tag", "latest"),
        ("gotenberg/resources/requests/gpu", "1"),
        ("dagster/codeLocation/image/digest", SHORT),
        ("dagster/automations", True),
        ("openTelemetryCollector/goMemoryLimit", "much"),
        ("unknown", 1),
    ],
)
def test_an_invalid_value_is_rejected_by_its_path(chart: Chart, path: str, value: Any) -> None:
    values = whole_values()
    place = values
    *parents, last = path.split("/")
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value
    refusal = chart.refusal(values)
    assert "don't meet the specifications of the schema" in refusal
    # A part's own schema names places below the part.
    below = path.partition("/")[2] if path.partition("/")[0] in COMPONENTS else path
    assert f"/{below}" in refusal or f"'{last}' not allowed" in refusal or "missing prop" in refusal


@pytest.mark.parametrize(
    ("requests", "limits"),
    [
        ({"memory": "2Gi"}, {"memory": "1024Mi"}),
        ({"cpu": "500m"}, {"cpu": "0.4"}),
        ({"cpu": "2"}, {"cpu": "1500m"}),
    ],
)
def test_a_request_above_its_limit_is_rejected(
    chart: Chart, requests: dict[str, str], limits: dict[str, str]
) -> None:
    values = whole_values()
    values["lanaBank"]["resources"] = {"requests": requests, "limits": limits}
    assert re.search(r"requests\.(cpu|memory) \S+ is above limits", chart.refusal(values))
    assert chart.render({**values, "lanaBank": {**values["lanaBank"], "resources": {}}})


def test_our_own_pins_have_the_comment_that_traces_them() -> None:
    text = (CHART / "values.yaml").read_text()
    pins = {pin.path: pin.app for pin in read_pins(text)}
    assert pins == {
        "lanaBank.image.digest": "lana-bank",
        "lanaBank.adminPanel.image.digest": "lana-bank-admin-panel",
        "lanaBank.customerPortal.image.digest": "lana-bank-customer-portal",
        "dagster.codeLocation.image.digest": "dagster-code-location-lana-dw",
    }
    assert text.count("repository=https://github.com/GaloyMoney/lana-bank;") == len(pins)


def test_a_part_that_is_left_out_needs_no_pin(chart: Chart) -> None:
    assert chart.render(good_values())


def test_others_images_are_those_of_the_table() -> None:
    """docs/images.md says where each digest was read; here and there are the same ones."""
    page = (REPOSITORY / "docs/images.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \| (\S+) \| `(sha256:[0-9a-f]{64})` \|", page, re.MULTILINE)
    own = re.compile(r'repository: (\S+)\n +digest: "(sha256:[0-9a-f]{64})" # (?!METADATA)(\S+)\n')
    files = [CHART / "values.yaml", *CHART.glob("charts/*/values.yaml")]
    pinned = {found for file in files for found in own.findall(file.read_text())}
    assert {(image, digest, version) for image, version, digest in rows} == pinned
    assert len(pinned) == len(COMPONENTS)
