"""The server and the panels are reachable through the gateway alone."""

from policies.stack import CheckedStack, Violations

_EDGES = ("lana-bank-oathkeeper", "lana-bank-keycloak", "lana-bank-oauth2-proxy")
_PATHS = {"lana-bank-keycloak": {"/realms/internal/", "/realms/customer/", "/resources/"}}
_CALLERS = {
    "server": {"oathkeeper", "dagster-code"},
    "admin-panel": {"oathkeeper"},
    "customer-portal": {"oathkeeper"},
}
_LABEL = "app.kubernetes.io/component"


def check(stack: CheckedStack) -> Violations:
    """Return other ways in: Services outside of the cluster, Ingress backends, allowed callers."""
    for place, item in stack.objects_of("Service"):
        if (kind := item["spec"].get("type", "ClusterIP")) != "ClusterIP":
            yield place, f"a Service of type {kind} is reachable from outside"
    for place, _, path, name in stack.routes():
        if name not in _EDGES or path not in _PATHS.get(name, {path}):
            yield place, f"it leads to {name}{path}, which is not a gateway"
    for place, item in stack.objects_of("NetworkPolicy"):
        component = item["spec"]["podSelector"].get("matchLabels", {}).get(_LABEL)
        for rule in (item["spec"].get("ingress") or []) if component in _CALLERS else []:
            for peer in rule.get("from", [{}]):
                caller = peer.get("podSelector", {}).get("matchLabels", {}).get(_LABEL)
                if caller not in _CALLERS[component]:
                    yield place, f"{caller or 'anything'} may call it, which is not the gateway"
