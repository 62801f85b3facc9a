"""The settings file of the server: its address, and how people sign in."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from promoter.approvals.rules_file import Duration, Name
from promoter.common.errors import PromoterError
from promoter.common.model import StrictModel, read_model

Role = Literal["viewer", "approver", "operator"]

CLIENT_SECRET = "PROMOTER_WEB_CLIENT_SECRET"  # noqa: S105
"""The name of the environment variable with the client's secret; a public client has none."""

_ADDRESS = re.compile(r"(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?")


def _origin(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be https://<host>, without a path; http:// for localhost alone")
    return text


def _issuer(text: str) -> str:
    found = _ADDRESS.match(text)
    if not found or not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", text[found.end() :]):
        raise ValueError("must be the https:// address of an OpenID provider")
    return text


class SignInSettings(StrictModel):
    """The OpenID provider, and which of its claims give which role.

    ``roles_claim`` is the name of a claim of the ID token, or a path of names with dots. ``roles``
    has the values of that claim by role.
    """

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: Name
    name_claim: Name = "preferred_username"
    roles_claim: Name = "roles"
    roles: dict[Role, tuple[Name, ...]] = Field(default_factory=dict)
    session: Duration = timedelta(hours=1)


class WebSettings(StrictModel):
    """The server as browsers see it.

    ``address`` is its origin; no header of a request changes it. ``proxies`` are the addresses of
    reverse proxies whose X-Forwarded-For is trusted. ``reading`` is open to everybody who reaches
    the server, or requires a role.
    """

    address: Annotated[str, AfterValidator(_origin)]
    proxies: tuple[Name, ...] = ()
    reading: Literal["open", "roles"] = "open"
    sign_in: SignInSettings

    @property
    def host(self) -> str:
        """The host of its address, without a port."""
        return self.address.partition("://")[2].partition(":")[0]

    @property
    def is_secure(self) -> bool:
        """True if browsers reach it by HTTPS."""
        return self.address.startswith("https://")


def read_settings(file: Path) -> WebSettings:
    """Return the settings in ``file``; raises `InvalidFile`, or `PromoterError` without one."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PromoterError(
            f"read {file}: {error.strerror}", next_step="see docs/web.md, Sign-in"
        ) from error
    return read_model(WebSettings, content, str(file))


def client_secret(environ: Mapping[str, str]) -> str | None:
    """Return the client's secret, None where the variable is not set."""
    return environ.get(CLIENT_SECRET) or None
