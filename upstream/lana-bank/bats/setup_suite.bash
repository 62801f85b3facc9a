# Starts what the tests talk to, once: PostgreSQL, a key set like the gateway's, and the server.
# LANA_BIN names the server; without it, it is compiled.

setup_suite() {
  load helpers
  export LANA_TEST
  LANA_TEST="$(mktemp -d)"
  chmod 711 "$LANA_TEST"
  LANA_BIN="${LANA_BIN:-$("$ROOT/ci/tasks/build-server" 3>&- | tail -n 1)}"
  export LANA_BIN
  start_database
  create_keys
  serve_keys
  start_server
}

teardown_suite() {
  load helpers
  stop_server || true
  stop "$LANA_TEST/keys.pid" || true
  stop_database || true
  rm -rf "$LANA_TEST"
}
