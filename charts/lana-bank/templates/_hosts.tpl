{{/*
Public hosts, as a YAML list: name below the domain, service and port, paths. staff: only for the bank's staff.
Keycloak's administration, its realm master and its metrics are not among them.
*/}}
{{- define "lana-bank.hosts" -}}
{{- if .Values.oathkeeper.enabled }}
- {name: admin, service: lana-bank-oathkeeper, port: proxy, number: 4455, paths: [/], staff: true}
- {name: app, service: lana-bank-oathkeeper, port: proxy, number: 4455, paths: [/]}
{{- end }}
{{- if .Values.keycloak.enabled }}
- {name: auth, service: lana-bank-keycloak, port: http, number: 8080, paths: [/realms/internal/, /realms/customer/, /resources/]}
{{- end }}
{{- if .Values.oauth2Proxy.enabled }}
- {name: dagster, service: lana-bank-oauth2-proxy, port: http, number: 4180, paths: [/], staff: true}
{{- end }}
{{- end -}}

{{/* Annotations of an Ingress: the limits, in the words of ingress-nginx. root, staff. */}}
{{- define "lana-bank.ingressAnnotations" -}}
{{- $ingress := .root.Values.ingress }}
{{- with $ingress.clusterIssuer }}
cert-manager.io/cluster-issuer: {{ . }}
{{- end }}
{{- if eq $ingress.controller "nginx" }}
nginx.ingress.kubernetes.io/force-ssl-redirect: "true"
nginx.ingress.kubernetes.io/proxy-body-size: {{ $ingress.bodySize }}
# Keycloak's cookies and tokens are longer than a page of memory.
nginx.ingress.kubernetes.io/proxy-buffer-size: 16k
nginx.ingress.kubernetes.io/limit-rps: {{ $ingress.requestsPerSecond | quote }}
{{- if and .staff $ingress.staffCidrs }}
nginx.ingress.kubernetes.io/whitelist-source-range: {{ join "," $ingress.staffCidrs }}
{{- end }}
{{- end }}
{{- with $ingress.annotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}
