"""What runs where: read from the cluster and the state files, never from what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from promoter.gate.decision import Blocked, UpToDate
from promoter.gate.state import EnvironmentState, path_of
from promoter.git import Git, is_full_id
from promoter.programs.helm import Helm
from promoter.programs.kubectl import Kubectl
from promoter.programs.workloads import image_digests
from promoter.site.site import Site
from promoter.vendoring.lock import LOCK_NAME, parse_lock
from promoter.vendoring.pins import read_pins

VALUES = "charts/lana-bank/values.yaml"
_RELEASE = "lana-bank"


@dataclass(frozen=True)
class Status:
    """One environment. ``status`` is ``deployed``, ``due``, ``blocked`` or ``never deployed``.

    ``source_commit`` and ``chart_ref`` are 40 hex digits; ``since`` is ISO 8601; ``digests``
    and ``helm_revision`` come from the cluster, None where it is out of reach.
    """

    name: str
    status: str
    version: int | None = None
    source_commit: str | None = None
    chart_ref: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    helm_revision: int | None = None
    since: str | None = None
    approved_by: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Cluster:
    """kubectl and Helm on the cluster that environments run in."""

    kubectl: Kubectl
    helm: Helm


def statuses(site: Site, deployment: str, cluster: Cluster | None) -> tuple[Status, ...]:
    """Every environment of a deployment, in the order of its cepler file."""
    with site.opened() as opened:
        names = opened.deployments[deployment].environments
        return tuple(status(opened, deployment, name, cluster) for name in names)


def status(site: Site, deployment: str, name: str, cluster: Cluster | None) -> Status:
    """One environment's status."""
    recorded = site.deployments[deployment].recorded(name)
    decision = site.decide(name, origins=False)
    word = "deployed" if isinstance(decision, UpToDate) else "due"
    why = ""
    if isinstance(decision, Blocked):
        word, why = "blocked", "; ".join(str(hold) for hold in decision.holds)
    if recorded is None:
        return Status(name, "never deployed", why=why)
    namespace = namespace_of(site, recorded, name)
    history = cluster.helm.history(_RELEASE, namespace) if cluster else ()
    approval = site.approvals.gate(deployment, name)
    return Status(
        name=name,
        status=word,
        version=recorded.version,
        source_commit=source_commit(site, recorded),
        chart_ref=chart_ref(site, recorded),
        digests=image_digests(cluster.kubectl.within(namespace), _RELEASE) if cluster else {},
        helm_revision=history[-1].revision if history else None,
        since=_since(site, deployment, name),
        approved_by=approval.by if approval else None,
        why=why,
    )


def source_commit(site: Site, recorded: EnvironmentState) -> str | None:
    """The application's commit, as the pins of the recorded chart name it; None without pins."""
    values = _recorded_file(site, recorded, VALUES)
    return next((pin.commit_ref for pin in read_pins(values)), None) if values else None


def chart_ref(site: Site, recorded: EnvironmentState) -> str | None:
    """The charts repository's commit that an environment's chart was vendored from.

    Raises `InvalidFile` where the lock of that commit is none.
    """
    commit = vendored_by(site.git, recorded)
    content = site.git.file(commit, LOCK_NAME) if commit else None
    if content is None:
        return None
    found = (each for directory in parse_lock(content).directories for each in directory.contents)
    return next((each.git.sha for each in found if Path(each.path).name == _RELEASE), None)


def vendored_by(git: Git, recorded: EnvironmentState) -> str | None:
    """The newest commit that changed one of the recorded chart files, None without any.

    What vendir.yml and its lock say there is what was vendored: a sync writes all in one commit.
    """
    named = {
        file.from_commit
        for identity, file in recorded.current.files.items()
        if path_of(identity).startswith("charts/") and file.file_hash
    }
    known = {commit for commit in named if is_full_id(commit) and git.commit(commit)}
    if not known:
        return None
    return git.lines("rev-list", "--no-walk", "--topo-order", *sorted(known), "--")[0]


def namespace_of(site: Site, recorded: EnvironmentState, name: str) -> str:
    """The namespace in the environment's own settings, as they were recorded."""
    platform, _, folder = name.partition("-")
    settings = _recorded_file(site, recorded, f"stacks/{platform}/{folder}/lana-bank.yml")
    read: dict[str, Any] = YAML(typ="safe").load(settings) if settings else {}
    return str(read.get("namespace", "default"))


def _recorded_file(site: Site, recorded: EnvironmentState, path: str) -> str | None:
    for identity, file in recorded.current.files.items():
        if path_of(identity) == path and file.file_hash:
            return site.git.output("cat-file", "blob", file.file_hash).decode()
    return None


def _since(site: Site, deployment: str, name: str) -> str | None:
    path = site.deployments[deployment].state_path(name)
    dates = site.git.lines("log", "-1", "--format=%aI", site.tip, "--", path)
    return dates[0] if dates else None
