"""The overview: a chain of environments that all wait is evaluated once, not once for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from promoter.gate.config import EnvironmentConfig
from promoter.gate.evaluation import Evaluation, View
from promoter.git import Git
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


def ruled(site: Site) -> Site:
    """Return the site with a change of each environment by Ann, which waits for others' votes."""
    rule = "{approval: {count: 1, from: [all], exclude_authors: true}}"
    config = "".join(f"  {name}: {{latest: [{name}/*]}}\n" for name in NAMES)
    rules = "".join(f"  {name}: {rule}\n" for name in NAMES)
    files = {
        "cepler/app.yml": f"deployment: app\nenvironments:\n{config}",
        "cepler/app.rules.yml": f"environments:\n{rules}",
        "cepler/teams.yml": "people: {ann: {mail: [ann@bank.example]}, bob: {mail: [b@x]}}\n"
        "teams: {all: [ann, bob]}\n",
    }
    pull(site)
    push(site.git, {path: text.encode() for path, text in files.items()})
    for name in NAMES:
        push(site.git, {f"{name}/a": b"1"})
    found = site.fetched()
    return gate(found, found.tip)


def test_who_may_vote_takes_one_walk_for_all_environments(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Counter[str]()

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Git, *arguments: str, **options: Any) -> Any:
            started[arguments[0]] += 1
            return method(self, *arguments, **options)

        return call

    waiting = ruled(site)
    monkeypatch.setattr(Git, "attempt", counted(Git.attempt))
    monkeypatch.setattr(Git, "process", counted(Git.process))
    costs = []
    for names in (NAMES, NAMES[:1], NAMES):  # The first time, what lasts longer is read as well.
        started.clear()
        found = overview(replace(waiting, now=datetime.now(UTC)), names)
        costs.append(dict(started))
        openings = [each.opening for each in found if each.opening]
        assert [each.may_vote for each in openings] == [("bob",)] * len(names)
    assert costs[1] == costs[2]
