"""The gates that a deployments repository starts with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from promoter.approvals.approvals import gates_file
from promoter.common.errors import PromoterError
from promoter.common.yaml_file import read_yaml
from promoter.gate.deployment import Deployment
from promoter.gate.gates import UNGATED, entries_in, with_gate
from promoter.gate.sources import state_path
from promoter.git import Git

if TYPE_CHECKING:
    from promoter.site.site import Site

PRODUCTION = "production"


def missing_gates(site: Site) -> dict[str, bytes]:
    """Return the gates files that need entries, with an entry for every environment.

    Existing entries stay. An environment of stage production is held at the newest commit at
    which nothing is cleared for it; raises `PromoterError` where there is no such commit.
    """
    for error in site.unreadable.values():
        raise error
    files = {}
    for deployment in site.deployments.values():
        name = gates_file(deployment.name)
        present = site.git.file(site.gates_tip, name) if site.gates_tip else None
        text = (present or b"").decode()
        for environment, value in _entries(site, deployment, text):
            text = with_gate(text, environment, value, file=name)
        if text.encode() != (present or b""):
            files[name] = text.encode()
    return files


def _entries(site: Site, deployment: Deployment, text: str) -> Iterator[tuple[str, str]]:
    present = entries_in(text, gates_file(deployment.name))
    for environment in deployment.environments:
        if environment not in present:
            settings = stage(site.git, site.tip, environment)
            passed = deployment.environment(environment).passed
            yield environment, initial_gate(site, deployment, environment, settings, passed)


def initial_gate(
    site: Site, deployment: Deployment, environment: str, stage: str, passed: str | None
) -> str:
    """Return the first value of an environment's gate: ``HEAD``, or a commit for production."""
    if stage != PRODUCTION:
        return UNGATED
    if passed is None:
        raise PromoterError(
            f"hold {environment}: it has no `passed` environment, so every commit clears it",
            next_step=f"add `passed` to {environment} in {deployment.config_path}, "
            f"or set its gate by hand in {gates_file(deployment.name)}",
        )
    state = state_path(deployment.config_path, deployment.name, passed)
    held_at = newest_without(site.git, site.tip, state)
    if held_at is None:
        raise PromoterError(
            f"hold {environment}: {passed} has a record in every commit of {site.branch}, "
            "so any gate would clear something",
            next_step=f"set the gate by hand in {gates_file(deployment.name)}",
        )
    return held_at


def with_gate_of_copy(site: Site, deployment: str, like: str, name: str, stage: str) -> bytes:
    """Return the gates file with an entry for ``name``, a copy of the environment ``like``.

    An entry that exists stays. Raises `PromoterError` where the gates file is missing, or as
    `initial_gate`.
    """
    gated, file = site.gated(deployment), gates_file(deployment)
    text = (site.git.file(site.gates_tip or "", file) or b"").decode()
    if name not in entries_in(text, file):
        passed = gated.environment(like).passed
        value = initial_gate(site, gated, name, stage, passed)
        text = with_gate(text, name, value, file=file)
    return text.encode()


def newest_without(git: Git, tip: str, path: str) -> str | None:
    """Return the newest commit of ``tip``'s first-parent line without ``path``, None if none."""
    if git.tree(tip, path) is None:
        return tip
    added = git.lines("log", "--first-parent", "--diff-filter=A", "--format=%H", tip, "--", path)
    return git.commit(f"{added[0]}^") if added else None


def stage(git: Git, commit: str, environment: str) -> str:
    """Return the stage in the settings of ``environment``, empty where it has none."""
    path = f"{settings_folder(git, commit, environment)}/shared.yml"
    content = git.file(commit, path)
    settings = read_yaml(content, path) if content is not None else {}
    return str(settings.get("stage", "")) if isinstance(settings, dict) else ""


def settings_folder(git: Git, commit: str, environment: str) -> str:
    """Return the folder of an environment's settings.

    That of ``gcp-qa-foundation`` is stacks/gcp/qa where it has a foundation.yml: a further
    deployment in an environment has its name at the end.
    """
    platform, _, name = environment.partition("-")
    place, _, deployment = name.rpartition("-")
    folder = f"stacks/{platform}/{place}"
    further = git.tree(commit, f"{folder}/{deployment}.yml") is not None
    return folder if place and further else f"stacks/{platform}/{name}"
