"""The namespace takes restricted pods only."""

from __future__ import annotations

from collections.abc import Iterator

from policies.subject import CheckedStack

ID = "namespace-restricted"
TITLE = "The namespace enforces the restricted Pod Security level"

_LABEL = "pod-security.kubernetes.io/enforce"


def check(subject: CheckedStack) -> Iterator[tuple[str, str]]:
    """Find namespaces with another level; a local one is made by Helm, which sets no labels."""
    if subject.is_local:
        return
    namespaces = list(subject.resources("kubernetes_namespace_v1"))
    if not namespaces:
        yield "kubernetes_namespace_v1", "the stack makes no namespace"
    for place, body in namespaces:
        level = body["metadata"][0].get("labels", {}).get(_LABEL)
        if level != "restricted":
            yield place, f"{_LABEL} is {level}"
