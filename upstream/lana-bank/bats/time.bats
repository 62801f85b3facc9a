setup() {
  load helpers
}

@test "artificial time stands until it is advanced to the end of the day" {
  local before end
  before="$(admin_gql time)"
  jq -e .data.time.canAdvanceToNextEndOfDay <<<"$before"
  [ "$(jq -r .data.time.currentTime <<<"$(admin_gql time)")" = "$(jq -r .data.time.currentTime <<<"$before")" ]
  end="$(jq -r .data.time.nextEndOfDayAt <<<"$before")"
  [ "$(jq -r .data.timeAdvanceToNextEndOfDay.time.currentTime <<<"$(admin_gql advance-time)")" = "$end" ]
  run jq -r .data.customerCreate.customer.createdAt <<<"$(create_customer later@example.com)"
  [ "$output" = "$end" ]
}
