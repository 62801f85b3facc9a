"""The gateway lets nothing through to an API without a token of the right realm."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.stack import CheckedStack, Violations

_OPEN = {"webhooks", "admin-panel", "customer-portal"}
"""The rules that need no token: pages, and webhooks that the server authenticates itself."""

_APIS = ("/graphql", "/graphql/", "/graphql/stream")
_TOKEN = "jwt"  # noqa: S105 - a handler's name


def check(stack: CheckedStack) -> Violations:
    """Return rules that lead to an API without one realm's token, and unlisted handlers."""
    hosts = {host for _, host, _, _ in stack.routes()}
    apis = [f"https://{host}{path}" for host in hosts for path in _APIS]
    for place, rules in stack.configurations("rules.yaml"):
        for rule in rules:
            pattern = _pattern(rule["match"]["url"])
            protected = rule["id"] not in _OPEN or any(map(pattern.fullmatch, apis))
            for reason in _reasons(rule) if protected else ():
                yield f"{place}/{rule['id']}", reason
    for place, configuration in stack.configurations("oathkeeper.yaml"):
        for handler in sorted(set(configuration.get("authenticators", {})) - {_TOKEN, "noop"}):
            yield place, f"the authenticator {handler} is not listed"


def _reasons(rule: Mapping[str, Any]) -> Iterator[str]:
    handlers = {each["handler"]: each.get("config", {}) for each in rule["authenticators"]}
    if set(handlers) != {_TOKEN}:
        yield f"it accepts {', '.join(sorted(handlers))}, not a token alone"
    elif len(handlers[_TOKEN].get("trusted_issuers", [])) != 1:
        yield "it does not name the realm that issues the token"
    elif len(handlers[_TOKEN].get("target_audience", [])) != 1:
        yield "it accepts tokens that were issued for something else (target_audience)"


def _pattern(url: str) -> re.Pattern[str]:
    """Return the expression of a rule's URL: Oathkeeper reads ``<...>`` as regular expressions."""
    parts = re.split(r"<([^>]*)>", url)
    return re.compile(
        "".join(re.escape(p) if n % 2 == 0 else f"(?:{p})" for n, p in enumerate(parts))
    )
