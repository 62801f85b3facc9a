{{/* dagster.yaml: one database for runs, events and schedules; the code location launches the runs. */}}
{{- define "dagster.configuration" -}}
telemetry:
  enabled: false
storage:
  postgres:
    postgres_url:
      env: DAGSTER_POSTGRES_URL
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: {{ .Values.maxConcurrentRuns }}
run_launcher:
  module: dagster.core.launcher
  class: DefaultRunLauncher
# A run whose pod is lost ends as failed, at the latest here.
run_monitoring:
  enabled: true
  max_runtime_seconds: {{ int .Values.maxRunSeconds }}
  poll_interval_seconds: 60
{{- end -}}

{{/*
Seconds in which the pod of the code location may end: its server completes the runs that it has, so
the longest run, and two minutes for preStop, for the monitoring and for the server itself.
*/}}
{{- define "dagster.codeGrace" -}}
{{- add (int .Values.maxRunSeconds) 120 -}}
{{- end -}}

{{- define "dagster.workspace" -}}
load_from:
  - grpc_server:
      host: lana-bank-dagster-code
      port: 4000
      location_name: Lana DW
{{- end -}}

{{/* Environment of every Dagster process: home folder and database. */}}
{{- define "dagster.env" -}}
- name: DAGSTER_HOME
  value: /opt/dagster/home
{{ include "common.databaseEnv" (dict "database" "dagster" "prefix" "DATABASE") }}
- name: DAGSTER_POSTGRES_URL
  value: postgresql://$(DATABASE_USERNAME):$(DATABASE_PASSWORD)@$(DATABASE_HOST):5432/$(DATABASE_NAME)?{{ include "common.verified" (dict "database" "dagster" "prefix" "DATABASE") }}
{{- end -}}

{{/*
A Deployment of Dagster. component, ports, image, resources, replicas, command (list),
env (extra, YAML), probes (YAML), annotations.
*/}}
{{- define "dagster.deployment" -}}
{{- $configuration := include "dagster.configuration" .root }}
{{ include "common.support" . }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  {{- if eq .component "dagster-daemon" }}
  # Two daemons at the same time would start schedules twice.
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      {{- include "common.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "common.podLabels" . | nindent 8 }}
      annotations:
        {{- include "common.restartWith" (dict "root" .root "configuration" $configuration) | nindent 8 }}
    spec:
      {{- include "common.pod" . | nindent 6 }}
      containers:
        - name: {{ .component }}
          {{- include "common.container" (dict "image" .image "resources" .resources) | nindent 10 }}
          {{- if .ports }}
          {{- include "common.ports" . | nindent 10 }}
          {{- end }}
          command: {{ .command | toJson }}
          env:
            {{- include "dagster.env" .root | nindent 12 }}
            {{- with .env }}
            {{- . | nindent 12 }}
            {{- end }}
          {{- .probes | nindent 10 }}
          volumeMounts:
            - {name: home, mountPath: /opt/dagster/home}
            - {name: configuration, mountPath: /opt/dagster/home/dagster.yaml, subPath: dagster.yaml, readOnly: true}
            - {name: configuration, mountPath: /opt/dagster/home/workspace.yaml, subPath: workspace.yaml, readOnly: true}
            - {name: tmp, mountPath: /tmp}
            {{- include "common.caMount" . | nindent 12 }}
      volumes:
        - name: configuration
          configMap: {name: lana-bank-dagster}
        - name: home
          emptyDir: {}
        - name: tmp
          emptyDir: {}
        {{- include "common.caVolume" (dict "databases" (list "dagster" "reader")) | nindent 8 }}
{{- end -}}

{{/* Environment of the code location: the server's database and the warehouse. */}}
{{- define "dagster.codeEnv" -}}
{{- include "common.databaseEnv" (dict "database" "reader" "prefix" "READER") }}
- name: LANA_PG_CON
  value: postgres://$(READER_USERNAME):$(READER_PASSWORD)@$(READER_HOST):5432/$(READER_NAME)?{{ include "common.verified" (dict "database" "reader" "prefix" "READER") }}
- name: LANA_ADMIN_SERVER_URL
  value: http://lana-bank:5253
- name: DAGSTER_AUTOMATIONS_ACTIVE
  value: {{ .Values.automations | quote }}
- name: DBT_BIGQUERY_PROJECT
  value: {{ .Values.bigquery.project | quote }}
- name: DBT_BIGQUERY_DATASET
  value: {{ .Values.bigquery.dbtDataset | quote }}
- name: TARGET_BIGQUERY_DATASET
  value: {{ .Values.bigquery.dataset | quote }}
- name: REPORTS_BUCKET_NAME
  value: {{ .Values.bigquery.reportsBucket | quote }}
- name: HOME
  value: /tmp
# dbt writes into its project otherwise, which is read-only in the image.
- name: DBT_TARGET_PATH
  value: /tmp/dbt
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: http://lana-bank-opentelemetry-collector:4317
{{- range $variable, $key := dict "SUMSUB_KEY" "sumsub-key" "SUMSUB_SECRET" "sumsub-secret" "DBT_BIGQUERY_CREDENTIALS_JSON" "bigquery-credentials" }}
{{ include "common.secretEnv" (dict "name" $variable "secret" "lana-bank-external" "key" $key "optional" true) }}
{{- end }}
{{- end -}}
