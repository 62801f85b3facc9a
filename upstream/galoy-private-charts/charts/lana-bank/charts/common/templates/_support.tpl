{{/*
The objects that support a workload: account, disruption budget, Service, autoscaler.
ports: name -> number, for Service and container; empty for no Service.
annotations: of the account, for workload identity. app: values of a part that may have an autoscaler.
*/}}
{{- define "common.support" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
---
# At most one pod is unavailable; a single replica does not block a drain.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "common.selector" . | nindent 6 }}
{{- if .ports }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  selector:
    {{- include "common.selector" . | nindent 4 }}
  ports:
    {{- range $name, $number := .ports }}
    - name: {{ $name }}
      port: {{ $number }}
      targetPort: {{ $name }}
    {{- end }}
{{- end }}
{{- if .app }}
{{- include "common.autoscaler" . }}
{{- end }}
{{- end -}}

{{/*
Ports of a container, from the same mapping. A pod that ends serves 5 s longer, until its Service has
stopped sending requests to it.
*/}}
{{- define "common.ports" -}}
lifecycle:
  preStop:
    sleep: {seconds: 5}
ports:
  {{- range $name, $number := .ports }}
  - name: {{ $name }}
    containerPort: {{ $number }}
  {{- end }}
{{- end -}}
