# Everything below LANA_TEST belongs to the run; servers listen on loopback, on free ports.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
DATABASE_BIN="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)"
PATH="$PATH${DATABASE_BIN:+:$DATABASE_BIN}"
ADMIN_AUDIENCE=https://admin-api/graphql
CUSTOMER_AUDIENCE=https://customer-api/graphql
OPERATOR=b8f4e0b6-7a0e-4f0a-9a53-1f3b0c6f2d11

# Run a command until it succeeds, for at most 30 seconds.
eventually() {
  local deadline=$((SECONDS + 30))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# PostgreSQL refuses to run as root.
as_database_owner() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

start_database() {
  local folder="$LANA_TEST/database"
  mkdir -p "$folder"
  [ "$(id -u)" != 0 ] || chown postgres "$folder"
  as_database_owner "$(command -v initdb)" -D "$folder/data" -U lana -A trust >"$LANA_TEST/initdb.log"
  run_database
  as_database_owner createdb -h "$folder" -U lana lana
}

run_database() {
  local folder="$LANA_TEST/database"
  as_database_owner "$(command -v pg_ctl)" -D "$folder/data" -w -l "$folder/log" \
    -o "-k $folder -c listen_addresses= -c fsync=off" start >/dev/null 3>&-
}

stop_database() {
  as_database_owner "$(command -v pg_ctl)" -D "$LANA_TEST/database/data" -w -m fast stop >/dev/null
}

sql() {
  as_database_owner psql -h "$LANA_TEST/database" -U lana -d "${2:-lana}" -qAt -c "$1"
}

base64url() {
  base64 -w 0 | tr '+/' '-_' | tr -d '='
}

# The gateway's key and somebody else's.
create_keys() {
  local name modulus
  for name in gateway stranger; do
    openssl genrsa -out "$LANA_TEST/$name.pem" 2048 2>/dev/null
  done
  modulus="$(openssl rsa -in "$LANA_TEST/gateway.pem" -noout -modulus | cut -d= -f2)"
  modulus="$(printf '%b' "$(sed 's/../\\x&/g' <<<"$modulus")" | base64url)"
  mkdir -p "$LANA_TEST/public/.well-known"
  jq -n --arg n "$modulus" '{keys: [{kty: "RSA", use: "sig", alg: "RS256", kid: "gateway", n: $n, e: "AQAB"}]}' \
    >"$LANA_TEST/public/.well-known/jwks.json"
}

serve_keys() {
  python3 -u -m http.server --bind 127.0.0.1 --directory "$LANA_TEST/public" 0 \
    >"$LANA_TEST/keys.log" 2>&1 3>&- &
  echo $! >"$LANA_TEST/keys.pid"
  eventually grep -q 'port [0-9]' "$LANA_TEST/keys.log"
  sed -n 's/.* port \([0-9]*\) .*/\1/p' "$LANA_TEST/keys.log" >"$LANA_TEST/keys.port"
}

# token SUBJECT AUDIENCE [SECONDS] [KEY]: a token as the gateway signs them.
token() {
  local expires header claims
  expires=$(($(date +%s) + ${3:-300}))
  header="$(printf '{"alg":"RS256","kid":"gateway"}' | base64url)"
  claims="$(jq -cn --arg s "$1" --arg a "$2" --argjson e "$expires" \
    '{subject: $s, aud: [$a], exp: $e, iss: "lana.bank"}' | base64url)"
  printf '%s.%s.%s' "$header" "$claims" \
    "$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -sign "$LANA_TEST/${4:-gateway}.pem" | base64url)"
}

# The variables that the chart gives the server. server_environment [DATABASE]
server_environment() {
  cat >"$LANA_TEST/lana.yml" <<YAML
admin_server: {port: 0, jwks_url: "http://127.0.0.1:$(cat "$LANA_TEST/keys.port")/.well-known/jwks.json"}
customer_server: {port: 0, jwks_url: "http://127.0.0.1:$(cat "$LANA_TEST/keys.port")/.well-known/jwks.json"}
app: {storage: {root_folder: $LANA_TEST/documents, server_url: "http://admin.test"}}
time: {mode: manual, start_at: "2024-02-28T10:00:00Z"}
YAML
  export LANA_CONFIG="$LANA_TEST/lana.yml" LANA_HOME="$LANA_TEST/home"
  export PG_CON="postgres:///${1:-lana}?host=$LANA_TEST/database&user=lana"
  export ENCRYPTION_KEY STORAGE_SIGNING_SECRET=for-tests LANA_DOMAIN_CONFIG_REQUIRE_KYC=true
  ENCRYPTION_KEY="$(printf '00%.0s' {1..32})"
}

start_server() {
  server_environment
  "$LANA_BIN" --host 127.0.0.1 >"$LANA_TEST/server.log" 2>&1 3>&- &
  eventually grep -q 'customer server listening' "$LANA_TEST/server.log" || {
    cat "$LANA_TEST/server.log"
    return 1
  }
  local name
  for name in admin customer; do
    sed -n "s/.*$name server listening on \(.*\)/http:\/\/\1/p" "$LANA_TEST/server.log" >"$LANA_TEST/$name"
  done
  # Without the gateway's keys yet, every token is refused.
  eventually accepts_tokens
}

accepts_tokens() {
  admin_gql time | jq -e .data.time >/dev/null 2>&1
}

stop_server() {
  stop "$LANA_TEST/home/server-pid"
}

# End the process that a file names, and wait until it is gone.
stop() {
  local pid
  pid="$(cat "$1" 2>/dev/null)" || return 0
  rm -f "$1"
  kill "$pid" 2>/dev/null || return 0
  eventually gone "$pid"
}

gone() {
  ! kill -0 "$1" 2>/dev/null
}

admin() {
  printf '%s%s' "$(cat "$LANA_TEST/admin")" "$1"
}

customer() {
  printf '%s%s' "$(cat "$LANA_TEST/customer")" "$1"
}

status() {
  curl -sS -m 10 -o /dev/null -w '%{http_code}' "$@"
}

# The body of a request: a file of GraphQL, and variables as JSON.
request() {
  local none='{}'
  jq -n --rawfile query "$ROOT/bats/$1.gql" --argjson variables "${2:-$none}" '{query: $query, variables: $variables}'
}

# admin_gql NAME [VARIABLES]: the response to bats/admin-gql/NAME.gql as an operator.
admin_gql() {
  curl -sS -m 10 "$(admin /graphql)" -H 'Content-Type: application/json' \
    -H "Authorization: Bearer $(token "$OPERATOR" "$ADMIN_AUDIENCE")" -d "$(request "admin-gql/$1" "${2:-}")"
}

# customer_gql NAME CUSTOMER: the response to bats/customer-gql/NAME.gql as that customer.
customer_gql() {
  curl -sS -m 10 "$(customer /graphql)" -H 'Content-Type: application/json' \
    -H "Authorization: Bearer $(token "$2" "$CUSTOMER_AUDIENCE")" -d "$(request "customer-gql/$1")"
}

create_customer() {
  admin_gql customer-create "{\"input\": {\"email\": \"$1\", \"customerType\": \"INDIVIDUAL\"}}"
}
