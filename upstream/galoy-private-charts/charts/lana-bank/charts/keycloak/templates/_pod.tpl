{{/* Keycloak builds itself for its database when it starts, into a folder that is read-only in the image. */}}
{{- define "keycloak.prepare" -}}
- name: prepare
  {{- include "common.container" .Values | nindent 2 }}
  command: [cp, --recursive, /opt/keycloak/lib/quarkus/., /quarkus]
  volumeMounts:
    - {name: quarkus, mountPath: /quarkus}
{{- end -}}

{{- define "keycloak.mounts" -}}
- {name: data, mountPath: /opt/keycloak/data/tmp}
- {name: quarkus, mountPath: /opt/keycloak/lib/quarkus}
{{- end -}}

{{- define "keycloak.volumes" -}}
- name: data
  emptyDir: {}
- name: quarkus
  emptyDir: {}
{{- end -}}

{{/* Environment of the server, of the job that reconciles it, and of its commands. */}}
{{- define "keycloak.env" -}}
{{- range $variable, $value := dict
  "DB" "postgres"
  "HOSTNAME" (include "common.authUrl" .)
  "HOSTNAME_BACKCHANNEL_DYNAMIC" "true"
  "HTTP_ENABLED" "true"
  "PROXY_HEADERS" "xforwarded"
  "HEALTH_ENABLED" "true"
  "METRICS_ENABLED" "true"
  "LOG_CONSOLE_OUTPUT" "json"
}}
- name: KC_{{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- include "common.databaseEnv" (dict "database" "keycloak" "prefix" "DATABASE") }}
- name: KC_DB_URL
  value: jdbc:postgresql://$(DATABASE_HOST):5432/$(DATABASE_NAME)?{{ include "common.verified" (dict "database" "keycloak" "prefix" "DATABASE") }}
- name: KC_DB_USERNAME
  value: $(DATABASE_USERNAME)
- name: KC_DB_PASSWORD
  value: $(DATABASE_PASSWORD)
# Client secrets, for the placeholders in the realm files.
{{- range $variable, $key := include "keycloak.clientSecrets" . | fromYaml }}
{{ include "common.secretEnv" (dict "name" $variable "secret" "lana-bank" "key" $key) }}
{{- end }}
{{- end -}}

{{/* Placeholders of the realm files, with their keys in the Secret lana-bank. */}}
{{- define "keycloak.clientSecrets" -}}
INTERNAL_SERVICE_ACCOUNT_SECRET: keycloak-internal-client-secret
CUSTOMER_SERVICE_ACCOUNT_SECRET: keycloak-customer-client-secret
CUSTOMER_PORTAL_SECRET: customer-portal-client-secret
OAUTH2_PROXY_SECRET: oauth2-proxy-client-secret
{{- end -}}

{{/*
Two versions of Keycloak never run at the same time: a new one migrates the database, and their caches
do not understand each other. The same version is replaced pod by pod.
*/}}
{{- define "keycloak.strategy" -}}
{{- $running := lookup "apps/v1" "Deployment" .Release.Namespace "lana-bank-keycloak" }}
{{- if and $running (ne (index $running.spec.template.spec.containers 0).image (include "common.image" .Values.image)) -}}
type: Recreate
{{- else -}}
type: RollingUpdate
rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
{{- end }}
{{- end -}}

{{/*
Refuses a version that the database of the running one does not become: Keycloak migrates it forward only,
and a major version drops what it deprecated, which the next one no longer migrates.
*/}}
{{- define "keycloak.requireUpgradable" -}}
{{- $running := lookup "apps/v1" "Deployment" .Release.Namespace "lana-bank-keycloak" }}
{{- with ($running.metadata | default dict).labels }}
{{- with index . "app.kubernetes.io/version" }}
{{- $from := semver . }}
{{- $to := semver $.Values.version }}
{{- $step := printf "upgrade Keycloak from %s to %s" . $.Values.version }}
{{- if gt $to.Major (add1 $from.Major) }}
{{- fail (printf "%s: a major version is skipped; next: deploy a chart with Keycloak %d first" $step (add1 $from.Major)) }}
{{- end }}
{{- if or (lt $to.Major $from.Major) (and (eq $to.Major $from.Major) (lt $to.Minor $from.Minor)) }}
{{- fail (printf "%s: its database cannot go back; next: keep %s, or restore the database from before it and delete the Deployment lana-bank-keycloak" $step .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
