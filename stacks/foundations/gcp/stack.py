"""The stack of a foundation on Google Cloud."""

from __future__ import annotations

from cdktn import App, GcsBackend, TerraformStack

from modules import terraform as tf
from modules.gcp_foundation.construct import GcpFoundation
from modules.gcp_foundation.props import GcpFoundationProps, ImageRepository, LongTermExports
from modules.honeycomb import HoneycombDataset
from modules.secrets.names import EXTERNAL
from stacks.foundations.gcp import GcpFoundationBlueprint
from stacks.platforms.gcp import GOOGLE, GcpShared


class GcpFoundationStack(TerraformStack):
    """The project of one environment."""

    def __init__(self, app: App, blueprint: GcpFoundationBlueprint) -> None:
        name, shared, state = blueprint.source.stack, blueprint.shared, blueprint.shared.state
        super().__init__(app, name)
        GcsBackend(self, bucket=state.bucket, prefix=name)
        self.add_override("terraform.backend.gcs.kms_encryption_key", state.kms_key)
        tf.provider(self, "google", GOOGLE, {"project": shared.project, "region": shared.region})
        GcpFoundation(self, "foundation", _props(blueprint))
        HoneycombDataset(self, "honeycomb", shared.honeycomb_dataset)


def _long_term(shared: GcpShared) -> LongTermExports | None:
    backups = shared.long_term_backups
    if backups is None:
        return None
    return LongTermExports(**dict(backups), locked=shared.stage == "production")


def _props(blueprint: GcpFoundationBlueprint) -> GcpFoundationProps:
    shared, settings = blueprint.shared, blueprint.settings
    nodes, pods, services = shared.network.cluster_cidrs
    return GcpFoundationProps(
        environment=blueprint.environment,
        project=shared.project,
        region=shared.region,
        network=shared.network.name,
        nodes=nodes,
        pods=pods,
        services=services,
        databases=shared.network.database_cidr,
        dns_zone=shared.dns_zone,
        state_bucket=shared.state.bucket,
        state_key=shared.state.kms_key,
        data_key=shared.kms_key,
        replica_key=shared.replica_kms_key,
        subjects=settings.subjects(blueprint.environment),
        secrets=tuple(sorted(EXTERNAL)),
        repositories=tuple(ImageRepository(**dict(each)) for each in settings.registries),
        emails=shared.alerts.emails,
        long_term=_long_term(shared),
    )
