"""Approvals: real commits on a real gates branch, signed and not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, NothingNewer, PromoterError, UsageError
from promoter.deploy.deploy import cleared
from promoter.git import Git
from promoter.git.seen import forget_seen
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]


def signing(site: Site, folder: Path, *, allowed: bool) -> Site:
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in {"gpg.format": "ssh", "user.signingkey": f"{key}.pub"}.items():
        Git(folder).text("config", "--file", "gitconfig", name, value)
    if allowed:
        line = f'ann@bank.example namespaces="git" {key.with_suffix(".pub").read_text()}'
        push(site.git, {"cepler/allowed_signers": line.encode()})
    return site.fetched()


def test_production_is_held_until_its_approval(site: Site) -> None:
    site = deployed(site, "qa")
    with pytest.raises(NotCleared, match="held back by gate") as refused:
        cleared(site, "production")
    assert refused.value.next_step.startswith("promoter approve production")
    proposal = propose(site, ApprovalRequest("production", "fine"))
    assert {change.path for change in proposal.changes} == {"shared/a", "production/c"}
    approval = approve(site, proposal)
    assert approval.by == "unverified: Ann <ann@bank.example>"
    assert site.fetched().decide("production").is_due


def test_the_default_is_the_commit_that_recorded_qa(site: Site) -> None:
    site = deployed(site, "qa")
    recorded = site.tip
    site.git.text("merge", "-q", "--ff-only", site.tip)
    push(site.git, {"shared/a": b"not in QA yet"})
    proposal = propose(site.fetched(), ApprovalRequest("production", "fine"))
    assert proposal.value == recorded


def test_nothing_can_be_approved_before_qa_is_deployed(site: Site) -> None:
    with pytest.raises(PromoterError, match="qa has not been deployed yet"):
        propose(site, ApprovalRequest("production", "fine"))


def test_a_signature_of_an_allowed_signer_is_the_approver(site: Site, tmp_path: Path) -> None:
    site = signing(site, tmp_path, allowed=True)
    site.git.text("merge", "-q", "--ff-only", site.tip)
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    approval = site.fetched().approvals.gate("app", "production")
    assert approval is not None
    assert approval.approved_by == "ann@bank.example"
    assert approval.reason == "fine"


def test_a_signature_of_an_unlisted_key_is_only_a_claim(site: Site, tmp_path: Path) -> None:
    site = deployed(signing(site, tmp_path, allowed=False), "qa")
    assert approve(site, propose(site, ApprovalRequest("production", "fine"))).approved_by is None


def test_approving_twice_is_nothing_newer(site: Site) -> None:
    site = deployed(site, "qa")
    proposal = propose(site, ApprovalRequest("production", "fine"))
    approve(site, proposal)
    with pytest.raises(NothingNewer):
        approve(site.fetched(), proposal)


def test_an_approval_by_another_in_between_is_kept(site: Site) -> None:
    site = deployed(site, "qa")
    proposal = propose(site, ApprovalRequest("production", "fine"))
    other = site.approvals.gates("app")
    text = f"# noted\nqa: HEAD\nproduction: {other.entries['production']}\n"
    tip = site.approvals.tip
    assert tip is not None
    made = site.git.commit_files(tip, {"app.yml": text.encode()}, "chore: a comment")
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=tip)
    approve(site, proposal)
    kept = site.git.file(site.fetched().approvals.tip or "", "app.yml") or b""
    assert kept.startswith(b"# noted\n")
    assert proposal.value.encode() in kept


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ApprovalRequest("production", "  "), "reason is empty"),
        (ApprovalRequest("production", "x", commit="0" * 40), "no commit"),
        (ApprovalRequest("production", "x", plan="a", destroy=True), "different things"),
        (ApprovalRequest("production", "x", plan="", destroy=True), "different things"),
        (ApprovalRequest("production", "x", plan=""), "not the digest of a plan"),
        (ApprovalRequest("production", "x", plan="abc"), "not the digest of a plan"),
        (ApprovalRequest("production", "x", commit=""), "no commit"),
        (ApprovalRequest("nowhere", "x", plan="a" * 64), "find environment nowhere"),
        (ApprovalRequest("../evil", "x", plan="a" * 64), r"find environment \.\./evil"),
        (ApprovalRequest("nowhere", "x", destroy=True), "find environment nowhere"),
        (ApprovalRequest("qa", "x"), "approve qa: it is ungated"),
        (ApprovalRequest("production", "x", destroy=True), "has not been deployed"),
        (ApprovalRequest("nowhere", "x"), "find environment nowhere"),
    ],
)
def test_an_impossible_approval_is_refused(
    site: Site, request_: ApprovalRequest, message: str
) -> None:
    with pytest.raises(PromoterError, match=message):
        propose(site, request_)


def test_a_commit_that_is_not_on_main_is_refused(site: Site) -> None:
    aside = site.git.commit_files(site.tip, {"shared/a": b"2"}, "feat: aside")
    with pytest.raises(UsageError, match="is not on origin/main"):
        propose(site, ApprovalRequest("production", "x", commit=aside))


def test_a_destroy_is_approved_for_the_record_of_what_runs(site: Site) -> None:
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("qa", "moving", destroy=True)))
    record = site.git.text("log", "-1", "--format=%H", site.tip, "--", "cepler/.cepler")
    site = site.fetched()
    assert site.approvals.special("qa", "destroy", record) is not None
    assert site.approvals.special("qa", "destroy", "0" * 40) is None


def test_an_ungated_environment_is_held_only_by_a_commit_that_is_named(site: Site) -> None:
    proposal = propose(site, ApprovalRequest("qa", "freeze", commit=site.tip))
    assert proposal.freezes
    approve(site, proposal)
    assert site.fetched().approvals.gates("app").commit("qa") == site.tip


def push_gates(site: Site, parents: list[str], tree_of: str) -> Site:
    """Push an unsigned commit with the tree of another one onto the gates branch."""
    tree = site.git.text("rev-parse", f"{tree_of}^{{tree}}")
    made = site.git.commit_tree(tree, parents, "Merge\n")
    tip = site.fetched().approvals.tip
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=tip)
    return site.fetched()


@pytest.mark.parametrize("order", [1, -1])
def test_an_unsigned_merge_that_goes_back_to_an_old_approval_is_not_that_approval(
    site: Site, tmp_path: Path, order: int
) -> None:
    site = signing(site, tmp_path, allowed=True)
    site.git.text("merge", "-q", "--ff-only", site.tip)
    site = deployed(site, "qa")
    old = approve(site, propose(site, ApprovalRequest("production", "the first")))
    site = site.fetched()
    first = site.approvals.gates("app").commit("production")
    pull(site)
    push(site.git, {"shared/a": b"2"})
    site = deployed(site, "qa")
    new = approve(site, propose(site, ApprovalRequest("production", "the second")))
    site = push_gates(site, [new.commit, old.commit][::order], old.commit)
    found = site.approvals.gate("app", "production")
    assert site.approvals.gates("app").commit("production") == first
    assert found is not None
    assert (found.commit, found.approved_by) == (site.gates_tip, None)


def test_an_approval_file_that_a_merge_adds_is_the_mergers(site: Site, tmp_path: Path) -> None:
    site = deployed(signing(site, tmp_path, allowed=True), "qa")
    approval = approve(site, propose(site, ApprovalRequest("qa", "moving", destroy=True)))
    held, approved = site.gates_tip or "", approval.commit
    site.git.push("origin", "", "refs/heads/cepler-gates", expect=approved)
    forget_seen(site.git, "origin")
    site = push_gates(site, [held], held)
    site = push_gates(site, [site.gates_tip or "", held], approved)
    found = site.approvals.special("qa", "destroy", approval.subject)
    assert found is not None
    assert (found.commit, found.approved_by) == (site.gates_tip, None)


def test_a_branch_that_the_remote_lacks_is_not_one_to_push(site: Site) -> None:
    with pytest.raises(PromoterError, match="it has no such branch") as raised:
        Site.of(site.git.dir, branch="typo")
    assert raised.value.next_step == "--branch with one of: cepler-gates, main"


def test_no_program_of_the_caller_s_makes_a_signature_good(site: Site, tmp_path: Path) -> None:
    site = deployed(signing(site, tmp_path, allowed=False), "qa")
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    pull(site)
    line = f'ann@bank.example namespaces="git" {other.with_suffix(".pub").read_text()}'
    push(site.git, {"cepler/allowed_signers": line.encode()})
    site = site.fetched()
    program = tmp_path / "ssh-keygen-that-believes"
    program.write_text(
        '#!/bin/sh\ncase "$*" in\n*find-principals*) echo ann@bank.example;;\n'
        "*verify*) echo 'Good \"git\" signature for ann@bank.example with ED25519 key SHA256:x';;\n"
        '*) exec ssh-keygen "$@";;\nesac\n'
    )
    program.chmod(0o755)
    Git(tmp_path).text("config", "--file", "gitconfig", "gpg.ssh.program", str(program))
    approval = approve(site, propose(site, ApprovalRequest("production", "fine")))
    options = ("-c", f"gpg.ssh.allowedSignersFile={tmp_path / 'gitconfig'}")
    assert site.git.text(*options, "log", "-1", "--format=%G?", approval.commit) == "G"
    assert approval.approved_by is None
