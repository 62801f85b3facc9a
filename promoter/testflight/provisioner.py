"""Where a testflight takes place: a namespace of its own, made, found and destroyed.

`Provisioner` is the port. `ClusterProvisioner` serves it through kubectl, `StackGround` (module
stack_ground) through the stack of modules/testflight, for clusters whose kubernetes provider is
in reach.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from promoter.common.errors import ClusterError
from promoter.common.holder import Holder
from promoter.programs.kubectl import Kubectl
from promoter.testflight.errors import TestflightError

PREFIX = "lana-bank-testflight-"
OURS = {"app.kubernetes.io/managed-by": "promoter-testflight"}
"""The label without which nothing is ever destroyed."""

REF_LABEL = "lana.galoy.io/testflight-ref"
CREATED_LABEL = "lana.galoy.io/testflight-created"
HOLDER_ANNOTATION = "lana.galoy.io/testflight-holder"
SECRET = "lana-bank-external"  # noqa: S105 - its name
THIRD_PARTY_KEYS = (
    "honeycomb-api-key",
    "smtp-password",
    "smtp-username",
    "sumsub-key",
    "sumsub-secret",
)
"""The keys that are copied from staging. Not databases' nor the warehouse's credentials: with
those a test would write to staging."""

_GONE_SECONDS = 120
_GRACE_SECONDS = 1


@dataclass(frozen=True)
class TestflightSpec:
    """One testflight: of which chart ref (40 hex digits, or a folder's hash), and by whom."""

    ref: str
    holder: Holder
    created: datetime

    @property
    def short(self) -> str:
        """The first seven digits of the ref."""
        return self.ref[:7]

    @property
    def namespace(self) -> str:
        """The namespace that it has to itself."""
        return f"{PREFIX}{self.short}"


@dataclass(frozen=True)
class Left:
    """A testflight's namespace that is there; ``uid`` tells it from one made anew."""

    namespace: str
    uid: str
    created: datetime
    holder: Holder | None

    def stale(self, now: datetime, age: timedelta) -> bool:
        """Whether nobody uses it any more: too old, or its process on this host is gone."""
        return now - self.created >= age or (self.holder is not None and self.holder.dead())


class Provisioner(Protocol):
    """Makes and destroys the namespaces of testflights, with the secrets that they need."""

    def make(self, flight: TestflightSpec, keys_from: str) -> tuple[str, ...]:
        """Make the namespace, its third-party keys copied from ``keys_from``; the keys' names.

        Raises `TestflightError` where it is there already.
        """
        ...

    def left(self) -> tuple[Left, ...]:
        """Every namespace that a testflight made and that is still there."""
        ...

    def destroy(self, left: Left) -> None:
        """Destroy exactly this namespace and wait until it is gone."""
        ...


@dataclass(frozen=True)
class ClusterProvisioner:
    """The port on the cluster that ``kubectl`` asks."""

    kubectl: Kubectl

    def make(self, flight: TestflightSpec, keys_from: str) -> tuple[str, ...]:
        """See `Provisioner`. No value is printed or kept anywhere but in the new namespace."""
        try:
            self.kubectl.create(_namespace(flight))
        except ClusterError as error:
            if error.reason != "AlreadyExists":
                raise
            raise taken(self.kubectl, flight) from error
        copied = self._keys(keys_from)
        metadata = {"name": SECRET, "labels": OURS}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": copied}
        self.kubectl.within(flight.namespace).create(secret)
        return tuple(sorted(copied))

    def left(self) -> tuple[Left, ...]:
        """See `Provisioner`."""
        selector = ",".join(f"{name}={value}" for name, value in OURS.items())
        found = (item["metadata"] for item in self.kubectl.items("namespaces", selector))
        return tuple(_left(each) for each in found if each["name"].startswith(PREFIX))

    def destroy(self, left: Left) -> None:
        """See `Provisioner`. The uid identifies exactly that namespace."""
        path = f"/api/v1/namespaces/{left.namespace}"
        conditions = json.dumps({"preconditions": {"uid": left.uid}})
        try:
            self.kubectl.run("delete", f"--raw={path}", "--filename=-", stdin=conditions)
        except ClusterError as error:
            if error.reason not in ("NotFound", "Conflict"):
                raise
            return
        self._end_pods(left)
        self._wait_gone(left)

    def _end_pods(self, left: Left) -> None:
        """Kubernetes looks again only after half of the longest grace period of a pod."""
        flags = (f"--grace-period={_GRACE_SECONDS}", "--wait=false", "--ignore-not-found")
        self.kubectl.within(left.namespace).run("delete", "pods", "--all", *flags)

    def _wait_gone(self, left: Left) -> None:
        what = f"namespace/{left.namespace}"
        flags = ("--for=delete", f"--timeout={_GONE_SECONDS}s")
        try:
            self.kubectl.run("wait", what, *flags, seconds=_GONE_SECONDS + 10)
        except ClusterError as error:
            if "timed out" not in str(error):
                raise
            raise TestflightError(
                f"destroy {what}: still there after {_GONE_SECONDS} s",
                next_step=f"kubectl get {what} -o yaml says what it waits for; "
                "promoter testflight sweep tries again",
            ) from error

    def _keys(self, namespace: str) -> Mapping[str, str]:
        """The third-party keys that ``namespace`` has, as they are (base64)."""
        secret = self.kubectl.within(namespace).object("secret", SECRET) or {}
        data = secret.get("data") or {}
        return {key: data[key] for key in THIRD_PARTY_KEYS if key in data}


def taken(kubectl: Kubectl, flight: TestflightSpec) -> TestflightError:
    """Why the namespace of ``flight`` cannot be made: whose the one is that is there."""
    metadata = (kubectl.object("namespace", flight.namespace) or {}).get("metadata", {})
    labels = metadata.get("labels", {})
    if not metadata or "deletionTimestamp" in metadata:
        why = "it is being removed"
        next_step = f"when kubectl get namespace {flight.namespace} has it no more, run it again"
    elif not OURS.items() <= labels.items():
        why = "it is there and was not made by a testflight"
        next_step = "it is left as it is; see whose it is, and remove or rename it by hand"
    else:
        ref = labels.get(REF_LABEL, "")
        of = "that ref" if ref == _ref_label(flight) else f"{ref}, which begins as this one does,"
        why = f"a testflight of {of} is under way by {_left(metadata).holder or 'somebody'}"
        next_step = (
            "wait until it is done; one that was killed elsewhere is removed by "
            "promoter testflight sweep once it is old enough"
        )
    return TestflightError(f"make namespace {flight.namespace}: {why}", next_step=next_step)


def _ref_label(flight: TestflightSpec) -> str:
    # A label's value has 63 characters at most, a folder's hash 64.
    return flight.ref[:40]


def _namespace(flight: TestflightSpec) -> Mapping[str, Any]:
    modes = ("enforce", "audit", "warn")
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in modes}
    labels = {
        **OURS,
        **security,
        REF_LABEL: _ref_label(flight),
        CREATED_LABEL: str(int(flight.created.timestamp())),
    }
    annotations = {HOLDER_ANNOTATION: json.dumps(asdict(flight.holder))}
    metadata = {"name": flight.namespace, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _left(metadata: Mapping[str, Any]) -> Left:
    """What is known of a namespace of ours, its labels altered or not."""
    created = datetime.fromisoformat(metadata["creationTimestamp"])
    try:
        holder = Holder(**json.loads(metadata["annotations"][HOLDER_ANNOTATION]))
    except (KeyError, ValueError, TypeError):
        holder = None
    return Left(metadata["name"], metadata["uid"], created, holder)
