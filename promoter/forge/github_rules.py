"""Checks, rules and settings of workflows, as GitHub's REST API reports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from promoter.forge.forge import Conclusion, StatusCheck
from promoter.forge.github_responses import check_of, check_run_of

if TYPE_CHECKING:
    from github.Environment import Environment
    from github.Repository import Repository

_PAGE = 100
_SEVERITY = (Conclusion.SUCCESS, Conclusion.PENDING, Conclusion.FAILURE)


def checks(repository: Repository, commit: str) -> tuple[StatusCheck, ...]:
    """Return statuses and check runs by name; of several with one name the worst counts."""
    found: dict[str, StatusCheck] = {}
    at = repository.get_commit(commit)
    for status in map(check_of, at.get_statuses()):
        # The newest comes first: older ones of its context are its history.
        found.setdefault(status.name, status)
    for run in map(check_run_of, at.get_check_runs()):
        known = found.get(run.name, run)
        found[run.name] = max(known, run, key=lambda check: _SEVERITY.index(check.conclusion))
    return tuple(sorted(found.values(), key=attrgetter("name")))


def required_checks(repository: Repository, branch: str) -> tuple[str, ...]:
    """Return the checks that the active rulesets of ``branch`` require, sorted.

    The API needs no permission but to read metadata, which every token has.
    """
    url = f"{repository.url}/rules/branches/{quote(branch, safe='')}"
    return tuple(
        sorted(
            {
                required["context"]
                for rule in _pages(repository, url)
                if rule["type"] == "required_status_checks"
                for required in rule["parameters"]["required_status_checks"]
            }
        )
    )


def rulesets(repository: Repository) -> tuple[Mapping[str, Any], ...]:
    """Return every ruleset; the list has none of their rules, each one has."""
    url = f"{repository.url}/rulesets"
    return tuple(
        repository.requester.requestJsonAndCheck("GET", f"{url}/{each['id']}")[1]
        for each in _pages(repository, url)
    )


def workflow_settings(repository: Repository, environment: str = "") -> frozenset[str]:
    """Return the names of secrets and variables, with ``environment`` those of that as well."""
    owners: list[Repository | Environment] = [repository]
    if environment:
        owners.append(repository.get_environment(environment))
    secrets = [f"secrets.{each.name}" for owner in owners for each in owner.get_secrets()]
    variables = [f"vars.{each.name}" for owner in owners for each in owner.get_variables()]
    return frozenset(secrets + variables)


def set_variable(repository: Repository, environment: str, name: str, value: str) -> bool:
    """Set a variable of ``environment``; return False where it has ``value`` already.

    Not `Variable.edit`, which reports no refusal.
    """
    place = repository.get_environment(environment)
    known = {each.name: each.value for each in place.get_variables()}
    if known.get(name) == value:
        return False
    variables, request = f"{place.url}/variables", repository.requester.requestJsonAndCheck
    method, url = ("PATCH", f"{variables}/{name}") if name in known else ("POST", variables)
    request(method, url, input={"name": name, "value": value})
    return True


def _pages(repository: Repository, url: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a list that PyGithub has no call for."""
    number = 1
    items: list[dict[str, Any]] = [{}] * _PAGE
    while len(items) == _PAGE:
        page = {"per_page": _PAGE, "page": number}
        _, items = repository.requester.requestJsonAndCheck("GET", url, parameters=page)
        yield from items
        number += 1
