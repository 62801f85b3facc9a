"""A pod that ends serves on until its Service sends it nothing, and has time for the rest."""

from policies.stack import CheckedStack, Violations

_DEFAULT = 30
_MARGIN = 20


def check(stack: CheckedStack) -> Violations:
    """Return pods that end at once, or are killed before they can have ended."""
    for place, workload in stack.objects_of("Deployment", "StatefulSet"):
        pod = workload["spec"]["template"]["spec"]
        grace = pod.get("terminationGracePeriodSeconds", _DEFAULT)
        for container in pod["containers"]:
            hook = container.get("lifecycle", {}).get("preStop", {})
            if container.get("ports") and not hook:
                yield (
                    f"{place}/{container['name']}",
                    "it ends while requests are sent to it (preStop)",
                )
            if hook.get("sleep", {}).get("seconds", 0) + _MARGIN > grace:
                yield (
                    f"{place}/{container['name']}",
                    f"it is killed after {grace} s, requests included",
                )
