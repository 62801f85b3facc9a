"""Cloud stacks planned, and their secrets applied, by the real providers.

The clouds are on loopback, the cluster is the embedded platform's API server: the providers
sign in to it as a stack lets them, with what the cloud gives or the kubeconfig.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.secrets.names import DATABASE_USERS, EXTERNAL, GENERATED
from promoter.platform import Platform
from promoter.toolchain import Toolchain
from tests.platform_fixture import kubectl
from tests.providers.azurerm_stack import Tofu
from tests.providers.cloud_sql import CloudSql
from tests.providers.files import files_content
from tests.providers.google_cloud import Cluster, google_cloud
from tests.providers.key_vault import KeyVault, below_a_domain, key_vault
from tests.providers.obtained import Obtained
from tests.providers.secret_manager import SecretManager
from tests.providers.whole import beside, changes, succeed, without_backend
from tests.stacks.stack_tree import Tree, copy_tree

pytestmark = pytest.mark.providers

STACKS = ("azure-volcano-staging", "gcp-galoy-staging")
NAMESPACE = "lana-bank"
USER = "stack-of-a-test"
TARGETS = tuple(
    f"-target=kubernetes_secret_v1.secrets_{name}" for name in ("lana_bank", "lana_bank_external")
)
"""The Secrets that need no database."""


@pytest.fixture
def cluster(platform: Platform) -> Iterator[Cluster]:
    """The platform's API server, and the token of one who may do all; no trace is left."""
    kubeconfig = platform.require().kubeconfig
    config = yaml.safe_load(kubeconfig.read_text())
    (found,) = (each["cluster"] for each in config["clusters"])
    kubectl(platform, "-n", "default", "create", "serviceaccount", USER)
    role = ("--clusterrole=cluster-admin", f"--serviceaccount=default:{USER}")
    kubectl(platform, "create", "clusterrolebinding", USER, *role)
    token = kubectl(platform, "-n", "default", "create", "token", USER).strip()
    server = found["server"].removeprefix("https://")
    yield Cluster(server, found["certificate-authority-data"], token, kubeconfig)
    kubectl(platform, "delete", "clusterrolebinding", USER)
    kubectl(platform, "-n", "default", "delete", "serviceaccount", USER)
    kubectl(platform, "delete", "namespace", NAMESPACE, "--ignore-not-found")


@dataclass
class Real:
    """A stack that may be run, as often as its settings change."""

    name: str
    tree: Tree
    tofu: Tofu
    vault: SecretManager | KeyVault
    external: dict[str, str]
    sql: CloudSql | None

    def synthesize(self, **settings: Any) -> None:
        """Write the stack anew, with these in its settings' section ``secrets``."""
        platform, _, rest = self.name.partition("-")
        file = self.tree.root / "stacks" / platform / rest / "lana-bank.yml"
        found = yaml.safe_load(file.read_text())
        found["secrets"] = {"external": sorted(EXTERNAL), **settings}
        file.write_text(yaml.safe_dump(found))
        self.tree.synthesize(self.name)
        self.tofu.write(without_backend(self.tree.json(self.name)))

    def changes(self, *arguments: str) -> dict[str, list[str]]:
        """Plan, and give each change with its actions."""
        return changes(self.tofu, *arguments)

    def apply(self) -> None:
        """Apply what was planned."""
        succeed(self.tofu, "apply", "plan")


@contextmanager
def cloud(
    name: str, cluster: Cluster, folder: Path
) -> Iterator[tuple[SecretManager | KeyVault, CloudSql | None, dict[str, str]]]:
    """The cloud of a stack, and variables by which its provider goes to it."""
    if name.startswith("gcp"):
        with google_cloud(cluster) as (vault, sql, variables):
            yield vault, sql, variables
    else:
        with key_vault(folder) as (named, variables), below_a_domain(named) as more:
            yield named, None, {**variables, **more}


@pytest.fixture(params=STACKS)
def name(request: pytest.FixtureRequest, tree: Tree, obtained: Obtained) -> str:
    """A stack, all of whose providers can be had."""
    if reason := obtained.missing(tree.json(request.param)):
        pytest.skip(f"no registry or mirror has a provider of this stack: {reason}")
    return str(request.param)


@pytest.fixture
def real(
    name: str, toolchain: Toolchain, obtained: Obtained, cluster: Cluster, tmp_path: Path
) -> Iterator[Real]:
    """The whole stack in its folder, what others issue in the vault, and nothing else."""
    tree = copy_tree(tmp_path / "tree")
    with cloud(name, cluster, tmp_path) as (vault, sql, variables):
        environment = {
            **obtained.environment,
            **variables,
            "KUBE_CONFIG_PATH": str(cluster.kubeconfig),
            "HONEYCOMB_API_KEY": "unused",
        }
        folder = tree.root / "cdktf.out/stacks" / name
        tofu = beside(Tofu(toolchain.program("tofu"), folder, environment), "real")
        issued = {key: secrets.token_urlsafe(20) for key in EXTERNAL}
        found = Real(name, tree, tofu, vault, issued, sql)
        for key, value in issued.items():
            vault.put(f"{name}-{key}", value)
        found.synthesize()
        # Through no proxy, for a registry may have to be reached.
        done = replace(tofu, environment=obtained.environment).init()
        assert done.returncode == 0, done.stderr
        yield found


def test_a_whole_stack_is_planned(real: Real) -> None:
    planned = real.changes()
    declared = real.tree.json(real.name)["resource"]
    own = {address for address in planned if not address.startswith("module.")}
    assert own == {f"{kind}.{name}" for kind, named in declared.items() for name in named}
    assert set(map(tuple, planned.values())) == {("create",)}
    plan = succeed(real.tofu, "show", "-json", "plan")
    assert not [key for key, value in real.external.items() if value in plan]


def in_cluster(platform: Platform, name: str) -> Mapping[str, str]:
    found = json.loads(kubectl(platform, "-n", NAMESPACE, "get", "secret", name, "-o=json"))
    return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}


@pytest.fixture
def applied(real: Real) -> Real:
    """The Secrets in the cluster that need no database; what they are made from in the vault."""
    real.changes(*TARGETS)
    real.apply()
    return real


def generated(vault: SecretManager | KeyVault, stack: str) -> dict[str, str]:
    return {key: vault.newest(f"{stack}-{key}") for key in GENERATED}


def test_secrets_go_from_the_vault_to_the_cluster_and_nowhere_else(
    applied: Real, platform: Platform
) -> None:
    made = generated(applied.vault, applied.name)
    assert in_cluster(platform, "lana-bank") == made
    assert len(set(made.values())) == len(GENERATED)
    assert {key: len(value) for key, value in made.items()} == {
        key: {"password": 48, "cookie": 32, "key": 64}[kind] for key, kind in GENERATED.items()
    }
    external = dict(applied.external)
    del external["oathkeeper-jwks"]
    assert in_cluster(platform, "lana-bank-external") == external
    content = files_content(applied.tofu.folder)
    assert b"data_wo_revision" in content
    values = {**made, **external}
    assert not [key for key, value in values.items() if value.encode() in content]


def test_a_second_run_changes_nothing(applied: Real, platform: Platform) -> None:
    before = in_cluster(platform, "lana-bank")
    assert applied.changes(*TARGETS) == {}
    applied.apply()
    assert in_cluster(platform, "lana-bank") == before


def test_a_rotation_changes_that_secret_alone(applied: Real, platform: Platform) -> None:
    vault, key = applied.vault, "oauth2-proxy-cookie-secret"
    name = f"{applied.name}-{key}"
    before = in_cluster(platform, "lana-bank")
    applied.synthesize(versions={key: 2})
    stored = set(applied.changes(*TARGETS)) - {target.partition("=")[2] for target in TARGETS}
    assert {address.partition(".")[2] for address in stored} <= {
        f"secrets_oauth2_proxy_cookie_secret_{kind}" for kind in ("secret", "version")
    }
    applied.apply()
    after = in_cluster(platform, "lana-bank")
    assert len(vault.versions[name]) == 2
    assert after == generated(vault, applied.name)
    assert [name for name in after if after[name] != before[name]] == [key]
    if isinstance(vault, SecretManager):
        assert vault.disabled == {(name, 1)}


def test_a_new_value_of_others_is_taken_with_its_version(applied: Real, platform: Platform) -> None:
    """As docs/environments.md says; until then the cluster keeps what it has."""
    applied.vault.put(f"{applied.name}-smtp-password", "another")
    assert applied.changes(*TARGETS) == {}
    applied.synthesize(versions={"smtp-password": 2})
    applied.changes(*TARGETS)
    applied.apply()
    assert in_cluster(platform, "lana-bank-external")["smtp-password"] == "another"


DATABASES = tuple(
    f"-target={kind}"
    for user, database in DATABASE_USERS.items()
    for kind in (
        f"kubernetes_secret_v1.secrets_lana_bank_db_{user.replace('-', '_')}",
        # Named itself: OpenTofu leaves out what only an unchanged target needs.
        f"google_sql_user.postgres_{database}_administrator",
    )
)


@pytest.mark.parametrize("name", ["gcp-galoy-staging"], indirect=True)
def test_a_database_and_the_cluster_have_the_same_password(real: Real, platform: Platform) -> None:
    """Before and after a rotation, which reaches that database's user alone."""
    sql, seen = real.sql, []
    assert sql
    for versions in ({}, {"db-dagster-admin": 2}):
        real.synthesize(versions=versions)
        real.changes(*DATABASES)
        real.apply()
        assert real.changes(*DATABASES) == {}
        for name in ("server", "dagster", "keycloak"):
            user, instance = f"{name}-admin", f"{real.name}-{name}"
            secret = in_cluster(platform, f"lana-bank-db-{user}")
            assert secret.pop("ca.pem")
            assert secret == {
                "host": sql.name(instance),
                "name": name,
                "username": f"{name}admin",
                "password": sql.users[instance, f"{name}admin"],
                "sslmode": "verify-full",
            }
            assert secret["password"] == real.vault.newest(f"{real.name}-db-{user}")
        seen.append(dict(sql.users))
    assert {key[1] for key in seen[0] if seen[0][key] != seen[1][key]} == {"dagsteradmin"}
    assert not [
        user for user, made in seen[1].items() if made.encode() in files_content(real.tofu.folder)
    ]
