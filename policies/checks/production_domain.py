"""Nothing but production answers in production's domain."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return hosts of another stage that belong to a production environment."""
    if stack.is_production:
        return
    taken = {
        host: other.name for other in stack.others if other.is_production for host in _hosts(other)
    }
    for host in sorted(_hosts(stack)):
        for owned, name in taken.items():
            if host == owned:
                yield f"Ingress/{host}", f"it is a host of {name}"


def _hosts(stack: CheckedStack) -> set[str]:
    return {host for _, host, _, _ in stack.routes()}
