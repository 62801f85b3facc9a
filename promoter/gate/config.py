"""A deployment's cepler file: which environments there are and what each one takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from promoter.common.errors import InvalidFile
from promoter.gate.documents import CeplerDocument, Node, read_document
from promoter.gate.patterns import PatternError, Patterns, compiled

DEFAULT_DEPLOYMENT = "default"
STATE_FOLDER = ".cepler"

_FIELDS = frozenset({"deployment", "environments"})
_ENVIRONMENT_FIELDS = frozenset({"ignore_queue", "passed", "propagated", "latest", "name"})


class EnvironmentConfig(NamedTuple):
    """The patterns of an environment: ``latest`` of the commit, ``propagated`` from ``passed``."""

    name: str
    latest: tuple[str, ...] = ()
    passed: str | None = None
    propagated: tuple[str, ...] = ()
    ignore_queue: bool = False

    def latest_patterns(self) -> Patterns:
        """Return the patterns of files taken from the commit; raise `PatternError`."""
        return compiled(self.latest)

    def propagated_patterns(self) -> Patterns:
        """Return the patterns of files taken from the passed environment; raise `PatternError`."""
        return compiled(self.propagated)


class CeplerConfig(NamedTuple):
    """One cepler file."""

    deployment: str
    environments: Mapping[str, EnvironmentConfig]

    def environment(self, name: str, file: str) -> EnvironmentConfig:
        """Return the environment called ``name``; raise `InvalidFile` if there is none."""
        found = self.environments.get(name)
        if found is None:
            known = ", ".join(self.environments) or "none"
            raise InvalidFile(
                file, "", f"Environment '{name}' not found", next_step=f"it has: {known}"
            )
        used = [found.latest_patterns] + (
            [found.propagated_patterns] if found.passed is not None else []
        )
        for patterns in used:
            try:
                patterns()
            except PatternError as error:
                raise InvalidFile(
                    file, f"environment {name}", str(error), next_step=f"correct {file}"
                ) from error
        return found


def read_config(content: bytes, file: str) -> CeplerConfig:
    """Return the cepler file in ``content``; raise `InvalidFile` with line and reason."""
    document = read_document(content, file)
    fields = document.fields(document.root, "the file", _FIELDS)
    if "environments" not in fields:
        raise document.invalid(document.root, "environments is missing")
    environments = {
        name: _environment(document, name, value)
        for name, _, value in document.entries(fields["environments"], "environments")
    }
    _refuse_unknown_passed(document, fields["environments"], environments)
    deployment = DEFAULT_DEPLOYMENT
    if "deployment" in fields:
        deployment = document.text(fields["deployment"], "deployment")
    return CeplerConfig(deployment, environments)


def state_folder(config_path: str, deployment: str) -> str:
    """Return the folder of a deployment's state files, beside its cepler file."""
    parent = config_path.rstrip("/").rpartition("/")
    beside = f"{parent[0].rstrip('/') or '/'}/{STATE_FOLDER}" if parent[1] else STATE_FOLDER
    return f"{beside}/{deployment}"


def _environment(document: CeplerDocument, name: str, node: Node) -> EnvironmentConfig:
    fields = document.fields(node, f"environment {name}", _ENVIRONMENT_FIELDS)
    passed = document.optional(fields["passed"], "passed") if "passed" in fields else None
    return EnvironmentConfig(
        name=name,
        latest=_texts(document, fields, "latest"),
        passed=passed,
        propagated=_texts(document, fields, "propagated"),
        ignore_queue="ignore_queue" in fields
        and document.flag(fields["ignore_queue"], "ignore_queue"),
    )


def _texts(document: CeplerDocument, fields: Mapping[str, Node], name: str) -> tuple[str, ...]:
    if name not in fields:
        return ()
    return tuple(
        document.text(item, f"a pattern of {name}") for item in document.items(fields[name], name)
    )


def _refuse_unknown_passed(
    document: CeplerDocument, node: Node, environments: Mapping[str, EnvironmentConfig]
) -> None:
    for name, key, _ in document.entries(node, "environments"):
        passed = environments[name].passed
        if passed is not None and passed not in environments:
            raise document.invalid(
                key, f"environment {name}: Previous environment '{passed}' not defined"
            )
