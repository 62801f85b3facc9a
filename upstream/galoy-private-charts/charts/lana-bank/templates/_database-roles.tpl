{{/* Databases of the enabled parts: a space-separated list. */}}
{{- define "lana-bank.databases" -}}
server{{ if .Values.dagster.enabled }} dagster{{ end }}{{ if .Values.keycloak.enabled }} keycloak{{ end }}
{{- end -}}

{{/* Users of these databases, the administrators included. */}}
{{- define "lana-bank.databaseUsers" -}}
reader
{{- range $database := splitList " " (include "lana-bank.databases" .) }} {{ $database }} {{ $database }}-admin
{{- end }}
{{- end -}}

{{- define "lana-bank.rolesEnv" -}}
- name: DATABASES
  value: {{ include "lana-bank.databases" . }}
- name: CA_FOLDER
  value: {{ include "common.caFolder" . }}
{{- range $user := splitList " " (include "lana-bank.databaseUsers" .) }}
{{- include "common.databaseEnv" (dict "database" $user "prefix" ($user | replace "-" "_" | upper)) }}
{{- end }}
{{- end -}}
