{{/*
Allowed connections with their ports, from which the NetworkPolicies of both ends are rendered.
"ingress" is the ingress controller, to which the portal's sign-in returns, "internet" any TLS service outside, "mail" the SMTP relay,
"database" a database outside of the cluster, "identity" GKE's metadata server, which gives a pod the tokens of its account.
*/}}
{{- define "lana-bank.flows" -}}
- {from: ingress, to: oathkeeper, port: 4455}
- {from: ingress, to: keycloak, port: 8080}
- {from: ingress, to: oauth2-proxy, port: 4180}
- {from: oathkeeper, to: server, port: 5253}
- {from: oathkeeper, to: server, port: 5254}
- {from: oathkeeper, to: admin-panel, port: 3000}
- {from: oathkeeper, to: customer-portal, port: 3000}
- {from: oathkeeper, to: keycloak, port: 8080}
- {from: oathkeeper, to: opentelemetry-collector, port: 4318}
- {from: server, to: postgresql, port: 5432}
- {from: server, to: database, port: 5432}
- {from: server, to: keycloak, port: 8080}
- {from: server, to: oathkeeper, port: 4456}
- {from: server, to: gotenberg, port: 3000}
- {from: server, to: dagster, port: 3000}
- {from: server, to: opentelemetry-collector, port: 4317}
- {from: server, to: internet, port: 443}
- {from: server, to: identity, port: 988, account: {{ .Values.lanaBank.serviceAccountAnnotations | toJson }}}
- {from: server, to: mail, port: {{ .Values.lanaBank.smtp.port }}, relay: {{ .Values.lanaBank.smtp.relay | quote }}}
- {from: admin-panel, to: internet, port: 443}
- {from: customer-portal, to: internet, port: 443}
- {from: customer-portal, to: ingress, port: 443}
- {from: keycloak, to: postgresql, port: 5432}
- {from: keycloak, to: database, port: 5432}
{{- with .Values.keycloak.smtp }}
- {from: keycloak, to: mail, port: {{ .port }}, relay: {{ .relay | quote }}}
{{- end }}
- {from: keycloak, to: keycloak, port: 7800}
- {from: keycloak, to: opentelemetry-collector, port: 4317}
- {from: keycloak, to: keycloak, port: 57800}
- {from: keycloak-realms, to: keycloak, port: 8080}
- {from: keycloak-realms, to: postgresql, port: 5432}
- {from: keycloak-realms, to: database, port: 5432}
- {from: oauth2-proxy, to: dagster, port: 3000}
- {from: oauth2-proxy, to: keycloak, port: 8080}
- {from: dagster, to: dagster-code, port: 4000}
- {from: dagster, to: postgresql, port: 5432}
- {from: dagster, to: database, port: 5432}
- {from: dagster-daemon, to: dagster-code, port: 4000}
- {from: dagster-daemon, to: postgresql, port: 5432}
- {from: dagster-daemon, to: database, port: 5432}
- {from: dagster-migrate, to: postgresql, port: 5432}
- {from: dagster-migrate, to: database, port: 5432}
- {from: dagster-code, to: postgresql, port: 5432}
- {from: dagster-code, to: database, port: 5432}
- {from: dagster-code, to: server, port: 5253}
- {from: dagster-code, to: opentelemetry-collector, port: 4317}
- {from: dagster-code, to: internet, port: 443}
- {from: dagster-code, to: identity, port: 988, account: {{ get (.Values.dagster.codeLocation | default dict) "serviceAccountAnnotations" | default dict | toJson }}}
- {from: database-roles, to: database, port: 5432}
- {from: migrations, to: postgresql, port: 5432}
- {from: migrations, to: database, port: 5432}
- {from: opentelemetry-collector, to: internet, port: 443}
- {from: opentelemetry-collector, to: keycloak, port: 9000}
{{- end -}}

{{/* Where requests from outside come from: the controller's pods, and load balancers without pods. */}}
{{- define "lana-bank.ingressPeers" -}}
{{- with .Values.global.networkPolicies }}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .ingressNamespace }}
{{- range .ingressCidrs }}
- ipBlock: {cidr: {{ . }}}
{{- end }}
{{- end }}
{{- end -}}
