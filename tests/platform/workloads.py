"""Deployments for simulated nodes, and their pods."""

from __future__ import annotations

import json
from typing import Any

from promoter.platform import Platform
from tests.platform_fixture import kubectl


def deployment(name: str, *, replicas: int = 2, cpu: str = "10m", simulate: str = "") -> str:
    """Return a Deployment whose image is never pulled."""
    container = {
        "name": "app",
        "image": f"example.invalid/app@sha256:{'0' * 64}",
        "resources": {"requests": {"cpu": cpu}},
    }
    annotations = {"simulated.promoter/pod": simulate} if simulate else {}
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels, "annotations": annotations},
        "spec": {"containers": [container]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return json.dumps(
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
    )


def pods(platform: Platform, namespace: str) -> list[dict[str, Any]]:
    """Return every pod in ``namespace``."""
    items: list[dict[str, Any]] = json.loads(
        kubectl(platform, "-n", namespace, "get", "pods", "-o=json")
    )["items"]
    return items
