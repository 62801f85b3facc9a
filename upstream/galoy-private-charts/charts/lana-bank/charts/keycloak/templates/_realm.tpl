{{/*
Sign-in settings of both realms: sessions, passwords, brute force protection, and the attribute with
Lana's own id of a person, which only the server writes and tokens carry.
*/}}
{{- define "keycloak.realmBasics" -}}
"enabled": true,
"sslRequired": "external",
"registrationAllowed": false,
"registrationEmailAsUsername": true,
"loginWithEmailAllowed": true,
"bruteForceProtected": true,
"failureFactor": 10,
"passwordPolicy": "length(12) and notUsername(undefined) and notEmail(undefined)",
"accessTokenLifespan": 900,
"ssoSessionIdleTimeout": 1800,
"ssoSessionMaxLifespan": 36000,
"revokeRefreshToken": true,
"eventsEnabled": true,
"adminEventsEnabled": true,
"components": {
  "org.keycloak.userprofile.UserProfileProvider": [
    {
      "providerId": "declarative-user-profile",
      "subComponents": {},
      "config": {
        "kc.user.profile.config": [{{ include "keycloak.userProfile" . | fromYaml | toJson | toJson }}]
      }
    }
  ]
}
{{- end -}}

{{- define "keycloak.userProfile" -}}
attributes:
  - name: username
    validations: {length: {min: 3, max: 255}, username-prohibited-characters: {}}
    permissions: {view: [admin, user], edit: [admin]}
  - name: email
    validations: {email: {}, length: {max: 255}}
    required: {roles: [user]}
    permissions: {view: [admin, user], edit: [admin]}
  - name: lanaId
    displayName: Lana ID
    permissions: {view: [admin], edit: [admin]}
{{- end -}}

{{/* The claim that identifies the user to the server. */}}
{{- define "keycloak.lanaIdMapper" -}}
{
  "name": "lanaId",
  "protocol": "openid-connect",
  "protocolMapper": "oidc-usermodel-attribute-mapper",
  "config": {
    "user.attribute": "lanaId",
    "claim.name": "lanaId",
    "jsonType.label": "String",
    "access.token.claim": "true",
    "id.token.claim": "false",
    "userinfo.token.claim": "false"
  }
}
{{- end -}}

{{/*
The id of nobody for a service, which has no attributes: the server accepts tokens of a subject only,
and nobody has rights there.
*/}}
{{- define "keycloak.nobodyMapper" -}}
{
  "name": "lanaId",
  "protocol": "openid-connect",
  "protocolMapper": "oidc-hardcoded-claim-mapper",
  "config": {
    "claim.name": "lanaId",
    "claim.value": "00000000-0000-0000-0000-000000000000",
    "jsonType.label": "String",
    "access.token.claim": "true",
    "id.token.claim": "false",
    "userinfo.token.claim": "false"
  }
}
{{- end -}}

{{/* A service that manages the users of the realm. clientId, secret (name of the placeholder), mappers. */}}
{{- define "keycloak.serviceClient" -}}
{
  "clientId": {{ .clientId | quote }},
  "enabled": true,
  "protocol": "openid-connect",
  "publicClient": false,
  "clientAuthenticatorType": "client-secret",
  "secret": "${{ "{" }}{{ .secret }}{{ "}" }}",
  "serviceAccountsEnabled": true,
  "standardFlowEnabled": false,
  "implicitFlowEnabled": false,
  "directAccessGrantsEnabled": false,
  "protocolMappers": [{{ .mappers }}]
}
{{- end -}}

{{- define "keycloak.serviceUser" -}}
{
  "username": "service-account-{{ .clientId }}",
  "enabled": true,
  "serviceAccountClientId": {{ .clientId | quote }},
  "clientRoles": {"realm-management": ["query-users", "view-users", "manage-users"]}
}
{{- end -}}

{{/*
A client for sign-in with a browser. clientId, url, callback (its path there), redirects (list); secret
(placeholder; none for a public client); mappers (JSON list items).
*/}}
{{- define "keycloak.browserClient" -}}
{{- $origins := list .url }}
{{- range .redirects }}{{- $origins = append $origins (regexReplaceAll "^(https?://[^/]+).*$" . "${1}") }}{{- end }}
{
  "clientId": {{ .clientId | quote }},
  "enabled": true,
  "protocol": "openid-connect",
  "rootUrl": {{ .url | quote }},
  "baseUrl": "/",
  "redirectUris": {{ concat (list (printf "%s%s" .url .callback)) .redirects | toJson }},
  "webOrigins": {{ $origins | toJson }},
  {{- if .secret }}
  "publicClient": false,
  "clientAuthenticatorType": "client-secret",
  "secret": "${{ "{" }}{{ .secret }}{{ "}" }}",
  {{- else }}
  "publicClient": true,
  {{- end }}
  "standardFlowEnabled": true,
  "implicitFlowEnabled": false,
  "directAccessGrantsEnabled": false,
  "serviceAccountsEnabled": false,
  "attributes": {
    "pkce.code.challenge.method": "S256",
    "post.logout.redirect.uris": {{ printf "%s/" .url | quote }}
  },
  "protocolMappers": [{{ .mappers }}]
}
{{- end -}}

{{/* Adds a client to the audience of its own tokens, which OAuth2 Proxy requires. client. */}}
{{- define "keycloak.audienceMapper" -}}
{
  "name": "audience",
  "protocol": "openid-connect",
  "protocolMapper": "oidc-audience-mapper",
  "config": {
    "included.client.audience": {{ .client | quote }},
    "access.token.claim": "true",
    "id.token.claim": "true"
  }
}
{{- end -}}

{{/* Adds an API to the audience of tokens: Oathkeeper rejects those without it. api. */}}
{{- define "keycloak.apiMapper" -}}
{
  "name": "api",
  "protocol": "openid-connect",
  "protocolMapper": "oidc-audience-mapper",
  "config": {
    "included.custom.audience": {{ .api | quote }},
    "access.token.claim": "true",
    "id.token.claim": "false"
  }
}
{{- end -}}
