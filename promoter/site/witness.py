"""The gates branch as a deployment saw it: main is its witness where a clone has no memory."""

import json
from typing import TYPE_CHECKING

from promoter.gate.begun import FOLDER
from promoter.gate.gates import BRANCH
from promoter.git.seen import WentBack

if TYPE_CHECKING:
    from promoter.site.site import Site

GATES = "gates"
"""The detail of a deploy's evidence that names the commit of the gates branch."""


def require_gates_growth(site: "Site", deployment: str) -> None:
    """Raise `WentBack` unless the gates branch has the commit that the newest deploy decided by.

    A runner clones anew each time and has seen nothing; the evidence of deploys is on main.
    """
    with site.reading() as history:
        listed = history.listing(site.tip, [f"{FOLDER}/{deployment}"])
        deploys = {path.rpartition("/")[2]: path for path in listed if "-deploy-deployed-" in path}
        found = history.file(site.tip, deploys[max(deploys)]) if deploys else None
    gates = json.loads(found.content).get("details", {}).get(GATES) if found else None
    tip = site.gates_tip
    if gates is None or gates == tip or (tip and site.git.is_ancestor(gates, tip)):
        return
    raise WentBack(
        f"read {BRANCH} of {site.remote}: a deploy of {deployment} was decided by {gates[:12]}, "
        f"which is not in its history any more",
        next_step=f"find out who rewrote it, and push it again: git push {site.remote} "
        f"{gates}:refs/heads/{BRANCH}",
    )
