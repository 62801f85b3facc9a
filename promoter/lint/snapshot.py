"""The gate as one commit has it, read once."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.finding import Finding
from promoter.gate import config as gate_config
from promoter.gate.config import CeplerConfig, EnvironmentConfig
from promoter.gate.history import History
from promoter.gate.patterns import Patterns, compiled, literal_folder
from promoter.gate.state_file import read_state
from promoter.git import Git
from promoter.lint.inputs import StackInputs

FOLDER = "cepler"
"""The folder of the cepler files, one per deployment."""
RULES_SUFFIX = ".rules.yml"
"""The end of the name of a rules file."""
CONTROL = (f"{FOLDER}/teams.yml", f"{FOLDER}/allowed_signers")
"""The files that rules files rest on."""
STATES = f"{FOLDER}/{gate_config.STATE_FOLDER}"


@dataclass(frozen=True)
class Environment:
    """An environment, with the cepler file and the deployment that it belongs to."""

    file: str
    deployment: str
    config: EnvironmentConfig

    @property
    def name(self) -> str:
        """Its name, which is also its stack's."""
        return self.config.name

    @property
    def latest(self) -> Patterns:
        """The files that it takes from the commit itself."""
        return self.config.latest_patterns()

    @property
    def propagated(self) -> Patterns:
        """The files that it takes as ``passed`` has them: none without a ``passed``."""
        return self.config.propagated_patterns() if self.config.passed else Patterns(())

    def covers(self, path: str) -> bool:
        """Return whether a change of ``path`` passes its gate."""
        matches = self.latest.matches(path) or self.propagated.matches(path)
        return matches and not self.is_gate_file(path)

    def is_gate_file(self, path: str) -> bool:
        """Return whether ``path`` is its cepler file or a state file: no pattern covers them."""
        states = f"{gate_config.state_folder(self.file, self.deployment)}/"
        return path == self.file or path.startswith(states)

    def propagates(self, path: str) -> bool:
        """Return whether it takes ``path`` only as ``passed`` has it: ``latest`` wins."""
        return self.propagated.matches(path) and not self.latest.matches(path)


@dataclass(frozen=True)
class GateSnapshot:
    """The gate at ``commit``: all files, the cepler files by path, the paths of state files.

    ``control`` has the rules files, the teams and the signers by path. ``invalid`` are the cepler
    and state files that could not be read, ``inputs`` what shapes the stacks, by
    their names, once it is known. ``names`` (of deployments and environments) restricts the
    environments that are checked; empty: all.
    """

    commit: str
    files: frozenset[str]
    configs: Mapping[str, CeplerConfig]
    states: frozenset[str]
    invalid: tuple[Finding, ...]
    control: Mapping[str, bytes] = field(default_factory=dict)
    inputs: Mapping[str, StackInputs] = field(default_factory=dict)
    names: Collection[str] = ()
    _matches: dict[str, list[str]] = field(default_factory=dict, init=False, compare=False)

    def environments(self) -> Iterator[Environment]:
        """Yield the environments to check, in the order of the cepler files."""
        for each in self.every_environment():
            if not self.names or {each.deployment, each.name} & set(self.names):
                yield each

    def every_environment(self) -> Iterator[Environment]:
        """Yield every environment, in the order of the cepler files."""
        for file, config in self.configs.items():
            for environment in config.environments.values():
                yield Environment(file, config.deployment, environment)

    def upstream(self, environment: Environment) -> Environment | None:
        """Return the environment that ``environment`` waits for, None if there is none."""
        passed = environment.config.passed
        if passed is None:
            return None
        return replace(environment, config=self.configs[environment.file].environments[passed])

    def below(self, path: str) -> list[str]:
        """Return the file at ``path``, or the files below it ("" for all), sorted."""
        if path in self.files:
            return [path]
        start = f"{path}/" if path else ""
        first = bisect_left(self._sorted, start)
        return list(takewhile(lambda file: file.startswith(start), self._sorted[first:]))

    def matching(self, pattern: str) -> list[str]:
        """Return the files that ``pattern`` matches, sorted."""
        if pattern not in self._matches:
            candidates = self.below(literal_folder(pattern))
            self._matches[pattern] = list(filter(compiled((pattern,)).matches, candidates))
        return self._matches[pattern]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.files)


def read_snapshot(git: Git, commit: str) -> GateSnapshot:
    """Return the gate at ``commit``; an invalid file is a finding, not an error."""
    with History(git) as history:
        listing = history.listing(commit)
        configs: dict[str, CeplerConfig] = {}
        invalid: list[Finding] = []
        for path, entry in sorted(listing.items()):
            is_config = gate_config.is_config(path) and path.rpartition("/")[0] == FOLDER
            if not is_config and not is_state(path):
                continue
            found = history.read(entry.blob)
            if found is None:
                raise PromoterError(f"read {path}: its content is not in this clone")
            try:
                if is_config:
                    configs[path] = parse_config(found.content, path)
                else:
                    read_state(found.content, path)
            except InvalidFile as error:
                reason = str(error).removeprefix(f"read {path}: ")
                invalid.append(Finding(path, reason, error.next_step or f"correct {path}"))
    states = frozenset(filter(is_state, listing))
    control = {path: git.file(commit, path) or b"" for path in filter(is_control, listing)}
    return GateSnapshot(commit, frozenset(listing), configs, states, tuple(invalid), control)


def is_control(path: str) -> bool:
    """Return whether ``path`` is a rules file, or one that rules rest on."""
    folder, _, name = path.rpartition("/")
    return path in CONTROL or (folder == FOLDER and name.endswith(RULES_SUFFIX))


def is_state(path: str) -> bool:
    """Return whether ``path`` is the path of a state file."""
    return path.startswith(f"{STATES}/") and path.endswith(".state")


def parse_config(content: bytes, path: str) -> CeplerConfig:
    """Return a cepler file; raises `InvalidFile`, also for a malformed pattern."""
    config = gate_config.read_config(content, path)
    for name in config.environments:
        config.environment(name, path)
    return config
