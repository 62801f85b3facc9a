{{- define "lana-bank.rolesData" -}}
roles.sql: |
  {{- include "common.rolesSql" . | nindent 2 }}
{{- end -}}

{{- define "lana-bank.rolesCommand" -}}
- psql
- --no-psqlrc
- --set=owner=$(PGUSER)
- --file=/etc/lana/roles.sql
{{- end -}}

{{/* Connection variables of psql, for the owner of the server's database. */}}
{{- define "lana-bank.rolesEnv" -}}
{{- range $variable, $key := dict "PGHOST" "host" "PGDATABASE" "name" "PGUSER" "username" "PGPASSWORD" "password" "PGSSLMODE" "sslmode" }}
{{ include "common.secretEnv" (dict "name" $variable "secret" "lana-bank-db-server" "key" $key) }}
{{- end }}
{{ include "common.secretEnv" (dict "name" "READER_PASSWORD" "secret" "lana-bank-db-reader" "key" "password") }}
{{- end -}}
