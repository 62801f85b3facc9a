"""The overview: a chain of environments that all wait is evaluated once, not once for each."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from promoter.gate.config import EnvironmentConfig
from promoter.gate.evaluation import Evaluation, View
from promoter.site.overview import overview
from promoter.site.site import Site
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]

NAMES = ("first", "second", "third", "fourth", "fifth")


def chain() -> bytes:
    """Return a cepler file whose environments each take what the one before has passed."""
    lines = ["deployment: app", "environments:", "  first: {latest: [shared/*]}"]
    for before, name in pairwise(NAMES):
        lines.append(f"  {name}: {{passed: {before}, propagated: [shared/*]}}")
    return "\n".join([*lines, ""]).encode()


def gate(site: Site, commit: str) -> Site:
    gates = "".join(f"{name}: {commit}\n" for name in NAMES).encode()
    made = site.git.commit_files(site.gates_tip, {"app.yml": gates}, "chore: gates")
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=site.gates_tip)
    return site.fetched()


def test_what_each_environment_would_run_is_evaluated_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(site)
    push(site.git, {"cepler/app.yml": chain()})
    site = gate(site.fetched(), "HEAD")
    for name in NAMES:
        site = deployed(site, name)
    site = gate(site, site.tip)
    pull(site)
    push(site.git, {"shared/a": b"another"})
    evaluated = Counter[tuple[str, str]]()
    at = Evaluation.at

    def counted(
        self: Evaluation, commit: str, environment: EnvironmentConfig, deployment: str
    ) -> View:
        evaluated[environment.name, commit] += 1
        return at(self, commit, environment, deployment)

    monkeypatch.setattr(Evaluation, "at", counted)
    found = overview(site.fetched())
    assert [each.plan.status for each in found] == ["blocked"] * len(NAMES)
    assert [each.opening is not None for each in found] == [True, *[False] * (len(NAMES) - 1)]
    # At its gate and at the tip, for the decision and for the opening.
    assert len(evaluated) == 2 * len(NAMES)
    assert max(evaluated.values()) <= 2, evaluated
