"""What every cloud environment is made of beside its databases: secrets, namespace, release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from cdktn import TerraformStack
from cdktn_provider_helm.provider import HelmProvider, HelmProviderKubernetes

from modules.honeycomb.construct import Honeycomb
from modules.kubernetes.construct import restricted_namespace
from modules.lana_bank.construct import LanaBank
from modules.lana_bank.values import merged
from modules.secrets.construct import Secrets, SecretsProps
from modules.secrets.vault import Vault
from modules.terraform import Reference, provider
from stacks.environments import EnvironmentFiles
from stacks.fields import Stage
from stacks.platforms.chart import VendoredChart, lana_bank_props
from stacks.platforms.common import AnyCloudRelease, CloudNetwork

KUBERNETES, HELM, RANDOM = "~> 3.2, >= 3.2.1", "~> 3.1, >= 3.1.2", "~> 3.9"
"""Which providers every cloud environment is made with, beside its cloud's own.

Each from the version that whole stacks were seen with (docs/environments.md). Before 3.2.1 the
kubernetes provider fails on ``data_wo``, before 3.1.1 Helm's after some applies.
"""


class CloudShared(Protocol):
    """What is asked of shared.yml here."""

    @property
    def stage(self) -> Stage:
        """How far along the promotion."""

    @property
    def network(self) -> CloudNetwork:
        """The network that the databases are in."""


class CloudBlueprint(Protocol):
    """What is asked of a cloud's blueprint here."""

    @property
    def source(self) -> EnvironmentFiles:
        """Where its settings are."""

    @property
    def shared(self) -> CloudShared:
        """Its shared.yml."""

    @property
    def lana_bank(self) -> AnyCloudRelease:
        """Its lana-bank.yml."""


class Postgres(Protocol):
    """A cloud's databases: the address of each, and what is there when they can be used."""

    hosts: dict[str, str]
    databases: list[Reference]


def cluster_providers(stack: TerraformStack, access: Mapping[str, Any]) -> None:
    """Configure Kubernetes and Helm; without ``access`` both take the environment's kubeconfig."""
    provider(stack, "random", RANDOM, {})
    provider(stack, "kubernetes", KUBERNETES, access)
    HelmProvider(stack, "helm", kubernetes=HelmProviderKubernetes(**access) if access else None)
    stack.add_override("terraform.required_providers.helm.version", HELM)


def add_secrets(stack: TerraformStack, vault: Vault, blueprint: CloudBlueprint) -> Secrets:
    """Add the secrets that live in ``vault``."""
    wanted = blueprint.lana_bank.secrets
    external = frozenset(wanted.external)
    props = SecretsProps(vault=vault, versions=wanted.versions, external=external)
    return Secrets(stack, "secrets", props)


def passwords(secrets: Secrets) -> dict[str, tuple[str, int]]:
    """Give each database user's password and its version, as the databases' constructs take it."""
    return {user: (found.password, found.version) for user, found in secrets.databases.items()}


def add_release(
    stack: TerraformStack,
    blueprint: CloudBlueprint,
    chart: VendoredChart,
    secrets: Secrets,
    postgres: Postgres,
    values: Mapping[str, Any],
) -> None:
    """Add the namespace, the Secrets in it, the release that needs both, and Honeycomb's boards.

    ``values`` are the chart's values that only this cloud has.
    """
    source, settings = blueprint.source, blueprint.lana_bank
    labels = {
        "lana.galoy.io/environment": source.stack,
        "lana.galoy.io/stage": blueprint.shared.stage,
    }
    namespace = restricted_namespace(stack, settings.namespace, labels)
    needs = (namespace, *secrets.write(namespace, postgres.hosts, "require"), *postgres.databases)
    props = replace(
        lana_bank_props(source, settings, chart, secrets="existing"),
        values=merged(_values(blueprint, secrets), values),
        depends_on=_addresses(needs),
    )
    LanaBank(stack, "lana-bank", props)
    boards = chart.reference("tf", "honeycomb")
    Honeycomb(stack, "honeycomb", source=boards, dataset=settings.honeycomb_dataset)


def _addresses(needs: Sequence[Reference]) -> tuple[str, ...]:
    return tuple(reference.address for reference in needs)


def _values(blueprint: CloudBlueprint, secrets: Secrets) -> dict[str, Any]:
    settings = blueprint.lana_bank
    return {
        "global": {
            "secrets": {"version": secrets.version},
            "networkPolicies": {"databaseCidrs": [blueprint.shared.network.database_cidr]},
        },
        "databaseRoles": {"enabled": True},
        "ingress": {"clusterIssuer": settings.cluster_issuer},
        "lanaBank": {"superuserEmail": settings.superuser_email or ""},
    }
