"""``cdktf`` typed by hand: parsed command lines, and what the gate lets through."""

from __future__ import annotations

import pytest

from promoter.common.errors import NotCleared, PromoterError, UsageError
from promoter.deploy.by_hand import CdktfCommand, check, parse
from promoter.site.plan import plan_environment
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]


def test_values_of_options_are_not_stacks() -> None:
    line = ["deploy", "--var", "a=1", "b=2", "--parallelism", "4", "qa", "--verbose", "other"]
    assert parse(line) == CdktfCommand("deploy", ("qa", "other"), tuple(line))


@pytest.mark.parametrize("reason", [["--ungated", "an outage"], ["--ungated=an outage"]])
def test_the_reason_for_a_bypass_is_kept_from_the_real_cli(reason: list[str]) -> None:
    command = parse(["deploy", "qa", *reason])
    assert command == CdktfCommand("deploy", ("qa",), ("deploy", "qa"), "an outage")


@pytest.mark.parametrize("line", ["deploy qa --ungated", "deploy qa --ungated --auto-approve"])
def test_a_bypass_requires_a_reason(line: str) -> None:
    with pytest.raises(UsageError, match="--ungated requires a reason"):
        parse(line.split())


@pytest.mark.parametrize("option", ["--app=x", "-a", "--output", "-o", "--skip-synth"])
def test_options_that_change_what_is_applied_are_rejected(option: str) -> None:
    with pytest.raises(UsageError, match="other than the tree"):
        parse(["deploy", "qa", option])
    assert not parse(["diff", "qa", option]).gated
    assert not parse(["deploy", "--help", option]).gated


def test_the_cleared_tree_goes_through_and_a_changed_one_does_not(site: Site) -> None:
    assert check(site, parse(["deploy", "q*"]), in_ci=False) == ("qa",)
    (site.git.dir / "qa/b").write_text("other")
    with pytest.raises(NotCleared, match=r"not what the gate cleared for it: .*qa/b"):
        check(site, parse(["deploy", "qa"]), in_ci=False)


def test_a_recorded_tree_can_be_applied_again(site: Site) -> None:
    site = deployed(site, "qa")
    pull(site)
    assert check(site, parse(["deploy", "qa"]), in_ci=False) == ("qa",)
    push(site.git, {"qa/b": b"2"})
    assert check(site.fetched(), parse(["deploy", "qa"]), in_ci=False) == ("qa",)


def test_nothing_goes_through_where_nothing_is_cleared(site: Site) -> None:
    with pytest.raises(NotCleared, match="nothing is cleared for it"):
        check(site, parse(["deploy", "production"]), in_ci=False)


def test_a_destroy_needs_an_approval_of_that_version(site: Site) -> None:
    site = deployed(site, "qa")
    with pytest.raises(NotCleared, match="version 1 has no approval"):
        check(site, parse(["destroy", "qa"]), in_ci=False)
    approve(site, propose(site, ApprovalRequest("qa", "moving", destroy=True)))
    assert check(site.fetched(), parse(["destroy", "qa"]), in_ci=False) == ("qa",)


def test_a_bypass_is_recorded_and_rejected_in_ci(site: Site) -> None:
    command = parse(["deploy", "production", "--ungated", "an   outage"])
    with pytest.raises(NotCleared, match="CI is set"):
        check(site, command, in_ci=True)
    assert plan_environment(site.fetched(), "production").ungated is None
    assert check(site, command, in_ci=False) == ("production",)
    assert plan_environment(site.fetched(), "production").ungated == "an outage"
    with pytest.raises(UsageError, match="requires a reason"):
        check(site, parse(["deploy", "qa", "--ungated= "]), in_ci=False)


@pytest.mark.parametrize(
    ("stacks", "message"), [([], "no stack is named"), (["other"], "find environment other")]
)
def test_stacks_are_named_in_a_cepler_file(site: Site, stacks: list[str], message: str) -> None:
    with pytest.raises(PromoterError, match=message):
        check(site, parse(["deploy", *stacks]), in_ci=False)
