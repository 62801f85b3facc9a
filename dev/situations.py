"""The demo's repository in the situations that the page is about, without a cluster.

Each function follows the one above it. What a deploy would record is recorded; nothing is
deployed.
"""

from __future__ import annotations

from dev import control
from dev.scene import Scene, next_chart_version
from promoter.deploy.deploy import cleared
from promoter.deploy.record import record
from promoter.site.evidence import Evidence, now
from promoter.site.site import Site
from promoter.vendoring.bump import bump

STAGING, QA = "local-staging", "local-qa"


def before_qa(scene: Scene) -> None:
    """Prepare the scene; staging runs a chart that erin vendored, QA and production nothing."""
    scene.prepare()
    chart = next_chart_version(scene.chart_file("Chart.yaml"))
    ref = scene.change_chart("feat(chart): another version", {"Chart.yaml": chart})
    bump(scene.clone, "lana-bank", ref, push=True)
    _recorded(scene, STAGING)


def in_a_freeze(scene: Scene) -> None:
    """Hold QA by the freeze of the demo."""
    scene.change_deployments("feat: freeze QA", {control.RULES: control.freeze().encode()})
    Site.of(scene.clone, control.DEPLOYMENT)  # The platform's remote follows the clone.


def before_the_votes(scene: Scene) -> None:
    """Lift the freeze, and let QA pass; production then waits for two people."""
    files = {control.RULES: control.APPROVAL.encode()}
    scene.change_deployments("feat: two people approve production", files)
    _recorded(scene, QA)


def _recorded(scene: Scene, environment: str) -> None:
    site = Site.of(scene.clone, control.DEPLOYMENT).fetched()
    due = cleared(site, environment)
    evidence = Evidence(
        control.DEPLOYMENT,
        environment,
        "deploy",
        "deployed",
        due.trigger,
        now(),
        "erin",
        details={"plan": "3 to add"},
    )
    record(site, due, evidence)
    site.fetched()  # A page shows what its clone has fetched until it has queried the remote.
