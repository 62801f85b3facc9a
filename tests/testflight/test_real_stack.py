"""A testflight's stack applied for real: OpenTofu, the kubernetes provider, the API server.

The vault is on loopback, and the cloud's own provider reads it. Skipped, with the reason, where
these providers can be had neither from a registry nor from a mirror (docs/environments.md).
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
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import ClusterError, PromoterError
from promoter.common.holder import Holder
from promoter.platform import Platform
from promoter.smoketest.endpoints import declared
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.testflight.provisioner import (
    HOLDER_ANNOTATION,
    SECRET,
    THIRD_PARTY_KEYS,
    Left,
    TestflightSpec,
)
from promoter.testflight.provisioners import Kind, ground_of
from promoter.testflight.terraform_provisioner import TerraformProvisioner
from tests.platform_fixture import ROOT
from tests.providers.files import files_content
from tests.providers.key_vault import KeyVault, key_vault
from tests.providers.loopback import Request
from tests.providers.obtained import Obtained
from tests.providers.secret_manager import SecretManager, secret_manager
from tests.testflight.test_testflight import Runner, finished, until
from tests.testflight.test_testflight import runner as plain_runner

__all__ = ["plain_runner"]

pytestmark = pytest.mark.providers

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Vault:
    """A vault with every third-party key, and the stack whose it is."""

    stack: str
    held: SecretManager | KeyVault
    values: dict[str, str]


@pytest.fixture(scope="module")
def obtained(tmp_path_factory: pytest.TempPathFactory, platform: Platform) -> Obtained:
    return Obtained(platform.toolchain.program("tofu"), tmp_path_factory.mktemp("providers"))


@pytest.fixture(params=["gcp-galoy-staging", "azure-volcano-staging"])
def vault(
    request: pytest.FixtureRequest,
    obtained: Obtained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Vault]:
    """One of the vaults; the provider and OpenTofu find everything in the environment."""
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
        tofu = {"TERRAFORM_BINARY_NAME": str(obtained.program)}
        for name, value in {**obtained.environment, **variables, **tofu}.items():
            monkeypatch.setenv(name, value)
        yield Vault(stack, held, values)


@pytest.fixture
def ground(place: SmoketestTarget, tmp_path: Path) -> TerraformProvisioner:
    made = ground_of(Kind.STACK, ROOT, place)
    assert isinstance(made, TerraformProvisioner)
    return replace(made, folder=tmp_path / "stacks")


@pytest.fixture
def flight(ground: TerraformProvisioner) -> Iterator[TestflightSpec]:
    holder = Holder.this_process(NOW)
    flight = TestflightSpec((holder.token * 3)[:40], holder, NOW)
    yield flight
    ground.cluster.kubectl.delete("namespace", flight.namespace)


def mine(ground: TerraformProvisioner, flight: TestflightSpec) -> list[Left]:
    return [each for each in ground.left() if each.namespace == flight.namespace]


def test_it_is_made_as_declared_found_and_destroyed(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    assert ground.make(flight, vault.stack) == THIRD_PARTY_KEYS
    namespace: Any = ground.cluster.kubectl.object("namespace", flight.namespace)
    labels, annotations = namespace["metadata"]["labels"], namespace["metadata"]["annotations"]
    restricted = [f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn")]
    assert labels == {
        "kubernetes.io/metadata.name": flight.namespace,
        "app.kubernetes.io/managed-by": "promoter-testflight",
        "lana.galoy.io/testflight-ref": flight.ref,
        "lana.galoy.io/testflight-created": str(int(NOW.timestamp())),
        **dict.fromkeys(restricted, "restricted"),
    }
    assert json.loads(annotations[HOLDER_ANNOTATION]) == asdict(flight.holder)
    (left,) = mine(ground, flight)
    assert left.holder == flight.holder
    ground.destroy(left)
    assert mine(ground, flight) == []
    assert list(ground.folder.iterdir()) == []


def test_the_keys_are_in_the_cluster_and_in_no_file(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    ground.make(flight, vault.stack)
    secret: Any = ground.cluster.kubectl.within(flight.namespace).object("secret", SECRET)
    copied = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    assert copied == vault.values
    content = files_content(ground.folder)
    assert flight.namespace.encode() in content
    assert b"data_wo_revision" in content
    for value in vault.values.values():
        assert value.encode() not in content
        assert base64.b64encode(value.encode()) not in content


def test_a_privileged_pod_is_refused(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    ground.make(flight, vault.stack)
    container = {"name": "a", "image": "a", "securityContext": {"privileged": True}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    with pytest.raises(ClusterError, match="restricted") as caught:
        ground.cluster.kubectl.within(flight.namespace).create(
            {**pod, "spec": {"containers": [container]}}
        )
    assert caught.value.reason == "Forbidden"


def test_a_key_that_the_vault_lacks_is_named_and_nothing_is_left(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    name = f"{vault.stack}-sumsub-key"
    del vault.held.versions[name]
    with pytest.raises(PromoterError, match=name):
        ground.make(flight, vault.stack)
    assert mine(ground, flight) == []
    assert list(ground.folder.iterdir()) == []


def test_a_namespace_that_somebody_makes_meanwhile_is_kept(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    kubectl, synthesize = ground.cluster.kubectl, ground.synthesize

    def overtaken(flight: TestflightSpec, keys_from: str, folder: Path) -> None:
        synthesize(flight, keys_from, folder)
        kubectl.run("create", "namespace", flight.namespace)

    with pytest.raises(PromoterError, match="already exists"):
        replace(ground, synthesize=overtaken).make(flight, vault.stack)
    namespace: Any = kubectl.object("namespace", flight.namespace)
    assert "deletionTimestamp" not in namespace["metadata"]
    assert list(ground.folder.iterdir()) == []


def test_it_is_destroyed_also_when_the_vault_refuses(
    ground: TerraformProvisioner,
    flight: TestflightSpec,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is to be removed is in the cluster alone."""
    ground.make(flight, vault.stack)
    for name in ("GOOGLE_OAUTH_ACCESS_TOKEN", "ARM_CLIENT_SECRET"):
        monkeypatch.setenv(name, "expired")
    (left,) = mine(ground, flight)
    ground.destroy(left)
    assert mine(ground, flight) == []
    assert list(ground.folder.iterdir()) == []


def test_a_namespace_that_is_gone_already(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    ground.make(flight, vault.stack)
    (left,) = mine(ground, flight)
    ground.cluster.destroy(left)
    ground.destroy(left)
    assert list(ground.folder.iterdir()) == []


def test_both_grounds_are_the_same(
    ground: TerraformProvisioner, flight: TestflightSpec, vault: Vault
) -> None:
    """Labels and annotations; values are each one's own."""
    kubectl, metadata = ground.cluster.kubectl, []
    for each in (ground, ground.cluster):
        each.make(flight, vault.stack)
        made: Any = kubectl.object("namespace", flight.namespace)
        metadata.append((made["metadata"]["labels"], made["metadata"]["annotations"]))
        ground.destroy(*mine(ground, flight))
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
    process = runner.fly("--ground=stack", f"--keys-from={vault.stack}")
    code, out, err = finished(process)
    assert code == 0, err
    assert f"passed: {len(declared())} endpoints answer, 0 do not" in out
    assert f"{runner.namespace}: made, with {len(THIRD_PARTY_KEYS)} keys" in err
    assert runner.namespace not in runner.namespaces()
    assert folders(runner) == []
    for value in vault.values.values():
        assert value not in out + err + json.dumps(runner.seen())


@dataclass
class Held:
    """Keeps the vault's values back while a plan is applied, until ``over``."""

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
def test_one_that_is_ended_while_terraform_applies(
    vault: Vault, runner: Runner, ended: signal.Signals
) -> None:
    """Everything that was started dies with it where it is killed, as a machine does."""
    vault.held.before = held = Held(runner)
    process = runner.fly("--ground=stack", f"--keys-from={vault.stack}", session=True)
    try:
        until(lambda: runner.namespace in runner.namespaces(), process)
        assert held.reached.wait(60)
        group = os.killpg if ended == signal.SIGKILL else os.kill
        group(process.pid, ended)
    finally:
        held.over.set()
    code, _, _ = finished(process)
    if ended == signal.SIGTERM:
        assert code == 130
    else:
        assert runner.namespace in runner.namespaces()
        assert len(folders(runner)) == 1
        code, out, err = finished(runner.start("sweep", "--ground=stack"))
        assert code == 0, err
        assert runner.namespace in out
    assert runner.namespace not in runner.namespaces()
    assert folders(runner) == []
