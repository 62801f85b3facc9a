"""Environments share no state, no project and no key."""

from collections.abc import Iterator

from policies.stack import CheckedStack, Violations, kind_of


def check(stack: CheckedStack) -> Violations:
    """Return what the stack has in common with a stack of another stage."""
    own = dict(_belongings(stack))
    for other in stack.others:
        for place, value in _belongings(other):
            if own.get(place) == value:
                yield place, f"{value} is also that of {other.name}"


def _belongings(stack: CheckedStack) -> Iterator[tuple[str, str]]:
    """Yield place and value of everything that only one environment may have."""
    for kind, backend in stack.content["terraform"].get("backend", {}).items():
        for key in ("bucket", "storage_account_name", "kms_encryption_key", "path"):
            if key in backend:
                yield f"terraform.backend.{kind}.{key}", backend[key]
    for kind, bodies in stack.content.get("provider", {}).items():
        for body in bodies:
            if "project" in body:
                yield f"provider.{kind}.project", body["project"]
    for place, body in stack.resources("google_sql_database_instance"):
        if body.get("encryption_key_name"):
            yield f"{kind_of(place)}.encryption_key_name", body["encryption_key_name"]
    for _, body in stack.resources("helm_release"):
        if stack.is_local:
            yield "helm_release.namespace", body["namespace"]
