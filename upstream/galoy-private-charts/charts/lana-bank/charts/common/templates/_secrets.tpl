{{/* "true" if the chart generates its own secrets, else empty. Takes the chart's context. */}}
{{- define "common.generates" -}}
{{- if eq .Values.global.secrets.mode "generate" }}true{{ end -}}
{{- end -}}

{{/*
A Secret that is created once. name; fresh: key -> value for a key that the cluster does not have.
It outlives the release: the content of the database is encrypted with its key, and a database
outside of the release still has its old password.
*/}}
{{- define "common.secretOnce" -}}
{{- $found := lookup "v1" "Secret" .root.Release.Namespace .name | default dict }}
{{- $existing := $found.data | default dict }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .name }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
type: Opaque
data:
  {{- range $key, $value := .fresh }}
  {{ $key }}: {{ (hasKey $existing $key | ternary (index $existing $key) ($value | b64enc)) | quote }}
  {{- end }}
{{- end -}}
