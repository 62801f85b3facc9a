#!/usr/bin/env bash
# One database and one owner for each of server, dagster and keycloak; then the server's roles.
# Run by the PostgreSQL image as superuser on an empty data folder, and harmless when run again.
set -euo pipefail

for name in server dagster keycloak; do
  variable="$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')_PASSWORD"
  OWNER_PASSWORD="${!variable}" psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=name="$name" \
    --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\set password `printf %s "$OWNER_PASSWORD"`
SELECT format('CREATE ROLE %I LOGIN', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" WITH LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done

psql --no-psqlrc --username="${POSTGRES_USER:-postgres}" --dbname=server --set=owner=server \
  --file="${ROLES_SQL:-/etc/lana/roles.sql}"
