{{/*
What stands beside a workload: its account, its disruption budget and its Service.
ports: name -> number, the Service's and the container's; empty for no Service.
annotations: the account's, for workload identity.
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
# One pod at a time may be taken away; with a single replica a drain still goes on.
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
{{- end -}}

{{/* The ports of a container, out of the same mapping. */}}
{{- define "common.ports" -}}
ports:
  {{- range $name, $number := .ports }}
  - name: {{ $name }}
    containerPort: {{ $number }}
  {{- end }}
{{- end -}}
