"""Waiting for the workloads of a release, on the objects that kubectl returns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import PromoterError
from promoter.common.progress import Silent
from promoter.programs.kubectl import Kubectl
from promoter.programs.workloads import wait_available


def item(kind: str, **status: int) -> dict[str, Any]:
    metadata = {"name": "app", "generation": 2}
    return {"kind": kind, "metadata": metadata, "spec": {"replicas": 2}, "status": status}


def wait(tmp_path: Path, *items: dict[str, Any], pods: Sequence[dict[str, Any]] = ()) -> None:
    for name, objects in (("pods", pods), ("workloads", items)):
        (tmp_path / name).write_text(json.dumps({"items": list(objects)}))
    program = tmp_path / "kubectl"
    program.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *" pods "*) cat {tmp_path}/pods;; *) cat {tmp_path}/workloads;; esac\n'
    )
    program.chmod(0o755)
    wait_available(Kubectl(program, None, "space"), "lana", 0, Silent())


def test_available_workloads(tmp_path: Path) -> None:
    pods = {"desiredNumberScheduled": 3, "numberAvailable": 3, "updatedNumberScheduled": 3}
    wait(
        tmp_path,
        item("Deployment", observedGeneration=2, availableReplicas=2, updatedReplicas=2),
        item("DaemonSet", observedGeneration=2, **pods),
    )


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "it has no workload"),
        (
            [item("Deployment", observedGeneration=2, availableReplicas=1, updatedReplicas=2)],
            r"Deployment app: 1 of 2 available$",
        ),
        (
            [item("StatefulSet", observedGeneration=2, availableReplicas=2, updatedReplicas=1)],
            r"StatefulSet app: 2 of 2 available \(rolling out\)",
        ),
        (
            [item("DaemonSet", observedGeneration=1, numberAvailable=0)],
            r"DaemonSet app: 0 of 0 available \(not yet seen by its controller\)",
        ),
    ],
)
def test_an_unavailable_release(tmp_path: Path, items: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(PromoterError, match=f"verify release space/lana: {reason}"):
        wait(tmp_path, *items)


def test_workloads_and_pods_that_wait_for_the_same_are_one_line(tmp_path: Path) -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/2 nodes are available"}
    pods = [
        {"kind": "Pod", "metadata": {"name": f"app-{n}"}, "status": {"conditions": [condition]}}
        for n in range(12)
    ]
    down = item("Deployment", observedGeneration=2, availableReplicas=0, updatedReplicas=2)
    with pytest.raises(PromoterError) as error:
        wait(tmp_path, down, down, down, pods=pods)
    assert str(error.value) == (
        "verify release space/lana: 3 Deployments: 0 of 2 available; "
        "12 pods: PodScheduled is False: 0/2 nodes are available"
    )
