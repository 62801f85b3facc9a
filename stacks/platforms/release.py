"""What every cloud environment does with the release: namespace, Secrets, chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdktn import TerraformStack
from cdktn_provider_helm.provider import HelmProvider, HelmProviderKubernetes

from modules.kubernetes.construct import restricted_namespace
from modules.lana_bank.construct import LanaBank, LanaBankProps
from modules.lana_bank.values import merged
from modules.secrets.construct import Secrets
from modules.terraform import Reference
from stacks.fields import Release, Stage

KUBERNETES, HELM, RANDOM = "~> 3.4", "~> 3.3", "~> 3.9"
"""Which providers every cloud environment is made with, beside its cloud's own."""


@dataclass(frozen=True, kw_only=True)
class ReleaseInputs:
    """What a cloud's stack hands over.

    hosts           address of each database
    sslmode         how its clients verify it (libpq's word)
    database_cidrs  where the databases are, for the network policies
    cluster_issuer  cert-manager's issuer of the certificate
    superuser_email who may do everything while nobody else has a role yet
    values          the chart's values that only this cloud has
    needs           what must be there before the release: the databases
    """

    name: str
    stage: Stage
    settings: Release
    chart: Path
    chart_reference: str
    secrets: Secrets
    hosts: Mapping[str, str]
    sslmode: str
    database_cidrs: tuple[str, ...]
    cluster_issuer: str
    superuser_email: str | None
    values: Mapping[str, Any]
    needs: tuple[Reference, ...]


def helm_provider(stack: TerraformStack, **access: Any) -> None:
    """Configure Helm; without ``access`` it takes the kubeconfig from the environment."""
    kubernetes = HelmProviderKubernetes(**access) if access else None
    HelmProvider(stack, "helm", kubernetes=kubernetes)
    stack.add_override("terraform.required_providers.helm.version", HELM)


def add_release(stack: TerraformStack, inputs: ReleaseInputs) -> None:
    """Add the namespace, the Secrets in it, and the release that needs both."""
    settings = inputs.settings
    labels = {"lana.galoy.io/environment": inputs.name, "lana.galoy.io/stage": inputs.stage}
    namespace = restricted_namespace(stack, settings.namespace, labels)
    written = inputs.secrets.write(namespace, inputs.hosts, inputs.sslmode)
    props = LanaBankProps(
        chart=inputs.chart,
        chart_reference=inputs.chart_reference,
        environment=inputs.name,
        namespace=settings.namespace,
        lana_domain=settings.lana_domain,
        enable_artificial_time=settings.enable_artificial_time,
        secrets="existing",
        components=frozenset(settings.components),
        replicas=settings.replicas,
        timeout=settings.timeout,
        values=merged(_values(inputs), inputs.values),
        depends_on=tuple(reference.address for reference in (namespace, *written, *inputs.needs)),
    )
    LanaBank(stack, "lana-bank", props)


def _values(inputs: ReleaseInputs) -> dict[str, Any]:
    return {
        "global": {
            "secrets": {"version": inputs.secrets.version},
            "networkPolicies": {"databaseCidrs": list(inputs.database_cidrs)},
        },
        "databaseRoles": {"enabled": True},
        "ingress": {"clusterIssuer": inputs.cluster_issuer},
        "lanaBank": {"superuserEmail": inputs.superuser_email or ""},
    }
