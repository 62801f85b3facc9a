"""No user of a pod is a user of its node."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return pods in a cloud that share the node's users; a local cluster may be older."""
    for place, workload in () if stack.is_local else stack.workloads():
        if workload["spec"]["template"]["spec"].get("hostUsers") is not False:
            yield place, "its users are the node's (hostUsers)"
