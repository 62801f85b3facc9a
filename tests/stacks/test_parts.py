"""Settings of parts and of the way in, and the values of the chart that they become."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stacks.environments import EnvironmentFiles
from stacks.errors import InvalidSettings
from stacks.platforms import PLATFORMS
from stacks.platforms.ingress import IngressSettings
from stacks.platforms.parts import PartSettings, part_values
from tests.stacks.stack_tree import Tree

REPOSITORY = Path(__file__).parents[2]
PRODUCTION = Path("stacks/gcp/volcano-production")


def problems(root: Path, old: str, new: str) -> list[str]:
    """Return the problems of a production whose lana-bank.yml is edited."""
    shutil.copytree(REPOSITORY / PRODUCTION, root / PRODUCTION)
    file = root / PRODUCTION / "lana-bank.yml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    files = (root / PRODUCTION / "shared.yml", file)
    with pytest.raises(InvalidSettings) as caught:
        PLATFORMS["gcp"](EnvironmentFiles("gcp", "volcano-production", "lana-bank", root, *files))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max_replicas: 6", "max_replicas: 2", "parts.server.max_replicas: it is not above"),
        ("memory_limit: 2Gi", "memory_limit: 512Mi", "1Gi is above the limit 512Mi"),
        ("  gotenberg:", "  keycloak:", "parts.keycloak.max_replicas: keycloak has no autoscaler"),
        ("  gotenberg: {max_", "  dagster-code: {", "dagster-code runs once"),
        ("  gotenberg: {max_replicas: 4}", "  server2: {}", "parts.server2"),
        ("{max_replicas: 4}", "{replicas: 1}", "parts.gotenberg.replicas: production needs two"),
        ("priority_class: lana-bank\n", "", "priority_class: production comes before"),
        (
            "replicas: 2\n",
            "replicas: 2\ningress: {controller: other, staff_cidrs: [192.0.2.0/24]}\n",
            "ingress.staff_cidrs: annotations of ingress-nginx only",
        ),
        (
            "replicas: 2\n",
            "replicas: 2\ngateway: {name: a, namespace: b}\n"
            "ingress: {staff_cidrs: [192.0.2.0/24]}\n",
            "ingress.staff_cidrs: a Gateway has none",
        ),
        ("replicas: 2\n", "replicas: 2\ningress: {class_name: ''}\n", "ingress.class_name"),
        ("replicas: 2\n", "replicas: 2\nimage_pull_secrets: ['']\n", "image_pull_secrets.0"),
    ],
)
def test_a_part_that_cannot_be_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    (problem,) = problems(tmp_path, old, new)
    assert problem.startswith(f"{PRODUCTION}/lana-bank.yml:")
    assert expected in problem


def test_parts_become_values_where_the_chart_has_them() -> None:
    values = part_values(
        {
            "server": PartSettings(replicas=3, max_replicas=5, cpu="1", memory="1Gi"),
            "admin-panel": PartSettings(memory_limit="1Gi"),
            "dagster": PartSettings(replicas=2),
        }
    )
    requests = {"requests": {"cpu": "1", "memory": "1Gi"}}
    assert values == {
        "lanaBank": {
            "replicas": 3,
            "maxReplicas": 5,
            "resources": requests,
            "adminPanel": {"resources": {"limits": {"memory": "1Gi"}}},
        },
        "dagster": {"webserver": {"replicas": 2}},
    }


def test_the_way_in_is_of_the_settings(tree: Tree) -> None:
    settings = IngressSettings(class_name="internal", staff_cidrs=("192.0.2.0/24",))
    assert settings.values()["className"] == "internal"
    assert settings.values()["staffCidrs"] == ["192.0.2.0/24"]
    tree.synthesize("gcp-volcano-production")
    values = tree.values("gcp-volcano-production")
    assert values["ingress"] == {**IngressSettings().values(), "clusterIssuer": "letsencrypt"}
    assert values["global"]["imagePullSecrets"] == []


OUTSIDE = """\
mail: {relay: smtp.example.com, sender: bank@example.com}
documents_bucket: production-documents
reports_bucket: production-reports
automations: true
"""


def test_documents_on_azure_are_on_a_volume_of_the_class_that_is_named(tree: Tree) -> None:
    stack, file = "azure-volcano-staging", tree.root / "stacks/azure/volcano-staging/lana-bank.yml"
    tree.synthesize(stack)
    assert "storage" not in tree.values(stack)["lanaBank"]
    file.write_text(file.read_text() + "documents_class: azurefile-csi\n")
    tree.synthesize(stack)
    volume = {"storageClass": "azurefile-csi", "size": "100Gi"}
    assert tree.values(stack)["lanaBank"]["storage"] == {"volume": volume}


def bucket_grants(tree: Tree, stack: str) -> set[tuple[str, str]]:
    """Return the bucket and the role of each grant."""
    grants = tree.json(stack)["resource"].get("google_storage_bucket_iam_member", {})
    return {(each["bucket"], each["role"]) for each in grants.values()}


def test_mail_buckets_and_schedules_are_of_the_settings(tree: Tree) -> None:
    stack, file = "gcp-volcano-production", tree.root / PRODUCTION / "lana-bank.yml"
    tree.synthesize(stack)
    before = tree.values(stack)
    assert "smtp" not in before["lanaBank"]
    assert before["dagster"]["automations"] == "false"
    granted = bucket_grants(tree, stack)

    file.write_text(file.read_text() + OUTSIDE)
    tree.synthesize(stack)
    values = tree.values(stack)
    assert values["lanaBank"]["smtp"] == {"relay": "smtp.example.com", "port": 587}
    assert values["keycloak"]["smtp"]["from"] == "bank@example.com"
    assert values["lanaBank"]["storage"] == {"bucket": "production-documents"}
    assert values["dagster"]["bigquery"]["reportsBucket"] == "production-reports"
    assert values["dagster"]["automations"] == "true"
    assert bucket_grants(tree, stack) - granted == {
        ("production-documents", "roles/storage.objectUser"),
        ("production-reports", "roles/storage.objectUser"),
    }


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("mail: {relay: smtp, sender: bank@example.com}\n", "mail.relay"),
        ("mail: {relay: smtp.example.com}\n", "mail.sender"),
        ("mail: {relay: smtp.example.com, sender: nobody}\n", "mail.sender"),
        ("documents_bucket: gs://documents\n", "documents_bucket"),
    ],
)
def test_what_is_outside_is_named_as_the_cloud_names_it(
    tmp_path: Path, line: str, place: str
) -> None:
    (problem,) = problems(tmp_path, "replicas: 2\n", f"replicas: 2\n{line}")
    assert place in problem
