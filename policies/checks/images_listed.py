"""Images come from the bank's registries, or are listed third-party images."""

import re

from policies.stack import CheckedStack, Violations

_OURS = ("gcr.io/galoyorg/", "us.gcr.io/galoyorg/")
_OTHERS = (
    "docker.io/dagster/dagster-k8s",
    "docker.io/gotenberg/gotenberg",
    "docker.io/library/postgres",
    "docker.io/oryd/oathkeeper",
    "docker.io/otel/opentelemetry-collector-contrib",
    "quay.io/keycloak/keycloak",
    "quay.io/oauth2-proxy/oauth2-proxy",
)
"""The repositories of docs/images.md."""

_MIRROR = re.compile(r"^[a-z0-9]+\.azurecr\.io/")
"""A mirror has the whole name of an image as its path, and by the digest nothing but that image."""


def check(stack: CheckedStack) -> Violations:
    """Return containers of other repositories."""
    for place, container in stack.containers():
        repository = _MIRROR.sub("", container["image"].partition("@")[0])
        if not repository.startswith(_OURS) and repository not in _OTHERS:
            yield place, f"image {repository} is not from a listed repository"
