"""Replay of past deployments under proposed rules: which of them would have been blocked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from promoter.approvals.rules_in_force import proposed
from promoter.common.errors import UsageError
from promoter.common.text import inert_markdown
from promoter.gate.deployment import Deployment
from promoter.lint.audit import AuditedDeployment, refusals_under, summary
from promoter.site.past import past_decisions
from promoter.site.site import Site

_SHOWN = 100


@dataclass(frozen=True)
class Replay:
    """The number of deployments that were replayed, and those that would have been blocked."""

    replayed: int
    blocked: tuple[AuditedDeployment, ...]

    def __str__(self) -> str:
        """Return both in words."""
        return f"would have blocked {len(self.blocked)} of {self.replayed} deployments"

    def markdown(self) -> str:
        """Return both as Markdown for a pull request, with a table of what would be blocked."""
        lines = ["### Past deployments under these rules", "", f"These rules {self}.", ""]
        if self.blocked:
            lines += ["| environment | version | record | why |", "| --- | --- | --- | --- |"]
        for each in self.blocked[-_SHOWN:]:
            why = inert_markdown("; ".join(each.problems)).replace("|", "\\|").replace("\n", " ")
            lines.append(f"| {each.environment} | {each.version} | {each.commit[:12]} | {why} |")
        if len(self.blocked) > _SHOWN:
            lines += ["", f"The newest {_SHOWN} are shown: `promoter rules test` lists all."]
        return "\n".join(lines) + "\n"


def replay(site: Site, base: str, last: int) -> Replay:
    """Replay the ``last`` deployments of each environment in ``base`` under the rules at HEAD.

    Votes count as if they had been given under those rules. Raises `UsageError` if ``base`` is not
    a commit, `InvalidFile` for wrong rules.
    """
    commit = None if base.startswith("-") else site.git.commit(base)
    if commit is None:
        raise UsageError(f"replay {base}: there is no such commit", next_step="fetch it")
    found = list(_judged(replace(site, tip=commit), last))
    return Replay(len(found), tuple(each for each in found if each.problems))


def _judged(site: Site, last: int) -> Iterator[AuditedDeployment]:
    head = site.git.commit("HEAD") or ""
    for deployment in site.deployments.values():
        rules = proposed(Deployment.at_commit(site.git, head, deployment.config_path))
        for environment in deployment.environments:
            newest = islice(past_decisions(site, environment), last)
            for past in reversed(list(newest)):
                yield replace(summary(past), problems=refusals_under(past, rules))
