"""The ground through a real OpenTofu on the real API server.

For everybody without a provider registry in reach: the stack that is applied here is of
Terraform's built-in resources, whose provisioners make the namespace with kubectl; the stack
that is really used is synthesized, and compared. test_real_stack.py applies that one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError
from promoter.common.holder import Holder
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.testflight.errors import TestflightError
from promoter.testflight.provisioner import (
    HOLDER_ANNOTATION,
    THIRD_PARTY_KEYS,
    ClusterProvisioner,
    TestflightSpec,
)
from promoter.testflight.provisioners import Kind, ground_of, terraform_in
from promoter.testflight.terraform_provisioner import TerraformProvisioner
from tests.platform_fixture import ROOT

pytestmark = pytest.mark.slow


@dataclass
class BuiltIn:
    """A stack of two resources; the second, made after the namespace, fails where told to."""

    place: SmoketestTarget
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, flight: TestflightSpec, keys_from: str, folder: Path) -> None:
        self.asked.append(keys_from)
        holder = json.dumps(asdict(flight.holder))
        labels = "app.kubernetes.io/managed-by=promoter-testflight"
        program = str(self.place.kubectl.program)
        create = (
            f"'{program}' create namespace {flight.namespace} && "
            f"'{program}' label namespace {flight.namespace} {labels} && "
            f"'{program}' annotate namespace {flight.namespace} '{HOLDER_ANNOTATION}={holder}'"
        )
        space = {"provisioner": {"local-exec": [{"command": create}]}}
        secret = {"depends_on": ["terraform_data.namespace"]}
        if self.fails:
            secret |= {
                "provisioner": {"local-exec": [{"command": "echo no such vault >&2; exit 1"}]}
            }
        stack = {"resource": {"terraform_data": {"namespace": space, "secret": secret}}}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))


@pytest.fixture
def stack(place: SmoketestTarget) -> BuiltIn:
    return BuiltIn(place)


@pytest.fixture
def ground(place: SmoketestTarget, stack: BuiltIn, tmp_path: Path) -> TerraformProvisioner:
    cluster = ClusterProvisioner(place.kubectl)
    return TerraformProvisioner(cluster, tmp_path / "stacks", stack, partial(terraform_in, place))


@pytest.fixture
def flight() -> TestflightSpec:
    now = datetime.now(UTC)
    holder = Holder.this_process(now)
    return TestflightSpec((holder.token * 3)[:40], holder, now)


def mine(ground: TerraformProvisioner, flight: TestflightSpec) -> list:
    return [each for each in ground.left() if each.namespace == flight.namespace]


def test_is_made_found_and_destroyed_and_its_state_with_it(
    ground: TerraformProvisioner, flight: TestflightSpec, stack: BuiltIn
) -> None:
    assert ground.make(flight, "gcp-galoy-staging") == THIRD_PARTY_KEYS
    assert stack.asked == ["gcp-galoy-staging"]
    (left,) = mine(ground, flight)
    assert left.holder == flight.holder
    assert not left.stale(datetime.now(UTC), timedelta(hours=1))
    (folder,) = ground.folder.iterdir()
    state = json.loads((folder / "terraform.tfstate").read_text())
    assert len(state["resources"]) == 2
    ground.destroy(left)
    assert mine(ground, flight) == []
    assert list(ground.folder.iterdir()) == []


def test_what_came_half_into_being_is_found_and_destroyed(
    ground: TerraformProvisioner, flight: TestflightSpec, stack: BuiltIn
) -> None:
    stack.fails = True
    with pytest.raises(PromoterError, match="no such vault"):
        ground.make(flight, "gcp-galoy-staging")
    assert list(ground.folder.iterdir()) == []
    (left,) = mine(ground, flight)
    assert left.holder == flight.holder
    ground.destroy(left)
    assert mine(ground, flight) == []


def test_a_namespace_that_is_there_is_refused_before_anything_is_made(
    ground: TerraformProvisioner,
    flight: TestflightSpec,
    stack: BuiltIn,
    place: SmoketestTarget,
) -> None:
    place.kubectl.run("create", "namespace", flight.namespace)
    try:
        with pytest.raises(TestflightError, match="was not made by a testflight"):
            ground.make(flight, "gcp-galoy-staging")
        assert stack.asked == []
        assert place.kubectl.object("namespace", flight.namespace)
    finally:
        place.kubectl.delete("namespace", flight.namespace)


def test_without_its_state_it_is_removed_by_label(
    ground: TerraformProvisioner, flight: TestflightSpec
) -> None:
    ground.make(flight, "gcp-galoy-staging")
    (folder,) = ground.folder.iterdir()
    folder.rename(folder.with_name("on-a-machine-that-is-gone"))
    (left,) = mine(ground, flight)
    ground.destroy(left)
    assert mine(ground, flight) == []


def test_a_state_whose_namespace_is_gone_is_no_error(
    ground: TerraformProvisioner, flight: TestflightSpec
) -> None:
    ground.make(flight, "gcp-galoy-staging")
    (left,) = mine(ground, flight)
    ground.cluster.destroy(left)
    ground.destroy(left)
    assert list(ground.folder.iterdir()) == []


def test_one_is_chosen_by_name(place: SmoketestTarget) -> None:
    assert isinstance(ground_of(Kind.CLUSTER, ROOT, place), ClusterProvisioner)
    assert isinstance(ground_of(Kind.STACK, ROOT, place), TerraformProvisioner)


@pytest.mark.parametrize(
    ("stack_name", "kind"),
    [
        ("gcp-galoy-staging", "google_secret_manager_secret_version"),
        ("azure-volcano-staging", "azurerm_key_vault_secret"),
    ],
)
def test_the_stack_that_is_used(
    place: SmoketestTarget,
    flight: TestflightSpec,
    tmp_path: Path,
    stack_name: str,
    kind: str,
) -> None:
    ground = ground_of(Kind.STACK, ROOT, place)
    assert isinstance(ground, TerraformProvisioner)
    ground.synthesize(flight, stack_name, tmp_path)
    made = json.loads((tmp_path / "cdk.tf.json").read_text())
    (namespace,) = made["resource"]["kubernetes_namespace_v1"].values()
    (metadata,) = namespace["metadata"]
    assert metadata["name"] == flight.namespace
    assert json.loads(metadata["annotations"][HOLDER_ANNOTATION]) == asdict(flight.holder)
    assert set(made["ephemeral"]) == {kind}
    assert made["terraform"]["backend"] == {"local": {"path": "terraform.tfstate"}}
    assert "kubernetes" in made["provider"]


@pytest.mark.parametrize(
    ("keys_from", "said"),
    [("local-staging", "it has no vault"), ("lana-bank-staging", "no settings describe it")],
)
def test_keys_of_a_place_without_a_vault_are_refused(
    place: SmoketestTarget,
    flight: TestflightSpec,
    tmp_path: Path,
    keys_from: str,
    said: str,
) -> None:
    ground = ground_of(Kind.STACK, ROOT, place)
    assert isinstance(ground, TerraformProvisioner)
    with pytest.raises(TestflightError, match=said) as caught:
        ground.synthesize(flight, keys_from, tmp_path)
    assert "gcp-galoy-staging" in caught.value.next_step


def test_the_command_refuses_another_ground() -> None:
    command = [sys.executable, "-m", "promoter", "testflight", "sweep", "--ground=moon"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 64, done.stderr
    assert "'moon' is not one of" in done.stderr
