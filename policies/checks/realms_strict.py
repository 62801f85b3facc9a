"""Sign-in: no self-registration, no guessing, exact redirects, no secrets, a second factor."""

import re

from policies.stack import CheckedStack, Violations

_PLACEHOLDER = re.compile(r"\$\{[A-Z0-9_]+\}")
_WILDCARD = "admin-panel"
"""The client that returns to whatever page was opened (keycloak-js)."""

_STAFF = "internal"
"""The realm of the bank's staff."""

_DIRECT = ("implicitFlowEnabled", "directAccessGrantsEnabled")


def check(stack: CheckedStack) -> Violations:
    """Return realms and clients that are looser than the chart's own."""
    for place, realm in stack.configurations("*.json"):
        if "realm" not in realm:
            continue
        if realm.get("registrationAllowed") is not False:
            yield place, "anybody may register (registrationAllowed)"
        if not realm.get("bruteForceProtected"):
            yield place, "passwords can be guessed without limit (bruteForceProtected)"
        if realm.get("sslRequired") not in ("external", "all"):
            yield place, "plain HTTP is accepted (sslRequired)"
        if realm["realm"] == _STAFF and realm.get("resetPasswordAllowed") is not False:
            yield place, "whoever reads a mailbox replaces its owner's second factor"
        for client in realm.get("clients", []):
            for reason in _client(client, is_local=stack.is_local):
                yield f"{place}/{client['clientId']}", reason
    yield from _second_factor(stack)
    for place, container in stack.containers():
        for variable in container.get("env", []):
            if variable["name"].startswith("KC_BOOTSTRAP_ADMIN"):
                yield place, f"it creates a permanent administrator ({variable['name']})"


def _second_factor(stack: CheckedStack) -> Violations:
    """Return a Keycloak whose staff sign in by a password alone."""
    required = {place: text.split("\n") for place, text in stack.texts(f"{_STAFF}.required")}
    if not any("OTP Form" in steps for steps in required.values()):
        for place, _ in stack.objects_of("Deployment"):
            if place.endswith("-keycloak"):
                yield place, "staff need no second factor"


def _client(client: dict[str, object], *, is_local: bool) -> list[str]:
    reasons = [f"{flow} is on" for flow in _DIRECT if client.get(flow) is not False]
    own = f"{client.get('rootUrl')}/*" if client["clientId"] == _WILDCARD else None
    redirects = client.get("redirectUris", [])
    assert isinstance(redirects, list)  # noqa: S101 - Keycloak's schema
    for uri in redirects:
        if uri != own and ("*" in uri or not (is_local or uri.startswith("https://"))):
            reasons.append(f"the redirect to {uri} is not exact")
    secret = str(client.get("secret", "${NONE}"))
    if not _PLACEHOLDER.fullmatch(secret):
        reasons.append("its secret is written out")
    return reasons
