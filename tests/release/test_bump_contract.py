"""A bump is compared with the chart's contract: what the pinned release has not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import NotCleared
from promoter.programs.registry import Registry
from promoter.release.automerge import AutoMerge, automerge
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.contract.contract import FILE
from promoter.release.promotion import promote
from promoter.release.publication import release

from .conftest import ROOT
from .sandbox import Sandbox, open_sandbox, quick_release_yml

CONTRACT = ROOT / "upstream/galoy-private-charts/charts/lana-bank" / FILE


def cut(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    sandbox.merge(promote(sandbox.application))
    release(sandbox.application)


def test_what_a_release_changes_in_the_contract_needs_a_review(
    tmp_path: Path, registry: Registry
) -> None:
    sandbox = open_sandbox(tmp_path, registry, quick_release_yml())
    rule = AutoMerge(source=str(sandbox.git.dir), wait=0)
    cut(sandbox)
    first = bump_chart(sandbox.application, sandbox.charts)
    assert "## Contract" not in first.body  # The chart has no contract yet.
    automerge(sandbox.charts, first.number, rule)
    sandbox.commit_chart("feat: contract", {f"charts/lana-bank/{FILE}": CONTRACT.read_bytes()})

    # The sample differs from the contract, but no more than its pinned release does.
    sandbox.commit("fix: nothing of the contract")
    cut(sandbox)
    same = bump_chart(sandbox.application, sandbox.charts)
    assert "## Contract" not in same.body
    automerge(sandbox.charts, same.number, rule)

    dockerfile = sandbox.git.file("main", "dagster/Dockerfile") or b""
    assert b"EXPOSE 4000" in dockerfile
    changed = {"dagster/Dockerfile": dockerfile.replace(b"EXPOSE 4000", b"EXPOSE 4001")}
    sandbox.commit("fix: another port", changed)
    cut(sandbox)
    pull = bump_chart(sandbox.application, sandbox.charts)
    finding = "contract image dagster/Dockerfile: port is '4001', not '4000'"
    line = f"- {finding} [rule port, address image dagster/Dockerfile]\n"
    assert pull.body.count(line) == 1
    assert pull.body.endswith(f"## Contract with the chart\n\n{line}")
    with pytest.raises(NotCleared, match="port is '4001', not '4000'"):
        automerge(sandbox.charts, pull.number, rule)

    # The chart is adapted, so its contract is too.
    adapted = CONTRACT.read_text().replace("port: '4000'", "port: '4001'")
    assert adapted != CONTRACT.read_text()
    sandbox.commit_chart("feat: 4001", {f"charts/lana-bank/{FILE}": adapted.encode()})
    fitting = bump_chart(sandbox.application, sandbox.charts)
    assert "## Contract" not in fitting.body
    assert automerge(sandbox.charts, fitting.number, rule).state == "merged"
