"""Stop and resume: signed statements that hold environments at once, or release them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from promoter.approvals.approvals import Approvals
from promoter.approvals.authority import Case, DeployAuthority
from promoter.approvals.ballot import Accepted, CastVote, require_way, statement, submit, verified
from promoter.approvals.control import GitControl
from promoter.approvals.statement import WEB, SignedStatement, Statement, scope
from promoter.common.errors import NothingNewer, PromoterError, UsageError
from promoter.gate.deployment import Deployment


@dataclass(frozen=True)
class Order:
    """A stop or a resume of one environment, of every one of a deployment, or of all ("").

    With ``subject`` the page gives it for the person who signed in as that.
    """

    kind: Literal["stop", "resume"]
    reason: str
    deployment: str = ""
    environment: str = ""
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.environment or self.deployment or 'everything'}"


def give(approvals: Approvals, deployments: Mapping[str, Deployment], order: Order) -> CastVote:
    """Sign ``order`` and push it.

    Raises `NothingNewer` where it changes nothing, and `UsageError` where a wider stop would stay
    in effect, or where nobody who is listed signs it.
    """

    def accepted(signed: SignedStatement, tip: str | None) -> Accepted:
        controls = [
            GitControl(each, tip)
            for name, each in deployments.items()
            if order.deployment in ("", name)
        ]
        if not controls:
            raise PromoterError(
                f"{order}: no cepler file of it can be read",
                next_step="promoter plan names what is wrong with it",
            )
        made = [verified(control, signed, str(order)) for control in controls]
        for each, control in zip(made, controls, strict=True):
            for name in control.deployment.environments:
                if order.environment in ("", name):
                    require_way(control.rules(name), each, str(order))
        pairs = zip(controls, made, strict=True)
        _require_effect(order, [pair for each in pairs for pair in _effects(order, *each)])
        return CastVote(made[0], ""), {}

    scoped = {"deployment": order.deployment, "environment": order.environment}
    scoped["commit"] = approvals.main
    if order.subject:
        scoped |= {"via": WEB, "subject": order.subject}
    return submit(approvals, statement(order.kind, order.reason, None, **scoped), accepted)


def _effects(
    order: Order, control: GitControl, made: Statement
) -> Iterator[tuple[Statement | None, Statement | None]]:
    """Yield the stop of each environment before and after ``made``, which is one of ``order``."""
    own = (each for each in control.signed if control.is_own(each.statement))
    before = tuple(map(control.verified, own))
    for name in control.deployment.environments:
        if order.environment in ("", name):
            case = Case(
                deployment=control.deployment.name,
                environment=name,
                runs="",
                would="",
                rules=control.rules(name),
                statements=before,
            )
            then = replace(case, statements=(*before, made))
            now = made.given
            yield DeployAuthority(case).stop(now), DeployAuthority(then).stop(now)


def _require_effect(order: Order, effects: list[tuple[Statement | None, Statement | None]]) -> None:
    if order.kind == "stop":
        if effects and all(before for before, _ in effects):
            raise NothingNewer(f"{order}: stopped already, in {_commits(effects)}")
        return
    if not any(before for before, _ in effects):
        raise NothingNewer(f"{order}: nothing of it is stopped")
    wider = next((after for _, after in effects if after is not None), None)
    if wider is not None:
        raise UsageError(
            f"{order}: it is still stopped by {wider.added_by[:12]}: {wider.reason}",
            next_step=f"promoter resume {scope(wider)} --reason '...'",
        )


def _commits(effects: list[tuple[Statement | None, Statement | None]]) -> str:
    return ", ".join(sorted({before.added_by[:12] for before, _ in effects if before}))
