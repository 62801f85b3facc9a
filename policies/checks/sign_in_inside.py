"""Programs fetch tokens and keys of Keycloak inside of the cluster."""

from policies.stack import CheckedStack, Violations

_INSIDE = "http://lana-bank-keycloak:8080/"
_CALLED = ("OAUTH2_PROXY_REDEEM_URL", "OAUTH2_PROXY_OIDC_JWKS_URL")


def check(stack: CheckedStack) -> Violations:
    """Return programs that call Keycloak by its public address, which may be denied to them."""
    for place, container in stack.containers():
        variables = {each["name"]: each.get("value", "") for each in container.get("env", [])}
        if "OAUTH2_PROXY_OIDC_ISSUER_URL" not in variables:
            continue
        if variables.get("OAUTH2_PROXY_SKIP_OIDC_DISCOVERY") != "true":
            yield place, "it reads addresses at the public one (OAUTH2_PROXY_SKIP_OIDC_DISCOVERY)"
        for name in _CALLED:
            if not variables.get(name, "").startswith(_INSIDE):
                yield place, f"{name} is not inside of the cluster"
    for place, configuration in stack.configurations("oathkeeper.yaml"):
        urls = configuration["authenticators"].get("jwt", {}).get("config", {}).get("jwks_urls")
        if not urls:
            yield place, "it fetches no keys, so nobody signs in (jwks_urls)"
        elif not all(url.startswith(_INSIDE) for url in urls):
            yield place, "it fetches keys from outside of the cluster (jwks_urls)"
