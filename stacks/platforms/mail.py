"""Mail of an environment."""

from typing import Annotated, Any

from pydantic import Field

from stacks.platforms.ingress import Domain
from stacks.settings import Settings

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class MailSettings(Settings):
    """A mail relay with TLS; its user is in the secrets smtp-username and smtp-password."""

    relay: Domain
    """Host of the relay."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port; 465 for TLS from the start."""
    sender: Email
    """Address that customers get mail from to reset their passwords."""

    def values(self) -> dict[str, dict[str, Any]]:
        """Return the chart's values: the server's relay and Keycloak's."""
        relay = {"relay": self.relay, "port": self.port}
        return {
            "lanaBank": {"smtp": relay},
            "keycloak": {"smtp": {**relay, "from": self.sender}},
        }
