"""A deployment's cepler file: its environments and the files that each one takes."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from promoter.common.errors import InvalidFile
from promoter.gate.documents import Fields, read_document
from promoter.gate.patterns import PatternError, Patterns, compiled

DEFAULT_DEPLOYMENT = "default"
STATE_FOLDER = ".cepler"

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
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
        for patterns in (found.latest, found.propagated if found.passed is not None else ()):
            try:
                compiled(patterns)
            except PatternError as error:
                raise InvalidFile(
                    file, f"environment {name}", str(error), next_step=f"correct {file}"
                ) from error
        return found

    def require_plain_names(self, file: str) -> None:
        """Raise `InvalidFile` for a name that is no name of a folder and of a ref.

        cepler takes any, and writes no more than a state file with it.
        """
        for name in (self.deployment, *self.environments):
            if not _PLAIN.fullmatch(name):
                raise InvalidFile(
                    file,
                    f"name {name!r}",
                    "work trees, states and leases are called by it, so it has letters and digits, "
                    "with single dots, dashes or underscores between them",
                    next_step=f"rename it in {file}",
                )


def read_config(content: bytes, file: str) -> CeplerConfig:
    """Return the cepler file in ``content``; raise `InvalidFile` with line and reason."""
    document = read_document(content, file)
    fields = document.fields(document.root, "the file", _FIELDS)
    node = fields.required("environments")
    environments = {
        name: _environment(name, document.fields(value, f"environment {name}", _ENVIRONMENT_FIELDS))
        for name, _, value in document.entries(node, "environments")
    }
    for name, key, _ in document.entries(node, "environments"):
        passed = environments[name].passed
        if passed is not None and passed not in environments:
            raise document.invalid(
                key, f"environment {name}: Previous environment '{passed}' not defined"
            )
    deployment = fields.text("deployment") if "deployment" in fields.nodes else DEFAULT_DEPLOYMENT
    return CeplerConfig(deployment, environments)


def is_config(path: str) -> bool:
    """Return whether ``path`` is that of a cepler file, which has rules and teams next to it."""
    return path.endswith(".yml") and not path.endswith((".rules.yml", "/teams.yml"))


def state_folder(config_path: str, deployment: str) -> str:
    """Return the folder of a deployment's state files, next to its cepler file."""
    parent = config_path.rstrip("/").rpartition("/")
    states = f"{parent[0].rstrip('/') or '/'}/{STATE_FOLDER}" if parent[1] else STATE_FOLDER
    return f"{states}/{deployment}"


def gating_patterns(config_path: str, deployment: str) -> Patterns:
    """Return the patterns of the cepler file and its state files."""
    return compiled((config_path, f"{state_folder(config_path, deployment)}/*"))


def _environment(name: str, fields: Fields) -> EnvironmentConfig:
    return EnvironmentConfig(
        name=name,
        passed=fields.optional("passed"),
        latest=_texts(fields, "latest"),
        propagated=_texts(fields, "propagated"),
        ignore_queue=fields.flag("ignore_queue"),
    )


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(fields.document.text(item, f"a pattern of {name}") for item in fields.items(name))
