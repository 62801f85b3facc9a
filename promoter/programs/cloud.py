"""Tokens of the caller for Google Cloud and Azure, by their own libraries, and reads with them."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from promoter.common.errors import PromoterError
from promoter.common.http import HttpClient

_GOOGLE_SCOPES = (
    "https://www.googleapis.com/auth/cloud-platform",
    # A cluster knows an account by its address.
    "https://www.googleapis.com/auth/userinfo.email",
)
# Reads of policies that are a POST. Grants with a condition are in version 3 only.
_POSTED: Mapping[str, Mapping[str, object]] = {
    "cloudresourcemanager.googleapis.com": {"options": {"requestedPolicyVersion": 3}},
    "iam.googleapis.com": {},
}
_SECONDS = 15
_AT_ONCE = 8


@dataclass(frozen=True)
class CloudToken:
    """A bearer token and the time at which it expires."""

    value: str
    expiry: datetime


def google_token() -> CloudToken:
    """Return a token of Google's application default credentials.

    Raises `PromoterError` where there are none, or where they are refused.
    """
    import google.auth
    from google.auth.credentials import with_scopes_if_required
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request

    try:
        # With scopes it would first look up the project's name, which needs a further right.
        found, _ = google.auth.default()
        credentials: Any = with_scopes_if_required(  # type: ignore[no-untyped-call]
            found, list(_GOOGLE_SCOPES)
        )
        credentials.refresh(Request())
    except GoogleAuthError as error:
        raise PromoterError(
            f"sign in to Google Cloud: {error}",
            next_step="gcloud auth application-default login, or set "
            "GOOGLE_APPLICATION_CREDENTIALS to the file of a workload identity federation",
        ) from error
    # google-auth keeps UTC without a zone.
    expiry = credentials.expiry or datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=5)
    return CloudToken(str(credentials.token), expiry.replace(tzinfo=UTC))


def azure_token(resource: str) -> CloudToken:
    """Return a token of the caller for ``resource``; raises `PromoterError` as `google_token`."""
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import DefaultAzureCredential

    try:
        found = DefaultAzureCredential().get_token(f"{resource}/.default")
    except ClientAuthenticationError as error:
        message = str(error).partition("\n")[0]
        raise PromoterError(f"sign in to Azure: {message}", next_step="az login") from error
    return CloudToken(found.token, datetime.fromtimestamp(found.expires_on, UTC))


def _headers_of(host: str) -> Mapping[str, str]:
    """Return the headers that sign a request to ``host`` in."""
    if host == "api.honeycomb.io":
        return {"X-Honeycomb-Team": os.environ.get("HONEYCOMB_API_KEY", "")}
    if host.endswith(".googleapis.com"):
        token = google_token()
    else:
        vault = host.endswith(".vault.azure.net")
        token = azure_token(f"https://{'vault.azure.net' if vault else host}")
    return {"Authorization": f"Bearer {token.value}"}


@dataclass(frozen=True)
class CloudAnswer:
    """The HTTP status of a read, 0 where nothing answers, and the JSON object that came."""

    status: int
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CloudReader:
    """Reads addresses of clouds; ``base`` is a server that answers for all of their hosts."""

    headers: Callable[[str], Mapping[str, str]] = _headers_of
    base: str = ""

    def answers(self, addresses: Iterable[str]) -> dict[str, CloudAnswer]:
        """Return the answer of each address.

        Raises `PromoterError` where the caller cannot sign in.
        """
        wanted = list(dict.fromkeys(addresses))
        hosts = {urlsplit(each).netloc for each in wanted}
        headers = {host: self.headers(host) for host in sorted(hosts)}
        with HttpClient(_SECONDS) as client, ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(lambda each: self._answer(client, each, headers), wanted)
            return dict(zip(wanted, found, strict=True))

    def _answer(
        self, client: HttpClient, address: str, headers: Mapping[str, Mapping[str, str]]
    ) -> CloudAnswer:
        place = urlsplit(address)
        url = address.replace("https://", f"{self.base}/", 1) if self.base else address
        mine = dict(headers[place.netloc])
        try:
            if ":getIamPolicy" in address and place.netloc in _POSTED:
                response = client.post(url, headers=mine, json=_POSTED[place.netloc])
            else:
                response = client.get(url, headers=mine)
        except httpx.HTTPError:
            return CloudAnswer(0)
        try:
            document = response.json()
        except ValueError:
            document = None
        return CloudAnswer(response.status_code, document if isinstance(document, dict) else {})
