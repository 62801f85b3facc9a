"""Every host has TLS, and browsers do not come back without it."""

from policies.stack import CheckedStack, Violations

_REDIRECT = ("ssl-redirect", "force-ssl-redirect")


def check(stack: CheckedStack) -> Violations:
    """Return hosts without a certificate, and annotations that allow plain HTTP."""
    for place, item in stack.objects_of("Ingress"):
        tls = {host for each in item["spec"].get("tls", []) for host in each.get("hosts", [])}
        for rule in item["spec"].get("rules", []):
            if rule.get("host") not in tls:
                yield place, f"{rule.get('host', 'every host')} is served without TLS"
        for name, value in (item["metadata"].get("annotations") or {}).items():
            if name.endswith(_REDIRECT) and value != "true":
                yield place, f"{name} is {value}: plain HTTP is not redirected"
    for place, item in stack.objects_of("HTTPRoute"):
        served = [rule for rule in item["spec"]["rules"] if rule.get("backendRefs")]
        listeners = {parent.get("sectionName") for parent in item["spec"]["parentRefs"]}
        if served and listeners != {"https"}:
            yield place, f"its listeners are {listeners}, not https alone"
        if not all("Strict-Transport-Security" in str(rule.get("filters")) for rule in served):
            yield place, "browsers may come back by plain HTTP (Strict-Transport-Security)"
