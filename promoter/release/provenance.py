"""How an image was built: the SLSA v1 provenance predicate (slsa.dev/provenance/v1)."""

from __future__ import annotations

from typing import Any, TypedDict

from promoter.release.settings import SETTINGS_FILE
from promoter.release.source import SourceTree

BUILDER = "https://github.com/GaloyMoney/galoy-deployments"


class Predicate(TypedDict):
    """The predicate's two parts."""

    buildDefinition: dict[str, Any]
    runDetails: dict[str, Any]


def predicate(name: str, source: SourceTree, version: str, address: str, builder: str) -> Predicate:
    """The predicate for image ``name``: everything that decides its digest.

    Same commit, version and recipe give the same image, so there is nothing of the run in
    it but who ran it.
    """
    repository = f"git+{address}"
    commit = {"gitCommit": source.commit}
    return {
        "buildDefinition": {
            "buildType": f"{address}/blob/{source.commit}/{SETTINGS_FILE}",
            "externalParameters": {
                "image": name,
                "source": {"uri": repository, "digest": commit},
                "version": version,
            },
            "internalParameters": {},
            "resolvedDependencies": [{"uri": f"{repository}@{source.commit}", "digest": commit}],
        },
        "runDetails": {"builder": {"id": builder}},
    }


def commit_of(said: dict[str, Any]) -> str:
    """The commit that a predicate names; empty where it names none."""
    source = _parameters(said).get("source")
    digest = source.get("digest") if isinstance(source, dict) else None
    return str(digest.get("gitCommit", "")) if isinstance(digest, dict) else ""


def version_of(said: dict[str, Any]) -> str:
    """The version that a predicate names; empty where it names none."""
    return str(_parameters(said).get("version", ""))


def _parameters(said: dict[str, Any]) -> dict[str, Any]:
    definition = said.get("buildDefinition")
    found = definition.get("externalParameters") if isinstance(definition, dict) else None
    return found if isinstance(found, dict) else {}
