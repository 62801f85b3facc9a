"""The reads of `promoter doctor` in a cloud, answered by a server on loopback."""

from __future__ import annotations

import json
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from modules.gcp_foundation.keys import ENCRYPT as USE_KEY
from modules.gcp_foundation.props import (
    AUDITED,
    BUCKET_PERMISSIONS,
    DEPLOYER_ROLES,
    EXPORT_PERMISSIONS,
    EXPORT_ROLES,
    NODE_ROLE,
    SERVICES,
)
from modules.honeycomb import COLUMNS
from promoter.gate.state import DeployState, EnvironmentState, FileState
from promoter.gate.state_file import write_state
from promoter.git import Git
from promoter.programs.cloud import CloudReader
from promoter.setup.doctor import CheckResult, CheckState
from promoter.setup.doctor.account import copies, resources, secrets
from promoter.setup.doctor.foundation import examine_account
from tests.command_line import promoter
from tests.platform_fixture import toolchain
from tests.programs.test_cloud import federation, served
from tests.providers.loopback import tunnel
from tests.setup.repository import push
from tests.stacks.stack_tree import Tree, copy_tree

GCP, AZURE = "gcp-volcano-qa", "azure-volcano-staging"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PROJECT = "projects/volcano-qa"
IAM = f"iam.googleapis.com/v1/{PROJECT}"
MAIL = "volcano-qa.iam.gserviceaccount.com"
COMPUTE = f"compute.googleapis.com/compute/v1/{PROJECT}"
NETWORK = f"{COMPUTE}/global/networks/volcano-qa"
GRANTS = f"cloudresourcemanager.googleapis.com/v1/{PROJECT}:getIamPolicy"
RING = f"cloudkms.googleapis.com/v1/{PROJECT}/locations/us-east1/keyRings/volcano-qa"
BOOKS_RING = f"cloudkms.googleapis.com/v1/{PROJECT}/locations/us/keyRings/volcano-qa-books"
BUCKET = "storage.googleapis.com/storage/v1/b/volcano-qa-tf-state"
SECRETS = f"secretmanager.googleapis.com/v1/{PROJECT}/secrets/{GCP}"
JWKS = f"{SECRETS}-oathkeeper-jwks"
APIS = f"serviceusage.googleapis.com/v1/{PROJECT}/services"
SQL = f"{APIS}/sqladmin.googleapis.com"
GROUP = (
    "management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000"
    "/resourcegroups/volcano-staging"
)
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/volcanostaging"
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
SIGNED_IN = ("docker-io", "gcr-io", "us-gcr-io")
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
BLOBS = f"{STORAGE}/volcanostagingtfstate/blobServices/default"
VAULT = "volcano-staging.vault.azure.net"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
IN_GROUP = f"{SUBSCRIPTION}/resourceGroups/volcano-staging"
COPIES = (
    f"management.azure.com{IN_GROUP}/providers/Microsoft.DataProtection/backupVaults"
    "/volcano-staging-books/backupInstances"
)
ENABLED = {"state": "ENABLED"}
USABLE = {"attributes": {"enabled": True, "created": 1}}
DEPLOYER = f"serviceAccount:volcano-qa-deployer@{MAIL}"
NODES = f"serviceAccount:volcano-qa-nodes@{MAIL}"
EXPORTER = f"serviceAccount:volcano-qa-exports@{MAIL}"
BOOKS = "storage.googleapis.com/storage/v1/b/volcano-qa-books"
DATABASES = ("dagster", "keycloak", "server")
YEAR = 366 * 86400
KEYED = {"encryption": {"defaultKmsKeyName": "key"}}
AUDITED_BOTH = [{"logType": "DATA_READ"}, {"logType": "DATA_WRITE"}]
POOL = f"{IAM}/locations/global/workloadIdentityPools/deployers"
IMAGES = "artifactregistry.googleapis.com/v1/projects/galoyorg/locations/us/repositories"
STORAGE_AGENT = "service-1@gs-project-accounts"
DATA_AGENTS = ("bq-1@bigquery-encryption", "service-1@gcp-sa-cloud-sql")
JOB = "assertion.team == 'lana-bank' && assertion.pipeline == 'deployments' && assertion.job == "
ISSUER = "https://ci.galoy.io"
SUBJECT = "lana-bank/deployments//"
EXPORT_ROLE = f"{IAM}/roles/databaseExporter"
SCHEDULE = f"cloudscheduler.googleapis.com/v1/{PROJECT}/locations/us-east1/jobs/{GCP}-exports"
ROLES = {
    **dict.fromkeys((*DEPLOYER_ROLES, "roles/resourcemanager.projectIamAdmin"), DEPLOYER),
    NODE_ROLE: NODES,
    **dict.fromkeys((*EXPORT_ROLES, f"{PROJECT}/roles/databaseExporter"), EXPORTER),
    f"{PROJECT}/roles/bucketGrants": DEPLOYER,
}


def granted(role: str, *members: str) -> dict[str, Any]:
    """Return the policy of a resource that has one binding."""
    return {"bindings": [{"role": role, "members": list(members)}]}


def keyed(*agents: str) -> dict[str, Any]:
    """Return the policy of a key that service agents may use."""
    return granted(USE_KEY, *(f"serviceAccount:{each}.iam.gserviceaccount.com" for each in agents))


def point(**properties: str) -> dict[str, Any]:
    """Return a list of recovery points, as Azure has it: one that was made last Sunday."""
    whole = {"recoveryPointState": "Completed", "recoveryPointTime": "2026-11-22T02:05:00.0000000Z"}
    return {"value": [{"properties": {**whole, **properties}}]}


THERE: dict[str, dict[str, Any]] = {
    GCP: {
        NETWORK: {"peerings": [{"name": "servicenetworking-googleapis-com", "state": "ACTIVE"}]},
        f"{COMPUTE}/global/addresses/volcano-qa-databases": {},
        f"{COMPUTE}/regions/us-east1/routers/volcano-qa": {},
        f"{COMPUTE}/regions/us-east1/subnetworks/volcano-qa-nodes": {},
        f"dns.googleapis.com/dns/v1/{PROJECT}/managedZones/qa-lana-galoy-io": {},
        POOL: {},
        f"{POOL}/providers/concourse": {
            "state": "ACTIVE",
            "attributeCondition": f"{JOB}'{GCP}'",
            "oidc": {"issuerUri": ISSUER},
        },
        f"{IAM}/serviceAccounts/volcano-qa-deployer@{MAIL}:getIamPolicy": granted(
            "roles/iam.workloadIdentityUser",
            "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools"
            f"/deployers/subject/{SUBJECT}{GCP}",
        ),
        **{
            f"{IMAGES}/{name}:getIamPolicy": granted("roles/artifactregistry.reader", NODES)
            for name in ("gcr.io", "us.gcr.io")
        },
        f"{RING}/cryptoKeys/data:getIamPolicy": keyed(
            *DATA_AGENTS, "service-1@gcp-sa-secretmanager"
        ),
        f"{RING}/cryptoKeys/tf-state:getIamPolicy": keyed(STORAGE_AGENT),
        f"{BOOKS_RING}/cryptoKeys/exports:getIamPolicy": keyed(STORAGE_AGENT),
        f"{BUCKET}/iam": granted("roles/storage.objectUser", DEPLOYER),
        "api.honeycomb.io/1/columns/lana-bank-qa": {"columns": list(COLUMNS)},
        f"{IAM}/serviceAccounts/volcano-qa-deployer@{MAIL}": {},
        f"{IAM}/serviceAccounts/volcano-qa-exports@{MAIL}": {},
        f"{IAM}/serviceAccounts/volcano-qa-nodes@{MAIL}": {},
        f"{IAM}/roles/bucketGrants": {"includedPermissions": list(BUCKET_PERMISSIONS)},
        EXPORT_ROLE: {"includedPermissions": list(EXPORT_PERMISSIONS)},
        BOOKS: {"retentionPolicy": {"retentionPeriod": str(YEAR)}, **KEYED},
        # Those of one instance are not those of another one, and last month's count for nothing.
        f"{BOOKS}/o": {
            "items": [
                {"name": f"{GCP}-{name}/{name}-{day}.sql.gz", "timeCreated": day}
                for name in DATABASES
                for day in ("2026-10-24T12:04:05.678Z", "2026-11-21T12:04:05.678Z")
            ]
        },
        BOOKS_RING: {},
        f"{BOOKS_RING}/cryptoKeys/exports": {"primary": ENABLED},
        SCHEDULE: ENABLED,
        f"workflows.googleapis.com/v1/{PROJECT}/locations/us-east1/workflows/{GCP}-exports": {},
        GRANTS: {
            "bindings": [{"role": role, "members": [member]} for role, member in ROLES.items()],
            "auditConfigs": [
                {"service": f"{each}.googleapis.com", "auditLogConfigs": AUDITED_BOTH}
                for each in AUDITED
            ],
        },
        RING: {},
        f"{RING}/cryptoKeys/data": {"primary": ENABLED},
        f"{RING}/cryptoKeys/tf-state": {"primary": ENABLED},
        BUCKET: {"versioning": {"enabled": True}, **KEYED},
        **{f"{APIS}/{each}": ENABLED for each in SERVICES},
        **{f"{SECRETS}-{name}": {} for name in ("honeycomb-api-key", "oathkeeper-jwks")},
        **{
            f"{SECRETS}-{name}/versions/latest": ENABLED
            for name in ("honeycomb-api-key", "oathkeeper-jwks")
        },
        "api.honeycomb.io/1/datasets/lana-bank-qa": {},
    },
    AZURE: {
        GROUP: {},
        REGISTRY: {},
        **{f"{REGISTRY}/cacheRules/{name}": {} for name in (*SIGNED_IN, "quay-io")},
        **{
            f"{REGISTRY}/credentialSets/{name}": {"identity": {"principalId": f"id-of-{name}"}}
            for name in SIGNED_IN
        },
        f"{GROUP}/providers/Microsoft.DataProtection/backupVaults/volcano-staging-books": {
            "identity": {"principalId": "id-of-books"}
        },
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging": {},
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging-backup": {},
        f"{GROUP}/providers/Microsoft.Network/dnsZones/azure-staging.lana.galoy.io": {},
        f"{GROUP}/providers/Microsoft.Network/virtualNetworks/volcano-staging": {},
        f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/volcano-staging": {},
        BLOBS: {"properties": {"isVersioningEnabled": True}},
        **{
            f"{IDENTITIES}/{AZURE}-{name}": {"properties": {"principalId": f"id-of-{name}"}}
            for name in ("backups", "databases", "deployer", "nodes", "tf-state")
        },
        f"{BLOBS}/containers/tf-state": {},
        f"{IDENTITIES}/{AZURE}-deployer/federatedIdentityCredentials/concourse": {
            "properties": {"issuer": ISSUER, "subject": f"{SUBJECT}{AZURE}"}
        },
        "api.honeycomb.io/1/columns/lana-bank-azure-staging": {"columns": list(COLUMNS)},
        f"{VAULT}/keys/databases": USABLE,
        f"{VAULT}/keys/tf-state": USABLE,
        "volcano-staging-backup.vault.azure.net/keys/databases": USABLE,
        f"{VAULT}/secrets/{AZURE}-honeycomb-api-key/versions": {"value": [USABLE]},
        f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions": {"value": [USABLE]},
        **{
            f"{VAULT}/secrets/{AZURE}-{name}-{part}/versions": {"value": [USABLE]}
            for name in SIGNED_IN
            for part in ("username", "password")
        },
        **{f"{COPIES}/{AZURE}-{name}/recoveryPoints": point() for name in ("server", "keycloak")},
        "api.honeycomb.io/1/datasets/lana-bank-azure-staging": {},
    },
}

KEYS = f"{IN_GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging"
CONTAINER = (
    f"{IN_GROUP}/providers/Microsoft.Storage/storageAccounts/volcanostagingtfstate"
    "/blobServices/default/containers/tf-state"
)
ENCRYPT = "Key Vault Crypto Service Encryption User"
ASSIGNED = {
    ("id-of-backups", ENCRYPT, f"{KEYS}-backup/keys/databases"),
    ("id-of-databases", ENCRYPT, f"{KEYS}/keys/databases"),
    ("id-of-tf-state", ENCRYPT, f"{KEYS}/keys/tf-state"),
    ("id-of-deployer", f"{AZURE} deployer", IN_GROUP),
    ("id-of-deployer", "Key Vault Secrets Officer", KEYS),
    ("id-of-deployer", "Storage Blob Data Contributor", CONTAINER),
    (
        "id-of-nodes",
        "AcrPull",
        f"{IN_GROUP}/providers/Microsoft.ContainerRegistry/registries/volcanostaging",
    ),
    *((f"id-of-{name}", "Key Vault Secrets User", KEYS) for name in SIGNED_IN),
    ("id-of-books", ENCRYPT, f"{KEYS}/keys/databases"),
    ("id-of-books", "Reader", SUBSCRIPTION),
    ("id-of-books", "PostgreSQL Flexible Server Long Term Retention Backup Role", IN_GROUP),
}
"""Grants: principal, role and scope; an administrator may have granted one further up."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = copy_tree(tmp_path_factory.mktemp("accounts") / "tree")
    tree.synthesize(GCP, f"{GCP}-foundation", AZURE, f"{AZURE}-foundation")
    return tree


def stacks(tree: Tree, name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the documents of an environment's release and of its foundation."""
    return tree.json(name), tree.json(f"{name}-foundation")


def authorization(path: str, assigned: Collection[tuple[str, str, str]]) -> tuple[int, Any]:
    """Answer as Azure does: roles by name, and what a principal has at a scope and above it."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    if "api-version" not in query:
        return 400, {}
    host_and_scope, _, kind = parts.path.partition("/providers/Microsoft.Authorization/")
    scope = host_and_scope.removeprefix("/management.azure.com").lower()
    name, _, value = query["$filter"][0].partition(" eq ")
    wanted = value.strip("'")
    prefix = "/providers/Microsoft.Authorization/roleDefinitions/"
    if (kind, name) == ("roleDefinitions", "roleName"):
        return 200, {"value": [{"id": f"{prefix}{wanted.encode().hex()}"}]}
    assert (kind, name) == ("roleAssignments", "principalId")
    found = [
        {"properties": {"roleDefinitionId": f"{prefix}{role.encode().hex()}", "scope": at}}
        for principal, role, at in assigned
        if principal == wanted and f"{scope}/".startswith(f"{at}/".lower())
    ]
    return 200, {"value": found}


def selected(document: Any, query: Mapping[str, list[str]]) -> Any:
    """Answer as a list does: files below a prefix, recovery points since a date."""
    if "items" in document:
        (prefix,) = query["prefix"]
        files = [each for each in document["items"] if each["name"].startswith(prefix)]
        assert query["fields"] == ["items/timeCreated"]
        # A list of nothing has no items.
        return {"items": [{"timeCreated": each["timeCreated"]} for each in files]} if files else {}
    if "$filter" in query:
        name, _, since = query["$filter"][0].partition(" eq ")
        assert name == "startDate"
        points = [each["properties"] for each in document["value"]]
        recent = [each for each in points if each["recoveryPointTime"] >= since.strip("'")]
        return {"value": [{"properties": each} for each in recent]}
    return document


def found(
    documents: Mapping[str, Any],
    place: str,
    body: str,
    assigned: Collection[tuple[str, str, str]] = ASSIGNED,
) -> tuple[int, Any]:
    """Answer a read of ``place``, an address without its scheme, by whoever signed in."""
    address, _, parameters = place.partition("?")
    query = parse_qs(parameters)
    if "/Microsoft.Authorization/" in address:
        return authorization(f"/{place}", assigned)
    if address.startswith("management.azure.com/") and "api-version" not in query:
        return 400, {}
    if address.endswith((":getIamPolicy", "/iam")) and not with_conditions(address, query, body):
        return 400, {}
    if "key_name" in query:
        columns = documents.get(address, {}).get("columns", ())
        return (200, {}) if query["key_name"][0] in columns else (404, {})
    return (200, selected(documents[address], query)) if address in documents else (404, {})


def with_conditions(address: str, query: Mapping[str, list[str]], body: str) -> bool:
    """Return whether a policy is requested as its API wants it, in the version with conditions."""
    host = address.partition("/")[0]
    if host == "cloudresourcemanager.googleapis.com":
        return body == '{"options":{"requestedPolicyVersion":3}}'
    if host == "storage.googleapis.com":
        return (body, query) == ("", {"optionsRequestedPolicyVersion": ["3"]})
    posted = "{}" if host == "iam.googleapis.com" else ""
    return (body, query) == (posted, {"options.requestedPolicyVersion": ["3"]})


@contextmanager
def cloud(
    documents: Mapping[str, Any],
    signed: str = "Bearer mine",
    assigned: Collection[tuple[str, str, str]] = ASSIGNED,
) -> Iterator[CloudReader]:
    """Serve ``documents`` by address to whoever signs in, and return a reader that does so."""

    def answer(path: str, headers: Any, body: str) -> tuple[int, Any]:
        if headers["Authorization"] != "Bearer mine":
            return 401, {}
        return found(documents, path.lstrip("/"), body, assigned)

    with served(answer) as base:
        yield CloudReader(lambda _: {"Authorization": signed}, base)


def examined(
    tree: Tree, name: str, reader: CloudReader, *, deployed: bool = True
) -> dict[str, CheckResult]:
    """Return the rows by the first word of their subject."""
    rows = examine_account(name, *stacks(tree, name), reader, deployed=deployed, now=NOW)
    found = {each.check.removesuffix(f" of {name}"): each for each in rows}
    assert list(found) == ["account", "secrets", "copies"]
    return found


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_what_a_first_plan_needs_is_read(tree: Tree, name: str) -> None:
    release, foundation = stacks(tree, name)
    wanted = [
        *resources(foundation, ""),
        *secrets(release, foundation),
        *copies(release, foundation, NOW),
    ]
    parts = {f"{urlsplit(each.address).netloc}{urlsplit(each.address).path}" for each in wanted}
    assert parts == THERE[name].keys()


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_what_is_missing_is_named(tree: Tree, name: str) -> None:
    with cloud(THERE[name]) as reader:
        whole = examined(tree, name, reader)
    assert {each.state for each in whole.values()} == {CheckState.OK}, whole
    with cloud({}) as reader:
        missing = examined(tree, name, reader)
    assert {each.state for each in missing.values()} == {CheckState.PROBLEM}
    assert missing["account"].remedy == f"promoter deploy {name}-foundation"
    assert f"{name}-oathkeeper-jwks: not there (HTTP 404)" in missing["secrets"].detail
    with cloud(THERE[name], "") as stranger:
        refused = examined(tree, name, stranger)
    release, foundation = stacks(tree, name)
    named = {each.name for each in secrets(release, foundation)}
    assert all(f"{each}: not read (HTTP 401)" in refused["secrets"].detail for each in named)
    nobody = CloudReader(lambda _: {}, stranger.base)
    assert ": no answer" in examined(tree, name, nobody)["account"].detail


@pytest.mark.parametrize(
    ("name", "address", "subject", "remedy"),
    [
        (
            GCP,
            f"{JWKS}/versions/latest",
            "secrets",
            f"gcloud secrets versions add {GCP}-oathkeeper-jwks --project volcano-qa "
            "--data-file <file>",
        ),
        (
            AZURE,
            f"{VAULT}/secrets/{AZURE}-us-gcr-io-password/versions",
            "secrets",
            "az keyvault secret set --vault-name volcano-staging "
            f"--name {AZURE}-us-gcr-io-password --file <file>",
        ),
        (
            GCP,
            f"{BOOKS}/o",
            "copies",
            f"gcloud workflows run {GCP}-exports --location us-east1 --project volcano-qa",
        ),
        (
            AZURE,
            f"{COPIES}/{AZURE}-server/recoveryPoints",
            "copies",
            f"az dataprotection backup-instance adhoc-backup --name {AZURE}-server "
            "--rule-name BackupIntervals --vault-name volcano-staging-books "
            "--resource-group volcano-staging",
        ),
    ],
)
def test_the_remedy_is_the_command_that_makes_it(
    tree: Tree, name: str, address: str, subject: str, remedy: str
) -> None:
    partial = {key: value for key, value in THERE[name].items() if key != address}
    assert len(partial) == len(THERE[name]) - 1
    with cloud(partial) as reader:
        found = examined(tree, name, reader)
    assert found[subject].state is CheckState.PROBLEM
    assert "(HTTP 404)" in found[subject].detail
    assert found[subject].remedy == remedy
    others = {each.state for key, each in found.items() if key != subject}
    assert others == {CheckState.OK}


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_databases_that_were_never_deployed_have_no_copies(tree: Tree, name: str) -> None:
    with cloud(THERE[name]) as reader:
        found = examined(tree, name, reader, deployed=False)
    assert found["copies"].state is CheckState.UNKNOWN


@pytest.mark.parametrize("missing", sorted(ASSIGNED), ids=lambda each: f"{each[0]}-{each[1]}")
def test_a_grant_that_azure_lacks_is_named(tree: Tree, missing: tuple[str, str, str]) -> None:
    principal, role, scope = missing
    below = (principal, role, f"{scope}/providers/Microsoft.Network/virtualNetworks/other")
    with cloud(THERE[AZURE], assigned={*ASSIGNED, below} - {missing}) as reader:
        found = examined(tree, AZURE, reader)["account"]
    assert found.state is CheckState.PROBLEM
    assert found.detail.count("it is not granted") == 1
    assert f"{role} of " in found.detail


def timestamp(days: float) -> float:
    return (NOW + timedelta(days=days)).timestamp()


def vault_secret(**attributes: Any) -> dict[str, Any]:
    old = {"attributes": {"enabled": True, "created": 0, "exp": 0}}
    return {"value": [{"attributes": {"enabled": True, "created": 2, **attributes}}, old]}


@pytest.mark.parametrize(
    ("name", "address", "document", "problem"),
    [
        (GCP, SQL, {"state": "DISABLED"}, "sqladmin.googleapis.com: it is not enabled"),
        (GCP, NETWORK, {"peerings": []}, "it is not peered with the databases' network"),
        (GCP, BUCKET, KEYED, "volcano-qa-tf-state: it keeps no versions"),
        (GCP, BOOKS, KEYED, "volcano-qa-books: it keeps its objects for a shorter time"),
        (GCP, BUCKET, {"versioning": {"enabled": True}}, "tf-state: it has no key of its own"),
        (
            GCP,
            f"{RING}/cryptoKeys/data:getIamPolicy",
            keyed(*DATA_AGENTS),
            "gcp-sa-secretmanager.iam.gserviceaccount.com on data: it is not granted",
        ),
        (GCP, f"{IMAGES}/gcr.io:getIamPolicy", {}, f"{NODES} on gcr.io: it is not granted"),
        (GCP, f"{BUCKET}/iam", {}, f"{DEPLOYER} on volcano-qa-tf-state: it is not granted"),
        (
            GCP,
            f"{IAM}/serviceAccounts/volcano-qa-deployer@{MAIL}:getIamPolicy",
            granted("roles/iam.workloadIdentityUser", "allUsers"),
            "on volcano-qa-deployer: it is not granted",
        ),
        (
            GCP,
            f"{POOL}/providers/concourse",
            {**THERE[GCP][f"{POOL}/providers/concourse"], "attributeCondition": "true"},
            "concourse: it trusts another token",
        ),
        (GCP, f"{POOL}/providers/concourse", {"state": "DELETED"}, "concourse: it is not active"),
        (
            GCP,
            GRANTS,
            {**THERE[GCP][GRANTS], "auditConfigs": []},
            "cloudsql.googleapis.com: it does not log DATA_READ, DATA_WRITE",
        ),
        (
            GCP,
            "api.honeycomb.io/1/columns/lana-bank-qa",
            {"columns": list(COLUMNS)[1:]},
            f"honeycombio_column {next(iter(COLUMNS))}: not there (HTTP 404)",
        ),
        (
            AZURE,
            f"{IDENTITIES}/{AZURE}-deployer/federatedIdentityCredentials/concourse",
            {"properties": {"issuer": ISSUER, "subject": f"{SUBJECT}other"}},
            "concourse: it trusts another token",
        ),
        (GCP, SCHEDULE, {"state": "PAUSED"}, f"{GCP}-exports: it is not enabled"),
        (GCP, EXPORT_ROLE, {}, "it does not permit cloudsql.databases.list, "),
        (GCP, GRANTS, {}, f"roles/cloudsql.admin of {DEPLOYER}: it is not granted"),
        (GCP, f"{RING}/cryptoKeys/data", {"primary": {"state": "DISABLED"}}, "data: it is not"),
        (GCP, f"{JWKS}/versions/latest", {"state": "DESTROYED"}, "latest version is not enabled"),
        (GCP, JWKS, {"expireTime": "2026-12-20T00:00:00Z"}, "it expires at 2026-12-20T00:00:00"),
        (GCP, JWKS, {"expireTime": "2026-11-20T00:00:00Z"}, "it expired at 2026-11-20T00:00:00"),
        (
            GCP,
            f"{BOOKS}/o",
            {"items": THERE[GCP][f"{BOOKS}/o"]["items"][:-1]},
            f"exports of {GCP}-server: there is none of the last 8 days",
        ),
        (AZURE, BLOBS, {"properties": {}}, "volcanostagingtfstate: it keeps no versions"),
        (AZURE, f"{VAULT}/keys/tf-state", {"attributes": {}}, "tf-state: it is not enabled"),
        (
            AZURE,
            f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions",
            vault_secret(exp=timestamp(20)),
            "oathkeeper-jwks: it expires at 2026-12-16T12:00:00",
        ),
        (
            AZURE,
            f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions",
            {"value": []},
            "oathkeeper-jwks: it has no value",
        ),
        *(
            (
                AZURE,
                f"{COPIES}/{AZURE}-keycloak/recoveryPoints",
                point(**properties),
                f"copies of {AZURE}-keycloak: there is none of the last 8 days",
            )
            for properties in (
                {"recoveryPointTime": "2026-11-15T02:05:00.0000000Z"},
                {"recoveryPointState": "Partial"},
            )
        ),
    ],
)
def test_what_is_wrong_or_ends_soon_is_named(
    tree: Tree, name: str, address: str, document: Any, problem: str
) -> None:
    assert address in THERE[name]
    with cloud({**THERE[name], address: document}) as reader:
        found = examined(tree, name, reader).values()
    (wrong,) = (each for each in found if each.state is CheckState.PROBLEM)
    assert problem in wrong.detail


def test_a_secret_that_lasts_is_no_problem(tree: Tree) -> None:
    address = f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions"
    with cloud({**THERE[AZURE], address: vault_secret(exp=timestamp(31))}) as reader:
        found = examined(tree, AZURE, reader)["secrets"]
    assert found.state is CheckState.OK, found.detail


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Google Cloud and Honeycomb behind a proxy; of the databases' exports those of one are left.

    Their hosts, certificates and sign-in are as in a real cloud: only the proxy is the caller's.
    """
    toolchain().stacks_python()  # Not through this proxy, which has no package registry.
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("*.googleapis.com", "api.honeycomb.io").configure_cert(context)
    export = {"name": f"{GCP}-dagster/dagster.sql.gz", "timeCreated": datetime.now(UTC).isoformat()}
    documents = {**THERE[GCP], f"{BOOKS}/o": {"items": [export]}}

    def answer(path: str, headers: Any, body: str) -> tuple[int, Any]:
        honeycomb = headers["Host"] == "api.honeycomb.io" and headers["X-Honeycomb-Team"] == "team"
        if not honeycomb and headers["Authorization"] != "Bearer deployer":
            return 401, {}
        return found(documents, f"{headers['Host']}{path}", body)

    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(certificate)
    with (
        federation(tmp_path / "token") as credentials,
        served(answer, context) as address,
        tunnel("", urlsplit(address).port or 0) as port,
    ):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("HONEYCOMB_API_KEY", "team")
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("google")
def test_the_command_names_databases_without_a_copy(whole_clone: Path) -> None:
    state = f"cepler/.cepler/lana-bank/{GCP}.state"
    files = {"stacks/gcp/volcano-qa/shared.yml": FileState("1" * 40, "2" * 40, "feat: x")}
    recorded = EnvironmentState(1, DeployState("2" * 40, files=files))
    git = Git(whole_clone)
    git.text("pull", "-q", "--ff-only", "origin", "main")
    push(git, {state: write_state(recorded)})
    done = promoter("doctor", GCP, "--json")
    assert done.code == 1, done.stderr
    rows = {row["check"]: row for row in json.loads(done.stdout)["checks"]}
    read = [rows[f"{subject} of {GCP}"] for subject in ("account", "secrets")]
    assert [each["state"] for each in read] == ["ok", "ok"], read
    copied = rows[f"copies of {GCP}"]
    none = "there is none of the last 8 days"
    assert copied["detail"] == f"exports of {GCP}-keycloak: {none}; exports of {GCP}-server: {none}"
    assert copied["remedy"] == (
        f"gcloud workflows run {GCP}-exports --location us-east1 --project volcano-qa"
    )
    assert copied["state"] == "problem"
