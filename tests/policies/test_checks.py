"""Each check has a sample that passes, and one for each kind of violation."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.checks import CHECKS
from policies.stack import UNPINNED, CheckedStack

REPOSITORY = Path(__file__).parents[2]
DIGEST = "sha256:" + "ab" * 32
SQL = "google_sql_database_instance"
FLEXIBLE = "azurerm_postgresql_flexible_server"
PARAMETER = f"{FLEXIBLE}_configuration"
Content = dict[str, Any]


def good_content() -> Content:
    instance = {
        "deletion_protection": True,
        "lifecycle": {"prevent_destroy": True},
        "settings": {
            "availability_type": "REGIONAL",
            "backup_configuration": {"point_in_time_recovery_enabled": True},
            "ip_configuration": {
                "ipv4_enabled": False,
                "private_network": "net",
                "ssl_mode": "ENCRYPTED_ONLY",
            },
        },
    }
    server = {
        "delegated_subnet_id": "subnet",
        "geo_redundant_backup_enabled": True,
        "high_availability": {"mode": "ZoneRedundant"},
        "lifecycle": {"prevent_destroy": True},
        "public_network_access_enabled": False,
    }
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {
        "terraform": {"backend": {"gcs": {"bucket": "b", "kms_encryption_key": "k"}}},
        "resource": {
            SQL: {"db": instance},
            FLEXIBLE: {"db": server},
            PARAMETER: {"tls": {"name": "require_secure_transport", "value": "on"}},
            "google_sql_user": {"owner": {"password_wo": "x"}},
            "kubernetes_namespace_v1": {"n": {"metadata": [{"name": "n", "labels": labels}]}},
            "kubernetes_secret_v1": {"s": {"data_wo": {"sslmode": "require"}}},
        },
    }


def good_objects() -> list[Content]:
    container = {
        "name": "server",
        "image": f"gcr.io/galoyorg/lana-bank@{DIGEST}",
        "env": [{"name": "PG_CON", "value": "postgres://$(USERNAME)@h"}],
    }
    labels = {"app.kubernetes.io/component": "server"}
    return [
        {
            "kind": "Deployment",
            "metadata": {"name": "lana-bank", "labels": labels},
            "spec": {"replicas": 2, "template": {"spec": {"containers": [container]}}},
        },
        {
            "kind": "ConfigMap",
            "metadata": {"name": "c"},
            "data": {"lana.yml": "time: {mode: realtime}"},
        },
    ]


def stack(content: Content, objects: list[Content], name: str = "gcp-production") -> CheckedStack:
    return CheckedStack(name, content, tuple(objects))


def put(path: str, value: Any) -> Callable[[Any], None]:
    """Change the value at a path of keys and indexes."""

    def change(where: Any) -> None:
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        for parent in parents:
            where = where[parent]
        where[last] = value

    return change


TERRAFORM = [
    ("databases-kept", put(f"resource/{SQL}/db/lifecycle", {})),
    ("databases-kept", put(f"resource/{SQL}/db/deletion_protection", False)),
    ("databases-kept", put(f"resource/{FLEXIBLE}/db/lifecycle", {})),
    ("databases-private", put(f"resource/{SQL}/db/settings/ip_configuration/ipv4_enabled", True)),
    ("databases-private", put(f"resource/{SQL}/db/settings/ip_configuration/private_network", "")),
    ("databases-private", put(f"resource/{FLEXIBLE}/db/public_network_access_enabled", True)),
    ("databases-private", put(f"resource/{FLEXIBLE}/db/delegated_subnet_id", None)),
    (
        "transport-encrypted",
        put(f"resource/{SQL}/db/settings/ip_configuration/ssl_mode", "ALLOW_UNENCRYPTED"),
    ),
    ("transport-encrypted", put(f"resource/{PARAMETER}/tls/value", "off")),
    (
        "transport-encrypted",
        put("resource/kubernetes_secret_v1/s/data_wo/sslmode", "disable"),
    ),
    ("state-protected", put("terraform/backend", {})),
    ("state-protected", put("terraform/backend", {"local": {}})),
    ("state-protected", put("terraform/backend/gcs/kms_encryption_key", "")),
    ("state-protected", put("terraform/backend", {"azurerm": {}})),
    ("namespace-restricted", put("resource/kubernetes_namespace_v1", {})),
    (
        "namespace-restricted",
        put("resource/kubernetes_namespace_v1/n/metadata/0/labels", {}),
    ),
    (
        "production-available",
        put(f"resource/{SQL}/db/settings/availability_type", "ZONAL"),
    ),
    ("production-available", put(f"resource/{SQL}/db/settings/backup_configuration", {})),
    ("production-available", put(f"resource/{FLEXIBLE}/db/high_availability", {})),
    ("production-available", put(f"resource/{FLEXIBLE}/db/geo_redundant_backup_enabled", False)),
    ("secrets-not-written", put("resource/google_sql_user/owner/password", "x")),
    ("secrets-not-written", put("resource/kubernetes_secret_v1/s/data", {})),
    ("secrets-not-written", put("resource/random_password", {"p": {"length": 8}})),
]
POD = "0/spec/template/spec/containers/0"
RENDERED = [
    ("images-by-digest", put(f"{POD}/image", "gcr.io/galoyorg/lana-bank:latest")),
    ("images-by-digest", put(f"{POD}/image", f"gcr.io/galoyorg/lana-bank:1@{DIGEST}")),
    ("images-by-digest", put(f"{POD}/image", f"gcr.io/galoyorg/lana-bank@{DIGEST[:-1]}")),
    ("images-by-digest", put(f"{POD}/image", f"gcr.io/galoyorg/lana-bank@{UNPINNED}")),
    ("production-available", put("0/spec/replicas", 1)),
    ("real-time", put("1/data", {"lana.yml": "time: {mode: manual}"})),
    ("real-time", put("1/data", {"lana.yml": ""})),
    ("secrets-not-written", put(f"{POD}/env/0/value", "postgres://user:word@host")),
    ("secrets-not-written", put("1", {"kind": "Secret", "metadata": {"name": "s"}})),
]


@pytest.mark.parametrize("name", CHECKS)
def test_a_compliant_stack_passes(name: str) -> None:
    assert list(CHECKS[name](stack(good_content(), good_objects()))) == []


@pytest.mark.parametrize(("name", "change"), TERRAFORM)
def test_a_violation_in_a_stack_is_found(name: str, change: Callable[[Any], None]) -> None:
    content = copy.deepcopy(good_content())
    change(content)
    assert len(list(CHECKS[name](stack(content, good_objects())))) == 1


@pytest.mark.parametrize(("name", "change"), RENDERED)
def test_a_violation_in_a_manifest_is_found(name: str, change: Callable[[Any], None]) -> None:
    objects = copy.deepcopy(good_objects())
    change(objects)
    assert len(list(CHECKS[name](stack(good_content(), objects)))) == 1


@pytest.mark.parametrize("data", [{}, {"data": None}, {"binaryData": {"key": "aGk="}}])
def test_a_config_map_without_data_passes(data: Content) -> None:
    config_map = {"kind": "ConfigMap", "metadata": {"name": "empty"}, **data}
    found = CHECKS["real-time"](stack(good_content(), [*good_objects(), config_map]))
    assert list(found) == []


def test_every_check_has_a_sample_that_fails_it() -> None:
    assert {name for name, _ in (*TERRAFORM, *RENDERED)} == set(CHECKS)


def test_every_check_is_a_file_and_a_heading() -> None:
    files = {file.stem.replace("_", "-") for file in (REPOSITORY / "policies/checks").glob("*.py")}
    headings = re.findall(r"(?m)^## (.+)$", (REPOSITORY / "docs/policies.md").read_text())
    assert files - {"--init--"} == set(headings) == set(CHECKS)
    for name, check in CHECKS.items():
        assert check.__module__ == f"policies.checks.{name.replace('-', '_')}"


def test_a_local_environment_needs_no_cloud() -> None:
    content = {"terraform": {"backend": {"local": {}}}, "resource": {}}
    secret = {"kind": "Secret", "metadata": {"name": "s"}}
    local = stack(content, [*good_objects(), secret], "local-production")
    assert [finding for check in CHECKS.values() for finding in check(local)] == []
