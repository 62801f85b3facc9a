"""A plain clone without push rights is enough: README's "On your own clone", typed in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.typed import Step, fresh_clone, steps, type_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CHANGE = "sed -i 's/cpu: 250m/cpu: 260m/' charts/lana-bank/values.yaml"
COMMIT = "git -c user.name=Engineer -c user.email=engineer@example.com commit --quiet -am 'feat: x'"


def test_a_clone_without_push_rights_deploys_and_records(tmp_path: Path) -> None:
    clone = fresh_clone(tmp_path)
    *typed, down = steps("On your own clone")
    after = [
        Step("promoter status local", 0, ()),
        Step(CHANGE, 0, ()),
        Step(COMMIT, 0, ()),
        Step("cdktf deploy local-qa --auto-approve", 3, ()),
        Step("promoter status local", 0, ()),
    ]
    try:
        output = type_in(clone, [*typed, *after])
    finally:
        type_in(clone, [down])
    assert output.count("recorded in") == 2
    assert output.count("local-qa          deployed") == 1
