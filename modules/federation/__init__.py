"""Workload identity federation: who may act by a token of an issuer, without a key."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FederatedSubject:
    """The holder of tokens of an ``issuer``.

    ``name`` is the token's ``sub``; ``claims`` are further claims that it must have.
    """

    provider: str
    issuer: str
    name: str
    claims: Mapping[str, str]
