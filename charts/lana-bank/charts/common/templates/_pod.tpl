{{/*
What every pod has: an account without a token, no root, spread over zones and nodes.
user: the numeric user that the image runs as. files (default false): it writes to volumes.
*/}}
{{- define "common.pod" -}}
serviceAccountName: {{ include "common.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
topologySpreadConstraints:
  {{- $selector := include "common.selector" . }}
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
  {{- end }}
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.global.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.global.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Annotations that restart a pod when its secrets were rotated, or its configuration changed. */}}
{{- define "common.restartWith" -}}
lana.galoy.io/secrets-version: {{ .root.Values.global.secrets.version | quote }}
{{- with .configuration }}
lana.galoy.io/configuration: {{ sha256sum . }}
{{- end }}
{{- end -}}

{{/* What every container has. Takes its image and resources. */}}
{{- define "common.container" -}}
image: {{ include "common.image" .image }}
imagePullPolicy: IfNotPresent
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources:
  {{- toYaml .resources | nindent 2 }}
{{- end -}}

{{/* An environment variable out of a Secret: name, secret, key; optional (default false). */}}
{{- define "common.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}

{{/* The database of a component, as the variables PREFIX_HOST, _NAME, _USERNAME, _PASSWORD, _SSLMODE. */}}
{{- define "common.databaseEnv" -}}
{{- $secret := printf "lana-bank-db-%s" .database }}
{{- $prefix := .prefix }}
{{- range $key := list "host" "name" "username" "password" "sslmode" }}
{{ include "common.secretEnv" (dict "name" (printf "%s_%s" $prefix (upper $key)) "secret" $secret "key" $key) }}
{{- end }}
{{- end -}}

{{/* Where traces go; takes root. Nothing is listening when the collector is not installed. */}}
{{- define "common.telemetryEnv" -}}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: http://lana-bank-opentelemetry-collector:4317
{{- end -}}

{{/* Probes over HTTP: port, path, and startup (default 60): how many times 5 s starting may take. */}}
{{- define "common.httpProbes" -}}
startupProbe:
  httpGet: {path: {{ .path }}, port: {{ .port }}}
  periodSeconds: 5
  failureThreshold: {{ .startup | default 60 }}
readinessProbe:
  httpGet: {path: {{ .ready | default .path }}, port: {{ .port }}}
  periodSeconds: 5
livenessProbe:
  httpGet: {path: {{ .live | default .path }}, port: {{ .port }}}
  periodSeconds: 10
  failureThreshold: 6
{{- end -}}
