"""A whole stack in a separate folder next to the synthesized ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.providers.azurerm_stack import IDS, Stack, Tofu, without_prevent_destroy

_ACCOUNT = "account@project.iam.gserviceaccount.com"
_CERTIFICATE = dict.fromkeys(
    ("cert", "common_name", "create_time", "expiration_time", "sha1_fingerprint"), "text"
)
_MASTER = {"client_certificate": "", "client_key": "", "client_certificate_config": []}
_MOCKED: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "azurerm": {"mock_resource": {kind: {"id": given} for kind, given in IDS.items()}},
    "google": {
        "mock_resource": {
            "google_sql_database_instance": {
                "service_account_email_address": _ACCOUNT,
                "server_ca_cert": [_CERTIFICATE],
            },
            "google_project_iam_custom_role": {"name": "projects/project/roles/role"},
            "google_service_account": {
                "id": f"projects/project/serviceAccounts/{_ACCOUNT}",
                "name": f"projects/project/serviceAccounts/{_ACCOUNT}",
                "member": f"serviceAccount:{_ACCOUNT}",
            },
        },
        "mock_data": {
            "google_bigquery_default_service_account": {"member": f"serviceAccount:{_ACCOUNT}"},
            "google_storage_project_service_account": {"member": f"serviceAccount:{_ACCOUNT}"},
            "google_container_cluster": {
                "endpoint": "127.0.0.1",
                "master_auth": [{**_MASTER, "cluster_ca_certificate": "Y2VydA=="}],
            },
        },
    },
}
"""Attributes in the cloud's format, which the providers require in references."""


def mocked_run(command: str, stack: Mapping[str, Any]) -> str:
    """A file of ``tofu test`` that plans or applies the stack with every provider mocked."""
    mocks = {
        name: {
            block: {kind: {"defaults": given} for kind, given in kinds.items()}
            for block, kinds in _MOCKED.get(name, {}).items()
        }
        for name in stack["terraform"]["required_providers"]
    }
    return json.dumps({"mock_provider": mocks, "run": {command: {"command": command}}})


def without_backend(stack: Mapping[str, Any]) -> Stack:
    """The stack with its state in its folder, into which nothing is imported."""
    copy: Stack = json.loads(json.dumps(stack))
    del copy["terraform"]["backend"]
    copy.pop("import", None)
    return copy


def mocked(tofu: Tofu, stack: Mapping[str, Any], command: str) -> Tofu:
    """The stack as a test run takes it: what that makes it also destroys."""
    place = beside(tofu, f"mocked-{command}")
    place.write(without_prevent_destroy(without_backend(stack)))
    (place.folder / "whole.tftest.json").write_text(mocked_run(command, stack))
    return place


def beside(tofu: Tofu, kind: str) -> Tofu:
    """A folder from which the chart is as far as from the stack's own."""
    return replace(tofu, folder=tofu.folder.parents[1] / kind / tofu.folder.name)


def succeed(tofu: Tofu, *arguments: str) -> str:
    """Return the output of OpenTofu, which must succeed."""
    done = tofu.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def changes(tofu: Tofu, *arguments: str) -> dict[str, list[str]]:
    """Plan into the file ``plan``, and give each change with its actions."""
    succeed(tofu, "plan", "-input=false", "-out=plan", *arguments)
    shown = json.loads(succeed(tofu, "show", "-json", "plan"))
    return {
        each["address"]: each["change"]["actions"]
        for each in shown["resource_changes"]
        if each["change"]["actions"] not in (["no-op"], ["read"])
    }
