"""The configuration of a container, read from the real API server."""

from __future__ import annotations

from typing import Any

import pytest

from promoter.programs.kubectl import Kubectl
from promoter.smoketest.installation import read_container
from promoter.smoketest.report import SmoketestError
from promoter.smoketest.smoketest import SmoketestTarget

pytestmark = pytest.mark.slow


def secret(key: str, *, optional: bool = False) -> dict[str, Any]:
    return {"secretKeyRef": {"name": "keys", "key": key, "optional": optional}}


def pod(*variables: dict[str, Any]) -> dict[str, Any]:
    mounts = [
        {"name": "files", "mountPath": "/etc/whole"},
        {"name": "files", "mountPath": "/etc/one.yaml", "subPath": "b.yaml"},
        {"name": "files", "mountPath": "/etc/none.yaml", "subPath": "c.yaml"},
        {"name": "scratch", "mountPath": "/tmp"},
    ]
    container = {
        "name": "program",
        "image": "gcr.io/x/y",
        "command": ["program", "serve"],
        "args": ["--quick"],
        "env": list(variables),
        "volumeMounts": mounts,
    }
    volumes = [
        {"name": "files", "configMap": {"name": "files"}},
        {"name": "scratch", "emptyDir": {}},
    ]
    spec = {"containers": [container], "volumes": volumes}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec}


@pytest.fixture
def kubectl(target: SmoketestTarget, namespace: str) -> Kubectl:
    kubectl = target.kubectl.within(namespace)
    files = {"a.yaml": "first", "b.yaml": "second"}
    kubectl.apply(
        [
            named("ConfigMap", "files", data=files),
            named("Secret", "keys", stringData={"password": "of-the-$(USER)"}),
        ]
    )
    return kubectl


def named(kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}


def test_command_variables_and_files(kubectl: Kubectl) -> None:
    variables = [
        {"name": "USER", "value": "server"},
        {"name": "PASSWORD", "valueFrom": secret("password")},
        {"name": "ADDRESS", "value": "$(USER):$(PASSWORD)@$(NOWHERE) $$(USER)"},
        {"name": "MAYBE", "valueFrom": secret("other", optional=True)},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "EMPTY"},
    ]
    kubectl.apply([pod(*variables)])
    container = read_container(kubectl, "pod")
    assert container.command == ("program", "serve", "--quick")
    assert container.variables == {
        "USER": "server",
        "PASSWORD": "of-the-$(USER)",
        "ADDRESS": "server:of-the-$(USER)@$(NOWHERE) $(USER)",
        "EMPTY": "",
    }
    assert container.files_in("/etc/whole") == {"a.yaml": "first", "b.yaml": "second"}
    assert container.files_in("/etc") == {"one.yaml": "second"}
    assert "of-the" not in repr(container)


def test_the_error_names_a_missing_key(kubectl: Kubectl) -> None:
    kubectl.apply([pod({"name": "PASSWORD", "valueFrom": secret("other")})])
    with pytest.raises(
        SmoketestError, match="variable PASSWORD of pod: Secret keys has no key other"
    ):
        read_container(kubectl, "pod")


def test_a_missing_pod_is_an_error(kubectl: Kubectl) -> None:
    with pytest.raises(SmoketestError, match="of gone: no such pod"):
        read_container(kubectl, "gone")
