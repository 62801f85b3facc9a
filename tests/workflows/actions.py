"""Local actions in place of third-party ones: the documented inputs, and a fake's program."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.concourse.test_pipelines import ROOT

HERE = Path(__file__).parent
DOCUMENTED: dict[str, Any] = yaml.safe_load((HERE / "actions.yml").read_text())


def uses(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each third-party action of a workflow or an action, with its ``with:``."""
    if isinstance(document, dict):
        if isinstance(used := document.get("uses"), str) and not used.startswith("./"):
            yield used, document.get("with") or {}
        document = list(document.values())
    if isinstance(document, list):
        for each in document:
            yield from uses(each)


def problems(document: Any) -> list[str]:
    """Return GitHub's words about each `with:` that does not fit the action's inputs."""
    found = []
    for used, given in uses(document):
        name, _, commit = used.partition("@")
        if name not in DOCUMENTED or commit not in DOCUMENTED[name]["source"]:
            found.append(f"{used}: its inputs are not in tests/workflows/actions.yml")
            continue
        inputs = DOCUMENTED[name]["inputs"]
        if unexpected := sorted(set(given) - set(inputs)):
            found.append(f"{name}: Unexpected input(s) {unexpected}")
        for each, declared in inputs.items():
            if declared.get("required") and each not in given:
                found.append(f"{name}: Input required and not supplied: {each}")
    return found


def write_actions(folder: Path, workflow: Path, original: Path) -> dict[str, Path]:
    """Write the actions that a workflow uses, its repository's own included.

    Return the folder of each ``owner/repository@commit``. Raises `AssertionError` for inputs that
    an action does not document.
    """
    own = (original.parents[1] / "actions").glob("*/action.yml")
    documents = [yaml.safe_load(file.read_text()) for file in (workflow, *own)]
    assert problems(documents) == []
    places: dict[str, Path] = {}
    for used, _ in uses(documents):
        name, _, commit = used.partition("@")
        owner, repository, *below = name.split("/")
        place = folder / f"{owner}+{repository}"
        _write(name, place.joinpath(*below))
        places[f"{owner}/{repository}@{commit}"] = place
    return places


def _write(name: str, folder: Path) -> None:
    inputs = DOCUMENTED[name]["inputs"]
    step = {
        "shell": "bash",
        "run": '"$GITHUB_ACTION_PATH/main"',
        "env": {
            "INPUT_" + each.upper().replace("-", "_"): f"${{{{ inputs.{each} }}}}"
            for each in inputs
        },
    }
    action = {
        "name": name,
        "description": f"A fake of {name}.",
        "inputs": {each: {"description": each, **declared} for each, declared in inputs.items()},
        "runs": {"using": "composite", "steps": [step]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "action.yml").write_text(yaml.safe_dump(action, sort_keys=False))
    shutil.copy2(HERE / "fakes" / name.replace("/", "-"), folder / "main")


def own_actions() -> list[Path]:
    """Return every action of the three repositories."""
    return sorted(ROOT.glob("upstream/*/.github/actions/*/action.yml"))
