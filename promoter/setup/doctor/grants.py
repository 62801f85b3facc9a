"""Grants on Azure: the roles that a foundation assigns, and those that its principals have."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from promoter.programs.cloud import CloudAnswer, CloudReader
from promoter.setup.doctor.addresses import address_of
from promoter.setup.doctor.problems import Document

_ARM = "https://management.azure.com"
_READS = "{scope}/providers/Microsoft.Authorization/{kind}?api-version=2022-04-01&$filter={filter}"
_EXPRESSION = re.compile(r"\$\{(\w+)\.(\w+)\.(.+)\}")


@dataclass(frozen=True)
class Grant:
    """A role that a principal, given by its id, needs at ``scope``."""

    role: str
    principal: str
    principal_name: str
    scope: str

    @property
    def assignments(self) -> str:
        """The address that lists what the principal has at the scope and above it."""
        return self._address("roleAssignments", f"principalId eq '{self.principal}'")

    @property
    def definitions(self) -> str:
        """The address that finds the role by its name."""
        return self._address("roleDefinitions", f"roleName eq '{self.role}'")

    def _address(self, kind: str, condition: str) -> str:
        return _ARM + _READS.format(scope=self.scope, kind=kind, filter=quote(condition))

    def holds(self, definitions: Document, assignments: Document) -> bool:
        """Return whether the principal has the role at the scope, or above it."""
        roles = {_last(each["id"]) for each in definitions.get("value", ())}
        return any(
            _last(each["properties"]["roleDefinitionId"]) in roles
            and f"{self.scope}/".lower().startswith(f"{each['properties']['scope']}/".lower())
            for each in assignments.get("value", ())
        )


def missing_grants(
    foundation: Document, answers: Mapping[str, CloudAnswer], reader: CloudReader
) -> Iterator[str]:
    """Yield the grants of ``foundation`` that are missing, and those that cannot be read.

    ``answers`` has what its resources are, by address; a principal that is not there has no grant.
    """
    grants = tuple(_grants(foundation, answers))
    read = reader.answers(_addresses(grants))
    for each in grants:
        definitions, assignments = read[each.definitions], read[each.assignments]
        name = f"{each.role} of {each.principal_name}"
        if failed := next((a.status for a in (definitions, assignments) if a.status != 200), None):
            yield f"{name}: not read (HTTP {failed})"
        elif not each.holds(definitions.document, assignments.document):
            yield f"{name}: it is not granted"


def _addresses(grants: Iterable[Grant]) -> Iterator[str]:
    for each in grants:
        yield from (each.definitions, each.assignments)


def _grants(foundation: Document, answers: Mapping[str, CloudAnswer]) -> Iterator[Grant]:
    made = foundation.get("resource", {})
    for body in made.get("azurerm_role_assignment", {}).values():
        kind, name, _ = _parts(body["principal_id"])
        answer = answers.get(address_of(foundation, kind, name))
        document: Document = answer.document if answer else {}
        principal = _principal(document)
        if principal:
            yield Grant(
                _role(body, made),
                principal,
                made[kind][name]["name"],
                _scope(foundation, *_parts(body["scope"])),
            )


def _principal(document: Document) -> str:
    """Return the id of an identity's principal, or of a resource's own one."""
    found = document.get("properties", {}).get("principalId")
    return str(found or document.get("identity", {}).get("principalId") or "")


def _role(body: Document, made: Document) -> str:
    if name := body.get("role_definition_name"):
        return str(name)
    kind, name, _ = _parts(body["role_definition_id"])
    return str(made[kind][name]["name"])


def _scope(foundation: Document, kind: str, name: str, _: str) -> str:
    """Return the id of a resource of the foundation in Azure Resource Manager."""
    body: dict[str, Any] = foundation["resource"][kind][name]
    if kind == "azurerm_storage_container":
        service = _scope(foundation, *_parts(body["storage_account_id"]))
        return f"{service}/containers/{body['name']}"
    if kind == "azurerm_key_vault_key":
        return f"{_scope(foundation, *_parts(body['key_vault_id']))}/keys/{body['name']}"
    return urlsplit(address_of(foundation, kind, name)).path


def _parts(expression: str) -> tuple[str, str, str]:
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise ValueError(f"{expression!r} is not an attribute of a block")
    return found[1], found[2], found[3]


def _last(identity: str) -> str:
    return identity.rpartition("/")[2].lower()
