"""Checks of the forge and of what pipelines need: rulesets, secrets and variables."""

import json
from collections.abc import Iterator
from typing import Any

from promoter.common.errors import UsageError
from promoter.concourse.checks.variables import VARIABLE
from promoter.concourse.pipelines import DEPLOYMENTS
from promoter.concourse.settings import place, workflow_settings
from promoter.forge.forge import Forge, ForgeError
from promoter.forge.remote import forge_of
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings

_FOLDER = ".github"
_APPLY = "an administrator runs make rulesets"


def check_rulesets(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Compare the committed rulesets with those of the forge."""
    site = surroundings.site
    files = site.git.listing(site.tip, f"{_FOLDER}/rulesets")
    try:
        forge = forge_of(site.git, site.remote)
        live = {each["name"]: each for each in forge.rulesets()}
        texts = [site.git.file(site.tip, f"{_FOLDER}/rulesets/{path}") for path in files]
        documents = [_numbered(json.loads(text or b"{}"), forge) for text in texts]
        unknown = set(forge.required_checks(site.branch)) - set(map(str, _contexts(documents)))
    except (ForgeError, UsageError) as error:
        yield CheckResult("rulesets", CheckState.UNKNOWN, str(error), error.next_step)
        return
    for path, committed in zip(files, documents, strict=True):
        file = f"{_FOLDER}/rulesets/{path}"
        check, name = f"ruleset {committed['name']}", committed["name"]
        differing = sorted(_differing(committed, live[name])) if name in live else []
        if name not in live:
            detail, state = f"{file} is not active on the forge", CheckState.PROBLEM
        elif differing:
            detail = f"the forge differs from {file}: {', '.join(differing)}"
            state = CheckState.PROBLEM
        else:
            detail, state = f"as in {file}", CheckState.OK
        yield CheckResult(check, state, detail, _APPLY if state is CheckState.PROBLEM else "")
    for name in sorted(unknown):
        detail = f"{site.branch} requires it, and no committed ruleset does: no workflow reports it"
        remedy = "remove it from the rulesets of the repository, which else waits for it for ever"
        yield CheckResult(f"required check {name}", CheckState.PROBLEM, detail, remedy)


def _contexts(documents: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the checks that rulesets require."""
    for rule in (rule for each in documents for rule in each.get("rules", [])):
        required = rule.get("parameters", {}).get("required_status_checks", [])
        yield from (each["context"] for each in required)


def _numbered(ruleset: dict[str, Any], forge: Forge) -> dict[str, Any]:
    """Return ``ruleset`` with the number of each app that it names by its slug."""
    actors = [
        {**each, "actor_id": forge.app_id(each["actor_id"])}
        if isinstance(each["actor_id"], str)
        else each
        for each in ruleset.get("bypass_actors", [])
    ]
    return {**ruleset, "bypass_actors": actors} if actors else ruleset


def _differing(committed: Any, live: Any, key: str = "") -> Iterator[str]:
    """Yield the keys of ``committed`` that ``live`` lacks or has otherwise; it may have more keys.

    A list has to have the same items in any order, rules of a ruleset may be more.
    """
    if isinstance(committed, dict) and isinstance(live, dict):
        for name, value in committed.items():
            yield from _differing(value, live.get(name), f"{key}.{name}".lstrip("."))
    elif isinstance(committed, list) and isinstance(live, list):
        unmatched = [
            item for item in committed if all(list(_differing(item, other)) for other in live)
        ]
        if unmatched or (len(live) != len(committed) and key != "rules"):
            names = [
                each["type"] for each in unmatched if isinstance(each, dict) and "type" in each
            ]
            yield f"{key} ({', '.join(names)})" if names else key
    elif committed != live:
        yield key


def check_variables(surroundings: Surroundings) -> Iterator[CheckResult]:
    """List the variables of the deployments' pipeline: nobody can read them from here."""
    site, folder = surroundings.site, DEPLOYMENTS.folder
    text = (site.git.file(site.tip, f"{folder}/rendered/pipeline.yml") or b"").decode()
    named = sorted(set(VARIABLE.findall(text)))
    jobs = {each.name for each in surroundings.selected() if each.platform != "local"}
    chosen = [each.name for each in surroundings.environments if each.name in jobs]
    groups = {job: [name for name in named if name.startswith(f"{job}.")] for job in chosen}
    if chosen:
        groups["every job"] = [name for name in named if name.partition(".")[0] not in jobs]
    for group, names in groups.items():
        texts = ", ".join(name.removeprefix(f"{group}.") for name in names)
        detail = f"Concourse's credential manager was not read; it needs {texts}"
        remedy = f"{folder}/variables.yml describes them"
        yield CheckResult(f"variables of {group}", CheckState.UNKNOWN, detail, remedy)


def check_workflows(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find secrets and variables that the workflows name and the forge does not have."""
    site, folder = surroundings.site, f"{_FOLDER}/workflows"
    files = site.git.listing(site.tip, folder)
    texts = {path: (site.git.file(site.tip, f"{folder}/{path}") or b"").decode() for path in files}
    if not (named := workflow_settings(texts)):
        return
    check, places = "secrets of workflows", {each for users in named.values() for each in users}
    try:
        forge = forge_of(site.git, site.remote)
        present = {each: forge.workflow_settings(each) for each in places}
    except (ForgeError, UsageError) as error:
        detail = f"{', '.join(sorted(named))}: {error}"
        yield CheckResult(check, CheckState.UNKNOWN, detail, error.next_step)
        return
    missing = [
        f"{name} in {place(each)}"
        for name, users in sorted(named.items())
        for each in sorted(users)
        if name not in present[each]
    ]
    if missing:
        remedy = "gh secret set <name>, gh variable set <name>, with --env <environment>"
        yield CheckResult(check, CheckState.PROBLEM, f"not set: {', '.join(missing)}", remedy)
    else:
        yield CheckResult(check, CheckState.OK, f"{len(named)} are set")
