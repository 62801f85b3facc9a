{{/*
A Next.js frontend. root, component; app (its values); cache (folder that Next.js writes to);
env (environment variables, YAML).
*/}}
{{- define "lana-bank.portal" -}}
{{- $portal := dict "root" .root "component" .component "user" 1001 "ports" (dict "http" 3000) "app" .app }}
{{ include "common.support" $portal }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.name" $portal }}
  labels:
    {{- include "common.labels" $portal | nindent 4 }}
spec:
  replicas: {{ include "common.replicas" $portal }}
  selector:
    matchLabels:
      {{- include "common.selector" $portal | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "common.podLabels" $portal | nindent 8 }}
      annotations:
        {{- include "common.restartWith" (dict "root" .root) | nindent 8 }}
    spec:
      {{- include "common.pod" $portal | nindent 6 }}
      containers:
        - name: {{ .component }}
          {{- include "common.container" .app | nindent 10 }}
          {{- include "common.ports" $portal | nindent 10 }}
          env:
            {{- .env | nindent 12 }}
          {{- include "common.httpProbes" (dict "port" "http" "path" "/") | nindent 10 }}
          volumeMounts:
            - {name: cache, mountPath: {{ .cache }}}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: cache
          emptyDir: {}
        - name: tmp
          emptyDir: {}
{{- end -}}
