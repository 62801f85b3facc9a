"""Secrets pass from the vault to the cluster and are in no state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktn import TerraformStack

from modules.errors import ModuleError
from modules.kubernetes import restricted_namespace
from modules.secrets.construct import Secrets
from modules.secrets.names import DATABASE_USERS, EXTERNAL, GENERATED
from modules.secrets.vault import KeyVault, SecretManager, Vault
from tests.modules.synthesis import synthesize

HOSTS = dict.fromkeys(("server", "dagster", "keycloak"), "10.0.0.2")
VAULTS: Mapping[str, Vault] = {
    "google": SecretManager("project", "us-east1", "gcp-test", "key"),
    "azure": KeyVault("/vault", "azure-test"),
}
CHART = Path(__file__).parents[2] / "upstream/galoy-private-charts/charts/lana-bank"


def stack(folder: Path, vault: Vault, **props: Any) -> dict[str, Any]:
    def build(scope: TerraformStack) -> None:
        namespace = restricted_namespace(scope, "lana-bank", {})
        Secrets(scope, "secrets", vault=vault, **props).write(namespace, HOSTS, "require")

    return synthesize(folder, build)


@pytest.mark.parametrize("vault", VAULTS.values(), ids=VAULTS.keys())
def test_values_are_ephemeral_and_written_only(tmp_path: Path, vault: Vault) -> None:
    resources = stack(tmp_path, vault)["resource"]
    secrets = resources["kubernetes_secret_v1"]
    assert set(secrets) == {
        "secrets_lana_bank",
        *(f"secrets_lana_bank_db_{user}" for user in DATABASE_USERS),
    }
    for secret in secrets.values():
        assert "data" not in secret
        assert "data_wo_revision" in secret
    own = secrets["secrets_lana_bank"]
    assert set(own["data_wo"]) == set(GENERATED)
    assert all(value.startswith("${ephemeral.") for value in own["data_wo"].values())


@pytest.mark.parametrize("vault", VAULTS.values(), ids=VAULTS.keys())
def test_a_rotation_is_a_number(tmp_path: Path, vault: Vault) -> None:
    before = stack(tmp_path / "a", vault)["resource"]
    after = stack(tmp_path / "b", vault, versions={"db-dagster": 2})["resource"]
    changed = {
        (kind, name)
        for kind, named in after.items()
        for name, body in named.items()
        if body != before[kind][name]
    }
    version, place = (
        ("google_secret_manager_secret_version", "secrets_db_dagster_version")
        if isinstance(vault, SecretManager)
        else ("azurerm_key_vault_secret", "secrets_db_dagster_secret")
    )
    assert changed == {
        (version, place),
        ("kubernetes_secret_v1", "secrets_lana_bank_db_dagster"),
    }


def test_third_party_secrets_are_read(tmp_path: Path) -> None:
    external = frozenset({"honeycomb-api-key", "oathkeeper-jwks"})
    secrets = stack(tmp_path, VAULTS["google"], external=external)["resource"][
        "kubernetes_secret_v1"
    ]
    assert list(secrets["secrets_lana_bank_external"]["data_wo"]) == ["honeycomb-api-key"]
    assert list(secrets["secrets_lana_bank_oathkeeper"]["data_wo"]) == ["jwks.json"]


@pytest.mark.parametrize("wrong", [{"versions": {"db-servr": 2}}, {"external": frozenset({"x"})}])
def test_an_unknown_secret_is_rejected(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ModuleError, match=r"(rotate|read) secret '(db-servr|x)'"):
        stack(tmp_path, VAULTS["google"], **wrong)


def test_the_chart_asks_for_the_secrets_that_are_written() -> None:
    """The Secrets of the chart's own mode are the same, key by key."""
    text = (CHART / "templates/secrets.yaml").read_text()
    assert [key for key in GENERATED if f'"{key}"' not in text] == []
    templates = "".join(file.read_text() for file in CHART.rglob("*.tpl"))
    templates += "".join(file.read_text() for file in CHART.rglob("templates/*.yaml"))
    assert [key for key in EXTERNAL - {"oathkeeper-jwks"} if f'"{key}"' not in templates] == []
