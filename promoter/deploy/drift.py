"""Drift: a cluster that no longer has what the last deploy of an environment recorded.

The record of a deploy has the digest of each release (`content`). Where the cluster has another one
at its newest revision, or none, the environment gets the mark of a change that is not recorded
(`begun`), so that it is due again for everybody.
"""

import json
from collections.abc import Mapping

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.deploy.content import observed_digest
from promoter.deploy.record import mark_drift
from promoter.gate.decision import Decision, DecisionStatus
from promoter.programs.helm import Helm
from promoter.site.evidence import folder
from promoter.site.site import Site
from promoter.synthesis.app import StackRelease
from promoter.synthesis.stack import TargetOf
from promoter.toolchain import Toolchain


def decide(site: Site, environment: str, target_of: TargetOf, progress: Progress) -> Decision:
    """Return the decision about ``environment``, up to date only if its cluster agrees.

    A cluster that cannot be reached is noted: it says nothing against the record.
    """
    decision = site.decide(environment)
    if decision.recorded is None or decision.status is not DecisionStatus.UP_TO_DATE:
        return decision
    trigger = decision.recorded.current.head_commit
    try:
        drifted = _drifted(site, environment, target_of, trigger)
    except PromoterError as error:
        progress.note(f"{environment}: its cluster was not compared with its record: {error}")
        return decision
    if not drifted:
        return decision
    progress.note(f"{environment}: {', '.join(drifted)} in the cluster is not what was recorded")
    mark_drift(site, environment, trigger)
    return site.fetched().decide(environment)


def _drifted(site: Site, environment: str, target_of: TargetOf, trigger: str) -> list[str]:
    """Return each release, ``<namespace>/<name>``, that the cluster has other content of."""
    recorded = _recorded_digests(site, environment, trigger)
    if not recorded:
        return []
    target = target_of(environment)
    helm = Helm(Toolchain(site.git.dir).program("helm"), target.kubeconfig)
    return [release for release, digest in recorded.items() if _digest_in(helm, release) != digest]


def _digest_in(helm: Helm, release: str) -> str | None:
    namespace, _, name = release.partition("/")
    newest = next(reversed(helm.history(name, namespace)), None)
    if newest is None or newest.status != "deployed":
        return None
    return observed_digest(helm, StackRelease("", name, namespace, ()), newest.revision)


def _recorded_digests(site: Site, environment: str, trigger: str) -> Mapping[str, str]:
    """Return the digest by release that was recorded with ``trigger``; by cepler none is."""
    where = folder(site.deployment_of(environment), environment)
    with site.reading() as history:
        listed = history.listing(site.tip, [where])
        newest = max((path for path in listed if "-deploy-deployed-" in path), default="")
        found = history.file(site.tip, newest) if newest else None
    try:
        document = json.loads(found.content) if found else {}
        same = document.get("trigger") == trigger
        return dict(document["details"].get("digests", {})) if same else {}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
