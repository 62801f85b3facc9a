"""The namespace admits restricted pods only."""

from policies.stack import CheckedStack, Violations

_LABEL = "pod-security.kubernetes.io/enforce"


def check(stack: CheckedStack) -> Violations:
    """Return namespaces with another level; Helm creates local ones, without labels."""
    if stack.is_local or stack.is_foundation:
        return
    namespaces = list(stack.resources("kubernetes_namespace_v1"))
    if not namespaces:
        yield "kubernetes_namespace_v1", "the stack makes no namespace"
    for place, body in namespaces:
        level = body["metadata"][0].get("labels", {}).get(_LABEL)
        if level != "restricted":
            yield place, f"{_LABEL} is {level}"
