# The last file: its tests stop the database and the server.
setup() {
  load helpers
}

readiness() {
  [ "$(status "$(admin /graphql)")" = "$1" ]
}

@test "a server without its database lives but is not ready, and recovers by itself" {
  stop_database
  readiness 503
  [ "$(status "$(admin /health)")" = 200 ]
  run_database
  eventually readiness 200
}

@test "a second server starts while the first one serves" {
  server_environment
  LANA_HOME="$LANA_TEST/second" "$LANA_BIN" --host 127.0.0.1 >"$LANA_TEST/second.log" 2>&1 3>&- &
  eventually grep -q 'customer server listening' "$LANA_TEST/second.log"
  stop "$LANA_TEST/second/server-pid"
  readiness 200
}

@test "a stopped server completes what runs and says so" {
  local pid code=0
  curl -sSN -m 60 "$(admin /graphql/stream)" -H 'Content-Type: application/json' \
    -H "Authorization: Bearer $(token "$OPERATOR" "$ADMIN_AUDIENCE")" \
    -d "$(request admin-gql/customer-created)" >"$LANA_TEST/last" 2>/dev/null 3>&- &
  local stream=$!
  seen() { create_customer "last-$RANDOM$RANDOM@example.com" >/dev/null && grep -q '^event: next' "$LANA_TEST/last"; }
  eventually seen
  stop_server
  wait "$stream"
  grep -q '^event: complete' "$LANA_TEST/last"
  grep -q 'shutdown complete' "$LANA_TEST/server.log"
}

@test "a database with a migration of a later server is refused" {
  server_environment
  sql "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
       VALUES (29990101000000, 'later', true, '', 0)"
  run timeout 60 "$LANA_BIN" --host 127.0.0.1
  [ "$status" -ne 0 ]
  [[ "$output" == *"migration 29990101000000 was previously applied but is missing"* ]]
  sql "DELETE FROM _sqlx_migrations WHERE version = 29990101000000"
  start_server
}

@test "wrong settings are refused by their names" {
  server_environment
  ENCRYPTION_KEY=short run timeout 60 "$LANA_BIN"
  [[ "$output" == *"read ENCRYPTION_KEY: it is not 64 hexadecimal digits"* ]]
  echo "app: {storage: {folder: x}}" >"$LANA_TEST/wrong.yml"
  LANA_CONFIG="$LANA_TEST/wrong.yml" run timeout 60 "$LANA_BIN"
  [ "$status" -ne 0 ]
  [[ "$output" == *"unknown setting app.storage.folder"* ]]
}
