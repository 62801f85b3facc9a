"""Where a testflight takes place: a namespace of its own, made, found and destroyed.

`Ground` is the port. modules/testflight is the same in Terraform, for clusters whose
kubernetes provider is in reach; `ClusterGround` asks the cluster itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from promoter.deploy.lease import Holder
from promoter.errors import PromoterError
from promoter.testflight.errors import TestflightError

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

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

_GONE_SECONDS = 120.0
_POLL_SECONDS = 0.25
_GRACE_SECONDS = 1
_REQUEST_SECONDS = 20


@dataclass(frozen=True)
class Flight:
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


class Ground(Protocol):
    """Makes and destroys the namespaces of testflights, with the secrets that they need."""

    def make(self, flight: Flight, keys_from: str) -> tuple[str, ...]:
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
class ClusterGround:
    """The port on the cluster that ``kubeconfig`` names (None: the one kubectl would use)."""

    kubeconfig: Path | None

    def make(self, flight: Flight, keys_from: str) -> tuple[str, ...]:
        """See `Ground`. No value is printed or kept anywhere but in the new namespace."""
        from kubernetes.client import ApiException

        core = self._core()
        try:
            core.create_namespace(_namespace(flight), _request_timeout=_REQUEST_SECONDS)
        except ApiException as error:
            if error.status != 409:
                raise
            raise self._taken(core, flight) from error
        copied = self._keys(core, keys_from)
        core.create_namespaced_secret(
            flight.namespace,
            {"metadata": {"name": SECRET, "labels": OURS}, "type": "Opaque", "data": copied},
            _request_timeout=_REQUEST_SECONDS,
        )
        return tuple(sorted(copied))

    def left(self) -> tuple[Left, ...]:
        """See `Ground`."""
        selector = ",".join(f"{name}={value}" for name, value in OURS.items())
        found = self._core().list_namespace(
            label_selector=selector, _request_timeout=_REQUEST_SECONDS
        )
        named = (item for item in found.items if item.metadata.name.startswith(PREFIX))
        return tuple(_left(item.metadata) for item in named)

    def destroy(self, left: Left) -> None:
        """See `Ground`. The uid makes sure that it is that one, whatever happened meanwhile."""
        from kubernetes.client import ApiException

        core = self._core()
        conditions = {"preconditions": {"uid": left.uid}}
        try:
            core.delete_namespace(
                left.namespace, body=conditions, _request_timeout=_REQUEST_SECONDS
            )
            # Kubernetes looks again only after half of the longest grace period of a pod.
            core.delete_collection_namespaced_pod(
                left.namespace,
                grace_period_seconds=_GRACE_SECONDS,
                _request_timeout=_REQUEST_SECONDS,
            )
            self._wait_gone(core, left)
        except ApiException as error:
            if error.status not in (404, 409):
                raise

    def _wait_gone(self, core: Any, left: Left) -> None:
        deadline = time.monotonic() + _GONE_SECONDS
        while self._uid(core, left.namespace) == left.uid:
            if time.monotonic() > deadline:
                raise TestflightError(
                    f"destroy namespace {left.namespace}: still there after {_GONE_SECONDS:.0f} s",
                    next_step=f"kubectl get namespace {left.namespace} -o yaml says what it "
                    "waits for; promoter testflight sweep tries again",
                )
            time.sleep(_POLL_SECONDS)

    def _uid(self, core: Any, namespace: str) -> str | None:
        from kubernetes.client import ApiException

        try:
            found = core.read_namespace(namespace, _request_timeout=_REQUEST_SECONDS)
        except ApiException as error:
            if error.status == 404:
                return None
            raise
        return str(found.metadata.uid)

    def _keys(self, core: Any, namespace: str) -> Mapping[str, str]:
        """The third-party keys that ``namespace`` has, as they are (base64)."""
        from kubernetes.client import ApiException

        try:
            data = core.read_namespaced_secret(SECRET, namespace).data or {}
        except ApiException as error:
            if error.status == 404:
                return {}
            raise
        return {key: data[key] for key in THIRD_PARTY_KEYS if key in data}

    def _taken(self, core: Any, flight: Flight) -> PromoterError:
        metadata = core.read_namespace(flight.namespace).metadata
        labels = metadata.labels or {}
        if OURS.items() <= labels.items():
            left = _left(metadata)
            return TestflightError(
                f"make namespace {flight.namespace}: a testflight of that ref is under way "
                f"by {left.holder or 'somebody'}",
                next_step="wait until it is done; one that was killed elsewhere is removed by "
                "promoter testflight sweep once it is old enough",
            )
        return TestflightError(
            f"make namespace {flight.namespace}: it is there and was not made by a testflight",
            next_step="it is left as it is; see whose it is, and remove or rename it by hand",
        )

    def _core(self) -> Any:
        from kubernetes.client import CoreV1Api

        return CoreV1Api(_api(self.kubeconfig))


def _api(kubeconfig: Path | None) -> ApiClient:
    from kubernetes.config import ConfigException, new_client_from_config

    try:
        client: ApiClient = new_client_from_config(  # type: ignore[no-untyped-call]
            config_file=str(kubeconfig) if kubeconfig else None
        )
    except ConfigException as error:
        raise TestflightError(
            f"reach the cluster: {error}",
            next_step="run promoter platform up, or name a kubeconfig with --kubeconfig",
        ) from error
    # A cluster that went away is an error at once, not after the client's own retries.
    client.configuration.retries = False
    return client


def _namespace(flight: Flight) -> Mapping[str, Any]:
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    labels = {
        **OURS,
        **security,
        # A label's value has 63 characters at most, a folder's hash 64.
        REF_LABEL: flight.ref[:40],
        CREATED_LABEL: str(int(flight.created.timestamp())),
    }
    annotations = {HOLDER_ANNOTATION: json.dumps(asdict(flight.holder))}
    return {"metadata": {"name": flight.namespace, "labels": labels, "annotations": annotations}}


def _left(metadata: Any) -> Left:
    """What is known of a namespace of ours, its labels altered or not."""
    created: datetime = metadata.creation_timestamp
    said = (metadata.labels or {}).get(CREATED_LABEL, "")
    if said.isdigit():
        created = max(created, datetime.fromtimestamp(int(said), UTC))
    try:
        told = json.loads((metadata.annotations or {})[HOLDER_ANNOTATION])
        holder = Holder(**told)
    except (KeyError, ValueError, TypeError):
        holder = None
    return Left(metadata.name, metadata.uid, created, holder)
