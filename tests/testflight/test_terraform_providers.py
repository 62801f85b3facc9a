"""The stack of a testflight with real providers: OpenTofu, the API server, a vault on loopback.

kubernetes and azurerm are built; on Google Cloud these are skipped, with the reason, if neither a
registry nor a mirror has the provider (docs/environments.md).
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import ClusterError, PromoterError
from promoter.common.holder import Holder
from promoter.platform import Platform
from promoter.smoketest.endpoints import read_endpoints
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.testflight.namespace import (
    HOLDER_ANNOTATION,
    ProvisionedNamespace,
    TestflightSpec,
)
from promoter.testflight.provisioner import (
    SECRET,
    THIRD_PARTY_KEYS,
    ClusterProvisioner,
    TerraformProvisioner,
)
from tests.platform_fixture import ROOT
from tests.providers.azurerm_stack import OF_TESTS
from tests.providers.files import files_content
from tests.providers.key_vault import KeyVault, key_vault
from tests.providers.loopback import Request
from tests.providers.obtained import Obtained, engine, obtain
from tests.providers.secret_manager import SecretManager, secret_manager
from tests.testflight.test_run import Runner, wait_for, wait_until
from tests.testflight.test_run import runner as plain_runner

__all__ = ["plain_runner"]

pytestmark = pytest.mark.providers

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Vault:
    """A vault with every third-party key, and its stack."""

    stack: str
    held: SecretManager | KeyVault
    values: dict[str, str]


@pytest.fixture(scope="module")
def obtained(tmp_path_factory: pytest.TempPathFactory, platform: Platform) -> Obtained:
    return obtain(platform.toolchain, tmp_path_factory.mktemp("providers"))


@pytest.fixture(params=["gcp-galoy-staging", "azure-volcano-staging"])
def vault(
    request: pytest.FixtureRequest,
    obtained: Obtained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Vault]:
    """One of the vaults; the provider finds its credentials in the environment."""
    stack = str(request.param)
    providers = ("kubernetes", "google" if stack.startswith("gcp") else "azurerm")
    required = {name: {"source": f"hashicorp/{name}"} for name in providers}
    if reason := obtained.missing({"terraform": {"required_providers": required}}):
        pytest.skip(f"no registry or mirror has a provider of this stack: {reason}")
    opened = secret_manager() if stack.startswith("gcp") else key_vault(tmp_path)
    with opened as (held, variables):
        values = {key: secrets.token_urlsafe(20) for key in THIRD_PARTY_KEYS}
        for key, value in values.items():
            held.put(f"{stack}-{key}", value)
        of_tests = {name for name in variables if OF_TESTS.fullmatch(name)}
        fakes = {name: variables[name] for name in of_tests}
        tofu = engine(obtained.program, tmp_path, {**obtained.environment, **fakes})
        monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(tofu))
        for name in variables.keys() - of_tests:
            monkeypatch.setenv(name, variables[name])
        yield Vault(stack, held, values)


@pytest.fixture
def provisioner(target: SmoketestTarget, tmp_path: Path) -> TerraformProvisioner:
    return TerraformProvisioner(target, ROOT, tmp_path / "stacks")


@pytest.fixture
def spec(provisioner: TerraformProvisioner) -> Iterator[TestflightSpec]:
    holder = Holder.this_process(NOW)
    spec = TestflightSpec((holder.token * 3)[:40], holder, NOW)
    yield spec
    provisioner.target.kubectl.delete("namespace", spec.namespace)


def find(provisioner: TerraformProvisioner, spec: TestflightSpec) -> list[ProvisionedNamespace]:
    return [each for each in provisioner.namespaces() if each.name == spec.namespace]


def test_the_namespace_is_as_declared_found_and_destroyed(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    assert provisioner.provision(spec, vault.stack) == THIRD_PARTY_KEYS
    namespace: Any = provisioner.target.kubectl.object("namespace", spec.namespace)
    labels, annotations = namespace["metadata"]["labels"], namespace["metadata"]["annotations"]
    restricted = [f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn")]
    assert labels == {
        "kubernetes.io/metadata.name": spec.namespace,
        "app.kubernetes.io/managed-by": "promoter-testflight",
        "lana.galoy.io/testflight-ref": spec.ref,
        "lana.galoy.io/testflight-created": str(int(NOW.timestamp())),
        **dict.fromkeys(restricted, "restricted"),
    }
    assert json.loads(annotations[HOLDER_ANNOTATION]) == asdict(spec.holder)
    (namespace,) = find(provisioner, spec)
    assert namespace.holder == spec.holder
    provisioner.destroy(namespace)
    assert find(provisioner, spec) == []
    assert list(provisioner.folder.iterdir()) == []


def test_the_keys_are_in_the_cluster_and_in_no_file(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    provisioner.provision(spec, vault.stack)
    secret: Any = provisioner.target.kubectl.within(spec.namespace).object("secret", SECRET)
    copied = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    assert copied == vault.values
    content = files_content(provisioner.folder)
    assert spec.namespace.encode() in content
    assert b"data_wo_revision" in content
    for value in vault.values.values():
        assert value.encode() not in content
        assert base64.b64encode(value.encode()) not in content


def test_a_privileged_pod_is_rejected(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    provisioner.provision(spec, vault.stack)
    container = {"name": "a", "image": "a", "securityContext": {"privileged": True}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    with pytest.raises(ClusterError, match="restricted") as caught:
        provisioner.target.kubectl.within(spec.namespace).create(
            {**pod, "spec": {"containers": [container]}}
        )
    assert caught.value.reason == "Forbidden"


def test_a_missing_key_is_named_and_nothing_remains(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    name = f"{vault.stack}-sumsub-key"
    del vault.held.versions[name]
    with pytest.raises(PromoterError, match=name):
        provisioner.provision(spec, vault.stack)
    assert find(provisioner, spec) == []
    assert list(provisioner.folder.iterdir()) == []


def test_a_namespace_that_is_created_meanwhile_is_kept(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    kubectl = provisioner.target.kubectl

    class Overtaken(TerraformProvisioner):
        def synthesize(self, spec: TestflightSpec, keys_from: str, folder: Path) -> None:
            super().synthesize(spec, keys_from, folder)
            kubectl.run("create", "namespace", spec.namespace)

    overtaken = Overtaken(provisioner.target, provisioner.root, provisioner.folder)
    with pytest.raises(PromoterError, match="already exists"):
        overtaken.provision(spec, vault.stack)
    namespace: Any = kubectl.object("namespace", spec.namespace)
    assert "deletionTimestamp" not in namespace["metadata"]
    assert list(provisioner.folder.iterdir()) == []


def test_it_is_destroyed_without_access_to_the_vault(
    provisioner: TerraformProvisioner,
    spec: TestflightSpec,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everything to remove is in the cluster."""
    provisioner.provision(spec, vault.stack)
    for name in ("GOOGLE_OAUTH_ACCESS_TOKEN", "ARM_CLIENT_SECRET"):
        monkeypatch.setenv(name, "expired")
    (namespace,) = find(provisioner, spec)
    provisioner.destroy(namespace)
    assert find(provisioner, spec) == []
    assert list(provisioner.folder.iterdir()) == []


def test_a_namespace_that_no_longer_exists(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    provisioner.provision(spec, vault.stack)
    (namespace,) = find(provisioner, spec)
    ClusterProvisioner(provisioner.target).destroy(namespace)
    provisioner.destroy(namespace)
    assert list(provisioner.folder.iterdir()) == []


def test_both_provisioners_create_the_same_namespace(
    provisioner: TerraformProvisioner, spec: TestflightSpec, vault: Vault
) -> None:
    """Labels and annotations are equal; the values of keys are not."""
    kubectl, metadata = provisioner.target.kubectl, []
    by_kubectl = ClusterProvisioner(provisioner.target)
    for each, keys_from in ((provisioner, vault.stack), (by_kubectl, "")):
        each.provision(spec, keys_from)
        created: Any = kubectl.object("namespace", spec.namespace)
        metadata.append((created["metadata"]["labels"], created["metadata"]["annotations"]))
        provisioner.destroy(*find(provisioner, spec))
    assert metadata[0] == metadata[1]


@pytest.fixture
def runner(plain_runner: Runner) -> Iterator[Runner]:
    """``promoter testflight`` on a chart with images; its folders below .local are removed."""
    yield plain_runner
    for folder in folders(plain_runner):
        shutil.rmtree(folder)


def folders(runner: Runner) -> list[Path]:
    return list((ROOT / ".local/testflight-stacks").glob(f"{runner.namespace}-*"))


def test_a_whole_testflight(vault: Vault, runner: Runner) -> None:
    process = runner.run("--provisioner=terraform", f"--keys-from={vault.stack}")
    code, out, err = wait_for(process)
    assert code == 0, err
    assert f"passed: {len(read_endpoints())} endpoints passed" in out
    assert "0 failed, 0 not installed" in out
    assert f"{runner.namespace}: created, with {len(THIRD_PARTY_KEYS)} third-party keys" in err
    assert runner.namespace not in runner.namespaces()
    assert folders(runner) == []
    for value in vault.values.values():
        assert value not in out + err + json.dumps(runner.result())


@dataclass
class Delay:
    """Delays the values of the vault while a plan is applied, until ``over`` is set."""

    runner: Runner
    reached: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Request) -> None:
        # Not the sign-in: until a provider is configured OpenTofu may not go on with another's.
        planned = any((folder / "plan.tfplan").exists() for folder in folders(self.runner))
        if planned and "/secrets/" in request.path:
            self.reached.set()
            self.over.wait(60)


@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_ended_while_terraform_applies(
    vault: Vault, runner: Runner, ended: signal.Signals
) -> None:
    """A kill ends the whole session, as a crash of the machine does."""
    vault.held.before = delay = Delay(runner)
    process = runner.run("--provisioner=terraform", f"--keys-from={vault.stack}", session=True)
    try:
        wait_until(lambda: runner.namespace in runner.namespaces(), process)
        assert delay.reached.wait(60)
        group = os.killpg if ended == signal.SIGKILL else os.kill
        group(process.pid, ended)
    finally:
        delay.over.set()
    code, _, _ = wait_for(process)
    if ended == signal.SIGTERM:
        assert code == 143
    else:
        assert runner.namespace in runner.namespaces()
        assert len(folders(runner)) == 1
        code, out, err = wait_for(runner.start("sweep", "--provisioner=terraform"))
        assert code == 0, err
        assert runner.namespace in out
    assert runner.namespace not in runner.namespaces()
    assert folders(runner) == []
