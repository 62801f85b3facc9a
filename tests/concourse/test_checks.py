"""Each check finds its problem in a pipeline that is otherwise free of findings."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from promoter.common.errors import InvalidFile
from promoter.concourse.checks import check_pipeline
from promoter.concourse.schema import parse_pipeline

IMAGE = {
    "type": "registry-image",
    "source": {"repository": "example/tasks"},
    "version": {"digest": "((tasks.digest))"},
}
VARIABLES = {"tasks.digest": "the task image", "git.key": "a key"}


def task(name: str, inputs: list[str], outputs: list[str] | None = None) -> dict[str, Any]:
    return {
        "task": name,
        "config": {
            "platform": "linux",
            "image_resource": IMAGE,
            "inputs": [{"name": each} for each in inputs],
            "outputs": [{"name": each} for each in outputs or []],
            "run": {"path": "true"},
        },
    }


SOUND: dict[str, Any] = {
    "groups": [{"name": "all", "jobs": ["test", "build"]}],
    "jobs": [
        {
            "name": "test",
            "plan": [{"get": "repo", "trigger": True}, task("check", ["repo"])],
        },
        {
            "name": "build",
            "plan": [
                {"get": "repo", "passed": ["test"], "trigger": True},
                task("version", ["repo"], ["version"]),
                {"load_var": "v", "file": "version/version"},
                {**task("compile", ["repo"], ["image"]), "attempts": 2},
                {
                    "put": "edge",
                    "inputs": ["image", "version"],
                    "params": {"image": "image/image.tar", "additional_tags": "version/version"},
                },
                {"put": "chat-message", "inputs": [], "params": {"text": "((.:v))"}},
            ],
        },
    ],
    "resources": [
        {"name": "repo", "type": "git", "source": {"uri": "u", "private_key": "((git.key))"}},
        {"name": "edge", "type": "registry-image", "source": {"repository": "r"}},
        {"name": "chat-message", "type": "chat", "source": {}},
    ],
    "resource_types": [
        {"name": "chat", "type": "registry-image", "source": {"repository": "example/chat"}}
    ],
}


def findings(document: dict[str, Any]) -> list[str]:
    pipeline = parse_pipeline(document, "pipeline.yml")
    return [str(finding) for finding in check_pipeline(pipeline, VARIABLES)]


def test_a_sound_pipeline_has_no_findings() -> None:
    assert findings(SOUND) == []


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p: p["jobs"][0].update(name="Test"), "jobs.Test: not a valid identifier"),
        (lambda p: p["jobs"][0].update(name="12"), "cannot be just numbers"),
        (lambda p: p["resources"].append(p["resources"][0]), "resources.repo: defined 2 times"),
        (lambda p: p["resources"].pop(1), "resource edge is not defined"),
        (lambda p: p["jobs"][1]["plan"].pop(), "resources.chat-message: is not used by any job"),
        (lambda p: p["resource_types"].pop(), "its type chat is not defined"),
        (lambda p: p["resources"][2].update(type="git"), "resource_types.chat: is not used"),
        (lambda p: p["jobs"][1]["plan"][0].update(passed=["tests"]), "which is not a job"),
        (
            lambda p: p["jobs"][0]["plan"].insert(0, {"get": "chat-message", "passed": ["build"]}),
            "wait for each other: ",
        ),
        (
            lambda p: p["jobs"][1]["plan"].append({"get": "chat-message", "passed": ["test"]}),
            "test, which neither gets nor puts chat-message",
        ),
        (lambda p: p["groups"][0]["jobs"].pop(), "job build is in no group"),
        (lambda p: p["groups"][0]["jobs"].append("ship"), "groups: ship is not a job"),
        (
            lambda p: p["jobs"][0]["plan"].reverse(),
            "task check: no step before it creates repo",
        ),
        (
            lambda p: p["jobs"][1]["plan"][3]["config"]["outputs"].append({"name": "logs"}),
            "task compile: nothing reads logs",
        ),
        (
            lambda p: p["jobs"][1]["plan"].insert(0, {"get": "chat-message"}),
            "get chat-message: nothing reads chat-message",
        ),
        (
            lambda p: p["jobs"][1]["plan"][4].update(inputs=["image"]),
            "put edge does not list its input version",
        ),
        (
            lambda p: p["jobs"][1]["plan"][4].update(inputs=["image", "version", "repo"]),
            "put edge lists an input that it does not read: repo",
        ),
        (
            lambda p: p["jobs"][1]["plan"][3].update(input_mapping={"src": "repo"}),
            "task compile has no input src",
        ),
        (
            lambda p: p["resources"][0]["source"].update(private_key="letmein"),
            "private_key must be one ((variable))",
        ),
        (
            lambda p: p["resources"][0]["source"].update(uri="https://me:pw@example.com/r"),
            "contains a literal secret",
        ),
        (
            lambda p: p["resources"][0]["source"].update(private_key="((git.other))"),
            "((git.other)) is not in variables.yml",
        ),
        (
            lambda p: p["resources"][0]["source"].pop("private_key"),
            "variables.yml: git.key is not used",
        ),
        (lambda p: p["resources"][0]["source"].update(uri="((git key))"), "not a variable"),
        (lambda p: p["jobs"][1]["plan"].pop(2), "no load_var loads ((.:v))"),
        (lambda p: p["jobs"][1]["plan"][5].pop("params"), "nothing reads load_var v"),
    ],
)
def test_a_problem_is_found(change: Change, expected: str) -> None:
    document = copy.deepcopy(SOUND)
    change(document)
    assert expected in "\n".join(findings(document))


def test_a_parallel_step_does_not_see_the_artifacts_of_another() -> None:
    document = copy.deepcopy(SOUND)
    plan = document["jobs"][1]["plan"]
    plan[1:4] = [{"in_parallel": [plan[1], {"do": [plan[2], plan[3]]}]}]
    assert "load_var v: no step before it creates version" in "\n".join(findings(document))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda p: p["jobs"][0]["plan"][0].update(triger=True), "jobs.0.plan.0.get.triger"),
        (lambda p: p["jobs"][0]["plan"][0].update(put="repo"), "jobs.0.plan.0"),
        (lambda p: p["jobs"][0]["plan"][0].update(attempts=1), "jobs.0.plan.0.get.attempts"),
        (lambda p: p["jobs"][0].pop("plan"), "jobs.0.plan"),
        (lambda p: p["resources"][0].pop("type"), "resources.0.type"),
        (lambda p: p["jobs"][0]["plan"][1]["config"].pop("run"), "config.run"),
    ],
)
def test_an_invalid_pipeline_is_an_error_with_its_place(change: Change, place: str) -> None:
    document = copy.deepcopy(SOUND)
    change(document)
    with pytest.raises(InvalidFile, match=place):
        parse_pipeline(document, "pipeline.yml")
