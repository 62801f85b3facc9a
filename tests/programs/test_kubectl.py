"""The kubectl adapter's errors: the API server's reason, bounded time, no secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import ClusterError
from promoter.common.text import redact
from promoter.programs.kubectl import Kubectl
from promoter.toolchain import Toolchain

ROOT = Path(__file__).parents[2]
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "http://127.0.0.1:2"}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
users: [{name: a, user: {}}]
current-context: a
"""
KUBERC = """\
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: get
  options: [{name: server, default: "http://127.0.0.1:3"}]
"""


def scripted(tmp_path: Path, script: str) -> Kubectl:
    program = tmp_path / "kubectl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Kubectl(program, None, "space")


def failure(kubectl: Kubectl, seconds: float = 30) -> ClusterError:
    with pytest.raises(ClusterError) as got:
        kubectl.run("get", "pods", seconds=seconds)
    return got.value


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('Error from server (Forbidden): pods "a" is forbidden', "Forbidden"),
        ("The connection to the server 127.0.0.1:1 was refused", "Unreachable"),
        ("error: unknown flag", ""),
    ],
)
def test_an_error_has_the_servers_reason(tmp_path: Path, message: str, reason: str) -> None:
    error = failure(scripted(tmp_path, f"echo '{message}' >&2; exit 1"))
    assert str(error) == f"kubectl get pods in space: {message}"
    assert error.reason == reason


def test_log_lines_and_secrets_are_not_part_of_the_message(tmp_path: Path) -> None:
    lines = "echo 'E1126 10:00:00 1 memcache.go:1] noise' >&2; echo 'token: abcdef' >&2; exit 1"
    assert str(failure(scripted(tmp_path, lines))).endswith(": token: [redacted]")


def test_a_cluster_that_does_not_answer_in_time_is_unreachable(tmp_path: Path) -> None:
    error = failure(scripted(tmp_path, "exec sleep 30"), seconds=0.2)
    assert error.reason == "Unreachable"
    assert "no answer within" in str(error)


def test_a_value_that_was_read_is_redacted_from_then_on(tmp_path: Path) -> None:
    secret = '{"data": {"smtp": "cGxhaW4gd29yZHMgMjI="}}'
    value = scripted(tmp_path, f"echo '{secret}'").secret_value("external", "smtp")
    assert value == "plain words 22"
    assert redact("it failed with plain words 22") == "it failed with [redacted]"


def test_no_preferences_of_the_caller_s_lead_to_another_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "kuberc").write_text(KUBERC)
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    program = Toolchain(ROOT).program("kubectl")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ClusterError, match=r"127\.0\.0\.1:2"):
        Kubectl(program, tmp_path / "kubeconfig").run("get", "--raw=/version")
