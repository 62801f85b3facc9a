"""Secrets pass from the vault to the cluster and are in no state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktn import TerraformStack

from modules.errors import ModuleError
from modules.kubernetes import restricted_namespace
from modules.secrets.construct import DatabaseAccess, Secrets
from modules.secrets.names import DATABASE_USERS, EXTERNAL, GENERATED
from modules.secrets.vault import KeyVault, SecretManager, Vault
from tests.modules.synthesis import synthesize

DATABASES = {
    name: DatabaseAccess("db.example.com", "authorities", f"test-{name}")
    for name in ("server", "dagster", "keycloak")
}
VAULTS: Mapping[str, Vault] = {
    "google": SecretManager("project", "us-east1", "gcp-test", "key"),
    "azure": KeyVault("/vault", "azure-test"),
}
CHART = Path(__file__).parents[2] / "upstream/galoy-private-charts/charts/lana-bank"


def stack(
    folder: Path,
    vault: Vault,
    databases: Mapping[str, DatabaseAccess] = DATABASES,
    **props: Any,
) -> dict[str, Any]:
    def build(scope: TerraformStack) -> None:
        namespace = restricted_namespace(scope, "lana-bank", {})
        secrets = Secrets(scope, "secrets", vault=vault, databases=databases, **props)
        secrets.write(namespace, databases)

    return synthesize(folder, build)


@pytest.mark.parametrize("vault", VAULTS.values(), ids=VAULTS.keys())
def test_values_are_ephemeral_and_written_only(tmp_path: Path, vault: Vault) -> None:
    resources = stack(tmp_path, vault)["resource"]
    secrets = resources["kubernetes_secret_v1"]
    assert set(secrets) == {
        "secrets_lana_bank",
        *(f"secrets_lana_bank_db_{user}".replace("-", "_") for user in DATABASE_USERS),
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


def revisions(folder: Path, **props: Any) -> dict[str, int]:
    secrets = stack(folder, VAULTS["google"], **props)["resource"]["kubernetes_secret_v1"]
    return {
        name.removeprefix("secrets_"): body["data_wo_revision"] for name, body in secrets.items()
    }


@pytest.mark.parametrize(
    ("changed", "written"),
    [
        ({"external": ("honeycomb-api-key", "sumsub-key")}, {"lana_bank_external"}),
        ({"versions": {"honeycomb-api-key": 2}}, {"lana_bank_external"}),
        (
            {
                "databases": {
                    **DATABASES,
                    "server": DatabaseAccess("db.example.com", "authorities", "test-server-2"),
                }
            },
            {f"lana_bank_db_{user}" for user in ("server", "server_admin", "reader")},
        ),
    ],
    ids=["a further secret", "a new value of a third party", "a restored server"],
)
def test_what_changes_a_secret_writes_it_again(
    tmp_path: Path, changed: dict[str, Any], written: set[str]
) -> None:
    base = {"external": ("honeycomb-api-key",)}
    before = revisions(tmp_path / "a", **base)
    after = revisions(tmp_path / "b", **{**base, **changed})
    assert {name for name in after if after[name] != before[name]} == written


def test_a_rotated_user_is_another_role(tmp_path: Path) -> None:
    """Both work until the pods are replaced: tests/charts/test_database_roles.py."""
    versions = {"db-server": 2, "db-server-admin": 2}
    secrets = stack(tmp_path, VAULTS["google"], versions=versions)["resource"][
        "kubernetes_secret_v1"
    ]
    names = {
        user: secrets[f"secrets_lana_bank_db_{user}"]["data_wo"]["username"]
        for user in ("server", "server_admin", "reader")
    }
    assert names == {"server": "server_2", "server_admin": "serveradmin", "reader": "reader_1"}


def test_a_database_that_is_not_there_has_no_users(tmp_path: Path) -> None:
    only = {"server": DATABASES["server"]}
    written = stack(tmp_path, VAULTS["azure"], only)["resource"]["kubernetes_secret_v1"]
    assert "secrets_lana_bank_db_dagster" not in written
    assert "secrets_lana_bank_db_reader" in written


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
