"""Pods connect to what is listed, and by default to nothing."""

import ipaddress

from policies.stack import CheckedStack, Violations

_INTERNET_PORTS = {443, 587}
_PRIVATE = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"}


def check(stack: CheckedStack) -> Violations:
    """Return releases without a default policy, and flows to everything or to other ports."""
    policies = list(stack.objects_of("NetworkPolicy"))
    defaults = [item for _, item in policies if item["metadata"]["name"].endswith("-default")]
    closed = any({"Ingress", "Egress"} <= set(each["spec"]["policyTypes"]) for each in defaults)
    if not closed and not stack.is_foundation:
        yield "NetworkPolicy", "no default policy forbids what is not listed"
    for place, item in policies:
        for rule in item["spec"].get("egress") or []:
            if not rule.get("to") or not rule.get("ports"):
                yield place, "it allows every destination or every port"
            for block in (peer["ipBlock"] for peer in rule.get("to", []) if "ipBlock" in peer):
                ports = {port.get("port") for port in rule.get("ports", [])}
                private = ipaddress.ip_network(block["cidr"]).is_private
                if private or ports <= _INTERNET_PORTS - {443}:
                    continue
                if not ports <= _INTERNET_PORTS:
                    yield place, f"it allows {block['cidr']} on {sorted(map(str, ports))}"
                if not set(block.get("except", [])) >= _PRIVATE:
                    yield place, f"{block['cidr']} includes private networks and metadata servers"
