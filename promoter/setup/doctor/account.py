"""Reads of an account: what a foundation makes there, secrets, and copies of the databases."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from promoter.setup.doctor.addresses import (
    ADDRESSES,
    SECRETS,
    VERSIONS,
    address_of,
    name_of,
    resolved,
)
from promoter.setup.doctor.problems import COPIED, Document, problem_of

_BACKUPS = "azurerm_data_protection_backup_instance_postgresql_flexible_server"
_POINTS = "/backupInstances/{name}/recoveryPoints?api-version=2024-04-01"
# One page: a file per week, of the one database that an instance has.
_FILES = (
    "https://storage.googleapis.com/storage/v1/b/{bucket}/o?prefix={folder}"
    "&fields=items/timeCreated"
)
_WRITER = re.compile(r"\$\{google_sql_database_instance\.(\w+)\.service_account_email_address\}")


@dataclass(frozen=True)
class Read:
    """A read: ``name`` for messages, ``address``, and the block that describes what is there.

    ``remedy`` is the command that makes it.
    """

    name: str
    address: str
    kind: str
    body: Document
    remedy: str = ""

    def problem(self, found: Document, now: datetime) -> str:
        """Return what is wrong with the document ``found``, an empty string where nothing is."""
        return problem_of(self.kind, found, self.body, now)


def resources(foundation: Document, remedy: str) -> Iterator[Read]:
    """Yield reads of what ``foundation`` makes; the command ``remedy`` deploys it."""
    made = foundation.get("resource", {})
    for kind in made.keys() & ADDRESSES.keys():
        for name, body in made[kind].items():
            whole = resolved(body, made)
            address = address_of(foundation, kind, name)
            yield Read(name_of(kind, whole), address, kind, whole, remedy)


def secrets(release: Document, foundation: Document) -> Iterator[Read]:
    """Yield reads of secrets that are stored by hand: third parties', and those of registries."""
    asked = release.get("ephemeral", {})
    for kind in asked.keys() & SECRETS.keys():
        for body in asked[kind].values():
            vault = body.get("key_vault_id", "").rpartition("/")[2]
            # A secret that the release generates itself is named by an expression.
            if "${" not in name_of(kind, body):
                for address in SECRETS[kind]:
                    yield _secret(kind, address.format_map({**body, "vault": vault}), body)
    sets = foundation.get("resource", {}).get("azurerm_container_registry_credential_set", {})
    for each in sets.values():
        for identity in each["authentication_credentials"].values():
            body = {"name": identity.rpartition("/")[2]}
            yield _secret("azurerm_key_vault_secret", f"{identity}{VERSIONS}", body)


def _secret(kind: str, address: str, body: Document) -> Read:
    if kind == "azurerm_key_vault_secret":
        vault = urlsplit(address).netloc.partition(".")[0]
        store = f"az keyvault secret set --vault-name {vault} --name {body['name']} --file <file>"
    else:
        store = (
            f"gcloud secrets versions add {body['secret']} --project {body['project']} "
            "--data-file <file>"
        )
    return Read(name_of(kind, body), address, kind, body, store)


def copies(release: Document, foundation: Document, now: datetime) -> Iterator[Read]:
    """Yield reads of the weekly copies of each database server, where the foundation keeps any."""
    made = release.get("resource", {})
    for body in made.get(_BACKUPS, {}).values():
        since = quote(f"startDate eq '{now - COPIED:%Y-%m-%dT%H:%M:%S.0000000Z}'")
        address = f"https://management.azure.com{body['vault_id']}{_POINTS}&$filter={since}"
        yield Read(
            f"copies of {body['name']}", address.format_map(body), _BACKUPS, body, _backup(body)
        )
    for grant in made.get("google_storage_bucket_iam_member", {}).values():
        if writer := _WRITER.search(grant["member"]):
            instance = made["google_sql_database_instance"][writer[1]]
            address = _FILES.format(
                bucket=grant["bucket"], folder=quote(f"{instance['name']}/", "")
            )
            name = f"exports of {instance['name']}"
            yield Read(name, address, "google_sql_database_instance", instance, _export(foundation))


def _backup(body: Document) -> str:
    """Return the command that copies a server now; azurerm names the rule of a policy so."""
    *_, group, _, _, _, vault = body["vault_id"].split("/")
    return (
        f"az dataprotection backup-instance adhoc-backup --name {body['name']} "
        f"--rule-name BackupIntervals --vault-name {vault} --resource-group {group}"
    )


def _export(foundation: Document) -> str:
    """Return the command that exports all databases now."""
    (workflow,) = foundation["resource"]["google_workflows_workflow"].values()
    place = f"--location {workflow['region']} --project {workflow['project']}"
    return f"gcloud workflows run {workflow['name']} {place}"
