"""Votes on real git: who counts, what they are bound to, and when the gate moves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from promoter.approvals.control import GitControl
from promoter.common.errors import InvalidFile, NotCleared, NothingNewer, PromoterError, UsageError
from promoter.deploy.deploy import cleared
from promoter.git import Git
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.special import special_problem
from promoter.site.status import statuses
from tests.approvals.people import RULES, TEAMS, Controlled, controlled, first, key, signer, site
from tests.site.repository import CONFIG, deployed

__all__ = ["controlled", "first", "site"]


@pytest.fixture
def second(first: Controlled) -> Controlled:
    """Zoe's next change waits for production."""
    first.change("zoe", "3")
    return first


def test_two_people_clear_production_and_only_the_second_moves_the_gate(
    second: Controlled,
) -> None:
    before = second.gate
    assert "1 of 2 approvals (bob), none of team risk" in second.vote("bob")
    assert second.gate == before
    assert "1 of 2 approvals (bob), none of team risk" in second.reasons
    with pytest.raises(NotCleared, match="1 of 2 approvals"):
        cleared(second.site.fetched(), "production")
    assert "2 of 2 approvals (bob, cy)" in second.vote("cy")
    assert second.gate != before
    assert cleared(second.site.fetched(), "production").is_due


def test_an_author_does_not_approve_and_is_named(first: Controlled) -> None:
    first.change("ann", "4")
    with pytest.raises(UsageError, match="ann wrote a part of it") as refused:
        first.vote("ann")
    assert refused.value.next_step == "ask one of bob, cy"


def test_a_co_author_does_not_approve_either(second: Controlled) -> None:
    git = second.site.git
    git.text("merge", "-q", "--ff-only", second.site.fetched().tip)
    message = "feat: together\n\nCo-authored-by: Bob <Bob@Bank.Example>\n"
    made = git.commit_files(git.commit("HEAD"), {"production/c": b"9"}, message)
    git.push("origin", made, "refs/heads/main", expect=git.commit("HEAD"))
    with pytest.raises(UsageError, match="bob wrote a part of it"):
        second.vote("bob", commit=made)


def test_an_author_whom_nobody_knows_blocks(first: Controlled) -> None:
    first.change("mallory", "4")
    first.vote("bob")
    first.vote("cy")
    assert "author mallory@bank.example is in no entry of cepler/teams.yml" in first.reasons


def test_two_keys_of_one_person_are_one_vote(second: Controlled) -> None:
    second.vote("bob")
    second.act_as("bob")
    for name, value in {"user.signingkey": str(second.folder / "laptop.pub")}.items():
        Git(second.folder).text("config", "--file", "gitconfig", "--replace-all", name, value)
    with pytest.raises(NothingNewer, match="bob has voted so already"):
        now = second.site.fetched()

        approve(now, propose(now, ApprovalRequest("production", "again")))


def test_a_commit_on_the_gates_branch_clears_nothing(second: Controlled) -> None:
    push_gate(second, f"qa: HEAD\nproduction: {second.site.fetched().tip}\n")
    assert "0 of 2 approvals, none of team risk" in second.reasons


def test_head_is_refused(second: Controlled) -> None:
    push_gate(second, "qa: HEAD\nproduction: HEAD\n")
    assert "its gate is HEAD, which its approval rules refuse" in second.reasons
    second.vote("bob")
    second.vote("cy")
    assert second.reasons == ""


def test_a_reject_blocks_until_its_person_approves(second: Controlled) -> None:
    for name in ("bob", "cy"):
        second.vote(name)
    second.vote("ann", "reject")
    assert "rejected by ann: ann says so" in second.reasons
    second.vote("ann")
    assert second.reasons == ""


def test_a_removed_vote_still_counts(second: Controlled) -> None:
    for name in ("bob", "cy"):
        second.vote(name)
    second.vote("ann", "reject")
    push_gate(second, f"qa: HEAD\nproduction: {second.gate}\n", alone=True)
    assert "rejected by ann" in second.reasons


def test_votes_do_not_count_for_other_content(second: Controlled) -> None:
    for name in ("bob", "cy"):
        second.vote(name)
    second.push("zoe", elsewhere="not of production")
    assert second.reasons == ""
    second.change("zoe", "4")
    assert cleared(second.site.fetched(), "production").state.head_commit
    push_gate(second, f"qa: HEAD\nproduction: {second.site.fetched().tip}\n")
    second.act_as("bot")
    deployed(second.site, "production")
    assert "0 of 2 approvals" in second.reasons


def test_an_expired_key_and_one_without_the_namespace_do_not_count(second: Controlled) -> None:
    second.vote("bob")
    second.vote("cy")
    control = GitControl(second.site.fetched().deployments["app"], second.site.fetched().gates_tip)
    ended = control.in_force
    assert ended is not None
    text = ended.signers.decode()
    for options in ('valid-before="20260101"', 'namespaces="git"'):
        changed = text.replace('namespaces="git,promoter"', options)
        found = [each.by(ended.teams, changed.encode(), control.now) for each in control.signed]
        assert {each.person for each in found if each.reason in ("bob says so", "cy says so")} == {
            None
        }


def test_somebody_without_a_vote_is_refused(second: Controlled) -> None:
    with pytest.raises(UsageError, match="dee is in none of the teams release, risk"):
        second.vote("dee")
    key(second.folder, "eve")
    with pytest.raises(UsageError, match="the key that git signs with is not that of a person"):
        second.vote("eve")


def test_weaker_rules_count_only_once_the_former_quorum_approves(second: Controlled) -> None:
    weaker = RULES.replace("count: 2", "count: 1").replace(", required: [risk]", "")
    second.push("zoe", **{"cepler/app.rules.yml": weaker})
    second.vote("bob")
    assert "1 of 2 approvals (bob)" in second.reasons
    assert "1 of 2 approvals (bob)" in second.vote_on_rules("bob")
    assert "1 of 2 approvals (bob)" in second.reasons
    assert "2 of 2 approvals (bob, cy)" in second.vote_on_rules("cy")
    assert second.reasons.startswith("held back by gate")
    second.vote("bob")
    assert second.reasons == ""


def test_removed_rules_and_signers_still_count(second: Controlled) -> None:
    second.push(
        "zoe",
        **{"cepler/app.rules.yml": None, "cepler/allowed_signers": signer(second.folder, "eve")},
    )
    push_gate(second, f"qa: HEAD\nproduction: {second.site.fetched().tip}\n")
    assert "0 of 2 approvals" in second.reasons


def test_a_history_with_rules_of_its_own_is_refused(second: Controlled) -> None:
    git, site = second.site.git, second.site.fetched()
    other = git.commit_files(None, {"cepler/app.rules.yml": b"environments: {}\n"}, "feat: rules")
    tree = git.text("rev-parse", f"{site.tip}^{{tree}}")
    merge = git.commit_tree(tree, [other, site.tip], "Merge\n")
    git.push("origin", merge, "refs/heads/main", expect=site.tip)
    with pytest.raises(PromoterError, match="add it independently"):
        site.fetched().decide("production")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"cepler/app.rules.yml": RULES.replace("production", "prod")}, "no such environment"),
        ({"cepler/app.rules.yml": RULES.replace("release", "relase")}, "unknown team relase"),
        (
            {"cepler/app.rules.yml": RULES + "    soak: 1y\n"},
            "line 5: environments.production.soak",
        ),
        ({"cepler/teams.yml": TEAMS.replace("[cy]", "[cyrus]")}, "team risk has cyrus"),
    ],
)
def test_wrong_files_are_named_with_their_line(
    second: Controlled, files: dict[str, str], message: str
) -> None:
    second.push("zoe", **files)
    with pytest.raises(InvalidFile, match=message):
        second.vote_on_rules("bob")
    assert "held back by gate" in second.reasons  # the former ones count


def test_status_and_plan_show_who_approved(second: Controlled) -> None:
    second.vote("bob")
    (found,) = statuses(second.site.fetched(), ["production"], None)
    assert "1 of 2 approvals (bob)" in found.why


def push_gate(found: Controlled, text: str, *, alone: bool = False) -> None:
    """Push a gates file as somebody who may push; ``alone`` removes every other file."""
    site = replace(found.site).fetched()
    git, tip = site.git, site.gates_tip
    assert tip is not None
    files: dict[str, bytes | None] = {"app.yml": text.encode()}
    if alone:
        files |= dict.fromkeys(path for path in git.listing(tip) if path != "app.yml")
    made = git.commit_files(tip, files, "chore: mine")
    git.push("origin", made, "refs/heads/cepler-gates", expect=tip)


def test_a_destroy_needs_the_votes_of_a_change(first: Controlled) -> None:
    def problem() -> str:
        now = first.site.fetched()
        last = now.last_record("production")
        assert last is not None
        return special_problem(now, "production", "destroy", last[0])

    site = first.site.fetched()
    last = site.last_record("production")
    assert last is not None
    site.approvals.set_special("production", "destroy", last[0], "by whoever may push")
    assert problem() == "0 of 2 approvals, none of team risk"
    first.vote("bob", destroy=True)
    assert "1 of 2 approvals (bob)" in problem()
    first.vote("cy", destroy=True)
    assert problem() == ""


def test_a_vote_shows_the_images_and_values_that_it_clears(first: Controlled) -> None:
    pin = (
        'image:\n  repository: gcr.io/bank/server\n  digest: "sha256:{0}" '
        "# METADATA:: repository=https://github.com/bank/server;commit_ref={1};app=server;\n"
        "replicas: {2}\n"
    )
    config = CONFIG.replace("shared/*", "shared/*, charts/**")
    values = {"cepler/app.yml": config, "charts/x/values.yaml": pin.format("a" * 64, "b" * 40, 1)}
    first.push("zoe", **values)
    first.act_as("bot")
    deployed(first.site, "qa")
    now = first.site.fetched()
    text = "\n".join(propose(now, ApprovalRequest("production", "x")).text)
    assert f"server: none -> {'a' * 12}" in text
    assert "replicas: nothing -> '1'" in text


def test_two_people_who_approve_at_once_both_count(second: Controlled) -> None:
    """Each in a process and a clone of its own; whoever pushes later completes the count."""
    origin = second.site.git.text("remote", "get-url", "origin")
    running = []
    for name in ("bob", "cy"):
        second.act_as(name)
        config = second.folder / f"{name}.gitconfig"
        shutil.copy(second.folder / "gitconfig", config)
        clone = second.folder / f"clone-of-{name}"
        Git(second.folder).text("clone", "-q", origin, str(clone))
        words = ("approve", "production", "--reason", "fine", "--yes")
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "promoter", *words],
                cwd=clone,
                env={**os.environ, "GIT_CONFIG_GLOBAL": str(config)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    outputs = [each.communicate()[0] for each in running]
    assert [each.returncode for each in running] == [0, 0], outputs
    assert sum("2 of 2 approvals" in each for each in outputs) == 1, outputs
    assert second.reasons == ""
