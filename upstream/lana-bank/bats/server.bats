setup() {
  load helpers
}

@test "both servers are healthy and ready" {
  local server path
  for server in admin customer; do
    for path in /health /graphql; do
      run curl -sS -m 10 "$($server $path)"
      [ "$output" = OK ]
    done
  done
}

@test "the build that runs says its version" {
  run jq -er .data.buildInfo.version <<<"$(admin_gql build-info)"
  [ "$output" = "$("$LANA_BIN" build-info | sed -n 's/^lana-cli //p')" ]
}

@test "the variables of the domain are its settings" {
  run jq -c .data.domainConfigs <<<"$(admin_gql domain-configs)"
  [ "$output" = '[{"key":"require-kyc","value":"true"}]' ]
}

# refusal [TOKEN]: the response to a question with that token, or without one.
refusal() {
  curl -sS -m 10 -w ' %{http_code}' "$(admin /graphql)" -H 'Content-Type: application/json' \
    ${1:+-H "Authorization: Bearer $1"} -d "$(request admin-gql/time)"
}

@test "a token is needed: for this API, valid, and signed by the gateway" {
  [ "$(refusal)" = "Missing token 401" ]
  [ "$(refusal "$(token "$OPERATOR" "$CUSTOMER_AUDIENCE")")" = "Invalid audience 401" ]
  [ "$(refusal "$(token "$OPERATOR" "$ADMIN_AUDIENCE" -300)")" = "Expired token 401" ]
  [ "$(refusal "$(token "$OPERATOR" "$ADMIN_AUDIENCE" 300 stranger)")" = "Invalid signature 401" ]
  [ "$(refusal "$(token nobody "$ADMIN_AUDIENCE")")" = "Invalid token 401" ]
}

@test "a callback is stored, and one that is no JSON is refused" {
  local path
  for path in /webhook/sumsub /webhook/custodian/bitgo; do
    [ "$(status "$(admin "$path")" -d '{"type": "example"}')" = 200 ]
    [ "$(status "$(admin "$path")" -d '{')" = 400 ]
  done
  [ "$(status -X POST "$(admin /webhook/reports/sync)")" = 200 ]
  run sql "SELECT string_agg(source, ' ' ORDER BY source) FROM callbacks"
  [ "$output" = "custodian/bitgo reports sumsub" ]
}
