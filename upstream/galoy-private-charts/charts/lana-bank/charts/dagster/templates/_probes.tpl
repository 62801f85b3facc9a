{{/* Probes of the daemon, which has no port; its heartbeats are in the database. */}}
{{- define "dagster.daemonProbes" -}}
{{- $alive := dict "exec" (dict "command" (list "dagster-daemon" "liveness-check" "--heartbeat-tolerance-seconds" "120")) "timeoutSeconds" 20 }}
startupProbe:
  {{- merge (dict "periodSeconds" 10 "failureThreshold" 30) $alive | toYaml | nindent 2 }}
readinessProbe:
  {{- merge (dict "periodSeconds" 60) $alive | toYaml | nindent 2 }}
livenessProbe:
  {{- merge (dict "periodSeconds" 60 "failureThreshold" 5) $alive | toYaml | nindent 2 }}
{{- end -}}

{{- define "dagster.codeProbes" -}}
{{- $healthy := dict "exec" (dict "command" (list "dagster" "api" "grpc-health-check" "-p" "4000")) "timeoutSeconds" 20 }}
startupProbe:
  {{- merge (dict "periodSeconds" 10 "failureThreshold" 30) $healthy | toYaml | nindent 2 }}
readinessProbe:
  {{- merge (dict "periodSeconds" 30) $healthy | toYaml | nindent 2 }}
livenessProbe:
  {{- merge (dict "periodSeconds" 60 "failureThreshold" 5) $healthy | toYaml | nindent 2 }}
{{- end -}}

{{- define "dagster.migrateData" -}}
dagster.yaml: |
  {{- include "dagster.configuration" . | nindent 2 }}
{{- end -}}
