"""Tables of secrets and variables: what is used is described, and the other way round."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile
from promoter.concourse.settings import settings_table, workflow_settings
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import REPOSITORIES, WORKFLOWS

FOLDERS = {each.name: str(each.relative_to(ROOT)) for each in REPOSITORIES}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("ci", "upstream", ".github"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_every_setting_of_every_workflow_is_in_the_table(root: Path) -> None:
    table = settings_table(root, FOLDERS)
    texts = "".join(file.read_text() for file in WORKFLOWS)
    named = set(re.findall(r"\b((?:secrets|vars)\.\w+)", texts))
    assert named
    assert named == {name for name in re.findall(r"^\| `([^`]+)`", table, re.M) if name in named}
    merging = next(line for line in table.splitlines() if "`secrets.GALOYBOT_APP_KEY`" in line)
    assert "environment automerge" in merging


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (".github/variables.yml", "vars.GIT_KNOWN_HOSTS", "vars.OTHER", "used and not described"),
        (
            ".github/workflows/ci.yml",
            "ci:\n    name",
            "ci:\n    env: {A: '${{ vars.NEW }}'}\n    name",
            "vars.NEW",
        ),
        (".github/workflows/preview.yml", "secrets.CHARTS_DEPLOY_KEY", "github.token", "not used"),
        (
            "ci/deployments/variables.yml",
            "webhook.secret",
            "webhook.other",
            "used and not described",
        ),
    ],
)
def test_an_undescribed_or_unused_setting_is_one_error(
    root: Path, file: str, old: str, new: str, reason: str
) -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))
    with pytest.raises(InvalidFile, match=reason) as raised:
        settings_table(root, FOLDERS)
    assert "variables.yml" in str(raised.value)


def test_githubs_own_token_is_set_by_github() -> None:
    text = "jobs: {a: {env: {A: '${{ secrets.GITHUB_TOKEN }}', B: '${{ secrets.B }}'}}}"
    assert workflow_settings({"a.yml": text}) == {"secrets.B": {"": {"a.yml"}}}
