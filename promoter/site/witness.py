"""The gates branch as a deployment saw it: main is its witness where a clone has no memory."""

from typing import TYPE_CHECKING

from promoter.gate.gates import BRANCH
from promoter.git.seen import WentBack
from promoter.site.evidence import newest_deploy

if TYPE_CHECKING:
    from promoter.site.site import Site


def require_gates_growth(site: "Site", deployment: str) -> None:
    """Raise `WentBack` unless the gates branch has the commit that the newest deploy decided by.

    A runner clones anew each time and has seen nothing; the evidence of deploys is on main.
    """
    deploy = newest_deploy(site, deployment)
    gates = deploy.gates if deploy else ""
    tip = site.gates_tip
    if gates in ("", tip) or (tip and site.git.is_ancestor(gates, tip)):
        return
    raise WentBack(
        f"read {BRANCH} of {site.remote}: a deploy of {deployment} was decided by {gates[:12]}, "
        f"which is not in its history any more",
        next_step=f"find out who rewrote it, and push it again: git push {site.remote} "
        f"{gates}:refs/heads/{BRANCH}",
    )
