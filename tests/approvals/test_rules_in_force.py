"""Rules in force, whatever the clone is like and however the files came to be there."""

from __future__ import annotations

import pytest

from promoter.approvals.control import GitControl
from promoter.common.errors import GitError, InvalidFile
from promoter.gate.deployment import Deployment
from promoter.git import Git
from promoter.site.site import Site
from tests.approvals.people import RULES, TEAMS, Controlled, controlled, site
from tests.site.repository import CONFIG

__all__ = ["controlled", "site"]


def test_a_shallow_clone_does_not_take_weaker_rules_for_the_first(controlled: Controlled) -> None:
    controlled.push("zoe", **{"cepler/app.rules.yml": RULES.replace("count: 2", "count: 1")})
    controlled.change("zoe", "5")
    origin = controlled.site.git.text("remote", "get-url", "origin")
    clone = controlled.folder / "shallow"
    options = ("--quiet", "--depth=1", "--no-single-branch")
    Git(controlled.folder).text("clone", *options, f"file://{origin}", str(clone))
    now = Site.of(clone)
    with pytest.raises(GitError, match=r"read the rules of app: .* is a shallow clone"):
        _ = GitControl(now.deployments["app"], now.gates_tip).in_force


@pytest.mark.parametrize("path", ["cepler/app.rules.yml", "cepler/teams.yml"])
def test_a_link_in_place_of_a_control_file_changes_no_rules(
    controlled: Controlled, path: str
) -> None:
    git, target = controlled.site.git, controlled.site.git.write_blob(b"weaker.yml")
    controlled.push("zoe", **{"cepler/weaker.yml": "deployment: weaker\nenvironments: {}\n"})
    git.text("update-index", "--add", "--cacheinfo", f"120000,{target},{path}")
    git.text("commit", "--quiet", "-m", "feat: a link")
    git.text("push", "--quiet", "origin", "HEAD:main")
    now = controlled.site.fetched()
    rules = GitControl(now.deployments["app"], now.gates_tip).rules("production")
    assert rules.approval is not None and rules.approval.count == 2
    with pytest.raises(InvalidFile, match="should be a valid dictionary"):
        controlled.vote_on_rules("bob")


@pytest.mark.parametrize("configured", ["log.showRoot", "log.diffMerges"])
@pytest.mark.parametrize("merged", [False, True])
def test_rules_count_whichever_commit_added_them(
    controlled: Controlled, configured: str, merged: bool
) -> None:
    """From the first commit of all, or a merge whose sides lack them, whatever git is set to."""
    git = controlled.site.git
    git.text("config", configured, "off")
    files = {"cepler/app.yml": CONFIG, "cepler/app.rules.yml": RULES, "cepler/teams.yml": TEAMS}
    contents = {path: text.encode() for path, text in files.items()}
    tip = git.commit_files(None, contents, "feat: everything")
    if merged:
        sides = [git.commit_files(None, {"cepler/app.yml": CONFIG.encode()}, side) for side in "ab"]
        parents = [word for side in sides for word in ("-p", side)]
        tip = git.text("commit-tree", f"{tip}^{{tree}}", *parents, "-m", "Merge b")
    control = GitControl(Deployment.at_commit(git, tip, "cepler/app.yml"), None)
    assert control.rules("production").approval is not None
