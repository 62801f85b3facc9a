{{/* oathkeeper.yaml: the enabled handlers; the rules select those of a request. */}}
{{- define "oathkeeper.configuration" -}}
serve:
  proxy:
    port: 4455
    trust_forwarded_headers: true
  api:
    port: 4456
log:
  level: info
  format: json
authenticators:
  jwt:
    enabled: true
    config:
      # Overridden by each rule: a token of one realm is worth nothing at the other's API.
      jwks_urls:
        - http://lana-bank-keycloak:8080/realms/internal/protocol/openid-connect/certs
      trusted_issuers:
        - {{ include "common.authUrl" . }}/realms/internal
  noop:
    enabled: true
authorizers:
  allow:
    enabled: true
mutators:
  noop:
    enabled: true
  id_token:
    enabled: true
    config:
      issuer_url: lana.bank
      jwks_url: file:///var/run/oathkeeper-keys/jwks.json
      ttl: 5m
errors:
  fallback: [json]
  handlers:
    json:
      enabled: true
      config:
        verbose: false
access_rules:
  matching_strategy: regexp
  repositories:
    - file:///etc/oathkeeper/rules.yaml
{{- end -}}

{{/* Rule for an API that requires a token of a realm. host, domain, realm, port, audience, path. */}}
{{- define "oathkeeper.api" -}}
- id: {{ .realm }}-api
  match:
    url: <https?>://{{ .host }}.{{ .domain }}{{ .path }}
    methods: [GET, POST, OPTIONS]
  upstream:
    url: http://lana-bank:{{ .port }}
  authenticators:
    - handler: jwt
      config:
        jwks_urls:
          - http://lana-bank-keycloak:8080/realms/{{ .realm }}/protocol/openid-connect/certs
        trusted_issuers:
          - {{ .issuer }}/realms/{{ .realm }}
        # A token for another client of the realm, such as Dagster's, opens no API.
        target_audience:
          - {{ .audience }}
  authorizer:
    handler: allow
  mutators:
    # The server knows who it is talking to by Lana's own id, a claim that Keycloak puts in.
    - handler: id_token
      config:
        claims: {{ printf "{\"aud\": [%q], \"subject\": {{ print .Extra.lanaId | toJson }}}" .audience | squote }}
{{- end -}}

{{/* Rule for paths that need no token at the gateway. id, host, domain, path, upstream, methods. */}}
{{- define "oathkeeper.open" -}}
- id: {{ .id }}
  match:
    url: <https?>://{{ .host }}.{{ .domain }}{{ .path }}
    methods: {{ .methods | toJson }}
  upstream:
    url: {{ .upstream }}
  authenticators:
    - handler: noop
  authorizer:
    handler: allow
  mutators:
    - handler: noop
{{- end -}}

{{/* rules.yaml: Oathkeeper rejects a request unless exactly one rule matches. */}}
{{- define "oathkeeper.rules" -}}
{{- $domain := .Values.global.lanaDomain }}
{{- $issuer := include "common.authUrl" . }}
{{- $all := list "GET" "POST" "PUT" "PATCH" "DELETE" "OPTIONS" }}
{{ include "oathkeeper.api" (dict "host" "admin" "domain" $domain "path" "/graphql<(/stream)?>" "realm" "internal" "issuer" $issuer "port" 5253 "audience" (include "common.adminApi" .)) }}
{{ include "oathkeeper.api" (dict "host" "app" "domain" $domain "path" "/graphql" "realm" "customer" "issuer" $issuer "port" 5254 "audience" (include "common.customerApi" .)) }}
{{ include "oathkeeper.open" (dict "id" "webhooks" "host" "admin" "domain" $domain "path" "/webhook/<(custodian/[a-z]+|sumsub)>" "upstream" "http://lana-bank:5253" "methods" (list "POST")) }}
{{ include "oathkeeper.open" (dict "id" "admin-panel" "host" "admin" "domain" $domain "path" "<(?!/(graphql|webhook)(/|$)).*>" "upstream" "http://lana-bank-admin-panel:3000" "methods" $all) }}
{{ include "oathkeeper.open" (dict "id" "customer-portal" "host" "app" "domain" $domain "path" "<(?!/graphql(/|$)).*>" "upstream" "http://lana-bank-customer-portal:3000" "methods" $all) }}
{{- end -}}
