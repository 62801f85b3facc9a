"""The forge of a git remote, found by the remote's address."""

import os
from pathlib import Path

from promoter.common.errors import UsageError
from promoter.forge.forge import Forge
from promoter.forge.links import API, repository_of
from promoter.forge.local import LocalForge
from promoter.git import Git

TOKEN_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")
APP_VARIABLES = ("GH_APP_ID", "GH_APP_KEY")
"""An app's id, and the file with its private key."""
API_VARIABLE = "GITHUB_API_URL"


def forge_of(git: Git, remote: str = "origin") -> Forge:
    """Return the forge of ``remote``, its address read as git reads it (``insteadOf`` included).

    An absolute path is a local forge; a repository on GitHub is used with a token of the app in
    GH_APP_ID and GH_APP_KEY, or with the one in GH_TOKEN or GITHUB_TOKEN. Raises `UsageError` for
    any other address or without a token. A relative path is another address: a commit can bring a
    folder of any name.
    """
    address = git.text("ls-remote", "--get-url", "--", remote)
    path = address.removeprefix("file://")
    # As git itself resolves it: x means x.git where there is no x.
    for folder in (Path(path), Path(f"{path}.git")):
        if folder.is_absolute() and folder.is_dir():
            return LocalForge(Git(folder))
    if not (name := repository_of(address)):
        raise UsageError(
            f"find the forge of {remote}: {address} is neither an absolute path nor on github.com",
            next_step="name a remote that is one of these",
        )
    api = os.environ.get(API_VARIABLE, API)
    token = _token(name, api)
    # PyGithub takes 0.3 s to import, and a local forge does not need it.
    from promoter.forge.github import GitHubForge

    return GitHubForge(name, token, api)


def token_of(git: Git, remote: str = "origin") -> str:
    """Return the token of ``remote``'s forge, "" where there is none."""
    if name := repository_of(git.text("ls-remote", "--get-url", "--", remote)):
        return _token(name, os.environ.get(API_VARIABLE, API))
    return next(filter(None, map(os.environ.get, TOKEN_VARIABLES)), "")


def _token(name: str, api: str) -> str:
    app_id, key = map(os.environ.get, APP_VARIABLES)
    if app_id and key:
        from promoter.forge.app import installation_token

        return installation_token(name, app_id, _read(Path(key)), api)
    if token := next(filter(None, map(os.environ.get, TOKEN_VARIABLES)), ""):
        return token
    raise UsageError(
        f"open {name} on GitHub: no token",
        next_step=f"set {' or '.join(TOKEN_VARIABLES)}, or {' and '.join(APP_VARIABLES)}",
    )


def _read(key: Path) -> str:
    try:
        return key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"read the private key of the app: {error}"
        raise UsageError(what, next_step=f"name its PEM file in {APP_VARIABLES[1]}") from error
