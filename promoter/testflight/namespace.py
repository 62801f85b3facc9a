"""The namespace of a testflight: its name, its labels, and how it is read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from promoter.common.holder import Holder

PREFIX = "lana-bank-testflight-"
LABELS = {"app.kubernetes.io/managed-by": "promoter-testflight"}
"""A namespace without this label is never destroyed."""

REF_LABEL = "lana.galoy.io/testflight-ref"
CREATED_LABEL = "lana.galoy.io/testflight-created"
HOLDER_ANNOTATION = "lana.galoy.io/testflight-holder"

# A namespace has at most 63 characters.
_DIGITS = (7, 12, 40)


@dataclass(frozen=True)
class TestflightSpec:
    """One testflight: its chart ref (40 hex digits, or the hash of a folder) and its process.

    ``digits`` of the ref end the name of its namespace: seven, or as many as distinguish it.
    """

    ref: str
    holder: Holder
    created: datetime
    digits: int = _DIGITS[0]

    @property
    def short_ref(self) -> str:
        """The first digits of the ref."""
        return self.ref[: self.digits]

    @property
    def namespace(self) -> str:
        """The name of its namespace."""
        return f"{PREFIX}{self.short_ref}"

    def apart_from(self, others: Iterable[ProvisionedNamespace]) -> TestflightSpec:
        """Return the spec with a namespace that no testflight of another ref has."""
        taken = {each.name for each in others if each.ref != self.ref_label}
        named = (replace(self, digits=digits) for digits in _DIGITS)
        return next((each for each in named if each.namespace not in taken), self)

    @property
    def ref_label(self) -> str:
        """The ref as a label: a value has at most 63 characters, the hash of a folder 64."""
        return self.ref[:40]


@dataclass(frozen=True)
class ProvisionedNamespace:
    """An existing namespace of a testflight; ``uid`` distinguishes it from a later one.

    ``ref`` is the label with the ref that it tests.
    """

    name: str
    uid: str
    created: datetime
    holder: Holder | None
    ref: str = ""

    def is_stale(self, now: datetime, age: timedelta) -> bool:
        """Return True if it is older than ``age``, or its process ran on this host and ended."""
        return now - self.created >= age or (self.holder is not None and self.holder.dead())


def namespace_object(spec: TestflightSpec) -> Mapping[str, Any]:
    """Return the namespace of a testflight, which admits restricted pods only."""
    modes = (f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn"))
    own = {REF_LABEL: spec.ref_label, CREATED_LABEL: str(int(spec.created.timestamp()))}
    labels = {**LABELS, **dict.fromkeys(modes, "restricted"), **own}
    annotations = {HOLDER_ANNOTATION: json.dumps(asdict(spec.holder))}
    metadata = {"name": spec.namespace, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def read_namespace(metadata: Mapping[str, Any]) -> ProvisionedNamespace:
    """Return the namespace; its labels and annotations may have been altered."""
    created = datetime.fromisoformat(metadata["creationTimestamp"])
    try:
        holder = Holder(**json.loads(metadata["annotations"][HOLDER_ANNOTATION]))
    except (KeyError, ValueError, TypeError):
        holder = None
    ref = metadata.get("labels", {}).get(REF_LABEL, "")
    return ProvisionedNamespace(metadata["name"], metadata["uid"], created, holder, ref)
