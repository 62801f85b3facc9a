{{/* lana.yml: differences from the server's defaults; secrets are in its environment. */}}
{{- define "lana-bank.serverConfiguration" -}}
admin_server:
  port: 5253
  jwks_url: http://lana-bank-oathkeeper:4456/.well-known/jwks.json
  aud: {{ include "common.adminApi" . }}
customer_server:
  port: 5254
  jwks_url: http://lana-bank-oathkeeper:4456/.well-known/jwks.json
  aud: {{ include "common.customerApi" . }}
app:
  access:
    superuser_email: {{ .Values.lanaBank.superuserEmail | default "null" }}
  storage:
    {{- with .Values.lanaBank.storage.bucket }}
    provider: gcp
    bucket_name: {{ . }}
    {{- else }}
    provider: local
    root_folder: /lana/documents
    server_url: https://admin.{{ .Values.global.lanaDomain }}
    {{- end }}
  user_onboarding:
    keycloak:
      url: http://lana-bank-keycloak:8080/
      client_id: internal-service-account
      realm: internal
  customer_sync:
    keycloak:
      url: http://lana-bank-keycloak:8080/
      client_id: customer-service-account
      realm: customer
  notification:
    email:
      relay: {{ .Values.lanaBank.smtp.relay | quote }}
      port: {{ .Values.lanaBank.smtp.port }}
      admin_panel_url: https://admin.{{ .Values.global.lanaDomain }}/
  report:
    dagster:
      uri: http://lana-bank-dagster:3000/graphql
  gotenberg:
    url: http://lana-bank-gotenberg:3000/
tracing:
  # Honeycomb names the dataset of a service after it.
  service_name: {{ .Values.openTelemetryCollector.dataset | default (printf "lana-bank-%s" (.Values.global.environment | default .Release.Namespace)) }}
time:
  mode: {{ ternary "manual" "realtime" .Values.lanaBank.enableArtificialTime }}
{{- end -}}
