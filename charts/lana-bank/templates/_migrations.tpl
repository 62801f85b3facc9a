{{/* The migrations of this version, and the comparison with those that have run, as files of a ConfigMap. */}}
{{- define "lana-bank.migrationFiles" -}}
compare.sh: |
  #!/usr/bin/env bash
  # Exit 1 if a migration has run that this version does not have, or has with other content.
  set -euo pipefail
  folder="$(dirname "$0")"
  # The server makes the table when it first starts.
  ran="$(psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --file="$folder/ran.sql")"
  unknown="$(comm -23 <(sort <<<"$ran") <(sort "$folder/known"))"
  if [ -n "$unknown" ]; then
    echo "the server's database has migrations that this version does not know:" >&2
    cut --delimiter=' ' --fields=1 <<<"$unknown" >&2
    echo "next: deploy a version that has them" >&2
    exit 1
  fi
ran.sql: |
  SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS there \gset
  \if :there
    SELECT version || ' ' || encode(checksum, 'hex') FROM _sqlx_migrations;
  \endif
known: |
  {{- .Files.Get "migrations" | nindent 2 }}
{{- end -}}

{{- define "lana-bank.migrationsEnv" -}}
{{- include "common.databaseEnv" (dict "database" "server" "prefix" "DATABASE") }}
- name: PGHOST
  value: $(DATABASE_HOST)
- name: PGDATABASE
  value: $(DATABASE_NAME)
- name: PGUSER
  value: $(DATABASE_USERNAME)
- name: PGPASSWORD
  value: $(DATABASE_PASSWORD)
- name: PGSSLMODE
  value: $(DATABASE_SSLMODE)
- name: PGSSLROOTCERT
  value: {{ include "common.caFolder" . }}/server.pem
{{- end -}}
