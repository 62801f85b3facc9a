"""The contract of Dagster's web server: its version, and the code location that it loaded."""

from __future__ import annotations

import json

from promoter.smoketest.fakes.server import NOT_FOUND, Asked, Reply, reply_json, serve

_LOADED = {"name": "contract", "locationOrLoadError": {"__typename": "RepositoryLocation"}}


def answer(asked: Asked) -> Reply:
    """What Dagster's web server would answer to ``asked``."""
    if asked.path == "/server_info":
        names = ("dagster_version", "dagster_graphql_version", "dagster_webserver_version")
        return reply_json(200, dict.fromkeys(names, "contract"))
    if asked.path != "/graphql" or asked.method != "POST":
        return NOT_FOUND
    try:
        query = json.loads(asked.body)["query"]
    except (ValueError, KeyError, TypeError):
        return reply_json(400, {"errors": [{"message": "Must provide query string."}]})
    if "workspaceOrError" not in str(query):
        return reply_json(400, {"errors": [{"message": "Cannot query that field."}]})
    return reply_json(200, {"data": {"workspaceOrError": {"locationEntries": [_LOADED]}}})


if __name__ == "__main__":
    serve("dagster", answer)
