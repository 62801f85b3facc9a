"""Every HTTP exchange has an overall time limit and a size limit."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx
import pytest

from promoter.common.http import HttpClient
from tests.slow_server import MODES, never_ending


@pytest.mark.parametrize("mode", MODES)
def test_an_exchange_ends_whatever_the_server_sends(mode: str) -> None:
    with never_ending(mode) as address, HttpClient(0.5, most=10**8, trust_env=False) as client:
        start = time.monotonic()
        with pytest.raises(
            httpx.TransportError, match=r"no complete response|response of more than"
        ):
            client.get(f"http://{address}/")
        assert time.monotonic() - start < 2


def test_no_other_client_is_used() -> None:
    """No other limits the whole exchange."""
    package = Path(__file__).parents[2] / "promoter"
    direct = re.compile(
        r"httpx\.(Client|get|post|put|request|stream)\(|requests\.(get|post|Session)\("
    )
    users = {
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if direct.search(file.read_text())
    }
    assert users == set()
