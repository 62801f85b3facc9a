"""A minimal application with every source that the contract is read from."""

import json
from pathlib import Path

_PANEL = """\
export const env = createEnv({
  server: {
    AUTH_SECRET: z.string().default("secret"),
  },
  shared: {
    NEXT_PUBLIC_URL: z.string(),
  },
  runtimeEnv: {
    AUTH_SECRET: process.env.AUTH_SECRET,
  },
})
"""
_DOCKERFILE = """\
FROM node:20 AS build
ENV BUILD=1
USER root
FROM node:20
WORKDIR /app
ARG VERSION
ARG DAGSTER=1.12
RUN adduser --system --uid 1001 nextjs
ENV PORT=3000 VERSION="$VERSION"
USER nextjs
EXPOSE 3000
CMD ["node", "server.js"]
"""
_ROUTES = """\
let router = Router::new()
    .route("/health", get(health_check))
    .route(
        "/graphql",
        get(health_check).post(axum::routing::post(graphql_handler)),
    );
"""
_REALM = {
    "realm": "internal",
    "clients": [
        {
            "clientId": "admin-panel",
            "publicClient": True,
            "standardFlowEnabled": True,
            "protocolMappers": [{"config": {"user.attribute": "lanaId", "claim.name": "lanaId"}}],
        },
        {"clientId": "service", "serviceAccountsEnabled": True},
    ],
    "users": [
        {
            "serviceAccountClientId": "service",
            "clientRoles": {"realm-management": ["view-users", "manage-users"]},
        }
    ],
}
_RULES = """\
- id: admin-api
  match: {url: "<(http|https)>://<admin.localhost:4455>/graphql", methods: [GET, POST]}
  authenticators: [{handler: jwt}]
  mutators:
    - handler: id_token
      config:
        claims: '{"aud": ["https://api/graphql"], "subject": {{ print .Extra.lanaId | toJson }} }'
"""
_MODULE = """\
terraform {
  required_providers {
    google = { source = "hashicorp/google", version = "~> 7.0" }
  }
}
variable "name" {}
variable "owners" {
  default = []
}
output "id" {
  value = var.name
}
"""
FILES = {
    "dev/lana.default.yml": "admin_server: {port: 5253}\napp: {email: null, encryption: {}}\n",
    "lana/cli/src/lib.rs": (
        '#[clap(long, env = "PG_CON", default_value = "")]\npg_con: String,\n'
        '#[clap(long, env = "ENCRYPTION_KEY")]\nkey: String,\n'
        '#[clap(\n  long,\n  env = "OLD_KEY"\n)]\nold: Option<String>,\n'
        'let creds = std::env::var("CREDENTIALS");\n'
        '#[cfg(test)]\nmod tests {\n  fn f() { env::var("ONLY_IN_TESTS"); }\n}\n'
    ),
    "lana/cli/src/settings.rs": 'pub const SETTINGS_ENV_PREFIX: &str = "LANA_SETTING_";\n',
    "lib/tracing-utils/src/lib.rs": 'std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT")\n',
    "lana/admin-server/src/lib.rs": _ROUTES,
    "lana/customer-server/src/lib.rs": _ROUTES,
    "lana/admin-server/src/graphql/schema.graphql": (
        "type Query {\n\tbuildInfo: BuildInfo!\n}\n\ntype BuildInfo {\n\tversion: String!\n}\n"
    ),
    "apps/admin-panel/env.ts": _PANEL,
    "apps/customer-portal/env.ts": _PANEL,
    "apps/admin-panel/package.json": "{}",
    "apps/customer-portal/package.json": '{"dependencies": {"next-auth": "^5.0.0-beta.30"}}',
    "dagster/src/resources.py": 'url = dg.EnvVar("LANA_PG_CON").get_value()\nos.getenv("MODE", "")',
    "dagster/src/dbt/profiles.yml": "project: \"{{ env_var('PROJECT') }}\"\n",
    "dagster/src/dbt/sources.yml": "dataset: \"{{ env_var('DATASET', '') }}\"\n",
    "dev/keycloak/internal-realm.json": json.dumps(_REALM),
    "dev/keycloak/customer-realm.json": '{"realm": "customer", "clients": []}',
    "dev/ory/oathkeeper.yml": "mutators: {id_token: {config: {issuer_url: lana.bank}}}\n",
    "dev/ory/oathkeeper_rules.yaml": _RULES,
    "Dockerfile.rc": _DOCKERFILE,
    "Dockerfile.release": _DOCKERFILE,
    "apps/admin-panel/Dockerfile": _DOCKERFILE,
    "apps/customer-portal/Dockerfile": _DOCKERFILE,
    "dagster/Dockerfile": _DOCKERFILE,
    "tf/bq-setup/main.tf": _MODULE,
    "tf/honeycomb/main.tf": _MODULE,
}


def write_application(folder: Path) -> Path:
    """Write the application; return its folder."""
    for path, content in FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder
