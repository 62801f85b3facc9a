"""The functions of a running platform, tested on the one that all tests share."""

from __future__ import annotations

import base64
import json
import ssl
import stat
import subprocess
import tarfile
import tempfile
from pathlib import Path

import httpx
import pytest
import yaml

from promoter.common.errors import PlatformError, UsageError
from promoter.common.progress import Silent
from promoter.platform import PARTS, Platform
from promoter.toolchain import Toolchain
from tests.command_line import promoter
from tests.platform.running_parts import parts, pids, until
from tests.platform.workloads import deployment, pods
from tests.platform_fixture import ROOT, kubectl

pytestmark = pytest.mark.slow


def pod(name: str, outcome: str = "") -> str:
    """Return a pod that is meant to end."""
    metadata = {"name": name, "annotations": {"simulated.promoter/pod": outcome} if outcome else {}}
    spec = {"restartPolicy": "Never", "containers": [{"name": "once", "image": "once"}]}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def test_every_part_runs(platform: Platform) -> None:
    assert tuple(parts(platform)) == PARTS
    assert {part.state for part in platform.status()} == {"running"}


def test_up_again_changes_nothing(platform: Platform) -> None:
    before = pids(platform)
    assert platform.up(Silent()) == platform.require()
    assert pids(platform) == before


def test_only_the_owner_reads_the_kubeconfig_and_the_keys(platform: Platform) -> None:
    running = platform.require()
    secret = [
        running.kubeconfig,
        *running.folder.rglob("*.key"),
        *running.folder.rglob("*.kubeconfig"),
    ]
    assert len(secret) > 8
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700


def test_a_deployment_becomes_available(platform: Platform, namespace: str) -> None:
    kubectl(platform, "-n", namespace, "apply", "-f-", stdin=deployment("web"))
    kubectl(
        platform,
        "-n",
        namespace,
        "wait",
        "--for=condition=available",
        "deployment/web",
        "--timeout=60s",
    )
    assert len({pod["status"]["podIP"] for pod in pods(platform, namespace)}) == 2


def test_a_pod_too_big_for_every_node_stays_unscheduled(platform: Platform, namespace: str) -> None:
    kubectl(platform, "-n", namespace, "apply", "-f-", stdin=deployment("big", cpu="1000"))

    def reasons() -> list[str]:
        return [
            condition.get("reason", "")
            for pod in pods(platform, namespace)
            for condition in pod["status"].get("conditions", [])
        ]

    until(lambda: reasons() == ["Unschedulable", "Unschedulable"])


def test_a_pod_can_be_simulated_that_never_becomes_ready(
    platform: Platform, namespace: str
) -> None:
    manifest = deployment("web", replicas=1, simulate="never-ready")
    kubectl(platform, "-n", namespace, "apply", "-f-", stdin=manifest)
    until(lambda: [pod["status"]["phase"] for pod in pods(platform, namespace)] == ["Running"])
    (only,) = pods(platform, namespace)
    conditions = {each["type"]: each["status"] for each in only["status"]["conditions"]}
    assert (conditions["Initialized"], conditions["Ready"]) == ("True", "False")


@pytest.mark.parametrize(("outcome", "phase"), [("", "Succeeded"), ("fails", "Failed")])
def test_a_pod_that_is_meant_to_end_ends(
    platform: Platform, namespace: str, outcome: str, phase: str
) -> None:
    kubectl(platform, "-n", namespace, "apply", "-f-", stdin=pod("once", outcome))
    reached = f"--for=jsonpath={{.status.phase}}={phase}"
    kubectl(platform, "-n", namespace, "wait", reached, "pod/once", "--timeout=60s")


def test_service_account_tokens_are_signed_and_have_their_rights(
    platform: Platform, namespace: str
) -> None:
    token = kubectl(platform, "-n", namespace, "create", "token", "default").strip()
    response = _get(platform, "/api/v1/namespaces", {"Authorization": f"Bearer {token}"})
    assert response.status_code == 403
    assert f"system:serviceaccount:{namespace}:default" in response.json()["message"]
    forged = f"{token[:-10]}{'A' * 10}"
    assert (
        _get(platform, "/api/v1/namespaces", {"Authorization": f"Bearer {forged}"}).status_code
        == 401
    )


def test_an_anonymous_client_is_rejected(platform: Platform) -> None:
    assert _get(platform, "/api/v1/namespaces", {}).status_code == 401


def test_the_server_certificate_is_signed_by_the_platforms_authority_only(
    platform: Platform,
) -> None:
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(_cluster(platform)["server"], trust_env=False)


def test_etcd_requires_a_certificate_of_its_own_authority(platform: Platform) -> None:
    pki = platform.folder / "pki"
    context = ssl.create_default_context(cafile=str(pki / "etcd-ca.crt"))
    url = f"https://127.0.0.1:{parts(platform)['etcd'].port}/version"
    with pytest.raises(httpx.HTTPError):
        httpx.get(url, verify=context, trust_env=False)
    context.load_cert_chain(pki / "administrator.crt", pki / "administrator.key")
    with pytest.raises(httpx.HTTPError):
        httpx.get(url, verify=context, trust_env=False)
    context.load_cert_chain(pki / "apiserver-to-etcd.crt", pki / "apiserver-to-etcd.key")
    assert httpx.get(url, verify=context, trust_env=False).status_code == 200


def test_the_registry_stores_an_image(platform: Platform, tmp_path: Path) -> None:
    layer = tmp_path / "layer.tar"
    with tarfile.open(layer, "w") as archive, tempfile.NamedTemporaryFile() as content:
        archive.add(content.name, arcname="hello")
    image = f"{platform.require().registry}/test/{tmp_path.name}:1"
    crane = platform.toolchain.program("crane")
    subprocess.run([crane, "append", "--oci-empty-base", "-f", layer, "-t", image], check=True)
    digest = subprocess.run(
        [crane, "digest", image], check=True, capture_output=True, text=True
    ).stdout.strip()
    by_digest = f"{image.rpartition(':')[0]}@{digest}"
    subprocess.run([crane, "validate", "--remote", by_digest], check=True)


def test_the_users_own_cluster_gets_a_registry_only(platform: Platform, tmp_path: Path) -> None:
    own = Platform(tmp_path / "own", platform.toolchain)
    kubeconfig = platform.require().kubeconfig
    try:
        running = own.up(Silent(), kubeconfig=kubeconfig)
        assert running.kubeconfig == kubeconfig
        assert running.registry != platform.require().registry
        assert [part.name for part in own.status()] == ["registry"]
        own.down()
        assert own.up(Silent()) == running, "the choice is kept"
    finally:
        own.down()
    assert platform.running() is not None


def test_a_cluster_that_does_not_respond_is_rejected(platform: Platform, tmp_path: Path) -> None:
    text = platform.require().kubeconfig.read_text()
    silent = tmp_path / "kubeconfig"
    silent.write_text(text.replace(_cluster(platform)["server"], "https://127.0.0.1:1"))
    own = Platform(tmp_path / "own", platform.toolchain)
    with pytest.raises(PlatformError, match=r"reach the cluster of .*refused"):
        own.up(Silent(), kubeconfig=silent)
    assert own.running() is None


def test_a_missing_kubeconfig_is_wrong_usage(tmp_path: Path) -> None:
    own = Platform(tmp_path / "own", Toolchain(ROOT))
    with pytest.raises(UsageError, match="no such file"):
        own.up(Silent(), kubeconfig=tmp_path / "nowhere")


def test_the_command_shows_every_part(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    arguments = ["platform", "status", "--folder", str(platform.folder)]
    table = promoter(*arguments)
    assert table.code == 0, table.stderr
    assert all(f"{name} " in table.stdout for name in PARTS)
    assert max(len(line) for line in table.stdout.splitlines()) <= 100
    document = json.loads(promoter(*arguments, "--json").stdout)
    assert document["running"]["registry"] == platform.require().registry
    assert [part["name"] for part in document["parts"]] == list(PARTS)


def _cluster(platform: Platform) -> dict[str, str]:
    whole = yaml.safe_load(platform.require().kubeconfig.read_text())
    cluster: dict[str, str] = whole["clusters"][0]["cluster"]
    return cluster


def _get(platform: Platform, path: str, headers: dict[str, str]) -> httpx.Response:
    cluster = _cluster(platform)
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    return httpx.get(f"{cluster['server']}{path}", headers=headers, verify=context, trust_env=False)
