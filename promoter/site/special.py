"""The approval of one plan that deletes something stateful, or of one destroy."""

from promoter.approvals.approvals import Special
from promoter.site.site import Site


def special_problem(site: Site, environment: str, kind: Special, id_: str) -> str:
    """Return why one plan or destroy of ``environment`` is not approved, "" if it is.

    Where approval rules exist it needs the votes of a change, and stops and windows hold it.
    """
    control = site.control(site.deployments[site.deployment_of(environment)])
    if control.has_rules:
        from promoter.approvals.authority import DeployAuthority  # pydantic

        case = control.special_case(environment, kind, id_)
        refusals = DeployAuthority(case).verdict(control.now).refusals
        if refusals or case.rules.approval:
            return "; ".join(each.reason for each in refusals)
    approved = site.approvals.special(environment, kind, id_) is not None
    return "" if approved else "it is not approved"
