"""Facts about sign-in: realms with their clients, and the gateway's rules."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from promoter.release.contract.source import read

REALMS = ("internal", "customer")
RULES = "dev/ory/oathkeeper_rules.yaml"
GATEWAY = "dev/ory/oathkeeper.yml"
_FLOWS = {"standardFlowEnabled": "sign-in", "serviceAccountsEnabled": "service account"}
_HOST = re.compile(r"<\(http\|https\)>://<([\w.-]+):\d+>(.*)")
_CLAIMS = re.compile(r'"aud": \["([^"]*)"\], "subject": \{\{ print \.Extra\.(\w+)')


def realm(root: Path, name: str) -> dict[str, str]:
    """Return the facts of a realm's file."""
    return clients(json.loads(read(root, f"dev/keycloak/{name}-realm.json")))


def clients(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the clients of a realm: kind, flows, claims, and the roles of service accounts."""
    found = {"realm": str(content["realm"])}
    for client in content["clients"]:
        found[f"client {client['clientId']}"] = ", ".join(
            ["public" if client.get("publicClient") else "confidential"]
            + [flow for key, flow in _FLOWS.items() if client.get(key)]
            + [f"claim {claim}" for claim in _claims(client)]
        )
    for user in content.get("users", ()):
        roles = (user.get("clientRoles") or {}).get("realm-management") or ()
        if client_id := user.get("serviceAccountClientId"):
            found[f"roles {client_id}"] = " ".join(sorted(roles))
    return found


def _claims(client: Mapping[str, Any]) -> list[str]:
    """Return the claims of users' attributes in the access tokens of a client."""
    mappers = (mapper["config"] for mapper in client.get("protocolMappers") or ())
    return [each["claim.name"] for each in mappers if each.get("user.attribute")]


def gateway(root: Path) -> dict[str, str]:
    """Return the rules of the gateway, and the issuer of the tokens that it makes."""
    configuration = yaml.safe_load(read(root, GATEWAY))
    issuer = configuration["mutators"]["id_token"]["config"]["issuer_url"]
    return {"issuer": str(issuer)} | rules(yaml.safe_load(read(root, RULES)))


def rules(found: list[dict[str, Any]]) -> dict[str, str]:
    """Return host, path, authenticators, audience and subject of each rule, by its id."""
    return {rule["id"]: _rule(rule) for rule in found}


def claims_of(template: str) -> tuple[str, str]:
    """Return the audience of a rule's token, and the claim that its subject is taken from."""
    found = _CLAIMS.search(template)
    if not found:
        raise ValueError(f"no audience and subject in {template!r}")
    return found[1], found[2]


def _rule(rule: Mapping[str, Any]) -> str:
    match = _HOST.fullmatch(rule["match"]["url"])
    host, path = match.groups() if match else ("", rule["match"]["url"])
    words = [f"{host.partition('.')[0]} {path}", " ".join(rule["match"]["methods"])]
    words += [each["handler"] for each in rule["authenticators"]]
    for mutator in rule["mutators"]:
        if claims := (mutator.get("config") or {}).get("claims"):
            audience, subject = claims_of(claims)
            words += [f"audience {audience}", f"subject {subject}"]
    return ", ".join(words)
