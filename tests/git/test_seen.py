"""A remote that goes back, a rewritten branch, and replacement objects are refused."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import GitError, NotCleared
from promoter.deploy.deploy import cleared
from promoter.deploy.record import record
from promoter.gate.holds.not_in_history import NotInHistory
from promoter.git import Git
from promoter.git.ledger import Entry, Ledger
from promoter.git.seen import WentBack, forget_seen, note_seen, require_growth
from promoter.site.evidence import GATES, Evidence
from promoter.site.site import Site
from tests.site.repository import deployed, push, site

__all__ = ["site"]


def moved(site: Site, branch: str, commit: str) -> None:
    """Move a branch on the remote, as somebody may who can push without a rule."""
    bare = Git(Path(site.git.text("remote", "get-url", "origin")))
    site.git.text("push", "-q", "-f", "origin", f"{commit}:refs/heads/scratch")
    bare.text("update-ref", f"refs/heads/{branch}", commit)


@pytest.mark.parametrize("branch", ["main", "cepler-gates"])
def test_a_branch_that_goes_back_is_refused(site: Site, branch: str) -> None:
    old = site.fetched()
    push(site.git, {"shared/a": b"2"})
    site.approvals.set_gate("app", "qa", old.tip, "hold it")
    new = site.fetched()
    moved(site, branch, {"main": old.tip, "cepler-gates": old.gates_tip or ""}[branch])
    with pytest.raises(WentBack, match=f"read {branch} of origin: it was at") as caught:
        site.fetched()
    # The remedy is a command; a fetch by hand, which follows the branch, is none.
    site.git.text("fetch", "-q", "origin")
    with pytest.raises(WentBack):
        site.fetched()
    remedy = (caught.value.next_step or "").rpartition(": ")[2]
    subprocess.run(remedy.split(), cwd=site.git.dir, check=True)
    assert site.fetched().tip in (old.tip, new.tip)


def test_a_rewritten_branch_and_one_that_is_gone_are_refused(site: Site) -> None:
    new = site.fetched()
    moved(site, "main", site.git.commit_files(None, {"a": b"other"}, "feat: other"))
    with pytest.raises(WentBack, match="not on top of that"):
        site.fetched()
    moved(site, "main", new.tip)
    assert site.fetched().tip == new.tip
    bare = Git(Path(site.git.text("remote", "get-url", "origin")))
    bare.text("update-ref", "-d", "refs/heads/cepler-gates")
    with pytest.raises(WentBack, match="and is gone"):
        site.fetched()


def test_a_record_that_was_pushed_from_here_counts_without_a_fetch(site: Site) -> None:
    before = site.fetched()
    deployed(site, "qa")
    moved(site, "main", before.tip)
    with pytest.raises(WentBack):
        site.fetched()


def test_another_process_that_is_ahead_is_no_attack(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, follow, pushed = site.fetched(), Git.follow, []

    def overtaken(git: Git, remote: str, *branches: str, **options: Any) -> dict[str, str]:
        found = follow(git, remote, *branches, **options)
        if not pushed:
            ledger = Ledger(site.git, "origin", "main")
            pushed.append(ledger.push(site.tip, Entry({"a": b"1"}, "feat: a")))
        return found

    monkeypatch.setattr(Git, "follow", overtaken)
    assert site.fetched().tip == pushed[0]


def test_a_replacement_object_is_refused(site: Site) -> None:
    other = site.git.commit_files(None, {"a": b"other"}, "feat: other")
    site.git.text("replace", site.tip, other)
    with pytest.raises(GitError, match="git replace shows another object") as caught:
        site.fetched()
    subprocess.run((caught.value.next_step or "").split(), cwd=site.git.dir, check=True)
    site.fetched()


def test_a_remote_that_is_made_anew_is_no_attack(site: Site) -> None:
    moved(
        site,
        "main",
        site.git.commit_files(
            None, {"cepler/app.yml": b"deployment: app\nenvironments: {}\n"}, "feat: new"
        ),
    )
    forget_seen(site.git, "origin")
    site.fetched()


def test_a_fresh_clone_knows_the_gates_branch_that_a_deploy_saw(site: Site) -> None:
    old = site.fetched()
    site.approvals.set_gate("app", "qa", old.tip, "hold it")
    site = site.fetched()
    due = cleared(site, "qa")
    evidence = Evidence("app", "qa", "deploy", "deployed", due.trigger)
    record(site, due, replace(evidence, details={GATES: site.gates_tip}))
    moved(site, "cepler-gates", old.gates_tip or "")
    forget_seen(site.git, "origin")
    with pytest.raises(WentBack, match="was decided by") as caught:
        site.fetched().decide("production")
    remedy = (caught.value.next_step or "").partition("again: ")[2]
    subprocess.run(remedy.split(), cwd=site.git.dir, check=True)
    site.fetched().decide("production")


def test_an_approval_of_a_commit_that_is_not_on_main_clears_nothing(site: Site) -> None:
    forged = site.git.commit_files(site.tip, {"production/c": b"evil"}, "feat: evil")
    site.git.text("push", "-q", "origin", f"{forged}:refs/heads/aside")
    site = deployed(site, "qa")
    site.approvals.set_gate("app", "production", forged, "fine")
    (hold, *_) = site.fetched().decide("production").holds
    assert hold == NotInHistory((), forged)
    with pytest.raises(NotCleared, match="is not in the history of the branch"):
        cleared(site.fetched(), "production")


def test_a_remote_may_be_an_address(site: Site) -> None:
    bare = site.git.text("remote", "get-url", "origin")
    note_seen(site.git, bare, "main", site.tip)
    older = site.git.commit_files(None, {"a": b"1"}, "feat: a")
    with pytest.raises(WentBack):
        require_growth(site.git, bare, ["main"], {"main": older})
