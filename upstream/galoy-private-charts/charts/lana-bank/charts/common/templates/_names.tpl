{{/*
Every template here takes a dict: root (the chart's context) and component (server, keycloak, ...),
and what its own comment adds.
*/}}

{{/* The name of a component's objects: lana-bank for the server, else lana-bank-<component>. */}}
{{- define "common.name" -}}
{{- if eq .component "server" }}lana-bank{{ else }}lana-bank-{{ .component }}{{ end -}}
{{- end -}}

{{/* Labels that select a component's pods; they never change. */}}
{{- define "common.selector" -}}
app.kubernetes.io/name: lana-bank
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of a pod: nothing that changes with the chart's version, which would restart it. */}}
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

{{/* An image by its digest; a tag decides nothing. Takes the image alone. */}}
{{- define "common.image" -}}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" .digest) -}}
{{- fail (printf "image %s: the digest %q is not sha256: and 64 hex digits; pins are written by the release pipeline" .repository .digest) -}}
{{- end -}}
{{ .repository }}@{{ .digest }}
{{- end -}}

{{/* Where browsers reach Keycloak. Takes the chart's context. */}}
{{- define "common.authUrl" -}}
https://auth.{{ .Values.global.lanaDomain }}
{{- end -}}
