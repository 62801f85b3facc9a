setup() {
  load helpers
}

@test "a customer that an operator creates sees itself, and nobody else does" {
  local created id
  created="$(create_customer ana@example.com)"
  id="$(jq -er .data.customerCreate.customer.customerId <<<"$created")"
  [ "$(jq -r .data.customerCreate.customer.customerType <<<"$created")" = INDIVIDUAL ]
  [ "$(jq -r .data.me.customer.email <<<"$(customer_gql me "$id")")" = ana@example.com ]
  run jq -er '.errors[0].message' <<<"$(customer_gql me "$OPERATOR")"
  [ "$output" = "no such customer" ]
  admin_gql customers | jq -e '.data.customers.nodes | map(.email) | index("ana@example.com") != null'
}

@test "an email address belongs to one customer" {
  create_customer twice@example.com | jq -e .data.customerCreate
  create_customer twice@example.com | jq -e '.errors[0].message | contains("customers_email_key")'
}

@test "a document is handed out by its link alone, and to nobody who changes it" {
  local id created link address
  id="$(create_customer documents@example.com | jq -er .data.customerCreate.customer.customerId)"
  created="$(admin_gql customer-document-create \
    "{\"input\": {\"customerId\": \"$id\", \"filename\": \"contract.txt\", \"content\": \"signed\"}}")"
  link="$(jq -er .data.customerDocumentCreate.link <<<"$created")"
  [[ "$link" == http://admin.test/local-storage/* ]]
  address="$(admin "${link#http://admin.test}")"
  [ "$(curl -sS -m 10 "$address")" = signed ]
  [ "$(status "${address/expires=/expires=9}")" = 403 ]
  [ "$(status "${address%???}000")" = 403 ]
}

@test "no document leaves its folder" {
  local id
  id="$(create_customer outside@example.com | jq -er .data.customerCreate.customer.customerId)"
  admin_gql customer-document-create \
    "{\"input\": {\"customerId\": \"$id\", \"filename\": \"../../../x\", \"content\": \"\"}}" |
    jq -e '.errors[0].message == "Invalid path"'
}

@test "a subscription streams what is created" {
  curl -sSN -m 30 "$(admin /graphql/stream)" -H 'Content-Type: application/json' \
    -H "Authorization: Bearer $(token "$OPERATOR" "$ADMIN_AUDIENCE")" \
    -d "$(request admin-gql/customer-created)" >"$LANA_TEST/stream" 2>/dev/null 3>&- &
  local stream=$!
  create_and_see() {
    create_customer "stream-$RANDOM$RANDOM@example.com" >/dev/null
    grep -q '^data: {"data":{"customerCreated":{"email":"stream-' "$LANA_TEST/stream"
  }
  eventually create_and_see
  kill "$stream"
}
