"""`TerraformProvisioner` with a real OpenTofu on the real API server.

The kubernetes provider may be out of reach, so the stack applied here consists of Terraform's
built-in resources, whose provisioners create the namespace with kubectl. The stack that is used
in production is synthesized and compared; test_terraform_providers.py applies it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import PromoterError
from promoter.common.holder import Holder
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.testflight.namespace import (
    HOLDER_ANNOTATION,
    ProvisionedNamespace,
    TestflightSpec,
)
from promoter.testflight.provisioner import (
    THIRD_PARTY_KEYS,
    ClusterProvisioner,
    TerraformProvisioner,
    create_provisioner,
)
from promoter.testflight.result import TestflightError
from tests.platform_fixture import ROOT

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class BuiltInProvisioner(TerraformProvisioner):
    """Applies a stack of two built-in resources; with ``fails`` the second one fails."""

    fails: bool = False
    keys_from: list[str] = field(default_factory=list)

    def synthesize(self, spec: TestflightSpec, keys_from: str, folder: Path) -> None:
        self.keys_from.append(keys_from)
        holder = json.dumps(asdict(spec.holder))
        labels = "app.kubernetes.io/managed-by=promoter-testflight"
        program = str(self.target.kubectl.program)
        create = (
            f"'{program}' create namespace {spec.namespace} && "
            f"'{program}' label namespace {spec.namespace} {labels} && "
            f"'{program}' annotate namespace {spec.namespace} '{HOLDER_ANNOTATION}={holder}'"
        )
        namespace = {"provisioner": {"local-exec": [{"command": create}]}}
        secret: dict[str, Any] = {"depends_on": ["terraform_data.namespace"]}
        mark = f"touch {folder.parent.parent}/destroyed"
        secret["provisioner"] = {"local-exec": [{"command": mark, "when": "destroy"}]}
        if self.fails:
            secret |= {
                "provisioner": {"local-exec": [{"command": "echo no such vault >&2; exit 1"}]}
            }
        stack = {"resource": {"terraform_data": {"namespace": namespace, "secret": secret}}}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))


@pytest.fixture
def provisioner(target: SmoketestTarget, tmp_path: Path) -> BuiltInProvisioner:
    return BuiltInProvisioner(target, ROOT, tmp_path / "stacks")


@pytest.fixture
def spec() -> TestflightSpec:
    now = datetime.now(UTC)
    holder = Holder.this_process(now)
    return TestflightSpec((holder.token * 3)[:40], holder, now)


def find(provisioner: TerraformProvisioner, spec: TestflightSpec) -> list[ProvisionedNamespace]:
    return [each for each in provisioner.namespaces() if each.name == spec.namespace]


def test_the_namespace_is_found_and_destroyed_with_its_state(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    assert provisioner.provision(spec, "gcp-galoy-staging") == THIRD_PARTY_KEYS
    assert provisioner.keys_from == ["gcp-galoy-staging"]
    (namespace,) = find(provisioner, spec)
    assert namespace.holder == spec.holder
    assert not namespace.is_stale(datetime.now(UTC), timedelta(hours=1))
    (folder,) = provisioner.folder.iterdir()
    state = json.loads((folder / "terraform.tfstate").read_text())
    assert len(state["resources"]) == 2
    provisioner.destroy(namespace)
    assert (provisioner.folder.parent / "destroyed").exists()
    assert find(provisioner, spec) == []
    assert list(provisioner.folder.iterdir()) == []


def test_a_later_namespace_of_the_same_name_is_kept(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    provisioner.provision(spec, "gcp-galoy-staging")
    (namespace,) = find(provisioner, spec)
    ClusterProvisioner(provisioner.target).destroy(replace(namespace, uid="of-an-earlier-one"))
    assert find(provisioner, spec) == [namespace]
    provisioner.destroy(namespace)


def test_terraform_destroys_and_a_vault_without_access_does_not_keep_the_namespace(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    """Decision 73: Terraform opens a vault even to destroy; then the label is enough."""
    provisioner.provision(spec, "gcp-galoy-staging")
    (namespace,) = find(provisioner, spec)
    (folder,) = provisioner.folder.iterdir()
    stack = json.loads((folder / "cdk.tf.json").read_text())
    # On the next run the vault rejects us, as an expired access does.
    (folder / "cdk.tf.json").write_text(json.dumps({**stack, "data": {"no_such_vault": {"x": {}}}}))
    provisioner.destroy(namespace)
    assert find(provisioner, spec) == []
    assert list(provisioner.folder.iterdir()) == []


def test_a_ref_that_shares_digits_with_another_testflight_gets_more(spec: TestflightSpec) -> None:
    other = replace(spec, ref=spec.ref[:7] + "0" * 33)
    assert other.namespace == spec.namespace
    there = ProvisionedNamespace(other.namespace, "uid", spec.created, None, other.ref)
    assert spec.apart_from([]).digits == 7
    assert spec.apart_from([replace(there, ref=spec.ref_label)]).digits == 7
    apart = spec.apart_from([there])
    assert apart.namespace == f"lana-bank-testflight-{spec.ref[:12]}"
    longer = replace(there, name=apart.namespace)
    assert len(spec.apart_from([there, longer]).namespace) == 61


def test_a_partly_provisioned_namespace_is_found_and_destroyed(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    with pytest.raises(PromoterError, match="no such vault"):
        replace(provisioner, fails=True).provision(spec, "gcp-galoy-staging")
    assert list(provisioner.folder.iterdir()) == []
    (namespace,) = find(provisioner, spec)
    assert namespace.holder == spec.holder
    provisioner.destroy(namespace)
    assert find(provisioner, spec) == []


class Unreadable(BuiltInProvisioner):
    """Its stack reads something that cannot be read, as one does of a vault without access."""

    def synthesize(self, spec: TestflightSpec, keys_from: str, folder: Path) -> None:
        super().synthesize(spec, keys_from, folder)
        stack = json.loads((folder / "cdk.tf.json").read_text())
        vault = {"backend": "local", "config": {"path": f"{folder}/no-such-vault"}}
        stack["data"] = {"terraform_remote_state": {"vault": vault}}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))


def test_a_vault_without_access_is_one_error_before_anything_is_created(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    refused = Unreadable(provisioner.target, ROOT, provisioner.folder)
    with pytest.raises(PromoterError, match="Unable to find remote state"):
        refused.provision(spec, "gcp-galoy-staging")
    assert find(provisioner, spec) == []
    assert list(provisioner.folder.iterdir()) == []


def test_an_existing_namespace_is_rejected_before_anything_is_created(
    provisioner: BuiltInProvisioner, spec: TestflightSpec, target: SmoketestTarget
) -> None:
    target.kubectl.run("create", "namespace", spec.namespace)
    try:
        with pytest.raises(TestflightError, match="was not created by a testflight"):
            provisioner.provision(spec, "gcp-galoy-staging")
        assert provisioner.keys_from == []
        assert target.kubectl.object("namespace", spec.namespace)
    finally:
        target.kubectl.delete("namespace", spec.namespace)


def test_a_namespace_without_state_is_destroyed_by_its_label(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    provisioner.provision(spec, "gcp-galoy-staging")
    (folder,) = provisioner.folder.iterdir()
    folder.rename(folder.with_name("on-a-machine-that-is-gone"))
    (namespace,) = find(provisioner, spec)
    provisioner.destroy(namespace)
    assert find(provisioner, spec) == []


def test_a_state_without_namespace_is_no_error(
    provisioner: BuiltInProvisioner, spec: TestflightSpec
) -> None:
    provisioner.provision(spec, "gcp-galoy-staging")
    (namespace,) = find(provisioner, spec)
    ClusterProvisioner(provisioner.target).destroy(namespace)
    provisioner.destroy(namespace)
    assert list(provisioner.folder.iterdir()) == []


def test_the_provisioner_is_chosen_by_name(target: SmoketestTarget) -> None:
    assert isinstance(create_provisioner("cluster", ROOT, target), ClusterProvisioner)
    assert isinstance(create_provisioner("terraform", ROOT, target), TerraformProvisioner)


@pytest.mark.parametrize(
    ("stack_name", "kind"),
    [
        ("gcp-galoy-staging", "google_secret_manager_secret_version"),
        ("azure-volcano-staging", "azurerm_key_vault_secret"),
    ],
)
def test_the_synthesized_stack(
    target: SmoketestTarget,
    spec: TestflightSpec,
    tmp_path: Path,
    stack_name: str,
    kind: str,
) -> None:
    provisioner = TerraformProvisioner(target, ROOT, tmp_path)
    provisioner.synthesize(spec, stack_name, tmp_path)
    stack = json.loads((tmp_path / "cdk.tf.json").read_text())
    (namespace,) = stack["resource"]["kubernetes_namespace_v1"].values()
    (metadata,) = namespace["metadata"]
    assert metadata["name"] == spec.namespace
    assert json.loads(metadata["annotations"][HOLDER_ANNOTATION]) == asdict(spec.holder)
    assert set(stack["ephemeral"]) == {kind}
    assert stack["terraform"]["backend"] == {"local": {"path": "terraform.tfstate"}}
    assert "kubernetes" in stack["provider"]


@pytest.mark.parametrize(
    ("keys_from", "message"),
    [
        ("local-staging", "it has no secrets in a vault"),
        ("lana-bank-staging", "no settings describe it"),
    ],
)
def test_a_source_of_keys_without_a_vault_is_rejected(
    target: SmoketestTarget,
    spec: TestflightSpec,
    tmp_path: Path,
    keys_from: str,
    message: str,
) -> None:
    provisioner = TerraformProvisioner(target, ROOT, tmp_path)
    with pytest.raises(TestflightError, match=message) as caught:
        provisioner.synthesize(spec, keys_from, tmp_path)
    assert "gcp-galoy-staging" in caught.value.next_step


def test_the_command_rejects_an_unknown_provisioner() -> None:
    command = [sys.executable, "-m", "promoter", "testflight", "sweep", "--provisioner=moon"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 64, done.stderr
    assert "'moon' is not one of" in done.stderr
