#!/usr/bin/env bash
# Make the realms of a running Keycloak those of the chart, in bash and Keycloak's own programs alone.
# Users, sessions and what the chart does not name stay. Harmless when run again.
set -euo pipefail
folder="$(cd "$(dirname "$0")" && pwd)"

# Its administrator: a client with a random secret, which ends with this script.
admin="reconcile-$(date +%s)-$RANDOM"
secret="$(head --bytes=32 /dev/urandom | base64 --wrap=0)"
export secret

kc() {
  local verb="$1"; shift
  "$KEYCLOAK_HOME/bin/kcadm.sh" "$verb" "$@" --no-config --server "$KEYCLOAK_URL" \
    --realm master --client "$admin" --secret "$secret"
}

# A relay without a user wants no sign-in.
SMTP_USERNAME="${SMTP_USERNAME-}" SMTP_PASSWORD="${SMTP_PASSWORD-}" SMTP_AUTH=false
[[ -z $SMTP_USERNAME ]] || SMTP_AUTH=true

# Prints the file with its placeholders replaced, each value escaped for JSON.
filled() {
  local text name value; text="$(<"$1")"
  for name in $PLACEHOLDERS; do
    value="${!name//\\/\\\\}"; value="${value//\"/\\\"}"
    text="${text//"\${$name}"/"$value"}"
  done
  printf '%s' "$text"
}

# Deletes the administrators of this and of interrupted runs, its own last.
finish() {
  local listed id name own=""
  listed="$(kc get clients -r master --fields id,clientId --format csv --noquotes)" || return 0
  while IFS=, read -r id name; do
    if [[ $name == "$admin" ]]; then own="$id"
    elif [[ $name == reconcile-* ]]; then kc delete "clients/$id" -r master
    fi
  done <<<"$listed"
  kc delete "clients/$own" -r master
}

clients() {
  local realm="$1" listed path id name
  listed="$(kc get clients -r "$realm" --fields id,clientId --format csv --noquotes)"
  declare -A known=()
  while IFS=, read -r id name; do known["$name"]="$id"; done <<<"$listed"
  for path in "$folder/$realm".client.*.json; do
    name="${path#"$folder/$realm.client."}"; name="${name%.json}"
    if [[ -n ${known["$name"]:-} ]]; then
      filled "$path" | kc update "clients/${known["$name"]}" -r "$realm" -f -
    else
      filled "$path" | kc create clients -r "$realm" -f -
    fi
  done
}

roles() {
  local realm="$1" listed path name
  listed="$(kc get roles -r "$realm" --fields name --format csv --noquotes)"
  for path in "$folder/$realm".role.*.json; do
    [[ -e $path ]] || continue
    name="${path#"$folder/$realm.role."}"; name="${name%.json}"
    [[ $'\n'$listed$'\n' == *$'\n'"$name"$'\n'* ]] || kc create roles -r "$realm" -f "$path"
  done
}

accounts() {
  local realm="$1" path role options
  for path in "$folder/$realm".account.*; do
    options=()
    for role in $(<"$path"); do options+=(--rolename "$role"); done
    kc add-roles -r "$realm" --uusername "${path#"$folder/$realm.account."}" \
      --cclientid realm-management "${options[@]}"
  done
}

# Sets executions of the browser flow, given by their names, to REQUIRED.
required() {
  local realm="$1" listed name execution
  [[ -e $folder/$realm.required ]] || return 0
  listed="$(kc get authentication/flows/browser/executions -r "$realm")"
  while IFS= read -r name; do
    if ! [[ $listed =~ \{[^{}]*\"displayName\"\ :\ \"$name\"[^{}]*\} ]]; then
      echo "error: require $name at sign-in to $realm: Keycloak's browser flow has no such step" >&2
      return 1
    fi
    execution="${BASH_REMATCH[0]}"
    [[ $execution =~ \"requirement\"\ :\ \"[A-Z]+\" ]]
    [[ ${BASH_REMATCH[0]} == *REQUIRED* ]] ||
      kc update authentication/flows/browser/executions -r "$realm" \
        -b "${execution/"${BASH_REMATCH[0]}"/\"requirement\" : \"REQUIRED\"}"
  done <"$folder/$realm.required"
}

"$KEYCLOAK_HOME/bin/kc.sh" bootstrap-admin service --no-prompt \
  --client-id "$admin" --client-secret:env=secret
trap finish EXIT
for realm in $REALMS; do
  filled "$folder/$realm.realm.json" | kc update "realms/$realm" -f -
  kc update users/profile -r "$realm" -f "$folder/$realm.profile.json"
  roles "$realm"
  clients "$realm"
  accounts "$realm"
  required "$realm"
done
echo "the realms $REALMS are those of the chart"
