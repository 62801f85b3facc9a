"""``cdktf deploy`` and ``destroy``: order, circumstances, approvals, and what Terraform refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, NothingNewer, PromoterError, UsageError
from promoter.common.progress import Silent
from promoter.deploy import by_hand
from promoter.deploy.by_hand import (
    Caller,
    bypass,
    deploy_each,
    destroys_forbidden,
    in_promotion_order,
)
from promoter.deploy.command_line import parse
from promoter.deploy.destroy import destroy_each
from promoter.deploy.record import remove
from promoter.programs import terraform
from promoter.programs.terraform import STATEFUL, Plan, StateVersion
from promoter.site.evidence import Evidence
from promoter.site.plan import plan_all
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.synthesis.stack import Stack, Target
from promoter.toolchain import Toolchain
from tests.scene_fixture import ROOT
from tests.site.repository import deployed, site

__all__ = ["site"]

PERSON = Caller(lambda plan: True, in_ci=False)


def target(_: str) -> Target:
    raise AssertionError("nothing may be applied")


def deploy(site: Site, line: str, caller: Caller = PERSON) -> None:
    list(deploy_each(site, parse(line.split()), target, Silent(), caller))


def test_stacks_are_taken_in_promotion_order(site: Site) -> None:
    for line in ("deploy production qa", "deploy *", "deploy qa production qa", "deploy p* q*"):
        assert in_promotion_order(site, parse(line.split())) == ("qa", "production")


@pytest.mark.parametrize(
    ("stacks", "message"),
    [
        ([], "no stack is named"),
        (["other"], "find environment other"),
        (["qa", "x*"], "find environment x"),
    ],
)
@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_stacks_are_named_in_a_cepler_file(
    site: Site, verb: str, stacks: list[str], message: str
) -> None:
    with pytest.raises(PromoterError, match=message):
        in_promotion_order(site, parse([verb, *stacks]))


def test_nothing_goes_through_where_nothing_is_cleared(site: Site) -> None:
    with pytest.raises(NotCleared, match="'qa' not deployed yet"):
        deploy(site, "deploy production --auto-approve")


def test_what_is_recorded_is_not_deployed_again(site: Site) -> None:
    with pytest.raises(NothingNewer, match="deploy qa: nothing newer"):
        deploy(deployed(site, "qa"), "deploy qa --auto-approve")


def test_one_that_is_up_to_date_does_not_hide_one_that_is_not_cleared(site: Site) -> None:
    with pytest.raises(NotCleared, match="deploy production: held back"):
        deploy(deployed(site, "qa"), "deploy qa production --auto-approve")


def test_nobody_can_approve_without_a_terminal(site: Site) -> None:
    pipe = Caller(None, in_ci=False)
    with pytest.raises(UsageError, match="not a terminal") as refused:
        deploy(site, "deploy qa", pipe)
    assert refused.value.next_step == "cdktf deploy qa --auto-approve"
    with pytest.raises(AssertionError, match="nothing may be applied"):
        deploy(site, "deploy qa --auto-approve", pipe)
    with pytest.raises(AssertionError, match="nothing may be applied"):
        deploy(site, "deploy qa", PERSON)


@pytest.mark.parametrize("value", ["true", "1", "True", "TRUE", "yes", "0", "no", " true "])
def test_any_ci_but_false_is_one(value: str) -> None:
    assert Caller.of({"CI": value}, None).in_ci


@pytest.mark.parametrize("variables", [{}, {"CI": "false"}, {"CI": "False"}, {"CI": ""}])
def test_no_ci_is_a_person(variables: dict[str, str]) -> None:
    assert not Caller.of(variables, None).in_ci


def test_a_bypass_is_recorded_and_rejected_in_ci(site: Site) -> None:
    command = parse(["deploy", "production", "--ungated", "an   outage"])
    with pytest.raises(NotCleared, match="CI is set"):
        bypass(site, command, ["production"], Caller(PERSON.approves, in_ci=True))
    with pytest.raises(UsageError, match="not a terminal"):
        bypass(site, command, ["production"], Caller(None, in_ci=False))
    assert plan_all(site.fetched(), ["production"])[0].ungated is None
    bypass(site, command, ["production"], PERSON)
    assert plan_all(site.fetched(), ["production"])[0].ungated == "an outage"
    with pytest.raises(UsageError, match="requires a reason"):
        bypass(site, parse(["deploy", "qa", "--ungated= "]), ["qa"], PERSON)


def destroy(site: Site, caller: Caller = PERSON) -> None:
    list(destroy_each(site, parse(["destroy", "qa"]), target, Silent(), caller))


def destroyed(site: Site, outcome: str = "destroyed") -> Site:
    """Remove the record of QA, as a destroy does in the end."""
    remove(site, Evidence("app", "qa", "destroy", outcome, site.tip))
    return site.fetched()


def approved_to_destroy(site: Site) -> Site:
    approve(site, propose(site, ApprovalRequest("qa", "moving", destroy=True)))
    return site.fetched()


def test_a_destroy_needs_an_approval_of_that_record(site: Site) -> None:
    with pytest.raises(NotCleared, match="never recorded"):
        destroy(site)
    site = deployed(site, "qa")
    with pytest.raises(NotCleared, match="version 1 may not be destroyed: it is not approved"):
        destroy(site)
    site = approved_to_destroy(site)
    with pytest.raises(AssertionError, match="nothing may be applied"):
        destroy(site)
    with pytest.raises(UsageError, match="not a terminal"):
        destroy(site, Caller(None, in_ci=False))


def test_what_is_destroyed_no_longer_counts_as_passed(site: Site) -> None:
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    site = destroyed(site)
    assert site.deployment("qa").recorded("qa") is None
    assert site.git.file(site.tip, site.deployment("qa").state_path("qa")) is None
    assert site.decide("qa").is_due
    message = site.git.text("log", "-1", "--format=%s", site.tip)
    assert message == "ci(cepler): Removed 'app' state in 'qa'"


def test_an_approval_lets_a_destroy_be_finished_but_not_another_record_be_destroyed(
    site: Site,
) -> None:
    site = destroyed(approved_to_destroy(deployed(site, "qa")), "failed")
    with pytest.raises(AssertionError, match="nothing may be applied"):
        destroy(site)
    again = deployed(destroyed(site, "destroyed"), "qa")
    recorded = again.deployment("qa").recorded("qa")
    assert recorded is not None
    assert recorded.version == 1
    with pytest.raises(NotCleared, match="version 1 may not be destroyed: it is not approved"):
        destroy(again)


def test_terraform_itself_keeps_what_the_guard_has_not_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CLI plans again after the guard: a replacement that it alone sees is refused."""
    monkeypatch.setattr(terraform, "STATEFUL", STATEFUL | {"terraform_data"})
    monkeypatch.setattr(by_hand, "STATEFUL", STATEFUL | {"terraform_data"})
    stack = Stack("gcp-x", tmp_path, Toolchain(ROOT), Target(tmp_path, None), Silent())
    stack.folder.mkdir(parents=True)

    def planned(version: str) -> Plan:
        database = {"database": {"triggers_replace": version}}
        document = {"resource": {"terraform_data": database}}
        (stack.folder / "cdk.tf.json").write_text(json.dumps(document))
        return stack.terraform().plan()

    stack.terraform().init()
    before = stack.terraform().state()
    stack.terraform().apply(planned("1"))
    assert before == StateVersion()
    assert stack.terraform().state().resources == 1
    approved, unapproved = planned("2"), Plan(tmp_path, "", ())
    assert [str(each) for each in approved.destroys] == ["delete/create terraform_data.database"]
    with (
        destroys_forbidden(stack, unapproved),
        pytest.raises(PromoterError, match=r"(?i)instance cannot be destroyed"),
    ):
        stack.terraform().plan()
    with destroys_forbidden(stack, approved):
        stack.terraform().apply(stack.terraform().plan())
