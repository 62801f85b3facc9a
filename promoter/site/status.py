"""The state of each environment, read from its state file and its cluster."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Self

from promoter.common.errors import PromoterError
from promoter.common.yaml_file import read_yaml
from promoter.gate.decision import Decision, DecisionStatus, decide
from promoter.gate.state import EnvironmentState, path_of
from promoter.git import Git, is_full_id
from promoter.programs.helm import Helm
from promoter.programs.kubectl import Kubectl
from promoter.programs.workloads import image_digests
from promoter.site.approved import approvers
from promoter.site.evidence import bypass_reason
from promoter.site.recorded import recorded_times
from promoter.site.site import Site
from promoter.synthesis.stack import target_of
from promoter.vendoring.lock import LOCK_NAME, parse_lock
from promoter.vendoring.pins import Pin, read_pins

NOT_RECORDED = "begun, not recorded"
VALUES = "charts/lana-bank/values.yaml"
_RELEASE = "lana-bank"


@dataclass(frozen=True)
class Clusters:
    """Access to the cluster of each environment, from the checkout ``root``.

    ``kubeconfig`` is as for `target_of`: a file for all, a folder with one per environment,
    or None for the default of each. ``programs`` returns the paths of kubectl and Helm, which may
    take minutes: it is called only where something is deployed.
    """

    root: Path
    kubeconfig: Path | None
    programs: Callable[[Iterable[str]], Mapping[str, Path]]


@dataclass(frozen=True)
class EnvironmentStatus:
    """One environment. ``status`` is ``deployed``, ``due``, ``blocked``, ``never deployed``, or
    ``begun, not recorded``: what runs there may be neither the recorded nor the cleared state.

    It is ``unreadable`` where gates, record or cepler file cannot be read (``problem``); a
    deployment without a readable cepler file has one environment with the name "".

    ``source_commit``, the application's commit that the pins name, and ``chart_ref`` are 40 hex
    digits; ``since`` is ISO 8601. ``digests`` and ``helm_revision`` come from the environment's
    cluster; ``problem`` says why it could not be queried.
    """

    name: str
    status: str
    deployment: str = ""
    namespace: str = ""
    version: int | None = None
    source_commit: str | None = None
    chart_ref: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    helm_revision: int | None = None
    since: str | None = None
    approved_by: str | None = None
    why: str = ""
    problem: str = ""

    @classmethod
    def unreadable(cls, deployment: str, name: str, error: PromoterError) -> Self:
        """Return the row of what cannot be read because of ``error``."""
        return cls(name, "unreadable", deployment, problem=str(error))


def statuses(
    site: Site, names: Collection[str], clusters: Clusters | None
) -> tuple[EnvironmentStatus, ...]:
    """Return the environments that ``names`` select (see `Site.select`), in their order.

    Their clusters are queried side by side, none of them without ``clusters``.
    """
    with site.opened() as opened:
        found = [_recorded_status(opened, *pair) for pair in opened.select(names)]
    if clusters is None:
        return tuple(found)
    with ThreadPoolExecutor(max(len(found), 1)) as pool:
        return tuple(pool.map(partial(_with_cluster, clusters), found))


def _with_cluster(clusters: Clusters, status: EnvironmentStatus) -> EnvironmentStatus:
    if status.version is None:
        return status
    try:
        kubeconfig = target_of(clusters.root, status.name, clusters.kubeconfig).kubeconfig
        programs = clusters.programs(("kubectl", "helm"))
        # kubectl first: its requests time out sooner than Helm's.
        kubectl = Kubectl(programs["kubectl"], kubeconfig, status.namespace)
        digests = image_digests(kubectl, _RELEASE)
        history = Helm(programs["helm"], kubeconfig).history(_RELEASE, status.namespace)
    except PromoterError as error:
        return replace(status, problem=str(error))
    revision = history[-1].revision if history else None
    return replace(status, digests=digests, helm_revision=revision)


def _recorded_status(site: Site, deployment: str, name: str) -> EnvironmentStatus:
    try:
        decision = decide(site.gated(deployment).alone(name), name, origins=False)
    except PromoterError as error:
        return EnvironmentStatus.unreadable(deployment, name, error)
    return status_of(site, deployment, decision)


def status_of(
    site: Site, deployment: str, decision: Decision, *, approved: bool = True
) -> EnvironmentStatus:
    """Return the status of the environment that ``decision`` is about, without its cluster.

    With ``approved`` it has who approved it, for which votes of a past time are verified.
    """
    name = decision.environment
    try:
        bypass = bypass_reason(site, deployment, name)
        bypassed = (f"gate bypassed: {bypass}",) if bypass is not None else ()
        why = "; ".join((*map(str, decision.holds), *bypassed))
        status = EnvironmentStatus(name, _status(decision), deployment, why=why)
        recorded = decision.recorded
        if recorded is None:
            return status
        by = approvers(site, name) if approved else None
        return replace(_with_record(site, status, recorded), approved_by=by)
    except PromoterError as error:
        return EnvironmentStatus.unreadable(deployment, name, error)


def _with_record(
    site: Site, status: EnvironmentStatus, recorded: EnvironmentState
) -> EnvironmentStatus:
    path = site.deployments[status.deployment].state_path(status.name)
    return replace(
        status,
        namespace=namespace_of(site, recorded, status.name),
        version=recorded.version,
        source_commit=next((pin.commit_ref for pin in recorded_pins(site, recorded)), None),
        chart_ref=chart_ref(site, recorded),
        since=recorded_times(site).get(path),
    )


def _status(decision: Decision) -> str:
    if decision.begun:
        return NOT_RECORDED
    if decision.recorded is None:
        return "never deployed"
    up_to_date = decision.status is DecisionStatus.UP_TO_DATE
    return "deployed" if up_to_date else decision.status.value


def recorded_pins(site: Site, recorded: EnvironmentState) -> tuple[Pin, ...]:
    """Return the pins of the recorded chart; raises `YamlEditError` if its values are not YAML."""
    values = _recorded_file(site, recorded, VALUES)
    return read_pins(values) if values else ()


def chart_ref(site: Site, recorded: EnvironmentState) -> str | None:
    """Return the charts repository's commit that an environment's chart was vendored from.

    Raises `InvalidFile` if the lock of that commit is not valid.
    """
    commit = vendored_by(site.git, recorded)
    content = site.git.file(commit, LOCK_NAME) if commit else None
    return chart_in_lock(content) if content is not None else None


def chart_in_lock(content: bytes) -> str | None:
    """Return the commit that a lock names for the chart, if any; raises `InvalidFile`."""
    contents = [each for folder in parse_lock(content).directories for each in folder.contents]
    return next((each.git.sha for each in contents if Path(each.path).name == _RELEASE), None)


def vendored_by(git: Git, recorded: EnvironmentState) -> str | None:
    """Return the newest commit that changed one of the recorded chart files, None without any.

    Its vendir.yml and lock are those of the vendored chart: a sync writes all in one commit.
    """
    commits = {
        file.from_commit
        for identity, file in recorded.current.files.items()
        if path_of(identity).startswith("charts/") and file.file_hash
    }
    known = {commit for commit in commits if is_full_id(commit) and git.commit(commit)}
    if not known:
        return None
    return git.lines("rev-list", "--no-walk", "--topo-order", *sorted(known), "--")[0]


def namespace_of(site: Site, recorded: EnvironmentState, name: str) -> str:
    """Return the namespace in the environment's own recorded settings."""
    platform, _, folder = name.partition("-")
    path = f"stacks/{platform}/{folder}/lana-bank.yml"
    settings = read_yaml(_recorded_file(site, recorded, path) or "", path) or {}
    return str(settings.get("namespace", "default"))


def _recorded_file(site: Site, recorded: EnvironmentState, path: str) -> str | None:
    for identity, file in recorded.current.files.items():
        if path_of(identity) == path and file.file_hash:
            return site.git.output("cat-file", "blob", file.file_hash).decode(errors="replace")
    return None
