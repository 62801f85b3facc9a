"""A drain or the loss of a zone leaves pods of everything that has more than one."""

from collections.abc import Mapping
from typing import Any

from policies.stack import CheckedStack, Violations

_ZONE, _FORCED = "topology.kubernetes.io/zone", "DoNotSchedule"
_KEYS = {_ZONE, "kubernetes.io/hostname"}


def check(stack: CheckedStack) -> Violations:
    """Return workloads without a disruption budget, or that are not spread."""
    budgets = [item["spec"] for _, item in stack.objects_of("PodDisruptionBudget")]
    for place, workload in stack.objects_of("Deployment", "StatefulSet"):
        template = workload["spec"]["template"]
        labels = template["metadata"].get("labels", {})
        if not any(_selects(budget["selector"]["matchLabels"], labels) for budget in budgets):
            yield place, "it has no PodDisruptionBudget"
        spread = template["spec"].get("topologySpreadConstraints", [])
        if not {each["topologyKey"] for each in spread} >= _KEYS:
            yield place, "it is not spread over zones and nodes"
        forced = {each["topologyKey"] for each in spread if each["whenUnsatisfiable"] == _FORCED}
        if stack.is_production and not stack.is_local and _ZONE not in forced:
            yield place, "its pods may share a zone (whenUnsatisfiable)"
        if not all(each.get("matchLabelKeys") for each in spread):
            yield place, "pods that it replaces count as spread (matchLabelKeys)"
    for place, item in stack.objects_of("PodDisruptionBudget"):
        if item["spec"].get("maxUnavailable") != 1:
            yield place, "more than one pod may be unavailable at a time"


def _selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    return selector.items() <= labels.items()
