"""Secrets and variables of pipelines and workflows: those that they name, and where each is set.

``variables.yml`` of a pipeline's folder and of ``.github`` describes each of them.
"""

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_yaml
from promoter.concourse.checks.variables import VARIABLE, read_variables
from promoter.concourse.pipelines import PIPELINES, PipelineFiles
from promoter.concourse.schema import read_pipeline

_SETTING = re.compile(r"\$\{\{[^}]*?\b(?P<kind>secrets|vars)\.(?P<name>\w+)")
_GIVEN = "secrets.GITHUB_TOKEN"  # GitHub sets it
# What `repipe` sets, from the branch that the pipeline `promoter` writes.
_PINS = ("promoter-image.digest", "cepler-resource-image.tag")
_HEAD = ("| name | set in | used by | content |", "|---|---|---|---|")


def settings_table(root: Path, repositories: Mapping[str, str]) -> str:
    """Return a Markdown table for each pipeline and for the workflows of each repository.

    ``repositories`` are their folders below ``root``, by name. Raises `InvalidFile` for a name
    without a description, or a description that nothing uses.
    """
    sections = [(f"Concourse: {each.name}", _of_pipeline(each, root)) for each in PIPELINES]
    for name, folder in repositories.items():
        sections.append((f"GitHub: {name}", _of_workflows(root / folder / ".github", root)))
    filled = [(title, rows) for title, rows in sections if rows]
    return "\n\n".join("\n".join([f"### {title}", "", *_HEAD, *rows]) for title, rows in filled)


def workflow_settings(workflows: Mapping[str, str]) -> dict[str, dict[str, set[str]]]:
    """Return what the texts of ``workflows`` name, as ``secrets.X``, with its users.

    These are the workflows by the environment of the job, empty for a job without one.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for workflow, text in sorted(workflows.items()):
        for job in (read_yaml(text, workflow).get("jobs") or {}).values():
            for match in _SETTING.finditer(json.dumps(job)):
                name = f"{match['kind']}.{match['name']}"
                if name != _GIVEN:
                    environments = found.setdefault(name, {})
                    environments.setdefault(str(job.get("environment", "")), set()).add(workflow)
    return found


def _of_workflows(folder: Path, root: Path) -> list[str]:
    files = (folder / "workflows").glob("*.yml")
    found = workflow_settings({each.stem: each.read_text(encoding="utf-8") for each in files})
    file = folder / "variables.yml"
    described = read_variables(file) if file.is_file() else {}
    _compare(file.relative_to(root), set(found), set(described))
    rows = []
    for name, users in sorted(found.items()):
        places = ", ".join(map(place, sorted(users)))
        workflows = _jobs(set().union(*users.values()))
        rows.append(f"| `{name}` | {places} | {workflows} | {described[name]} |")
    return rows


def place(environment: str) -> str:
    """Return where GitHub has the secrets of a job: its environment, or the repository."""
    return f"environment {environment}" if environment else "the repository"


def _of_pipeline(files: PipelineFiles, root: Path) -> list[str]:
    pipeline = read_pipeline(files.rendered(root))
    used: dict[str, set[str]] = {}
    places = {job.name: job.model_dump_json(by_alias=True) for job in pipeline.jobs}
    resources = (*pipeline.resources, *pipeline.resource_types)
    places["resources"] = "".join(each.model_dump_json(by_alias=True) for each in resources)
    for place, text in places.items():
        for name in VARIABLE.findall(text):
            used.setdefault(name, set()).add(place)
    file = files.path(root) / "variables.yml"
    described = read_variables(file)
    names = {
        pattern: {name for name in used if fnmatchcase(name, pattern)} for pattern in described
    }
    known = set().union(*names.values())
    local = {name for name in used if name.startswith(".:")}
    _compare(file.relative_to(root), set(used) - known - local, set())
    return [
        f"| `{pattern}` | {_source(pattern, files.name)} "
        f"| {_jobs(set().union(*(used[name] for name in names[pattern])))} | {text} |"
        for pattern, text in described.items()
    ]


def _source(variable: str, pipeline: str) -> str:
    if variable in _PINS:
        return "branch `image-pins` of galoy-deployments"
    return f"`/concourse/<team>/{pipeline}/`"


def _jobs(names: set[str]) -> str:
    several = 4
    return ", ".join(sorted(names)) if len(names) < several else f"{len(names)} jobs"


def _compare(file: Path, found: set[str], described: set[str]) -> None:
    for name in sorted(found - described):
        raise InvalidFile(str(file), name, "is used and not described", next_step="describe it")
    for name in sorted(described - found):
        raise InvalidFile(str(file), name, "is described and not used", next_step="remove it")
