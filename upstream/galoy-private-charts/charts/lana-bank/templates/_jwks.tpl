{{/*
A JSON Web Key Set with one RSA key for RS256, from a PEM private key (PKCS#1: a DER sequence of
version, n, e, d, p, q, dp, dq, qi). Oathkeeper signs its tokens for the server with it; the server
accepts RS256 only. pem.
*/}}
{{- define "lana-bank.jwks" -}}
{{- $der := regexReplaceAll "-----[A-Z ]+-----|\\s" .pem "" | b64dec }}
{{- $at := 4 }}
{{- $numbers := list }}
{{- range until 9 }}
  {{- $length := index $der (int (add $at 1)) | int }}
  {{- $start := int (add $at 2) }}
  {{- if gt $length 127 }}
    {{- $bytes := int (sub $length 128) }}
    {{- $length = 0 }}
    {{- range $i := until $bytes }}
      {{- $length = int (add (mul $length 256) (index $der (int (add $start $i)))) }}
    {{- end }}
    {{- $start = int (add $start $bytes) }}
  {{- end }}
  {{- $end := int (add $start $length) }}
  {{- $at = $end }}
  {{- /* DER prefixes a number whose first bit is set with a zero; a JWK does not. */}}
  {{- if and (gt $length 1) (eq (int (index $der $start)) 0) }}
    {{- $start = int (add $start 1) }}
  {{- end }}
  {{- $numbers = append $numbers (substr $start $end $der | b64enc | replace "+" "-" | replace "/" "_" | trimAll "=") }}
{{- end }}
{{- $key := dict "kty" "RSA" "use" "sig" "alg" "RS256" "kid" (sha256sum (index $numbers 1)) }}
{{- range $i, $name := list "version" "n" "e" "d" "p" "q" "dp" "dq" "qi" }}
  {{- if $i }}{{- $_ := set $key $name (index $numbers $i) }}{{- end }}
{{- end }}
{{- dict "keys" (list $key) | toJson }}
{{- end -}}
