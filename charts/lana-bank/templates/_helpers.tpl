{{/* The part of a name that a component has: lana-bank, or lana-bank-<component>. */}}
{{- define "lana-bank.name" -}}
{{- if eq .component "server" }}lana-bank{{ else }}lana-bank-{{ .component }}{{ end -}}
{{- end -}}

{{/* Labels that select the pods of a component; they never change. */}}
{{- define "lana-bank.selector" -}}
app.kubernetes.io/name: lana-bank
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* All labels of an object. */}}
{{- define "lana-bank.labels" -}}
{{ include "lana-bank.selector" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: lana-bank
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.environment }}
lana.galoy.io/environment: {{ . }}
{{- end }}
{{- end -}}

{{/* Labels of a pod: nothing that changes with the chart's version, which would restart it. */}}
{{- define "lana-bank.podLabels" -}}
{{ include "lana-bank.selector" . }}
app.kubernetes.io/part-of: lana-bank
{{- with .root.Values.environment }}
lana.galoy.io/environment: {{ . }}
{{- end }}
{{- end -}}

{{/* An image by its digest; a tag decides nothing. */}}
{{- define "lana-bank.image" -}}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" .digest) -}}
{{- fail (printf "image %s: the digest %q is not sha256: and 64 hex digits; pins are written by the release pipeline" .repository .digest) -}}
{{- end -}}
{{ .repository }}@{{ .digest }}
{{- end -}}

{{/* What every pod has: no token, no root, where it may run. */}}
{{- define "lana-bank.pod" -}}
serviceAccountName: lana-bank
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What every container has. */}}
{{- define "lana-bank.container" -}}
imagePullPolicy: IfNotPresent
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* An environment variable out of a Secret. */}}
{{- define "lana-bank.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end -}}

{{/* A value that is made once: what the cluster has, else what is given. Base64, for data. */}}
{{- define "lana-bank.once" -}}
{{- if hasKey .existing .key -}}
{{ index .existing .key }}
{{- else -}}
{{ .fresh | b64enc }}
{{- end -}}
{{- end -}}
