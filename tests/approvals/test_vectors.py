"""The refusal vectors, decided by the gate with the control of each."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from promoter.approvals.control import GitControl
from promoter.gate.decision import decide
from promoter.gate.deployment import Deployment
from promoter.gate.gates import from_commit
from promoter.git import Git

FOLDER = Path(__file__).parent / "vectors"
VECTORS = json.loads((FOLDER / "vectors.json").read_text())


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Git:
    """A clone of the bundle."""
    folder = tmp_path_factory.mktemp("vectors")
    Git(folder).text("clone", "-q", str(FOLDER / "repository.bundle"), "clone")
    return Git(folder / "clone")


@pytest.mark.parametrize("vector", VECTORS, ids=[each["name"] for each in VECTORS])
def test_the_decision_is_the_expected_one(clone: Git, vector: dict[str, str]) -> None:
    deployment = Deployment.at_commit(clone, vector["main"], "cepler/app.yml")
    now = datetime.fromisoformat(vector["at"])
    control = GitControl(deployment, vector["gates"], now=now, in_ci=False)
    gated = deployment.under(from_commit(clone, vector["gates"], "app.yml"))
    decision = decide(gated.controlled_by(control), vector["environment"])
    assert decision.is_due is vector["allowed"], decision.holds
    assert vector["reason"] in "; ".join(map(str, decision.holds))
