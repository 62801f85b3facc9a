"""A deploy whose server is available but responds wrongly is not recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from promoter.git import Git
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


@pytest.fixture
def application(stage: Stage) -> Iterator[Git]:
    """A clone of the application whose server a test may change; it is restored afterwards."""
    folder = stage.folder / "lana-bank"
    if not folder.exists():
        Git(stage.folder).text(
            "clone", "--quiet", "git@github.com:GaloyMoney/lana-bank.git", "lana-bank"
        )
    git = Git(folder)
    good = (folder / SERVER).read_text()
    yield git
    (folder / SERVER).write_text(good)


def release(stage: Stage, git: Git) -> None:
    """Commit and push the application, push its images, pin and vendor them."""
    git.text("commit", "--quiet", "--all", "--allow-empty", "-m", "fix: the server")
    git.text("push", "--quiet", "origin", "HEAD:main")
    stage.change_chart(stage.scene.pin(stage.scene.chart_file("values.yaml"), stage.scene.images()))


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_release_that_responds_wrongly_is_not_recorded(
    stage: Stage, application: Git, defect: str
) -> None:
    replacement, message = DEFECTS[defect]
    server = application.dir / SERVER
    text = server.read_text()
    assert text.count(ANSWERS) == 1
    server.write_text(text.replace(ANSWERS, GRAPHQL.format(replacement)))
    release(stage, application)
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
