"""The parts of every cloud environment besides its databases: secrets, namespace, release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cdktn import TerraformStack

from modules import terraform as tf
from modules.honeycomb import Honeycomb
from modules.honeycomb.objectives import Objective, Objectives
from modules.kubernetes import restricted_namespace
from modules.lana_bank.construct import LanaBank, merged
from modules.secrets.construct import Secrets
from stacks.platforms.chart import VendoredChart, helm_provider, lana_bank_props
from stacks.platforms.settings import CloudBlueprint, CloudRelease

if TYPE_CHECKING:
    from modules.azure_postgres.construct import AzurePostgres
    from modules.gcp_postgres.construct import GcpPostgres

KUBERNETES, RANDOM = "~> 3.2, >= 3.2.1", "~> 3.9"
"""Versions of the providers of every cloud environment, besides its cloud's own.

Each starts at the version with which whole stacks were tested (docs/environments.md). Before
3.2.1 the kubernetes provider fails on ``data_wo``.
"""


def cluster_providers(stack: TerraformStack, access: Mapping[str, Any]) -> None:
    """Configure Kubernetes and Helm; without ``access`` both use the environment's kubeconfig."""
    tf.provider(stack, "random", RANDOM, {})
    tf.provider(stack, "kubernetes", KUBERNETES, access)
    helm_provider(stack, access)


def add_release(
    stack: TerraformStack,
    blueprint: CloudBlueprint,
    chart: VendoredChart,
    secrets: Secrets,
    postgres: GcpPostgres | AzurePostgres,
    values: Mapping[str, Any],
) -> None:
    """Add namespace, Secrets, release (with this cloud's ``values``) and Honeycomb's boards."""
    source, settings = blueprint.source, blueprint.lana_bank
    labels = {
        "lana.galoy.io/environment": source.stack,
        "lana.galoy.io/stage": blueprint.shared.stage,
    }
    namespace = restricted_namespace(stack, settings.namespace, labels)
    written, version = secrets.write(namespace, postgres.access)
    props = lana_bank_props(source, settings, chart, secrets="existing")
    props = replace(
        props,
        values=merged(merged(_values(blueprint, version), values), props.values),
        depends_on=(namespace, *written, *postgres.ready),
    )
    LanaBank(stack, "lana-bank", props)
    boards = chart.reference("tf", "honeycomb")
    Honeycomb(stack, "honeycomb", source=boards, dataset=blueprint.shared.honeycomb_dataset)
    Objectives(
        stack,
        "objectives",
        dataset=blueprint.shared.honeycomb_dataset,
        objectives=_objectives(blueprint),
        emails=blueprint.shared.alerts.emails,
    )


def _objectives(blueprint: CloudBlueprint) -> list[Objective]:
    """Return the objectives: traces of server and Keycloak are in one dataset."""
    alerts = blueprint.shared.alerts
    server = Objective(
        name="server",
        requests='NOT(STARTS_WITH($http.route, "/realms/"))',
        percent=alerts.server_objective,
        milliseconds=2000,
    )
    sign_in = Objective(
        name="sign-in",
        requests='STARTS_WITH($http.route, "/realms/")',
        percent=alerts.sign_in_objective,
        milliseconds=2000,
    )
    return [server, sign_in] if "keycloak" in blueprint.lana_bank.components else [server]


def public_hosts(settings: CloudRelease[Any]) -> dict[str, str]:
    """Return the hosts of the Ingress, each with a path that answers without a session."""
    paths = {
        "oathkeeper": {"admin": "/", "app": "/"},
        "keycloak": {"auth": "/realms/internal/.well-known/openid-configuration"},
        "oauth2Proxy": {"dagster": "/ping"},
    }
    return {
        f"{host}.{settings.lana_domain}": path
        for component, hosts in paths.items()
        if component in settings.components
        for host, path in hosts.items()
    }


def _values(blueprint: CloudBlueprint, secrets_version: int) -> dict[str, Any]:
    settings = blueprint.lana_bank
    values = {
        "global": {
            "secrets": {"version": secrets_version},
            "imagePullSecrets": list(settings.image_pull_secrets),
            "priorityClassName": settings.priority_class or "",
            "userNamespaces": settings.user_namespaces,
            # A part survives the loss of a zone.
            **({"zoneSpread": "DoNotSchedule"} if blueprint.shared.has_zones else {}),
            "networkPolicies": {
                "databaseCidrs": [blueprint.shared.network.database_cidr],
                "ingressNamespace": settings.ingress.namespace,
                "ingressCidrs": list(settings.ingress.load_balancer_cidrs),
            },
        },
        "databaseRoles": {"enabled": True},
        "ingress": {"clusterIssuer": settings.cluster_issuer, **settings.ingress.values()},
        "lanaBank": {"superuserEmail": settings.superuser_email or ""},
        "keycloak": {"tracedService": blueprint.shared.honeycomb_dataset},
        "openTelemetryCollector": {"dataset": blueprint.shared.honeycomb_dataset},
    }
    return merged(values, settings.mail.values()) if settings.mail else values
