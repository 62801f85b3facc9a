"""What every cloud environment is made of beside its databases: secrets, namespace, release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cdktn import TerraformStack
from cdktn_provider_helm.provider import HelmProvider, HelmProviderKubernetes

from modules.honeycomb.construct import Honeycomb
from modules.kubernetes.construct import restricted_namespace
from modules.lana_bank.construct import LanaBank
from modules.lana_bank.values import merged
from modules.secrets.construct import Secrets, SecretsProps
from modules.secrets.vault import Vault
from modules.terraform import Reference
from stacks.environments import Source
from stacks.fields import SecretSettings, Stage
from stacks.platforms.chart import Chart, lana_bank_props
from stacks.platforms.common import AnyCloudRelease

KUBERNETES, HELM, RANDOM = "~> 3.4", "~> 3.3", "~> 3.9"
"""Which providers every cloud environment is made with, beside its cloud's own."""


@dataclass(frozen=True, kw_only=True)
class ReleaseInputs:
    """What a cloud's stack hands over.

    hosts           address of each database
    sslmode         how its clients verify it (libpq's word)
    database_cidr   where the databases are, for the network policies
    values          the chart's values that only this cloud has
    needs           what must be there before the release: the databases
    """

    source: Source
    stage: Stage
    settings: AnyCloudRelease
    chart: Chart
    secrets: Secrets
    hosts: Mapping[str, str]
    sslmode: str
    database_cidr: str
    values: Mapping[str, Any]
    needs: tuple[Reference, ...]


def helm_provider(stack: TerraformStack, **access: Any) -> None:
    """Configure Helm; without ``access`` it takes the kubeconfig from the environment."""
    kubernetes = HelmProviderKubernetes(**access) if access else None
    HelmProvider(stack, "helm", kubernetes=kubernetes)
    stack.add_override("terraform.required_providers.helm.version", HELM)


def add_secrets(stack: TerraformStack, vault: Vault, wanted: SecretSettings) -> Secrets:
    """Add the secrets that live in ``vault``."""
    external = frozenset(wanted.external)
    props = SecretsProps(vault=vault, versions=wanted.versions, external=external)
    return Secrets(stack, "secrets", props)


def passwords(secrets: Secrets) -> dict[str, tuple[str, int]]:
    """Give each database user's password and its version, as the databases' constructs take it."""
    return {user: (found.password, found.version) for user, found in secrets.databases.items()}


def add_release(stack: TerraformStack, inputs: ReleaseInputs) -> None:
    """Add the namespace, the Secrets in it, the release that needs both, and Honeycomb's boards."""
    settings = inputs.settings
    labels = {"lana.galoy.io/environment": inputs.source.stack, "lana.galoy.io/stage": inputs.stage}
    namespace = restricted_namespace(stack, settings.namespace, labels)
    written = inputs.secrets.write(namespace, inputs.hosts, inputs.sslmode)
    props = replace(
        lana_bank_props(inputs.source, settings, inputs.chart, secrets="existing"),
        values=merged(_values(inputs), inputs.values),
        depends_on=tuple(reference.address for reference in (namespace, *written, *inputs.needs)),
    )
    LanaBank(stack, "lana-bank", props)
    boards = inputs.chart.reference("tf", "honeycomb")
    Honeycomb(stack, "honeycomb", source=boards, dataset=settings.honeycomb_dataset)


def _values(inputs: ReleaseInputs) -> dict[str, Any]:
    return {
        "global": {
            "secrets": {"version": inputs.secrets.version},
            "networkPolicies": {"databaseCidrs": [inputs.database_cidr]},
        },
        "databaseRoles": {"enabled": True},
        "ingress": {"clusterIssuer": inputs.settings.cluster_issuer},
        "lanaBank": {"superuserEmail": inputs.settings.superuser_email or ""},
    }
