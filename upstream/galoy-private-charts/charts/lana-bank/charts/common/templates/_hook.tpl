{{/*
A job that Helm runs before it changes anything else, or after. It has its own account and ConfigMap, because
the other objects of the release may not exist yet. hook: Helm's hook ("pre-upgrade", ...); data:
content of the ConfigMap (YAML), mounted at mount; image, resources, user; command and env (YAML);
databases: their users, for the certificate authorities. initContainers, mounts, volumes: further ones (YAML).
*/}}
{{- define "common.hook" -}}
{{- $name := include "common.name" . }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: "-10"
    helm.sh/hook-delete-policy: before-hook-creation
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: "-10"
    helm.sh/hook-delete-policy: before-hook-creation
data:
  {{- .data | nindent 2 }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: "0"
    # A failed job is kept for its log.
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 3
  activeDeadlineSeconds: 600
  template:
    metadata:
      labels:
        {{- include "common.podLabels" . | nindent 8 }}
    spec:
      restartPolicy: Never
      {{- include "common.pod" . | nindent 6 }}
      {{- with .initContainers }}
      initContainers:
        {{- . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .component }}
          {{- include "common.container" . | nindent 10 }}
          command:
            {{- .command | nindent 12 }}
          env:
            {{- .env | nindent 12 }}
          volumeMounts:
            - {name: files, mountPath: {{ .mount }}, readOnly: true}
            - {name: tmp, mountPath: /tmp}
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- include "common.caMount" . | nindent 12 }}
      volumes:
        - name: files
          configMap: {name: {{ $name }}}
        - name: tmp
          emptyDir: {}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- include "common.caVolume" . | nindent 8 }}
{{- end -}}
