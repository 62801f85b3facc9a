"""A GitHub App's token for one repository, from the app's id and private key."""

from __future__ import annotations

import jwt
import requests
from github import Auth, GithubIntegration
from github.GithubException import GithubException

from promoter.common.errors import UsageError
from promoter.forge.forge import ForgeMissing
from promoter.forge.github_connection import limit_connections
from promoter.forge.github_responses import connection_error, error_of


def installation_token(repository: str, app_id: str, private_key: str, api: str) -> str:
    """Return a token of the app that is installed in ``repository``; GitHub ends it after an hour.

    Raises `UsageError` for a key that is none, `ForgeError` where the app is not installed.
    """
    what = f"get a token of app {app_id} for {repository}"
    limit_connections()
    owner, _, name = repository.partition("/")
    try:
        auth = Auth.AppAuth(app_id, private_key)
        app = GithubIntegration(auth=auth, base_url=api, timeout=30, retry=3)
        return app.get_access_token(app.get_repo_installation(owner, name).id).token
    except (jwt.PyJWTError, ValueError) as error:
        remedy = "set the private key of the app, a PEM file that GitHub generated"
        raise UsageError(f"{what}: {error}", next_step=remedy) from error
    except GithubException as error:
        found = error_of(what, error)
        if isinstance(found, ForgeMissing):
            found.next_step = f"install the app in {repository}"
        raise found from error
    except requests.RequestException as error:
        raise connection_error(what, error) from error
