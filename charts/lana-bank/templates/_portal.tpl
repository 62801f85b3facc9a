{{/*
A Next.js frontend: Service and Deployment.
root, component; app (its values); cache (where Next.js writes); env (extra entries, YAML).
*/}}
{{- define "lana-bank.portal" -}}
{{- $portal := dict "root" .root "component" .component "user" 1001 }}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "lana-bank.name" $portal }}
  labels:
    {{- include "lana-bank.labels" $portal | nindent 4 }}
spec:
  selector:
    {{- include "lana-bank.selector" $portal | nindent 4 }}
  ports:
    - name: http
      port: 3000
      targetPort: http
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "lana-bank.name" $portal }}
  labels:
    {{- include "lana-bank.labels" $portal | nindent 4 }}
spec:
  replicas: {{ .app.replicas }}
  selector:
    matchLabels:
      {{- include "lana-bank.selector" $portal | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "lana-bank.podLabels" $portal | nindent 8 }}
    spec:
      {{- include "lana-bank.pod" $portal | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "lana-bank.image" .app.image }}
          {{- include "lana-bank.container" . | nindent 10 }}
          env:
            {{- .env | nindent 12 }}
          ports:
            - name: http
              containerPort: 3000
          startupProbe:
            tcpSocket: {port: http}
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet: {path: /, port: http}
            periodSeconds: 5
          livenessProbe:
            tcpSocket: {port: http}
            periodSeconds: 10
            failureThreshold: 6
          resources:
            {{- toYaml .app.resources | nindent 12 }}
          volumeMounts:
            - {name: cache, mountPath: {{ .cache }}}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: cache
          emptyDir: {}
        - name: tmp
          emptyDir: {}
{{- end -}}
