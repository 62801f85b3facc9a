"""The rulesets of main in all three repositories: ``python -m dev.rulesets [--apply]``.

The required checks are the jobs of every workflow that runs on each pull request. A workflow with
a path filter cannot be required: where it does not run, GitHub waits for it for ever.

Whoever bypasses a ruleset bypasses all of its rules. Reviews are therefore a ruleset of their own:
the bot merges in the charts repository without one, but never before the required checks.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from github import Auth, Github

from promoter.cli import guarded
from promoter.common.errors import InvalidFile
from promoter.forge.forge import BOT_LOGIN
from promoter.forge.links import API
from promoter.release.image_pins import BRANCH as PINS

ROOT = Path(__file__).resolve().parent.parent
CHARTS = ROOT / "upstream" / "galoy-private-charts"
REPOSITORIES = (ROOT, ROOT / "upstream" / "lana-bank", CHARTS)
OPTIONAL = {
    "bot-automerge-lana": "it waits for the required checks",
    "preview": "a preview informs, and a fork has none",
}
"""Jobs that run on each pull request and are not required, with the reason."""


_DEPLOY_KEY = {"actor_id": None, "actor_type": "DeployKey", "bypass_mode": "always"}
_BOT = {
    # GitHub knows an app by a number; `--apply` looks it up.
    "actor_id": BOT_LOGIN.removesuffix("[bot]"),
    "actor_type": "Integration",
    "bypass_mode": "pull_request",
}


def rulesets(repository: Path) -> list[dict[str, Any]]:
    """Return the rulesets of ``main``: checks and reviews, and no push but the deploy key's.

    In this repository nobody else moves the branch with the pins of our images either.
    """
    review = {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": True,
    }
    checks = {
        "strict_required_status_checks_policy": True,
        "required_status_checks": [{"context": name} for name in required_checks(repository)],
    }
    reviewed = {"type": "pull_request", "parameters": review}
    checked = {"type": "required_status_checks", "parameters": checks}
    history = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    bot = [_BOT] if repository == CHARTS else []
    found = [
        _ruleset("main", [_DEPLOY_KEY], [*history, checked]),
        _ruleset("main-reviews", [_DEPLOY_KEY, *bot], [reviewed]),
    ]
    if repository == ROOT:
        pushed = [*history, {"type": "update"}]
        found.append(_ruleset(PINS, [_DEPLOY_KEY], pushed, branch=PINS))
    return found


def _ruleset(
    name: str, actors: list[dict[str, Any]], rules: list[dict[str, Any]], branch: str = "main"
) -> dict[str, Any]:
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/heads/{branch}"], "exclude": []}},
        "bypass_actors": actors,
        "rules": rules,
    }


def required_checks(repository: Path) -> list[str]:
    """Return the names of the checks of every pull request, sorted."""
    return sorted(
        check
        for file in (repository / ".github" / "workflows").glob("*.yml")
        for job in _jobs(file)
        for check in _names(job)
        if check not in OPTIONAL
    )


def _jobs(file: Path) -> list[dict[str, Any]]:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    trigger = (
        workflow[True].get("pull_request") if "pull_request" in workflow[True] else {"paths": []}
    )
    return [] if "paths" in (trigger or {}) else list(workflow["jobs"].values())


def _names(job: dict[str, Any]) -> list[str]:
    """Return the names of a job's checks: with a matrix, one for each of its values."""
    names = [str(job["name"])]
    for key, values in job.get("strategy", {}).get("matrix", {}).items():
        place = f"${{{{ matrix.{key} }}}}"
        names = [name.replace(place, str(value)) for name in names for value in values]
    return names


def files() -> dict[Path, str]:
    """Return the content of every generated file."""
    return {
        each / ".github" / "rulesets" / f"{one['name']}.json": json.dumps(one, indent=2) + "\n"
        for each in REPOSITORIES
        for one in rulesets(each)
    }


def committed(repository: Path) -> list[dict[str, Any]]:
    """Return the committed rulesets of ``repository``.

    Raises `InvalidFile` for a required check that no workflow reports: every merge would wait for
    it for ever.
    """
    reported, found = required_checks(repository), []
    for file in sorted((repository / ".github" / "rulesets").glob("*.json")):
        found.append(json.loads(file.read_text(encoding="utf-8")))
        for name in _contexts(found[-1]):
            if name not in reported:
                reason = f"no workflow reports the required check {name!r}"
                raise InvalidFile(str(file), "", reason, next_step="make generated")
    return found


def _contexts(ruleset: dict[str, Any]) -> list[str]:
    rules = (each.get("parameters", {}) for each in ruleset["rules"])
    return [one["context"] for each in rules for one in each.get("required_status_checks", [])]


def apply(client: Github, name: str, wanted: list[dict[str, Any]]) -> Iterator[str]:
    """Create or replace the rulesets ``wanted`` of repository ``name``; yield what was done.

    ``client`` has the token of an administrator.
    """
    repository = client.get_repo(name)
    request, url = repository.requester.requestJsonAndCheck, f"{repository.url}/rulesets"
    live = {each["name"]: each["id"] for each in request("GET", url)[1]}
    for one in wanted:
        actors = [
            {**actor, "actor_id": client.get_app(actor["actor_id"]).id}
            if isinstance(actor["actor_id"], str)
            else actor
            for actor in one["bypass_actors"]
        ]
        known = live.get(one["name"])
        method, at = ("PUT", f"{url}/{known}") if known else ("POST", url)
        request(method, at, input={**one, "bypass_actors": actors})
        yield f"{name}: {'replaced' if known else 'created'} ruleset {one['name']}"


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--apply`` set every committed ruleset; return the exit code."""
    if arguments == ["--apply"]:
        token, api = os.environ["GH_TOKEN"], os.environ.get("GITHUB_API_URL", API)
        client = Github(auth=Auth.Token(token), base_url=api, lazy=True)
        names = {each: "galoy-deployments" if each == ROOT else each.name for each in REPOSITORIES}
        wanted = {name: committed(each) for each, name in names.items()}
        for name, rulesets_of in wanted.items():
            for line in apply(client, f"GaloyMoney/{name}", rulesets_of):
                sys.stdout.write(f"{line}\n")
        return 0
    for file, content in files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(sys.argv[1:])))
