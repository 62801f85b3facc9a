"""A deploy whose server is available but responds wrongly is not recorded."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from promoter.git import Git
from promoter.git.objects import SourceFile
from tests.deploy.conftest import Stage, stage

pytestmark = pytest.mark.slow

__all__ = ["stage"]

SERVER = "lana/cli/lana-cli"
ANSWERS = 'if self.path in ("/health", "/graphql"):'
GRAPHQL = 'if self.path == "/graphql":\n            {}\n        elif self.path == "/health":'
# More of them, without a deploy: test_checks.py.
DEFECTS = {
    "answers 500": ("self.reply(500, {'error': 'out of order'})", "status 500, not 200"),
    "hangs": ("threading.Event().wait()", "no complete response within 5 s"),
    "lacks the endpoint": ("self.reply(404, {'error': 'no such path'})", "status 404, not 200"),
}


def release(stage: Stage, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Push images with this server, pin and vendor them."""
    sample = stage.scene.sample
    files = {**sample.placeholders.files, SERVER: SourceFile(server.encode(), executable=True)}
    changed = replace(sample, placeholders=replace(sample.placeholders, files=files))
    with monkeypatch.context() as patch:
        patch.setitem(vars(stage.scene), "sample", changed)
        images = stage.scene.images()
    stage.change_chart(stage.scene.pin(stage.scene.chart_file("values.yaml"), images))


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_release_that_responds_wrongly_is_not_recorded(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    replacement, message = DEFECTS[defect]
    text = stage.scene.sample.placeholders.files[SERVER].content.decode()
    assert text.count(ANSWERS) == 1
    release(stage, text.replace(ANSWERS, GRAPHQL.format(replacement)), monkeypatch)
    states = stage.scene.states()
    done = stage.run("promoter", "deploy", "local-staging")
    assert done.returncode == 1, done.stderr
    assert f"server is healthy where GraphQL is served: {message}" in done.stderr
    assert stage.scene.states() == states
    evidence = failed_evidence(stage)
    assert message in evidence["summary"]
    results = {each["endpoint"]: each for each in evidence["details"]["smoketests"][0]["results"]}
    assert results["server is healthy where GraphQL is served"]["outcome"] == "failed"
    assert results["server answers its probe"]["outcome"] == "passed"


def failed_evidence(stage: Stage) -> dict:
    git = Git(stage.scene.clone)
    git.fetch("platform", "main")
    names = git.lines("ls-tree", "-r", "--name-only", "FETCH_HEAD", "cepler/evidence/")
    newest = max(name for name in names if "-failed-" in name)
    return json.loads(git.file("FETCH_HEAD", newest) or b"")
