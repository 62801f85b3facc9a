"""A remote whose address is on GitHub: its repository is a folder, its API is on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from promoter.forge.local import LocalForge
from promoter.git import Git
from tests.forge import github_server
from tests.forge.github_rules import of_workflow

NAME = "GaloyMoney/galoy-deployments"


@contextmanager
def on_github(remote: Git, address: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the variables by which ``address``, which is ``remote``, is a repository on GitHub.

    git reaches it by ssh, for which a program in ``folder`` serves it; the token may do what a
    deploy reports.
    """
    ssh = folder / "ssh"
    ssh.write_text(f'#!/bin/sh\nverb="${{2%% *}}"\nexec git "${{verb#git-}}" "{remote.dir}"\n')
    ssh.chmod(0o755)
    with github_server.serving(LocalForge(remote), NAME) as (server, api):
        server.tokens["deployer"] = of_workflow({"deployments": "write", "contents": "read"})
        yield {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.git@github.com:{NAME}.git.insteadOf",
            "GIT_CONFIG_VALUE_0": address,
            "GIT_SSH_COMMAND": str(ssh),
            "GIT_SSH_VARIANT": "simple",
            "GITHUB_API_URL": api,
            "GH_TOKEN": "deployer",
        }
