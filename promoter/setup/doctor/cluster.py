"""The version of Kubernetes and the PriorityClass that an environment needs of its cluster."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from promoter.common.errors import PromoterError
from promoter.concourse.deployments import EMBEDDED
from promoter.programs.kubectl import Kubectl
from promoter.setup.doctor.check import CheckResult, CheckState, ExaminedEnvironment
from promoter.toolchain.versions import Version

OLDEST = Version(1, 30)
"""The first version in which a container that ends can wait (``preStop.sleep``)."""

OLDEST_WITH_USERS = Version(1, 33)
"""The first version in which pods have users of their own without a feature gate."""


def examine_cluster(
    kubectl: Kubectl, environments: Collection[ExaminedEnvironment], newest: Version
) -> Iterator[CheckResult]:
    """Yield the rows of ``environments`` in their cluster; ``newest`` is the version tested.

    Raises `ClusterError` where it cannot be queried.
    """
    version = json.loads(kubectl.run("get", "--raw=/version"))["gitVersion"]
    for environment in environments:
        settings = environment.settings("lana-bank.yml")
        release: dict[str, Any] = settings if isinstance(settings, dict) else {}
        users = release.get("user_namespaces", environment.platform != EMBEDDED)
        yield _version(environment.name, users, Version.parse(version), newest)
        if name := release.get("priority_class"):
            yield _priority(environment.name, name, kubectl)


def _version(environment: str, users: bool, found: Version, newest: Version) -> CheckResult:
    check = f"Kubernetes of {environment}"
    least = OLDEST_WITH_USERS if users else OLDEST
    if found < least:
        other = ", or set user_namespaces: false" if users and found >= OLDEST else ""
        detail = f"version {found}; {least} or newer is needed"
        return CheckResult(check, CheckState.PROBLEM, detail, f"upgrade the cluster{other}")
    if (found.major, found.minor) > (newest.major, newest.minor):
        detail = f"version {found}; {newest.major}.{newest.minor} is the newest that was tested"
        remedy = "try the release in staging first"
        return CheckResult(check, CheckState.UNKNOWN, detail, remedy)
    return CheckResult(check, CheckState.OK, f"version {found}")


def _priority(environment: str, name: str, kubectl: Kubectl) -> CheckResult:
    check = f"priority of {environment}"
    try:
        found = kubectl.object("priorityclass", name)
    except PromoterError as error:
        # A deployer may have no right to read it.
        return CheckResult(check, CheckState.UNKNOWN, f"not read: {error}", error.next_step)
    if found:
        return CheckResult(check, CheckState.OK, f"PriorityClass {name} exists")
    detail = f"PriorityClass {name} does not exist, so no pod would be created"
    remedy = f"kubectl create priorityclass {name} --value 1000000"
    return CheckResult(check, CheckState.PROBLEM, detail, remedy)
