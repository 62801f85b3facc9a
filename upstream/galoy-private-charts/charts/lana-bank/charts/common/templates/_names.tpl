{{/*
Every template here takes a dict: root (the chart's context), component (server, keycloak, ...), and
the keys that its own comment lists.
*/}}

{{/* Name of a component's objects: lana-bank for the server, lana-bank-<component> for others. */}}
{{- define "common.name" -}}
{{- if eq .component "server" }}lana-bank{{ else }}lana-bank-{{ .component }}{{ end -}}
{{- end -}}

{{/* Labels that select a component's pods; they never change. */}}
{{- define "common.selector" -}}
app.kubernetes.io/name: lana-bank
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of a pod; none changes with the chart's version, which would restart the pod. */}}
{{- define "common.podLabels" -}}
{{ include "common.selector" . }}
app.kubernetes.io/part-of: lana-bank
{{- with .root.Values.global.environment }}
lana.galoy.io/environment: {{ . }}
{{- end }}
{{- end -}}

{{/* All labels of an object. */}}
{{- define "common.labels" -}}
{{ include "common.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* An image reference by digest, never by tag. Takes the image instead of a dict. */}}
{{- define "common.image" -}}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" .digest) -}}
{{- fail (printf "image %s: the digest %q is not sha256: and 64 hex digits; pins are written by the release pipeline" .repository .digest) -}}
{{- end -}}
{{ .repository }}@{{ .digest }}
{{- end -}}

{{/* Public address of Keycloak. Takes the chart's context. */}}
{{- define "common.authUrl" -}}
https://auth.{{ .Values.global.lanaDomain }}
{{- end -}}

{{/* The APIs, as tokens name them in their audience. */}}
{{- define "common.adminApi" -}}
https://admin-api/graphql
{{- end -}}

{{- define "common.customerApi" -}}
https://customer-api/graphql
{{- end -}}
