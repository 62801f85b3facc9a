"""OAuth2 Proxy's contract: it answers its own ping and sends everybody else to sign in."""

from __future__ import annotations

from promoter.smoketest.fakes.server import Asked, Reply, serve


def answer(asked: Asked) -> Reply:
    """What OAuth2 Proxy would answer to somebody who has not signed in."""
    if asked.path in ("/ping", "/ready"):
        return Reply(200, b"OK", "text/plain")
    return Reply(403, b"<html><body>Sign in</body></html>", "text/html")


if __name__ == "__main__":
    serve("oauth2-proxy", answer)
