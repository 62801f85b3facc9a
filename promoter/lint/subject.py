"""What is looked at: the gate as one commit has it, read once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from promoter.common.errors import InvalidFile, PromoterError
from promoter.gate.config import (
    STATE_FOLDER,
    CeplerConfig,
    EnvironmentConfig,
    read_config,
    state_folder,
)
from promoter.gate.history import History
from promoter.gate.patterns import Patterns, compiled, literal_folder
from promoter.gate.state_file import read_state
from promoter.git import Git
from promoter.lint.finding import Finding
from promoter.lint.inputs import Traced

FOLDER = "cepler"
"""Where the cepler files are, one a deployment."""
STATES = f"{FOLDER}/{STATE_FOLDER}/"
INVALID = "invalid-file"


@dataclass(frozen=True)
class Environment:
    """One environment, with the cepler file and the deployment that have it."""

    file: str
    deployment: str
    config: EnvironmentConfig

    @property
    def name(self) -> str:
        """Its name, which is its stack's as well."""
        return self.config.name

    @property
    def latest(self) -> Patterns:
        """What it takes from the commit."""
        return self.config.latest_patterns()

    @property
    def propagated(self) -> Patterns:
        """What it takes as ``passed`` has it: nothing where there is no ``passed``."""
        return self.config.propagated_patterns() if self.config.passed else Patterns(())

    def covers(self, path: str) -> bool:
        """Whether a change of ``path`` goes through its gate, as its own rules never do."""
        states = f"{state_folder(self.file, self.deployment)}/"
        if path == self.file or path.startswith(states):
            return False
        return self.latest.matches(path) or self.propagated.matches(path)

    def takes_passed(self, path: str) -> bool:
        """Whether it runs ``path`` only as ``passed`` has it: ``latest`` shadows."""
        return self.propagated.matches(path) and not self.latest.matches(path)


@dataclass(frozen=True)
class GateSnapshot:
    """The gate at ``commit``: its files, its cepler files by path, its state files.

    ``states`` are paths; ``invalid`` says of files that could not be read. ``traced`` has
    what the synthesis of each stack read, once that was looked at.
    """

    commit: str
    files: frozenset[str]
    configs: Mapping[str, CeplerConfig]
    states: frozenset[str]
    invalid: tuple[Finding, ...]
    traced: tuple[Traced, ...] = ()

    def environments(self) -> Iterator[Environment]:
        """Every environment, in the order of the cepler files."""
        for file, config in self.configs.items():
            for environment in config.environments.values():
                yield Environment(file, config.deployment, environment)

    def passed(self, environment: Environment) -> Environment | None:
        """The environment that ``environment`` waits for, None where it waits for none."""
        upstream = environment.config.passed
        if upstream is None:
            return None
        found = self.configs[environment.file].environments[upstream]
        return Environment(environment.file, environment.deployment, found)

    def below(self, path: str) -> list[str]:
        """The file at ``path``, or the files below it ("" for all), sorted."""
        if path in self.files:
            return [path]
        start = f"{path}/" if path else ""
        first = bisect_left(self._sorted, start)
        return list(takewhile(lambda file: file.startswith(start), self._sorted[first:]))

    def matching(self, pattern: str) -> list[str]:
        """The files that ``pattern`` matches, sorted."""
        if pattern not in self._matching:
            candidates = self.below(literal_folder(pattern))
            self._matching[pattern] = list(filter(compiled((pattern,)).matches, candidates))
        return self._matching[pattern]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.files)

    @cached_property
    def _matching(self) -> dict[str, list[str]]:
        return {}


def read_subject(git: Git, commit: str) -> GateSnapshot:
    """The gate at ``commit``; a file that does not validate is a finding, not an error."""
    with History(git) as history:
        listing = history.listing(commit)
        configs: dict[str, CeplerConfig] = {}
        invalid: list[Finding] = []
        for path in sorted(listing):
            try:
                if _is_config(path):
                    configs[path] = _config(history, listing[path].blob, path)
                elif is_state(path):
                    read_state(_content(history, listing[path].blob, path), path)
            except InvalidFile as error:
                what = str(error).removeprefix(f"read {path}: ")
                invalid.append(Finding(INVALID, path, what, error.next_step or f"correct {path}"))
    states = frozenset(filter(is_state, listing))
    return GateSnapshot(commit, frozenset(listing), configs, states, tuple(invalid))


def is_state(path: str) -> bool:
    """Whether ``path`` is a state file's."""
    return path.startswith(STATES) and path.endswith(".state")


def _is_config(path: str) -> bool:
    return path.endswith(".yml") and path.rpartition("/")[0] == FOLDER


def _config(history: History, blob: str, path: str) -> CeplerConfig:
    config = read_config(_content(history, blob, path), path)
    for name in config.environments:
        config.environment(name, path)  # refuses patterns that are not well formed
    return config


def _content(history: History, blob: str, path: str) -> bytes:
    found = history.read(blob)
    if found is None:
        raise PromoterError(f"read {path}: its content is not in this clone")
    return found.content
