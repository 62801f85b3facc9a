"""Work trees made what is cleared or recorded, and compared with it."""

from __future__ import annotations

from promoter.common.errors import PromoterError
from promoter.gate.config import state_folder
from promoter.gate.deployment import Deployment
from promoter.gate.evaluator import Evaluator
from promoter.gate.state import DeployState, EnvironmentState, path_of
from promoter.gate.workspace import Workspace, as_of, cleared_files
from promoter.git import Git
from promoter.git.objects import TreeEntry


def prepare(deployment: Deployment, worktree: Git, state: DeployState, commit: str) -> None:
    """Make ``worktree`` (of the same repository) contain exactly the files of ``state``.

    Those that were not taken from another environment are read at ``commit``.

    Cepler's ``prepare --force-clean``: config, state files, the top .gitignore and what
    git ignores stay; links and executable bits are as the commits have them. HEAD and
    index do not change.
    """
    workspace = Workspace(worktree, deployment.config_path, deployment.name)
    workspace.clean()
    with deployment.reading() as history:
        workspace.write(cleared_files(history, commit, state))


def prepare_here(
    deployment: Deployment, name: str, *, clean: bool, ignore_queue: bool = False
) -> None:
    """Cepler's ``prepare`` in the folder that ``deployment`` was read from.

    Files that ``latest`` matches (with ``clean``: all that git does not ignore) are
    replaced by those of the commit decided at, propagated ones by those that passed.
    """
    environment = deployment.environment(name)
    workspace = Workspace(deployment.git, deployment.config_path, deployment.name)
    with deployment.reading() as history:
        evaluator = Evaluator(deployment, history, ignore_queue=ignore_queue)
        view = evaluator.view(name)
        files = list(cleared_files(history, view.commit, evaluator.oldest(view).state()))
    workspace.clean(None if clean else environment.latest_patterns())
    workspace.write(files)


def reproduce_here(deployment: Deployment, name: str, *, clean: bool) -> EnvironmentState:
    """Cepler's ``reproduce``: every recorded file as the commit has it that it came from."""
    deployment.environment(name)
    recorded = deployment.recorded(name)
    if recorded is None:
        raise PromoterError(
            f"reproduce {name}: No state recorded for {name}", next_step=f"deploy {name} first"
        )
    workspace = Workspace(deployment.git, deployment.config_path, deployment.name)
    with deployment.reading() as history:
        files = [
            entry
            for key, file in recorded.current.files.items()
            for entry in as_of(history, path_of(key), file.from_commit)
        ]
    if clean:
        workspace.clean()
    workspace.write(files)
    return recorded


def gating_files(deployment: Deployment) -> list[tuple[str, TreeEntry]]:
    """The config and the state files as the tip has them: what decides, to be written."""
    states = state_folder(deployment.config_path, deployment.name)
    with deployment.reading() as history:
        found = history.listing(deployment.tip, [deployment.config_path, states])
    return [
        (path, entry)
        for path, entry in found.items()
        if path == deployment.config_path or path.rpartition("/")[0] == states
    ]


def differences(
    deployment: Deployment, worktree: Git, name: str, state: DeployState
) -> tuple[str, ...]:
    """Paths at which ``worktree`` is not what ``state`` says that ``name`` runs.

    Changed, missing, or there without belonging: covered by the environment's patterns
    (and not ignored by git) but not in ``state``.
    """
    environment = deployment.environment(name)
    patterns = (environment.latest_patterns(), environment.propagated_patterns())
    workspace = Workspace(worktree, deployment.config_path, deployment.name)
    return workspace.differences(state, lambda path: any(p.matches(path) for p in patterns))
