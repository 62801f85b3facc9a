"""The namespace of a testflight, and its agreement with the one that kubectl creates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.errors import ModuleError
from modules.secrets.vault import SecretManager
from modules.testflight import KEYS, LABELS, PREFIX, TestflightNamespace
from promoter.testflight import namespace, provisioner
from tests.modules.synthesis import synthesize

REF = "e348f09a" * 5
VAULT = SecretManager("project", "us-east1", "gcp-galoy-staging", "key")


def resources(folder: Path, **more: Any) -> dict[str, Any]:
    props = {"ref": REF, "created": 1_700_000_000, "vault": VAULT, **more}
    return synthesize(folder, lambda scope: TestflightNamespace(scope, "testflight", **props))


def test_the_namespace_is_labelled_restricted_and_may_be_destroyed(tmp_path: Path) -> None:
    (namespace,) = resources(tmp_path)["resource"]["kubernetes_namespace_v1"].values()
    metadata = namespace["metadata"][0]
    assert metadata["name"] == "lana-bank-testflight-e348f09"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert metadata["labels"]["lana.galoy.io/testflight-created"] == "1700000000"
    assert "lifecycle" not in namespace


def test_keys_are_in_no_state(tmp_path: Path) -> None:
    stack = resources(tmp_path)
    (secret,) = stack["resource"]["kubernetes_secret_v1"].values()
    assert set(secret["data_wo"]) == KEYS
    assert all(value.startswith("${ephemeral.") for value in secret["data_wo"].values())
    assert "data" not in secret
    assert set(stack["resource"]) == {"kubernetes_namespace_v1", "kubernetes_secret_v1"}
    assert "gcp-galoy-staging-smtp-password" in json.dumps(stack["ephemeral"])


@pytest.mark.parametrize(
    "more", [{"keys": frozenset({"bigquery-credentials"})}, {"ref": "main"}], ids=str
)
def test_a_credential_of_staging_and_a_ref_that_is_no_commit_are_rejected(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(ModuleError):
        resources(tmp_path, **more)


def test_terraform_and_kubectl_create_the_same_namespace() -> None:
    assert namespace.PREFIX == PREFIX
    assert namespace.LABELS == LABELS
    assert set(provisioner.THIRD_PARTY_KEYS) == KEYS
