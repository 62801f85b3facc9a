{{/* Whether the chart makes its secrets itself; "true" or nothing. Takes the chart's context. */}}
{{- define "common.generates" -}}
{{- if eq .Values.global.secrets.mode "generate" }}true{{ end -}}
{{- end -}}

{{/*
A Secret that is made once. name; fresh: key -> value to use where the cluster has none.
It is kept when the release is uninstalled: the encryption key is what the database's content
can be read with, and a database kept elsewhere still has its old password.
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
  {{ $key }}: {{ if hasKey $existing $key }}{{ index $existing $key }}{{ else }}{{ $value | b64enc }}{{ end }}
  {{- end }}
{{- end -}}
