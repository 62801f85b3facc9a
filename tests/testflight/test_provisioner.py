"""The provisioners without a cluster: kubectl and Terraform are programs that record their calls.

The same on a real API server is in test_run.py and test_terraform_provisioner.py.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.common.holder import Holder
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.testflight.chart import ChartUnderTest
from promoter.testflight.namespace import ProvisionedNamespace, TestflightSpec
from promoter.testflight.provisioner import ClusterProvisioner, TerraformProvisioner
from promoter.testflight.result import TestflightError
from promoter.testflight.run import Testflight, TestflightOptions
from promoter.toolchain import Toolchain
from tests.platform_fixture import ROOT

# Third parties alone know these; no key opens what staging stores.
KEYS = ("honeycomb-api-key", "smtp-password", "smtp-username", "sumsub-key", "sumsub-secret")
# It prints the file `secret` for `get secret`, and appends a call and its input to `calls`.
KUBECTL = """\
#!/bin/sh
cd "${0%/*}" || exit 1
echo "kubectl $*" >>calls
case "$*" in
*' get secret '*) cat secret ;;
*--filename=-*) cat >>calls ;;
esac
"""
TERRAFORM = """\
#!/bin/sh
echo "tofu $*" >>"${0%/*}/calls"
exec cat "${0%/*}/vault"
"""


@dataclass(frozen=True)
class Programs:
    """The programs in ``folder``; ``target`` is the cluster that they have."""

    folder: Path
    target: SmoketestTarget
    spec: TestflightSpec

    def calls(self, *needed: str) -> list[str]:
        """The calls so far that contain one of the texts ``needed``."""
        lines = (self.folder / "calls").read_text().splitlines()
        return [
            next(text for text in needed if text in line) for line in lines if named(line, needed)
        ]


def named(line: str, texts: tuple[str, ...]) -> bool:
    return any(text in line for text in texts)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    for name, script in (("kubectl", KUBECTL), ("tofu", TERRAFORM)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(Toolchain, "program", lambda _, name: tmp_path / name)
    monkeypatch.delenv("TERRAFORM_BINARY_NAME", raising=False)
    (tmp_path / "vault").touch()
    now = datetime.now(UTC)
    spec = TestflightSpec("a" * 40, Holder.this_process(now), now)
    return Programs(tmp_path, SmoketestTarget(tmp_path / "kubeconfig", Toolchain(ROOT)), spec)


def secret(programs: Programs, *keys: str) -> None:
    data = {key: base64.b64encode(b"a value").decode() for key in keys}
    (programs.folder / "secret").write_text(json.dumps({"data": data}))


def test_the_keys_of_third_parties_are_copied_and_no_others(programs: Programs) -> None:
    secret(programs, *KEYS, "bigquery-credentials", "database-password")
    assert ClusterProvisioner(programs.target).provision(programs.spec, "staging") == KEYS
    _, line = (programs.folder / "calls").read_text().rsplit("\n", 1)
    assert set(json.loads(line)["data"]) == set(KEYS)


def test_an_absent_key_is_named_before_anything_is_created(programs: Programs) -> None:
    secret(programs, *KEYS[1:])
    with pytest.raises(TestflightError, match="Secret lana-bank-external has no honeycomb-api-key"):
        ClusterProvisioner(programs.target).provision(programs.spec, "staging")
    assert programs.calls(" get ", " create ") == [" get "]


def test_the_chart_generates_the_credentials_of_its_databases(programs: Programs) -> None:
    (programs.folder / "Chart.yaml").write_text("name: x\n")
    chart = ChartUnderTest(programs.folder, "a" * 40, "0" * 64)
    provisioner = ClusterProvisioner(programs.target)
    testflight = Testflight(programs.target, provisioner, chart, TestflightOptions())
    assert testflight.values()["global"]["secrets"] == {"mode": "generate"}


@pytest.fixture
def existing(programs: Programs) -> tuple[TerraformProvisioner, ProvisionedNamespace]:
    """A namespace that Terraform created on this machine."""
    spec = programs.spec
    folder = programs.folder / f"stacks/{spec.namespace}-{spec.holder.token}"
    folder.mkdir(parents=True)
    namespace = ProvisionedNamespace(spec.namespace, "its-uid", spec.created, spec.holder, spec.ref)
    return TerraformProvisioner(programs.target, ROOT, folder.parent), namespace


DELETE = f"delete --raw=/api/v1/namespaces/lana-bank-testflight-{'a' * 7}"
UID = '{"preconditions": {"uid": "its-uid"}}'


def test_terraform_destroys_first_and_then_the_label_and_uid_do(
    programs: Programs, existing: tuple[TerraformProvisioner, ProvisionedNamespace]
) -> None:
    provisioner, namespace = existing
    provisioner.destroy(namespace)
    assert programs.calls("tofu destroy", DELETE, UID) == ["tofu destroy", DELETE, UID]
    assert list(provisioner.folder.iterdir()) == []


def test_a_vault_without_access_does_not_keep_the_namespace(
    programs: Programs, existing: tuple[TerraformProvisioner, ProvisionedNamespace]
) -> None:
    (programs.folder / "vault").unlink()
    provisioner, namespace = existing
    provisioner.destroy(namespace)
    assert programs.calls("tofu destroy", DELETE, UID) == ["tofu destroy", DELETE, UID]
    assert list(provisioner.folder.iterdir()) == []
