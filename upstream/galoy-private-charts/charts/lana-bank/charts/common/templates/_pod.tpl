{{/*
Pod settings of every component: an account without a token, no root, spread over zones and nodes.
user: numeric user of the image. grace (default 35): seconds from its end's beginning, preStop included, until it is killed.
*/}}
{{- define "common.pod" -}}
serviceAccountName: {{ include "common.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .grace | default 35 }}
{{- with .root.Values.global }}
{{- /* The data pipeline can wait until there is room again. */}}
{{- if and .priorityClassName (not (hasPrefix "dagster" $.component)) }}
priorityClassName: {{ .priorityClassName }}
{{- end }}
{{- if .userNamespaces }}
hostUsers: false
{{- end }}
{{- end }}
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
  {{- range $key, $otherwise := dict "topology.kubernetes.io/zone" .root.Values.global.zoneSpread "kubernetes.io/hostname" "ScheduleAnyway" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ $otherwise }}
    {{- if eq $otherwise "DoNotSchedule" }}
    # The second pod waits for a node in another zone where there is none yet.
    minDomains: 2
    {{- end }}
    # Pods of one revision alone are counted; with those it replaces, all may end in one zone.
    matchLabelKeys: [pod-template-hash]
    nodeTaintsPolicy: Honor
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

{{/* Annotations that restart a pod after a rotation of its secrets or a change of its configuration. */}}
{{- define "common.restartWith" -}}
lana.galoy.io/secrets-version: {{ .root.Values.global.secrets.version | int64 | quote }}
{{- with .configuration }}
lana.galoy.io/configuration: {{ sha256sum . }}
{{- end }}
{{- end -}}

{{/* A quantity of memory in Mi: `512Mi`, `1Gi`. */}}
{{- define "common.mebibytes" -}}
{{- mul (ternary 1024 1 (hasSuffix "Gi" .)) (regexFind "^[0-9]+" . | int) -}}
{{- end -}}

{{/* A quantity of CPU in thousandths: `250m`, `2`, `0.5`. */}}
{{- define "common.millicores" -}}
{{- if hasSuffix "m" . }}{{ trimSuffix "m" . }}{{ else }}{{ printf "%ve3" . | float64 | int }}{{ end -}}
{{- end -}}

{{/* Container settings of every component. image, resources. */}}
{{- define "common.container" -}}
{{- with .resources }}
{{- if gt (include "common.mebibytes" .requests.memory | int) (include "common.mebibytes" .limits.memory | int) }}
{{- fail (printf "resources: requests.memory %s is above limits.memory %s" .requests.memory .limits.memory) }}
{{- end }}
{{- if and .limits.cpu (gt (include "common.millicores" .requests.cpu | int) (include "common.millicores" (.limits.cpu | default "0") | int)) }}
{{- fail (printf "resources: requests.cpu %s is above limits.cpu %s" .requests.cpu .limits.cpu) }}
{{- end }}
{{- end -}}
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

{{/* An environment variable from a Secret: name, secret, key; optional (default false). */}}
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

{{/* Database access in the variables PREFIX_HOST, _NAME, _USERNAME, _PASSWORD and _SSLMODE. database, prefix. */}}
{{- define "common.databaseEnv" -}}
{{- $secret := printf "lana-bank-db-%s" .database }}
{{- $prefix := .prefix }}
{{- range $key := list "host" "name" "username" "password" "sslmode" }}
{{ include "common.secretEnv" (dict "name" (printf "%s_%s" $prefix (upper $key)) "secret" $secret "key" $key) }}
{{- end }}
{{- end -}}

{{/* Folder of the databases' certificate authorities, and the file of one user's database. */}}
{{- define "common.caFolder" -}}
/etc/ssl/databases
{{- end -}}

{{/* The certificate authorities that databases are verified with: volume and mount. databases (a list of users). */}}
{{- define "common.caVolume" -}}
- name: database-authorities
  projected:
    sources:
      {{- range .databases }}
      - secret: {name: lana-bank-db-{{ . }}, items: [{key: ca.pem, path: {{ . }}.pem}]}
      {{- end }}
{{- end -}}

{{- define "common.caMount" -}}
- {name: database-authorities, mountPath: {{ include "common.caFolder" . }}, readOnly: true}
{{- end -}}

{{/* Parameters of a connection's URL that verify the database. database, prefix as in common.databaseEnv. */}}
{{- define "common.verified" -}}
sslmode=$({{ .prefix }}_SSLMODE)&sslrootcert={{ include "common.caFolder" . }}/{{ .database }}.pem
{{- end -}}

{{/* Endpoint of the traces. Nothing listens there if the collector is not installed. root. */}}
{{- define "common.telemetryEnv" -}}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: http://lana-bank-opentelemetry-collector:4317
{{- end -}}

{{/* HTTP probes: port, path; startup (default 60): limit of the start-up time, in steps of 5 s. */}}
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
