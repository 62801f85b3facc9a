"""The rule for rules files: they are valid, count for a deployment, and can be fulfilled."""

from collections.abc import Iterator, Mapping

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.approvals.rules_file import (
    TEAMS,
    ApprovalRule,
    OverrideRule,
    TeamsFile,
    read_rules,
    read_teams,
)
from promoter.common.errors import InvalidFile
from promoter.common.finding import Finding
from promoter.gate.config import CeplerConfig
from promoter.git.signing import NAMESPACE, names_in_namespace
from promoter.lint.snapshot import RULES_SUFFIX, GateSnapshot


def check_rules_files(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find rules and teams that cannot be read, count for nothing, or that nobody can fulfill."""
    files = snapshot.control
    try:
        teams = read_teams(files[TEAMS]) if TEAMS in files else TeamsFile()
    except InvalidFile as error:
        yield _invalid(error, TEAMS)
        return
    deployments = {config.deployment: config for config in snapshot.configs.values()}
    listed = names_in_namespace(files.get(ALLOWED_SIGNERS, b""), NAMESPACE)
    for path in filter(lambda path: path.endswith(RULES_SUFFIX), files):
        name = path.rpartition("/")[2].removesuffix(RULES_SUFFIX)
        if name not in deployments:
            reason = f"no cepler file has a deployment {name}, so these rules count for nothing"
            yield Finding(path, reason, f"name it <deployment>{RULES_SUFFIX}")
            continue
        try:
            yield from _unfulfillable(files[path], path, teams, deployments[name], listed)
        except InvalidFile as error:
            yield _invalid(error, path)


def _unfulfillable(
    content: bytes, path: str, teams: TeamsFile, config: CeplerConfig, listed: frozenset[str]
) -> Iterator[Finding]:
    signers = {name for name, person in teams.people.items() if listed.intersection(person.keys)}
    on_page = {name for name, person in teams.people.items() if person.subjects}
    for name, rules in read_rules(content, path, teams, config.environments).environments.items():
        needs: Mapping[str, ApprovalRule | OverrideRule | None] = {
            "approval": rules.approval,
            "override": rules.override,
        }
        served = bool(rules.via) and not listed.isdisjoint(teams.servers)
        if rules.via and not served:
            reason = f"{name}: via: no key of a server of the page is listed, so it allows nothing"
            yield Finding(path, reason, f"add it to `servers` in {TEAMS} and to {ALLOWED_SIGNERS}")
        for kind, rule in needs.items():
            voters = signers | on_page if served and kind == "approval" else signers
            for reason in _missing_voters(rule, teams, voters) if rule else ():
                remedy = f"add people with keys to {TEAMS} and {ALLOWED_SIGNERS}"
                yield Finding(path, f"{name}: {kind}: {reason}", remedy)
        if rules.soak and config.environments[name].passed is None:
            reason = f"{name}: soak: no environment comes before it, so it is never over"
            yield Finding(path, reason, "remove the soak, or set `passed` in the cepler file")


def _missing_voters(
    rule: ApprovalRule | OverrideRule, teams: TeamsFile, voters: set[str]
) -> Iterator[str]:
    """Yield why ``rule`` cannot be fulfilled by ``voters``, the people who have a key."""
    able = teams.members(rule.from_) & voters
    if len(able) < rule.count:
        yield f"{rule.count} people have to sign, and {len(able)} of these teams have a listed key"
    for team in rule.required if isinstance(rule, ApprovalRule) else ():
        if not teams.members([team]) & voters:
            yield f"nobody of the required team {team} has a listed key"


def _invalid(error: InvalidFile, path: str) -> Finding:
    return Finding(path, str(error).removeprefix("read "), error.next_step or f"correct {path}")
