"""Settings of the way into the cluster, and names as Kubernetes has them."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from stacks.settings import Contradiction, Settings

LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"

Namespace = Annotated[str, Field(pattern=f"^{LABEL}$")]
"""A Kubernetes namespace (RFC 1123 label)."""

Domain = Annotated[str, Field(max_length=200, pattern=rf"^{LABEL}(?:\.{LABEL})+$")]
"""A DNS name with at least one dot; admin., app., auth. and dagster. are prepended to it."""

ObjectName = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$")]
"""Name of an object of Kubernetes (RFC 1123 subdomain)."""


def _range(value: str) -> str:
    ipaddress.ip_network(value)
    return value


Range = Annotated[str, AfterValidator(_range)]
"""A range of addresses."""


class IngressSettings(Settings):
    """Class, limits and allow-lists of the Ingresses."""

    controller: Literal["nginx", "other"] = "nginx"
    """`other`: `annotations` has the limits of uploads and requests for the controller."""
    class_name: ObjectName = "nginx"
    """Ingress class."""
    namespace: Namespace = "ingress-nginx"
    """Namespace of the controller."""
    annotations: dict[str, str] = Field(default_factory=dict)
    """Further annotations of the Ingresses."""
    staff_cidrs: tuple[Range, ...] = ()
    """Addresses that reach the admin panel and Dagster; default: all."""
    load_balancer_cidrs: tuple[Range, ...] = ()
    """Addresses of load balancers that send requests to pods themselves."""
    body_size: Annotated[str, Field(pattern=r"^[1-9][0-9]*[km]$")] = "20m"
    """Largest upload."""
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 50
    """Requests per second from one address; five times as many for a moment."""

    @model_validator(mode="after")
    def _limited(self) -> IngressSettings:
        if self.staff_cidrs and self.controller != "nginx":
            raise Contradiction("staff_cidrs", "annotations of ingress-nginx only; use annotations")
        return self

    def values(self) -> dict[str, Any]:
        """Return the chart's values."""
        return {
            "controller": self.controller,
            "className": self.class_name,
            "annotations": self.annotations,
            "staffCidrs": list(self.staff_cidrs),
            "bodySize": self.body_size,
            "requestsPerSecond": self.requests_per_second,
        }
