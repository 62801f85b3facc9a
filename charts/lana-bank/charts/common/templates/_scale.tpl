{{/* Whether an autoscaler decides the number of pods: "true" or empty. app (values of the part). */}}
{{- define "common.scales" -}}
{{- if gt (int .app.maxReplicas) (int .app.replicas) }}true{{ end -}}
{{- end -}}

{{/* Number of pods; where an autoscaler decides it, what it has decided. root, component, app. */}}
{{- define "common.replicas" -}}
{{- if include "common.scales" . }}
{{- $found := lookup "apps/v1" "Deployment" .root.Release.Namespace (include "common.name" .) }}
{{- $present := get (get $found "spec" | default dict) "replicas" | int }}
{{- max (int .app.replicas) (min (int .app.maxReplicas) $present) }}
{{- else }}
{{- .app.replicas }}
{{- end }}
{{- end -}}

{{/* The autoscaler of a part that has one. root, component, app. */}}
{{- define "common.autoscaler" -}}
{{- if include "common.scales" . }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "common.name" . }}}
  minReplicas: {{ .app.replicas }}
  maxReplicas: {{ .app.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: 75}
  behavior:
    # A pod takes its sessions and caches with it, so it goes after a quiet while only.
    scaleDown: {stabilizationWindowSeconds: 600}
{{- end }}
{{- end -}}
