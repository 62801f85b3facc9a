"""Images come from the bank's registries, or are listed third-party images."""

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


def check(stack: CheckedStack) -> Violations:
    """Return containers of other repositories."""
    for place, container in stack.containers():
        repository = container["image"].partition("@")[0]
        if not repository.startswith(_OURS) and repository not in _OTHERS:
            yield place, f"image {repository} is not from a listed repository"
