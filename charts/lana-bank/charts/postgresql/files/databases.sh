#!/usr/bin/env bash
# The databases of server, dagster and keycloak with their roles, all on this server. The PostgreSQL image
# runs it as superuser on an empty data folder; harmless when run again.
set -euo pipefail

export DATABASES="server dagster keycloak"
for name in $DATABASES; do
  export "${name^^}_ADMIN_USERNAME=$POSTGRES_USER" "${name^^}_ADMIN_HOST=${PGHOST:-/var/run/postgresql}"
done
bash "${ROLES_FOLDER:-/etc/lana}/roles.sh"
