"""A release that does not become available is rolled back, and its apply fails."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return releases that are not atomic, not waited for, or not verified against their hash."""
    for place, body in stack.resources("helm_release"):
        if not body.get("atomic"):
            yield place, "atomic is not set: a failed release would stay"
        if body.get("wait") is False:
            yield place, "wait is off: an unavailable release would count as applied"
        for flag in ("force_update", "replace", "disable_webhooks", "disable_openapi_validation"):
            if body.get(flag):
                yield place, f"{flag} is set"
        if '"chartHash"' not in str(body.get("values", "")):
            yield place, "its values have no chartHash, so a changed chart would not be applied"
