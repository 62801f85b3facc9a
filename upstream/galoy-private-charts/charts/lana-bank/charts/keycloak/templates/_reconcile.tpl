{{/*
Files of the job that reconciles realms: for each realm of the chart its settings, its user profile, roles,
clients, and the roles of service accounts. Keys are <realm>.<kind>[.<name>].json.
*/}}
{{- define "keycloak.reconciled" -}}
reconcile.sh: |
  {{- .Files.Get "files/reconcile.sh" | nindent 2 }}
{{- range $name := list "internal" "customer" }}
{{- $realm := tpl ($.Files.Get (printf "realms/%s.json" $name)) $ | fromJson }}
{{ $name }}.realm.json: |
  {{- $settings := omit $realm "users" "clients" "roles" "components" }}
  {{- if and (eq $name "customer") $.Values.smtp.relay }}
  {{- $settings = merge (include "keycloak.smtp" $ | fromYaml) $settings }}
  {{- end }}
  {{- toJson $settings | nindent 2 }}
{{ $name }}.profile.json: |
  {{- include "keycloak.userProfile" $ | fromYaml | toJson | nindent 2 }}
{{- range get ($realm.roles | default dict) "realm" | default list }}
{{ $name }}.role.{{ .name }}.json: |
  {{- toJson . | nindent 2 }}
{{- end }}
{{- range $realm.clients }}
{{ $name }}.client.{{ .clientId }}.json: |
  {{- toJson . | nindent 2 }}
{{- end }}
{{- range $realm.users }}
{{ $name }}.account.{{ .username }}: {{ index .clientRoles "realm-management" | join " " | quote }}
{{- end }}
{{- end }}
# Staff have a second factor: these parts of Keycloak's own browser flow are required.
internal.required: |
  Browser - Conditional 2FA
  OTP Form
{{- end -}}

{{/* Mail of a realm; not in the imported file, in which a password with quotes is no JSON. */}}
{{- define "keycloak.smtp" -}}
smtpServer:
  host: {{ .Values.smtp.relay }}
  port: {{ .Values.smtp.port | quote }}
  from: {{ .Values.smtp.from }}
  fromDisplayName: Lana Bank
  {{- if eq (int .Values.smtp.port) 465 }}
  ssl: "true"
  {{- else }}
  starttls: "true"
  {{- end }}
  auth: ${SMTP_AUTH}
  user: ${SMTP_USERNAME}
  password: ${SMTP_PASSWORD}
{{- end -}}

{{- define "keycloak.reconcileEnv" -}}
{{ include "keycloak.env" . }}
- name: KEYCLOAK_HOME
  value: /opt/keycloak
- name: KEYCLOAK_URL
  value: http://lana-bank-keycloak:8080
- name: REALMS
  value: internal customer
- name: PLACEHOLDERS
  value: {{ include "keycloak.clientSecrets" . | fromYaml | keys | sortAlpha | join " " }} SMTP_AUTH SMTP_USERNAME SMTP_PASSWORD
{{- range $variable, $key := dict "SMTP_USERNAME" "smtp-username" "SMTP_PASSWORD" "smtp-password" }}
{{ include "common.secretEnv" (dict "name" $variable "secret" "lana-bank-external" "key" $key "optional" true) }}
{{- end }}
# Its programs run for a second each.
- name: KC_OPTS
  value: -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
{{- end -}}
