"""The edits: each a function on the text of a file, and the rule that refuses its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dev.mutants.production import AZURE_PRODUCTION

Edit = Callable[[str], str]

SETTINGS, VALUES = "settings", "values.schema.json"
"""The refusals besides policies: synthesis by the settings' models, Helm by the chart's schemas."""


@dataclass(frozen=True)
class Mutant:
    """An edit of ``file``, and its ``refusal``: the id of a policy, `SETTINGS` or `VALUES`."""

    refusal: str
    file: str
    edit: Edit
    name: str


def swap(old: str, new: str) -> Edit:
    """Return an edit that replaces the first ``old``; raises `ValueError` where there is none."""

    def edit(text: str) -> str:
        if old not in text:
            raise ValueError(f"there is no {old!r}")
        return text.replace(old, new, 1)

    return edit


def append(text: str) -> Edit:
    """Return an edit that adds ``text`` at the end."""
    return lambda old: old + text


def _mutants(refusal: str, *entries: tuple[str, Edit, str]) -> list[Mutant]:
    return [Mutant(refusal, *entry) for entry in entries]


_CHART = "charts/lana-bank"
_VALUES = f"{_CHART}/values.yaml"
_KEYCLOAK = f"{_CHART}/charts/keycloak"
_COLLECTOR = f"{_CHART}/charts/opentelemetry-collector"
_GATEWAY = f"{_CHART}/charts/oathkeeper/templates/_configuration.tpl"
_FLOWS = f"{_CHART}/templates/_flows.tpl"
_POD = f"{_CHART}/charts/common/templates/_pod.tpl"
_SUPPORT = f"{_CHART}/charts/common/templates/_support.tpl"
_POLICIES = f"{_CHART}/templates/network-policies.yaml"
_INGRESS = f"{_CHART}/templates/ingress.yaml"
_HOSTS = f"{_CHART}/templates/_hosts.tpl"
_REALM = f"{_KEYCLOAK}/templates/_realm.tpl"
_WAREHOUSE = f"{_CHART}/tf/bq-setup/main.tf"
_SQL, _FLEXIBLE = "modules/gcp_postgres/construct.py", "modules/azure_postgres/construct.py"
_FLAGS = "modules/gcp_postgres/props.py"
_SECRETS = "modules/secrets/construct.py"
_VAULT, _RELEASE = "modules/secrets/vault.py", "modules/lana_bank/construct.py"
_HONEYCOMB = "modules/honeycomb/__init__.py"
_OBJECTIVES = "modules/honeycomb/objectives.py"
_NAMESPACE, _IDENTITY = "modules/kubernetes/__init__.py", "modules/gcp_identity/__init__.py"
_GCP, _CLOUD = "stacks/platforms/gcp/stack.py", "stacks/platforms/release.py"
_PRODUCTION = "stacks/gcp/volcano-production"
_FOUNDATION = "modules/gcp_foundation/construct.py"
_GCP_SETTINGS = "stacks/platforms/gcp/__init__.py"
_DEPLOYER = "modules/gcp_foundation/deployer.py"
_EXPORTS = "modules/gcp_foundation/exports.py"
_AZURE_FOUNDATION = "modules/azure_foundation/construct.py"
_AZURE_COPIES = "modules/azure_foundation/backups.py"
_AZURE_ALERTS = "modules/azure_alerts/construct.py"
_QA = "stacks/gcp/volcano-qa"

MUTANTS = (
    *_mutants(
        "alerts-complete",
        (
            "modules/gcp_alerts/construct.py",
            swap('"notification_channels": self._channels', '"notification_channels": []'),
            "alerts that nobody receives",
        ),
        (
            "modules/gcp_alerts/construct.py",
            swap("for replica in instance.replicas", "for replica in ()"),
            "a replica that falls behind",
        ),
        (_GCP, swap("hosts=public_hosts(blueprint.lana_bank)", "hosts={}"), "certificates expire"),
        (_OBJECTIVES, swap('"recipient": self._recipients', '"recipient": []'), "a spent budget"),
        (_OBJECTIVES, swap("        self._jobs()\n", ""), "jobs fail"),
        (
            "modules/gcp_foundation/backups.py",
            swap("instances.automatedBackup", "instances.x"),
            "backups fail",
        ),
        (
            "modules/gcp_alerts/construct.py",
            swap('"validate_ssl": True', '"validate_ssl": False'),
            "certificates that nobody verifies",
        ),
        (_AZURE_ALERTS, swap('"scopes": [vault_id]', '"scopes": []'), "copies fail"),
        (_AZURE_ALERTS, swap('"storage_percent"', '"storage_used"'), "a full disk on Azure"),
        (
            _AZURE_ALERTS,
            swap("physical_replication_delay_in_seconds", "logical_replication_delay"),
            "a replica on Azure that falls behind",
        ),
        (
            _AZURE_ALERTS,
            swap('"ssl_cert_remaining_lifetime": CERTIFICATE_DAYS,\n', ""),
            "certificates on Azure expire",
        ),
        (_EXPORTS, swap('workflow_id="{body', 'workflow_id="x{body'), "exports fail"),
    ),
    *_mutants(
        "api-authenticated",
        (_GATEWAY, swap("- handler: jwt", "- handler: noop"), "an API without a token"),
        (_GATEWAY, swap("(?!/(graphql|webhook)(/|$)).*", ".*"), "a page's rule matches the API"),
        (_GATEWAY, swap("  noop:\n", "  anonymous:\n"), "anonymous requests"),
        (_GATEWAY, swap("target_audience:", "required_scope:"), "a token for Dagster opens an API"),
    ),
    *_mutants(
        "audit-logged",
        (
            _FLAGS,
            swap('"log_connections": "on"', '"log_connections": "off"'),
            "connections unlogged",
        ),
        (_FLAGS, swap('"ddl,role"', '"none"'), "roles unaudited"),
    ),
    *_mutants(
        "backups-kept",
        (_SQL, swap('"enabled": True', '"enabled": False'), "no backups on Cloud SQL"),
        (
            "stacks/platforms/gcp/__init__.py",
            swap("Field(ge=1, le=365)] = 14", "Field(ge=1, le=365)] = 8"),
            "a week of backups on Cloud SQL",
        ),
        (
            "stacks/platforms/azure/__init__.py",
            swap("Field(ge=7, le=35)] = 14", "Field(ge=7, le=35)] = 7"),
            "a week of backups",
        ),
        (
            "stacks/platforms/azure/stack.py",
            swap("long_term_vault_id=shared.long_term_vault_id,\n", ""),
            "no copies for years",
        ),
        (
            _AZURE_COPIES,
            swap('else "Unlocked"', 'else "Disabled"'),
            "copies that can be deleted",
        ),
        (_AZURE_COPIES, swap('"Locked" if', '"Unlocked" if'), "production's copies unlocked"),
        (_AZURE_COPIES, swap('"AlwaysOn" if', '"On" if'), "production's copies lost at once"),
        (
            "stacks/foundations/gcp/stack.py",
            swap('locked=shared.stage == "production"', "locked=False"),
            "exports that can be deleted",
        ),
        (_EXPORTS, swap("backups.years * 366", "backups.years * 36"), "exports for a month"),
        (_SQL, swap("if props.exports:", "if False:"), "exports that no instance may write"),
    ),
    *_mutants(
        "blocks-listed",
        (_WAREHOUSE, append('data "external" "x" {\n  program = ["sh"]\n}\n'), "a program runs"),
        (_WAREHOUSE, append('resource "google_service_account_key" "k" {\n}\n'), "a lasting key"),
        (
            _VAULT,
            swap('block_type="ephemeral")["hex"]', 'block_type="data")["hex"]'),
            "a key in state",
        ),
    ),
    *_mutants(
        "databases-kept",
        (_SQL, swap("body, keep=True)", "body, keep=False)"), "a database may be destroyed"),
        (
            _FLAGS,
            swap("deletion_protection: bool = True", "deletion_protection: bool = False"),
            "no deletion protection",
        ),
        (_FLEXIBLE, swap('"CanNotDelete"', '"ReadOnly"'), "no lock against deletion"),
    ),
    *_mutants(
        "databases-private",
        (_SQL, swap('"ipv4_enabled": False', '"ipv4_enabled": True'), "a public Cloud SQL"),
        (
            _FLEXIBLE,
            swap('network_access_enabled": False', 'network_access_enabled": True'),
            "a public Flexible Server",
        ),
    ),
    *_mutants(
        "dataset-protected",
        (
            _WAREHOUSE,
            swap("= var.gcp_region\n", "= var.gcp_region\n  delete_contents_on_destroy = true\n"),
            "tables go with the dataset",
        ),
    ),
    *_mutants(
        "deployers-federated",
        (_DEPLOYER, swap('" && ".join(conditions)', '"true"'), "any pipeline deploys"),
        (
            "stacks/foundations/settings.py",
            swap("//{stack}", "//*"),
            "any job of the pipeline deploys",
        ),
    ),
    *_mutants(
        "disruption-bounded",
        (_SUPPORT, swap("maxUnavailable: 1", "maxUnavailable: 100%"), "all pods at a time"),
        (
            _POD,
            swap('"topology.kubernetes.io/zone" .root', '"other" .root'),
            "all pods in one zone",
        ),
        (_POD, swap("    matchLabelKeys: [pod-template-hash]\n", ""), "a rollout into one zone"),
    ),
    *_mutants(
        "edge-encrypted",
        (_INGRESS, swap("  tls:\n", "  unused:\n"), "no certificate"),
        (_HOSTS, swap('force-ssl-redirect: "true"', 'force-ssl-redirect: "false"'), "plain HTTP"),
    ),
    *_mutants(
        "egress-listed",
        (_POLICIES, swap("169.254.0.0/16]", "169.253.0.0/16]"), "the metadata server is reachable"),
        (
            _FLOWS,
            swap(
                "{from: server, to: internet, port: 443}", "{from: server, to: internet, port: 22}"
            ),
            "any port",
        ),
        (_POLICIES, swap("lana-bank-default", "lana-bank-extra"), "no default policy"),
    ),
    *_mutants(
        "environments-apart",
        (
            f"{_QA}/shared.yml",
            swap("bucket: volcano-qa-", "bucket: volcano-production-"),
            "one state bucket",
        ),
        (
            f"{_QA}/shared.yml",
            lambda text: text.replace("volcano-qa", "volcano-production"),
            "one project",
        ),
        (
            "stacks/local/qa/lana-bank.yml",
            swap("lana-bank-qa", "lana-bank-staging"),
            "one namespace",
        ),
    ),
    *_mutants(
        "gateway-only",
        (
            _SUPPORT,
            swap(
                "spec:\n  selector:\n    {{- include",
                "spec:\n  type: NodePort\n  selector:\n    {{- include",
            ),
            "Services on the nodes",
        ),
        (
            _FLOWS,
            swap(
                "{from: oathkeeper, to: server, port: 5253}",
                "{from: ingress, to: server, port: 5253}",
            ),
            "around the gateway",
        ),
        (_HOSTS, swap("/realms/internal/, ", "/, "), "Keycloak's administration"),
        (_HOSTS, swap("/realms/internal/, ", "/realms/, "), "Keycloak's realm master"),
    ),
    *_mutants(
        "images-listed",
        (
            "modules/lana_bank/mirrors.py",
            swap("{mirror}/{value['repository']}", "{mirror}/other/{value['repository']}"),
            "other images in the mirror",
        ),
        (
            _VALUES,
            swap("repository: gcr.io/galoyorg/lana-bank\n", "repository: gcr.io/other/lana-bank\n"),
            "another registry",
        ),
    ),
    *_mutants(
        "images-by-digest",
        (
            _VALUES,
            swap('    digest: "sha256:', '    digest: "" # "sha256:'),
            "an image without a pin",
        ),
    ),
    *_mutants(
        "keys-customer-managed",
        (
            _SQL,
            swap('"encryption_key_name": kms_key', '"encryption_key_name": None'),
            "the cloud's key for databases",
        ),
        (
            _FLEXIBLE,
            swap('body["customer_managed_key"] =', "_: object ="),
            "the cloud's key for databases on Azure",
        ),
        (
            _GCP,
            swap(
                "            kms_key=shared.kms_key,\n            pipeline",
                "            pipeline",
            ),
            "the cloud's key for the warehouse",
        ),
    ),
    *_mutants(
        "keys-kept",
        (
            _VAULT,
            swap(
                '"google_secret_manager_secret", body, keep=True',
                '"google_secret_manager_secret", body',
            ),
            "secrets may be destroyed",
        ),
        (
            _VAULT,
            swap('"deletion_policy": "DISABLE"', '"deletion_policy": "DELETE"'),
            "a rotation deletes",
        ),
    ),
    *_mutants(
        "modules-called",
        (
            f"{_CHART}/tf/bq-setup/main.tf",
            swap('variable "gcp_region" {', 'variable "token" {\n}\n\nvariable "gcp_region" {'),
            "a module with a new variable",
        ),
        (
            f"{_CHART}/tf/honeycomb/main.tf",
            swap('"honeycombio/honeycombio"', '"honeycombio/honeycombio"\n version = "~> 0.1.0"'),
            "a module for an older provider",
        ),
    ),
    *_mutants(
        "namespace-restricted",
        (_NAMESPACE, swap("{**labels, **RESTRICTED}", "{**labels}"), "any pod is admitted"),
    ),
    *_mutants(
        "pods-drained",
        (_SUPPORT, swap("sleep: {seconds: 5}", "sleep: {seconds: 30}"), "killed while it drains"),
        (_POD, swap("| default 35", "| default 10"), "ten seconds to end"),
    ),
    *_mutants(
        "production-available",
        (_SQL, swap('"REGIONAL" if', '"ZONAL" if'), "no standby"),
        (_FLEXIBLE, swap('"ZoneRedundant"', '"SameZone"'), "a standby in the same zone"),
        (
            f"{_CHART}/templates/server.yaml",
            swap('replicas: {{ include "common.replicas" $server }}', "replicas: 1"),
            "a single server",
        ),
        (_POD, swap("priorityClassName: {{", "# {{"), "anything else may take its place"),
    ),
    *_mutants(
        "production-domain",
        (
            "stacks/platforms/chart.py",
            swap("lana_domain=settings.lana_domain", 'lana_domain="app.lana.galoy.io"'),
            "QA in production's domain",
        ),
    ),
    *_mutants(
        "providers-bounded",
        (_GCP_SETTINGS, swap('GOOGLE = "~> 8.0"', 'GOOGLE = ">= 8.0"'), "any later provider"),
        (
            _HONEYCOMB,
            swap('source="honeycombio/honeycombio"', 'source="other/honeycombio"'),
            "another maintainer",
        ),
    ),
    *_mutants(
        "real-time",
        (
            f"{_CHART}/templates/_server-configuration.tpl",
            swap('"manual" "realtime"', '"manual" "manual"'),
            "a clock that can be moved",
        ),
    ),
    *_mutants(
        "realms-strict",
        (
            _REALM,
            swap('"registrationAllowed": false', '"registrationAllowed": true'),
            "self-registration",
        ),
        (
            _REALM,
            swap('"bruteForceProtected": true', '"bruteForceProtected": false'),
            "passwords are guessed",
        ),
        (f"{_KEYCLOAK}/realms/internal.json", swap("/oauth2/callback", "/*"), "any redirect"),
        (
            _REALM,
            swap('"implicitFlowEnabled": false', '"implicitFlowEnabled": true'),
            "tokens in addresses",
        ),
        (
            f"{_KEYCLOAK}/templates/_reconcile.tpl",
            swap("  OTP Form\n", ""),
            "staff sign in by a password",
        ),
        (
            f"{_KEYCLOAK}/realms/internal.json",
            swap('"resetPasswordAllowed": false', '"resetPasswordAllowed": true'),
            "a mailbox replaces the second factor",
        ),
        (
            f"{_KEYCLOAK}/templates/_pod.tpl",
            swap('"DB" "postgres"', '"BOOTSTRAP_ADMIN_USERNAME" "admin" "DB" "postgres"'),
            "a permanent administrator",
        ),
    ),
    *_mutants(
        "release-atomic",
        (_RELEASE, swap("atomic=True", "atomic=False"), "a failed release stays"),
        (
            _RELEASE,
            swap('"chartHash": chart_hash(props.chart),\n', ""),
            "changed charts are not applied",
        ),
    ),
    *_mutants(
        "roles-least",
        (_GCP, swap('"roles/cloudsql.client"', '"roles/owner"'), "workloads own the project"),
        (_DEPLOYER, swap("hasOnly", "hasAny"), "the deployer grants itself more"),
        (
            "modules/azure_foundation/props.py",
            swap('"Key Vault Secrets Officer"', '"Owner"'),
            "the deployer owns the vault",
        ),
        (
            "modules/gcp_foundation/props.py",
            swap('"cloudsql.instances.list",', '"cloudsql.instances.delete",'),
            "who exports databases may delete them",
        ),
        (_WAREHOUSE, swap('"user:${each.value}"', '"allAuthenticatedUsers"'), "a public warehouse"),
        (
            _IDENTITY,
            swap('"roles/iam.workloadIdentityUser"', '"roles/iam.serviceAccountAdmin"'),
            "accounts make accounts",
        ),
    ),
    *_mutants(
        "secrets-not-written",
        (_SQL, swap('"password_wo": password', '"password": password'), "a password in the state"),
        (_NAMESPACE, swap('"data_wo": dict(data)', '"data": dict(data)'), "Secrets in the state"),
        (
            f"{_CHART}/templates/server.yaml",
            swap(
                "postgres://$(DATABASE_USERNAME):$(DATABASE_PASSWORD)@$(DATABASE_HOST)",
                "postgres://lana:lana@lana",
            ),
            "a password in a manifest",
        ),
    ),
    *_mutants(
        "sign-in-inside",
        (
            f"{_CHART}/charts/oauth2-proxy/templates/oauth2-proxy.yaml",
            swap('"REDEEM_URL" (printf "%s/token" $inside)', '"REDEEM_URL" $public'),
            "tokens by the public address",
        ),
        (_GATEWAY, swap("jwks_urls:", "scope_strategy_urls:"), "keys of nobody"),
    ),
    *_mutants(
        "state-protected",
        (_GCP, swap("prefix=self._name", 'prefix="shared"'), "a shared state"),
        (_GCP, swap("kms_encryption_key", "encryption"), "an unencrypted state"),
        (_FOUNDATION, swap('{"enabled": True},', '{"enabled": False},'), "an overwritten state"),
        (
            _AZURE_FOUNDATION,
            swap('"shared_access_key_enabled": False', '"shared_access_key_enabled": True'),
            "a key opens the state",
        ),
    ),
    *_mutants(
        "telemetry-redacted",
        (
            f"{_COLLECTOR}/files/collector.yaml",
            swap("hash, redaction, transform", "hash, transform"),
            "every attribute leaves",
        ),
        (
            f"{_COLLECTOR}/files/collector.yaml",
            swap('set(span.status.message, "")', 'set(span.status.message, "x") where false'),
            "messages of errors leave",
        ),
        (
            f"{_COLLECTOR}/files/collector.yaml",
            swap("redaction/keycloak, batch", "batch"),
            "every label of a metric leaves",
        ),
        (
            f"{_COLLECTOR}/files/collector.yaml",
            swap("- attempt", "- graphql.variables"),
            "customer data leaves",
        ),
        (
            f"{_COLLECTOR}/files/collector.yaml",
            swap("api.honeycomb.io", "example.com"),
            "another receiver",
        ),
    ),
    *_mutants(
        "transport-encrypted",
        (_SQL, swap('"ENCRYPTED_ONLY"', '"ALLOW_UNENCRYPTED_AND_ENCRYPTED"'), "plain connections"),
        (
            _SQL,
            swap('"GOOGLE_MANAGED_CAS_CA"', '"GOOGLE_MANAGED_INTERNAL_CA"'),
            "no name to verify",
        ),
        (_SECRETS, swap('"verify-full"', '"require"'), "clients that trust any server"),
        (
            _SECRETS,
            swap('"ca.pem": access.authorities', '"ca.pem": ""'),
            "clients without authority",
        ),
    ),
    *_mutants(
        "users-apart",
        (_CLOUD, swap('"userNamespaces": settings.user_namespaces,', ""), "users of the node"),
    ),
    *_mutants(
        SETTINGS,
        (
            f"{_PRODUCTION}/shared.yml",
            swap("\nkms_key:", "\n# kms_key:"),
            "the cloud's key for all",
        ),
        (
            f"{AZURE_PRODUCTION}/lana-bank.yml",
            swap("backup_before_release: true", "backup_before_release: false"),
            "production on Azure without a way back",
        ),
        (
            f"{AZURE_PRODUCTION}/lana-bank.yml",
            swap("server: {sku: GP_Standard_D4s_v3", "server: {sku: B_Standard_B2s"),
            "a burstable production on Azure",
        ),
        (
            f"{AZURE_PRODUCTION}/shared.yml",
            swap("\nlong_term_backups:", "\n# long_term_backups:"),
            "production on Azure without copies for years",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("priority_class:", "# priority_class:"),
            "production behind anything else",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("max_replicas: 6", "max_replicas: 2"),
            "an autoscaler that never scales",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("memory_limit: 2Gi", "memory_limit: 512Mi"),
            "a part above its limit",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("time: false", "time: true"),
            "production on artificial time",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("replicas: 2", "replicas: 1"),
            "production with single pods",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("high_availability: true", "high_availability: false"),
            "production without a standby",
        ),
        (f"{_PRODUCTION}/lana-bank.yml", append("replica: 3\n"), "an unknown key"),
        (f"{_QA}/lana-bank.yml", swap(": qa.lana", ": app.lana"), "a domain outside of its zone"),
        (
            f"{_PRODUCTION}/shared.yml",
            swap("us-east1/keyRings", "us-west1/keyRings"),
            "a key in another region",
        ),
        (
            f"{_PRODUCTION}/shared.yml",
            swap("location: us, years", "location: us-east1, years"),
            "exports in the instances' own region",
        ),
        (
            f"{_PRODUCTION}/shared.yml",
            swap("\nlong_term_backups:", "\n# long_term_backups:"),
            "production without exports",
        ),
        (
            f"{_PRODUCTION}/shared.yml",
            swap("[dev-team@galoy.io]", "[]"),
            "alerts without a recipient",
        ),
        (f"{_PRODUCTION}/shared.yml", swap("10.22.0.0/20", "10.22.16.0/20"), "overlapping ranges"),
        (f"{_PRODUCTION}/shared.yml", swap("10.22.0.0/20", "8.8.0.0/16"), "a public range"),
        (f"{_PRODUCTION}/shared.yml", swap("stage: production", "stage: prod"), "an unknown stage"),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("namespace: lana-bank", "namespace: Lana_Bank"),
            "no namespace's name",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("db-custom-4-15360", "db-f1-micro"),
            "a shared CPU with a standby",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("disk_gb: 100", "disk_gb: 600"),
            "a disk above its limit",
        ),
        (
            f"{_PRODUCTION}/lana-bank.yml",
            swap("disk_gb: 100", "log_days: 14"),
            "recovery logs that only Enterprise Plus keeps",
        ),
        (
            f"{_PRODUCTION}/shared.yml",
            swap("name: volcano-production\n  # Private", "name: volcano production\n  # Private"),
            "a name with a space",
        ),
    ),
    *_mutants(
        VALUES,
        (_VALUES, swap('digest: "sha256:', 'digest: "latest:'), "a tag instead of a digest"),
        (_VALUES, swap("  replicas: 1\n", "  replicas: -1\n"), "a negative number of pods"),
        (_VALUES, append("unknown: true\n"), "an unknown value"),
        (_VALUES, swap("{memory: 1Gi}", "{memory: 1XX}"), "no amount of memory"),
        (_VALUES, swap("{memory: 1Gi}", "{memory: 256Mi}"), "a request above its limit"),
        (_VALUES, swap("className: nginx", 'className: ""'), "an empty Ingress class"),
        (_VALUES, swap("nodeSelector: {}", "nodeSelector: {disk: a b}"), "no label"),
        (_VALUES, swap("databaseCidrs: []", "databaseCidrs: [10.0.0.0/99]"), "no range"),
        (_VALUES, swap("tolerations: []", "tolerations: [{effect: Never}]"), "no toleration"),
        (_VALUES, swap("imagePullSecrets: []", 'imagePullSecrets: [""]'), "a Secret without name"),
        (
            _VALUES,
            lambda text: text.replace("controller: nginx", "controller: other").replace(
                "staffCidrs: []", "staffCidrs: [192.0.2.0/24]"
            ),
            "an allow-list that nothing applies",
        ),
    ),
)
"""Every edit; a further policy needs at least one here (tests/policies/test_mutants.py)."""
