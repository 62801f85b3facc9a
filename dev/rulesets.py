"""The rulesets of main in all three repositories: ``python -m dev.rulesets``.

The required checks are the jobs of every workflow that runs on each pull request. A workflow with
a path filter cannot be required: where it does not run, GitHub waits for it for ever.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
REPOSITORIES = (ROOT, ROOT / "upstream" / "lana-bank", ROOT / "upstream" / "galoy-private-charts")
OPTIONAL = {
    "bot-automerge-lana": "it waits for the required checks",
    "preview": "a preview informs, and a fork has none",
}
"""Jobs that run on each pull request and are not required, with the reason."""


def main_ruleset(repository: Path) -> dict[str, Any]:
    """Return the ruleset of ``main``: reviews and checks, and no push but the deploy key's."""
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
    return {
        "name": "main",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
        "bypass_actors": [{"actor_id": None, "actor_type": "DeployKey", "bypass_mode": "always"}],
        "rules": [
            {"type": "deletion"},
            {"type": "non_fast_forward"},
            {"type": "pull_request", "parameters": review},
            {"type": "required_status_checks", "parameters": checks},
        ],
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
        each / ".github" / "rulesets" / "main.json": json.dumps(main_ruleset(each), indent=2) + "\n"
        for each in REPOSITORIES
    }


def main() -> int:
    """Write the files; return the exit code."""
    for file, content in files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
