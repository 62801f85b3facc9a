"""Signed records: what an adversary who can push to main does to a state file does not count."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from promoter.approvals.signed_records import record_problem
from promoter.cepler.request import read_request
from promoter.cepler.resource import check, fetch_into, record_from
from promoter.common.errors import PromoterError
from promoter.common.progress import Silent
from promoter.deploy.deploy import cleared
from promoter.deploy.preflight import require_signer
from promoter.deploy.record import record
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git import Git
from promoter.lint.rules.changes import GateChange
from promoter.lint.rules.records import check_unsigned_records
from promoter.lint.snapshot import read_snapshot
from promoter.site.evidence import Evidence
from promoter.site.site import Site
from tests.scene_fixture import ROOT
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]

QA = "cepler/.cepler/app/qa.state"


def key(folder: Path, name: str) -> Path:
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    return file


def sign_with(site: Site, file: Path | None) -> None:
    site.git.text("config", "gpg.format", "ssh" if file else "openpgp")
    site.git.text("config", "user.signingkey", f"{file}.pub")


@pytest.fixture
def signed(site: Site, tmp_path: Path) -> Site:
    """A site whose QA was recorded twice, each time signed by a listed deployer."""
    file = key(tmp_path, "deployer")
    public = file.with_suffix(".pub").read_text()
    push(site.git, {ALLOWED_DEPLOYERS: f'deployer namespaces="git" {public}'.encode()})
    sign_with(site, file)
    site = deployed(site, "qa")
    pull(site)
    push(site.git, {"shared/a": b"2"})
    site = deployed(site, "qa")
    pull(site)
    return site


def problem(site: Site, at: str = "") -> str:
    deployers = site.git.file(site.tip, ALLOWED_DEPLOYERS)
    return record_problem(site.git, at or site.tip, QA, deployers)


def records(site: Site) -> list[str]:
    """The commits of both records, the newest first."""
    return site.git.lines("log", "--format=%H", site.tip, "--", QA)


def state(site: Site, commit: str) -> bytes:
    return site.git.file(commit, QA) or b""


def test_the_record_of_a_deployer_counts(signed: Site) -> None:
    newest, older = records(signed)
    assert problem(signed) == problem(signed, older) == ""
    assert push(signed.git, {"docs": b"1"}) != newest
    assert problem(signed.fetched()) == ""


def test_an_edit_and_an_older_record_do_not(signed: Site) -> None:
    newest, older = records(signed)
    sign_with(signed, None)
    made: list[str] = []
    for content in (
        state(signed, newest).replace(b"version: 2", b"version: 3"),
        state(signed, older),
    ):
        made.append(push(signed.git, {QA: content}))
        assert problem(signed, made[-1]) == (
            f"commit {made[0][:12]} changed {QA} after its signed record {newest[:12]}, unsigned"
        )
    # Undone, it is the signed one again.
    assert problem(signed, push(signed.git, {QA: state(signed, newest)})) == ""


def test_an_unsigned_record_and_a_stranger_s_do_not(signed: Site, tmp_path: Path) -> None:
    for file in (None, key(tmp_path, "stranger")):
        push(signed.git, {"shared/a": str(file).encode()})
        sign_with(signed, file)
        signed = deployed(signed, "qa")
        pull(signed)
        assert "unsigned" in problem(signed)
    sign_with(signed, tmp_path / "deployer")
    push(signed.git, {"shared/a": b"again"})
    assert problem(deployed(signed, "qa")) == ""


@pytest.mark.parametrize("first", ["main", "aside"])
def test_a_merge_that_takes_an_older_side_does_not(signed: Site, first: str) -> None:
    newest, older = records(signed)
    git = signed.git
    parents = [signed.tip, older] if first == "main" else [older, signed.tip]
    merge = git.commit_tree(git.tree(older) or "", parents, "chore: merge")
    assert problem(signed, merge) == (
        f"commit {merge[:12]} changed {QA} after its signed record {newest[:12]}, unsigned"
    )


def test_records_of_another_history_do_not(signed: Site, tmp_path: Path) -> None:
    """Another repository, in which the same deployer signs, merged into this one."""
    other = signed.git.commit_files(None, {QA: state(signed, records(signed)[1])}, "x", sign=True)
    for side in (signed.tip, other):
        tree = signed.git.tree(side) or ""
        merge = signed.git.commit_tree(tree, [signed.tip, other], "chore: merge")
        assert "two signed records" in problem(signed, merge)


def test_a_record_before_the_one_before_it_does_not(
    signed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(signed.git, {"shared/a": b"3"})
    site = signed.fetched()
    due = cleared(site, "qa")
    commit_tree = Git.commit_tree

    def backdated(git: Git, *arguments: object, **options: object) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "promoter.git.commands._FAITHFUL", {"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"}
            )
            return commit_tree(git, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "commit_tree", backdated)
    record(site, due, Evidence("app", "qa", "deploy", "deployed", due.trigger))
    assert "is older than" in problem(site.fetched())


def test_cepler_out_signs_with_the_key_of_the_resource(signed: Site, tmp_path: Path) -> None:
    push(signed.git, {"shared/a": b"3"})
    source = {
        "uri": signed.git.text("remote", "get-url", "origin"),
        "branch": "main",
        "private_key": (tmp_path / "deployer").read_text(),
        "config": "cepler/app.yml",
        "environment": "qa",
        "gates_branch": "cepler-gates",
        "gates_file": "app.yml",
    }
    version = check(read_request({"source": source}), tmp_path / "cache", Silent())[-1]
    folder = tmp_path / "inputs" / "repo"
    fetch_into(read_request({"source": source, "version": version}), folder, Silent())
    above = push(signed.git, {"docs": b"somebody was faster"})
    params = {"repository": "repo"}
    record_from(read_request({"source": source, "params": params}), folder.parent, Silent())
    site = signed.fetched()
    assert site.git.commit(f"{site.tip}^") == above
    assert site.tip == records(site)[0]
    assert problem(site) == ""


def test_a_key_counts_while_it_is_valid(signed: Site) -> None:
    line = (signed.git.file(signed.tip, ALLOWED_DEPLOYERS) or b"").decode()
    expired = line.replace("namespaces", 'valid-before="20200101Z",namespaces')
    foreign = line.replace('"git"', '"file"')
    for listed in (expired, foreign, "# nobody\n", ""):
        assert record_problem(signed.git, signed.tip, QA, listed.encode())


def test_where_the_rules_ask_for_signed_records_others_clear_nothing(
    signed: Site, tmp_path: Path
) -> None:
    rules = b"environments:\n  production: {signed_records: true}\n"
    push(signed.git, {"cepler/app.rules.yml": rules})
    site = signed.fetched()
    site.approvals.set_gate("app", "production", site.tip, "fine")
    assert site.fetched().decide("production").is_due
    sign_with(site, None)
    older = state(site, records(site)[1])
    forged = push(site.git, {QA: older, "shared/a": b"1"})
    site.fetched().approvals.set_gate("app", "production", forged, "fine")
    before, site = site.tip, site.fetched()
    (hold,) = site.decide("production").holds
    assert f"commit {forged[:12]} changed {QA} after its signed record" in str(hold)
    # lint names it, and a deploy that could not sign its record does not begin.
    change = GateChange(site.git, *(read_snapshot(site.git, each) for each in (before, site.tip)))
    (finding,) = check_unsigned_records(change)
    assert (finding.place, forged[:12] in finding.reason) == (QA, True)
    with pytest.raises(PromoterError, match="git has no such key") as caught:
        require_signer(site, "qa")
    assert "promoter init --deployer" in (caught.value.next_step or "")
    sign_with(site, tmp_path / "deployer")
    require_signer(site, "qa")
    require_signer(site, "production")
    sign_with(site, None)
    # Without the rule a record of cepler's own counts, signed or not.
    push(site.git, {"cepler/app.rules.yml": b"environments: {}\n"})
    site = site.fetched()
    site.approvals.set_gate("app", "production", site.tip, "fine")
    assert not site.fetched().decide("production").holds


def test_a_record_is_verified_by_hand_as_the_page_says(signed: Site, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "verification.md").read_text()
    script = page.partition("by hand")[2].partition("```sh\n")[2].partition("```")[0]
    variables = {"commit": records(signed)[0], "list": ALLOWED_DEPLOYERS}
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=signed.git.dir,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith('Good "git" signature for deployer'), done.stderr
